"""Claim: networks of different labs come up at once without getting in each other's way, as fast as the machine allows.

    python benchmarks/at_once.py [--networks 10] [--json]

Deploys networks of different shapes, each from a process of its own: first one after the other, then all at once.
Prints how many seconds each took until ready, and the time that all of them took of the processors: as much at once as
alone, and all cores busy, is as fast as a machine can be.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from measuring import ours, processes
from measuring.fabrics import SMALL, write_fabric, write_hosts
from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network

SHAPES = ((1, 1), (1, 2), (2, 2), (1, 3), (2, 3))
"""Spines and leaves of fabrics; a rack of hosts and leaf-spine-2x4 go with them."""
HOSTS = 10


def files(folder: Path, count: int) -> list[Path]:
    """Return `count` topology files, the same ones again when there are not as many different ones."""
    shapes = [write_fabric(folder, spines, leaves) for spines, leaves in SHAPES]
    different = [*shapes, write_hosts(folder, HOSTS), SMALL / f"{SMALL.name}.clab.yml"]
    return [different[number % len(different)] for number in range(count)]


def deployed(file: Path, name: str) -> tuple[Network, float, float]:
    """Deploy in this process; return the network, the seconds until ready, and those of the processors until then."""
    topology = read_topology(file)
    before = used()
    began = time.monotonic()
    network = runtimes.deploy(topology, name=name, runtime="namespaces")
    ready = time.monotonic() - began
    return network, ready, used() - before + processes.cpu_seconds(network)


def used() -> float:
    return sum(
        one.ru_utime + one.ru_stime for one in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def measure(count: int) -> dict[str, Any]:
    """Return each network's seconds alone and at once, and the processors' of all of them."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="netdojo-") as folder:
        os.environ["NETDOJO_HOME"] = f"{folder}/home"
        given = [(file, f"network-{number}") for number, file in enumerate(files(Path(folder), count), 1)]
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            list(pool.map(abs, range(count)))
            load = ours.load()
            alone = [deploy_all(pool, [one])[0] for one in given]
            together = deploy_all(pool, given)
    rows = [
        {"topology": file.name.partition(".")[0], "alone": one["ready"], "at_once": other["ready"]}
        for (file, _), one, other in zip(given, alone, together, strict=True)
    ]
    cpu = {"alone": sum(one["cpu"] for one in alone), "at_once": sum(one["cpu"] for one in together)}
    return {
        "networks": rows,
        "processor_seconds": cpu,
        "one_after_the_other": sum(one["ready"] for one in alone),
        "all_ready": max(one["ready"] for one in together),
        "cores": os.cpu_count(),
        "load_before": load,
    }


def deploy_all(pool: Executor, given: Sequence[tuple[Path, str]]) -> list[dict[str, float]]:
    """Deploy all at once; return the seconds of each until ready and of the processors, and end them."""
    waiting = [pool.submit(deployed, file, name) for file, name in given]
    found = [one.result() for one in waiting]
    for network, _, _ in found:
        runtimes.destroy(network)
    return [{"ready": ready, "cpu": cpu} for _, ready, cpu in found]


def print_table(found: dict[str, Any]) -> None:
    print(f"{len(found['networks'])} networks, {found['cores']} cores, load {found['load_before']:.1f} before")
    print(f"{'':20}{'alone':>10}{'at once':>10}  s until ready")
    for row in found["networks"]:
        print(f"{row['topology']:20}{row['alone']:10.2f}{row['at_once']:10.2f}")
    cpu = found["processor_seconds"]
    print(f"one after the other {found['one_after_the_other']:.1f} s, all at once {found['all_ready']:.1f} s")
    print(f"of the processors: alone {cpu['alone']:.1f} s, at once {cpu['at_once']:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--networks", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    found = measure(given.networks)
    print(json.dumps(found)) if given.json else print_table(found)


if __name__ == "__main__":
    main()
