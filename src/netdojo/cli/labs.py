"""netdojo lab …: the network of a lab, and what the lab's checks say of it."""

from __future__ import annotations

import shlex
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.options import Json, LabSlug, Runtime
from netdojo.cli.speaking import err, progress, say, say_json
from netdojo.durations import spoken
from netdojo.errors import NotFound, WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netdojo.cli.documents import NetworkStatus
    from netdojo.model import Lab, Network, NetworkState, TaskReport, Verdict

COULD_NOT_BE_JUDGED = 3

app = typer.Typer(no_args_is_help=True, help="Deploy a lab's network, look at it, check it, end it.")


def the_lab(slug: str) -> Lab:
    """Return the lab `slug` of the course."""
    from netdojo.content import find_course, find_lab

    return find_lab(find_course(), slug)


def the_network(slug: str) -> Network:
    """Return the deployed network of the lab `slug`, whatever faults the lab's files have by now.

    Raises WrongUse when it is not deployed, NetworkComingUp while it is being deployed, NotFound with the near name
    when there is no such lab either.
    """
    from netdojo import runtimes

    try:
        return runtimes.find(slug)
    except NotFound:
        raise not_deployed(slug) from None


def not_deployed(slug: str) -> WrongUse:
    """Return what to say of a name that no network has: why it ended, the next step, or the near name."""
    from netdojo import runtimes
    from netdojo.content import lab_names
    from netdojo.runtimes import forgetting

    if (found := runtimes.forgotten(slug)) is not None:
        again = f"Deploy it again: netdojo lab deploy {slug}"
        return WrongUse(f"the network of {slug} {forgetting.said(found)}", help=again)
    labs = lab_names()
    if slug in labs:
        return WrongUse(f"the network of {slug} is not deployed", help=f"Deploy it: netdojo lab deploy {slug}")
    return NotFound("lab or network", slug, {*labs, *(network.name for network in runtimes.networks())})


@app.command("open")
def open_notebook(
    slug: LabSlug,
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin again; the notebook that is there is kept.")] = False,
    as_json: Json = False,
) -> None:
    """Print the path of the lab's notebook; where there is none yet, it is put there with the lab's files."""
    from netdojo.cli.documents import NotebookOpened
    from netdojo.grading import prepare_workspace, start_afresh

    lab = the_lab(slug)
    with progress(f"Opening {lab.title}", quiet=as_json) as tell:
        kept = start_afresh(lab, tell) if fresh else None
        opened = NotebookOpened(notebook=prepare_workspace(lab, tell), kept=kept)
    if as_json:
        return say_json(opened.model_dump(mode="json"))
    if kept is not None:
        err.print(f"your notebook until now is kept in {kept}", markup=False)
    return say(str(opened.notebook))


@app.command()
def deploy(slug: LabSlug, *, runtime: Runtime = None, as_json: Json = False) -> None:
    """Deploy the lab's network and print how to reach its nodes; --json is what `lab status` prints."""
    if slug.endswith((".yml", ".yaml")):
        raise WrongUse(
            f"{slug!r} is a file, not a lab", help=f"Deploy a topology of its own: netdojo topology deploy {slug}"
        )
    bring_up(the_lab(slug), runtime=runtime, as_json=as_json)


def bring_up(lab: Lab, *, runtime: str | None = None, instead: Network | None = None, as_json: bool) -> None:
    """Deploy the lab's network, in `runtime` or in place of the one that is there, and print how to reach its nodes."""
    from netdojo import runtimes
    from netdojo.content import read_topology

    began = time.monotonic()
    wanted = instead.runtime if instead else runtime
    topology = read_topology(lab.topology_file, partial(runtimes.check, runtime=wanted))
    with progress(f"Deploying {lab.title}", quiet=as_json) as tell:
        if instead is None:
            network = runtimes.deploy(topology, name=lab.slug, overlay=lab.start, runtime=runtime, tell=tell)
        else:
            network = runtimes.redeploy(instead, topology, overlay=lab.start, tell=tell)
    brought_up(network, began, as_json=as_json)


def brought_up(network: Network, began: float, *, as_json: bool) -> None:
    """Print how the nodes of a network are reached that was called for at `began`, in monotonic seconds."""
    from netdojo import runtimes

    if as_json:
        return say_json(status_of(network, runtimes.inspect(network)).model_dump(mode="json"))
    say(f"{network.name}: {len(network.access)} nodes take commands after {time.monotonic() - began:.1f} s")
    return reachability(network)


@app.command()
def status(slug: LabSlug, *, as_json: Json = False) -> None:
    """Show the lab's network: its nodes, links, age and memory."""
    from netdojo import drawing, runtimes

    network = the_network(slug)
    state = runtimes.inspect(network)
    if as_json:
        return say_json(status_of(network, state).model_dump(mode="json"))
    say(drawing.describe(network.topology, state))
    say(f"up {spoken(state.uptime)}, {state.memory / 1e6:.0f} MB, {unused(state)}")
    return reachability(network)


def unused(state: NetworkState) -> str:
    """Return since when nobody has used the network, and when that ends it."""
    since = f"not used for {spoken(state.idle)}" if state.idle else "in use"
    return f"{since}; it ends after {spoken(state.forget_after)} without use" if state.forget_after else since


def status_of(network: Network, state: NetworkState) -> NetworkStatus:
    """Return a network as `--json` prints it."""
    from netdojo.cli.documents import NetworkStatus

    access = {node.name: node for node in network.access}
    return NetworkStatus(**dict(state), access=access, username=network.username, ssh_config=network.ssh_config)


def reachability(network: Network) -> None:
    """Print the plain ssh line of each node, unwrapped, so that it can be copied."""
    for node in network.access:
        say(f"ssh -F {shlex.quote(str(network.ssh_config))} {node.name}")


@app.command()
def console(slug: LabSlug, node: Annotated[str, typer.Argument(help="The node's name.")]) -> None:
    """Open a node's command line in this terminal."""
    from netdojo import runtimes

    raise typer.Exit(runtimes.console(the_network(slug), node))


@app.command()
def check(
    slug: LabSlug,
    task: Annotated[str | None, typer.Argument(help="One task; all when left out.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Run the lab's public checks on its network; those that need the notebook are named and skipped.

    Exit 0 what was judged passed, 1 something failed, 2 wrong use, 3 a check broke or nothing was judged.
    """
    from netdojo import checks
    from netdojo.grading import write_text
    from netdojo.model import Progress
    from netdojo.runtimes.fabric import LiveFabric

    lab, network = the_lab(slug), the_network(slug)
    known = [one.id for one in lab.tasks]
    if task is not None and task not in known:
        raise NotFound("task", task, known)
    found = checks.load_checks(lab.folder / "checks.py")
    wanted = [one for one in lab.tasks if task in {None, one.id}]
    reports = []
    with progress(f"Checking {lab.title}", quiet=as_json) as tell:
        for number, one in enumerate(wanted, start=1):
            tell(Progress(phase=f"task {one.id}", done=number, total=len(wanted)))
            reports.append(checks.fold(one, checks.run_task(one.id, found, fabric=LiveFabric(network)), {}))
    if as_json:
        say_json([report.model_dump(mode="json") for report in reports])
    else:
        say(write_text(reports))
    code = exit_code({report.verdict for report in reports})
    if code == COULD_NOT_BE_JUDGED:
        (err.print if as_json else say)(f"Nothing can be said: {what_to_do(reports, lab.slug)}")
    raise typer.Exit(code)


def exit_code(verdicts: set[Verdict]) -> int:
    """Return 3 when something errored or nothing was judged, 1 when something failed, 0 when what was judged passed.

    A task that needs the notebook cannot be judged here, and does not keep the others from passing.
    """
    if "errored" in verdicts or not verdicts & {"passed", "failed"}:
        return COULD_NOT_BE_JUDGED
    return 1 if "failed" in verdicts else 0


def what_to_do(reports: Iterable[TaskReport], slug: str) -> str:
    """Return why nothing can be said of the network, and the next step."""
    if any(report.verdict == "errored" for report in reports):
        return f"a check broke, or a node did not answer. Look at the network: netdojo lab status {slug}"
    return "nothing was judged. These tasks need the notebook: run lab.check there, or netdojo grade with its folder."


@app.command()
def reset(slug: LabSlug, *, as_json: Json = False) -> None:
    """End the lab's network and deploy it anew from the start; the notebook stays as it is."""
    from netdojo import checks, places

    lab, network = the_lab(slug), the_network(slug)
    bring_up(lab, instead=network, as_json=as_json)
    checks.forget(places.workspaces() / lab.slug)


def end(slug: str) -> None:
    """End the lab's network, one that is being deployed as well; raises WrongUse when there is none."""
    from netdojo import runtimes

    try:
        runtimes.destroy(slug)
    except NotFound:
        raise not_deployed(slug) from None


@app.command()
def prove(slug: LabSlug, *, runtime: Runtime = None, as_json: Json = False) -> None:  # noqa: ARG001  # its callback
    """Show that the lab judges rightly: the start fails, the solution passes, each wrong answer fails as it says.

    Exit 0 proven, 1 something is wrong, 2 wrong use, 3 a state could not be graded and nothing else is wrong.
    """
    from netdojo.grading import prove as proof_of

    lab = the_lab(slug)
    with progress(f"Proving {lab.title}", quiet=as_json) as tell:
        proof = proof_of(lab, tell=tell)
    if as_json:
        say_json(proof.model_dump(mode="json"))
    else:
        say(proof.text())
    raise typer.Exit(proof.exit_code)
