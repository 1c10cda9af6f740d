"""netdojo lab …: the network of a lab, and what the lab's checks say of it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.options import Json, LabSlug
from netdojo.cli.speaking import progress, say, say_json, table
from netdojo.errors import NotFound, WrongUse

if TYPE_CHECKING:
    from netdojo.model import Lab, Network

app = typer.Typer(no_args_is_help=True, help="Deploy a lab's network, look at it, check it, end it.")


def the_lab(slug: str) -> Lab:
    """Return the lab `slug` of the course."""
    from netdojo.content import find_course, find_lab

    return find_lab(find_course(), slug)


def the_network(slug: str) -> Network:
    """Return the deployed network of the lab `slug`; raises WrongUse when it is not deployed."""
    from netdojo import runtimes

    lab = the_lab(slug)
    try:
        return runtimes.find(lab.slug)
    except NotFound:
        raise WrongUse(
            f"the network of {lab.slug} is not deployed", help=f"Deploy it: netdojo lab deploy {lab.slug}"
        ) from None


@app.command("list")
def list_labs(*, as_json: Json = False) -> None:
    """List the deployed networks, with age and memory."""
    from netdojo import runtimes

    states = [(network, runtimes.inspect(network)) for network in runtimes.networks()]
    if as_json:
        say_json([state.model_dump(mode="json") for _, state in states])
    elif not states:
        say("No network is deployed. Deploy one: netdojo lab deploy LAB")
    else:
        rows = [[n.name, n.runtime, f"{s.uptime:.0f} s", f"{s.memory / 1e6:.0f} MB"] for n, s in states]
        table("", ["network", "runtime", "up", "memory"], rows)


@app.command()
def deploy(slug: LabSlug) -> None:
    """Deploy the lab's network and print how to reach its nodes."""
    from netdojo import runtimes
    from netdojo.content import read_topology

    lab = the_lab(slug)
    began = time.monotonic()
    with progress(f"Deploying {lab.title}") as tell:
        network = runtimes.deploy(read_topology(lab.topology_file), name=lab.slug, overlay=lab.start, tell=tell)
    say(f"{lab.slug}: {len(network.access)} nodes take commands after {time.monotonic() - began:.1f} s")
    reachability(network)


@app.command()
def status(slug: LabSlug, *, as_json: Json = False) -> None:
    """Show the lab's network: its nodes, links, age and memory."""
    from netdojo import drawing, runtimes

    network = the_network(slug)
    state = runtimes.inspect(network)
    if as_json:
        access = {node.name: node.model_dump() for node in network.access}
        return say_json({**state.model_dump(mode="json"), "access": access, "username": network.username})
    say(drawing.describe(network.topology, state))
    say(f"up {state.uptime:.0f} s, {state.memory / 1e6:.0f} MB")
    return reachability(network)


def reachability(network: Network) -> None:
    """Print the plain ssh line of each node, unwrapped, so that it can be copied."""
    for node in network.access:
        say(f"ssh -F {network.ssh_config} {node.name}")


@app.command()
def console(slug: LabSlug, node: Annotated[str, typer.Argument(help="The node's name.")]) -> None:
    """Open a node's command line in this terminal."""
    from netdojo import runtimes

    raise typer.Exit(runtimes.console(the_network(slug), node))


@app.command("exec")
def execute(
    slug: LabSlug,
    node: Annotated[str, typer.Argument(help="The node's name.")],
    command: Annotated[list[str], typer.Argument(help="A Linux program and its arguments, after --.")],
) -> None:
    """Run a Linux program in a node: netdojo lab exec LAB leaf1 -- ip route."""
    from netdojo import runtimes

    answer = runtimes.execute(the_network(slug), node, command)
    sys.stdout.write(answer.stdout)
    sys.stderr.write(answer.stderr)
    raise typer.Exit(answer.code)


@app.command()
def check(
    slug: LabSlug,
    task: Annotated[str | None, typer.Argument(help="One task; all when left out.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Run the lab's public checks on its network; those that need the notebook are named and skipped."""
    from netdojo import checks
    from netdojo.grading import write_text
    from netdojo.runtimes.fabric import LiveFabric

    lab, network = the_lab(slug), the_network(slug)
    known = [one.id for one in lab.tasks]
    if task is not None and task not in known:
        raise NotFound("task", task, known)
    found = checks.load_checks(lab.folder / "checks.py")
    with progress(f"Checking {lab.title}", quiet=as_json):
        reports = [
            checks.fold(one, checks.run_task(one.id, found, fabric=LiveFabric(network)), {})
            for one in lab.tasks
            if task in {None, one.id}
        ]
    if as_json:
        say_json([report.model_dump(mode="json") for report in reports])
    else:
        say(write_text(reports))
    raise typer.Exit(0 if all(report.verdict.value in {"passed", "skipped"} for report in reports) else 1)


@app.command()
def reset(slug: LabSlug) -> None:
    """End the lab's network and deploy it anew from the start; the notebook stays as it is."""
    destroy(slug)
    deploy(slug)


@app.command()
def destroy(slug: LabSlug) -> None:
    """End the lab's network and all that belongs to it."""
    from netdojo import runtimes

    runtimes.destroy(the_network(slug))
    say(f"{slug}: ended")


@app.command()
def prove(slug: LabSlug, *, as_json: Json = False) -> None:
    """Show that the lab judges rightly: the start fails, the solution passes, each wrong answer fails as it says."""
    from netdojo.grading import prove as proof_of

    lab = the_lab(slug)
    with progress(f"Proving {lab.title}", quiet=as_json) as tell:
        proof = proof_of(lab, tell=tell)
    if as_json:
        say_json(proof.model_dump(mode="json"))
    else:
        say(proof.text())
    raise typer.Exit(proof.exit_code)
