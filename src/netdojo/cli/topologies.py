"""netdojo topology …: a file of one's own is checked, shown and deployed, without a lab."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.labs import brought_up
from netdojo.cli.options import Json, Runtime
from netdojo.cli.speaking import printable, progress, say, say_json
from netdojo.errors import InvalidFiles, NetworkComingUp, Problem, WrongUse, suggestion

if TYPE_CHECKING:
    from netdojo.cli.documents import TopologyChecked
    from netdojo.content import Judge
    from netdojo.model import Network, NetworkState, Topology

app = typer.Typer(no_args_is_help=True, help="Show a topology, tell everything that is wrong with one, deploy one.")


@app.command()
def show(
    what: Annotated[str, typer.Argument(metavar="FILE|NETWORK", help="A containerlab file, or a deployed network.")],
    *,
    svg: Annotated[Path | None, typer.Option(help="Draw it into this file instead.", show_default=False)] = None,
) -> None:
    """Show a topology as text, or draw it as SVG; a deployed one with its live state."""
    from netdojo import drawing

    topology, state = shown(what)
    if svg is None:
        return say(printable(drawing.describe(topology, state)))
    svg.write_text(drawing.draw(topology, state) + "\n", encoding="utf-8")
    return say(f"drawn into {svg}: {drawing.summary(topology, state)}")


def shown(what: str) -> tuple[Topology, NetworkState | None]:
    """Return the topology of a file or a deployed network, and its state where it is deployed.

    Raises InvalidFiles for a bad file, NetworkComingUp before a network is up, WrongUse for what is neither.
    """
    from netdojo import runtimes
    from netdojo.content import read_topology

    network = deployed(what)
    if network is not None:
        return network.topology, runtimes.inspect(network)
    if what in runtimes.coming_up():
        raise NetworkComingUp(what)
    if not Path(what).exists() and Path(what).suffix not in {".yml", ".yaml"}:
        names = [one.name for one in runtimes.networks()]
        remedy = (
            suggestion(what, names, "network") if names else "Deploy one, or name a file: netdojo topology show FILE"
        )
        raise WrongUse(f"{what!r} is neither a containerlab file nor a deployed network", help=remedy)
    return read_topology(Path(what)), None


def deployed(what: str) -> Network | None:
    """Return the deployed network of this name, or of this file, if there is one."""
    from netdojo import runtimes

    found = runtimes.networks()
    file = Path(what).resolve()
    by_name = [network for network in found if network.name == what]
    return next(iter([*by_name, *(one for one in found if one.topology.file.resolve() == file)]), None)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Containerlab files.")],
    *,
    runtime: Annotated[
        str | None, typer.Option(help="The runtime that is to run them; else NETDOJO_RUNTIME.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell everything that is wrong with topologies, and what the runtime cannot do of them: exit 0, else 2."""
    checked = {file: (topology, problems) for file in files for topology, problems in [judged(file, runtime)]}
    if as_json:
        say_json([document(file, *found).model_dump(mode="json") for file, found in checked.items()])
        raise typer.Exit(2 if any(problems for _, problems in checked.values()) else 0)
    for file, (topology, problems) in checked.items():
        if topology is not None and not problems:
            say(f"{file}: good, {len(topology.nodes)} nodes and {len(topology.links)} links")
    wrong = [problem for _, problems in checked.values() for problem in problems]
    if wrong:
        raise InvalidFiles(wrong)


def judged(file: Path, runtime: str | None) -> tuple[Topology | None, tuple[Problem, ...]]:
    """Return the topology of a file, if all of it can be read, and what is wrong with it.

    What can be read of a file with faults is judged by the runtime as well.
    """
    from netdojo.content import examine_topology

    found = examine_topology(file)
    return (None if found.problems else found.topology), found.judged_by(judge(runtime))


def judge(runtime: str | None) -> Judge:
    """Return what raises TopologyUnsupported with all that this runtime, else the chosen one, cannot honour."""
    from netdojo import runtimes

    return lambda topology: runtimes.check(topology, runtime=runtime)


def document(file: Path, topology: Topology | None, problems: tuple[Problem, ...]) -> TopologyChecked:
    """Return what was found of a file as `--json` prints it."""
    from netdojo.cli.documents import TopologyChecked, TopologyProblem

    counts = {"nodes": len(topology.nodes), "links": len(topology.links)} if topology else {}
    told = tuple(TopologyProblem.of(problem) for problem in problems)
    return TopologyChecked(file=file, ok=not problems, problems=told, **counts)


@app.command()
def deploy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A containerlab file.")],
    *,
    name: Annotated[
        str | None, typer.Option(help="The network's name; else the file's own.", show_default=False)
    ] = None,
    saved: Annotated[
        Path | None, typer.Option(help="Make it what was saved in this folder.", show_default=False)
    ] = None,
    runtime: Runtime = None,
    as_json: Json = False,
) -> None:
    """Deploy a topology that belongs to no lab; `netdojo lab …` then takes the network's name in a lab's place."""
    from netdojo import runtimes
    from netdojo.content import read_topology

    began = time.monotonic()
    found = read_topology(file, judge(runtime))
    called = name or found.name
    with progress(f"Deploying {called}", quiet=as_json) as tell:
        if saved is not None:
            network = runtimes.restore(found, saved, name=called, runtime=runtime, tell=tell)
        else:
            network = runtimes.deploy(found, name=called, runtime=runtime, tell=tell)
    brought_up(network, began, as_json=as_json)
