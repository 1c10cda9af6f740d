"""Docker and containerlab as programs: what they say as JSON, and what is left of a network when it is ended."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from netdojo import exhaustion
from netdojo.errors import HostNotReady
from netdojo.runtimes import kernel
from netdojo.runtimes.containerlab.native import FILE, OWNER, PREFIX, lab_name
from netdojo.runtimes.programs import CLEAN_ENV, PATH

NAMES = Path("/run/netns")
"""Where containerlab leaves a name for the network namespace of each container."""
SETTINGS = Path("/etc/ssh/ssh_config.d")
HOSTS = Path("/etc/hosts")
"""Where it leaves the names of nodes for ssh, and for everybody; the latter may be a mount, and is written in place."""
PATIENCE = 120.0
"""Seconds that one call of docker or containerlab may take."""
MAKING = "making"
"""The file in a network's folder that is there while containerlab makes the network, and stays when that is cut off."""
_POLL = 0.1
_REMOVAL_DEADLINE = 60.0
"""Seconds for docker to remove what containerlab has left."""
_SETTLES = 3.0
"""Seconds after which docker makes no container any more for a containerlab that was killed while it asked for one."""


def environment() -> dict[str, str]:
    """Return the environment of docker and containerlab: the person's own, but no look for a newer version."""
    return {**CLEAN_ENV, **os.environ, "PATH": PATH, "CLAB_VERSION_CHECK": "disable"}


def deploy_environment(folder: Path) -> dict[str, str]:
    """Return that of what makes a network: what it keeps a copy of among temporary files goes with `folder`."""
    return {**environment(), "TMPDIR": str(folder / "tmp")}


def deploy_words(file: Path, *, apart: bool) -> list[str]:
    """Return what makes a network; it ends with the process that starts it, however that ends.

    `apart` from the host's network, a cable of which it has not put both ends into containers ends with it as well.
    """
    words = [found("containerlab"), "deploy", "--topo", str(file), "--format", "json"]
    own = [found("unshare"), "--net", "--"] if apart else []
    return [found("setpriv"), "--pdeathsig", "KILL", "--", *own, *words]


def found(name: str) -> str:
    """Return the path of docker or containerlab; raises FileNotFoundError."""
    path = shutil.which(name, path=PATH)
    if path is None:
        raise FileNotFoundError(name)
    return path


def call(*words: str) -> subprocess.CompletedProcess[str]:
    """Run docker or containerlab to its end; its output is text.

    Raises FileNotFoundError when it is not there, HostNotReady when it has not ended after PATIENCE.
    """
    return _run(words, capture_output=True, text=True, errors="replace")


def finish(*words: str, held: int | None) -> None:
    """Run it to its end also when this process is killed.

    What it says is not heard, since a pipe of ours that breaks would end it. It keeps the lock of the descriptor
    `held`, so that who comes after this process waits for it. Raises as `call` does.
    """
    nowhere = subprocess.DEVNULL
    _run(words, stdout=nowhere, stderr=nowhere, pass_fds=() if held is None else (held,))


def _run(words: Sequence[str], **how: Any) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [found(words[0]), *words[1:]],
            stdin=subprocess.DEVNULL,
            env=environment(),
            timeout=PATIENCE,
            check=False,
            **how,
        )
    except subprocess.TimeoutExpired as error:
        raise HostNotReady(
            f"{' '.join(words[:2])} did not end within {PATIENCE:g} s", help="sudo systemctl restart docker"
        ) from error


def answer(*words: str) -> str:
    """Return what docker says to a question; raises HostNotReady when it says what it lacks, and as `call` does."""
    asked = call("docker", *words)
    if asked.returncode and (wanting := exhaustion.refusal_of(asked.stderr)):
        raise wanting
    return asked.stdout


def containers(folder: Path) -> list[dict[str, Any]]:
    """Return docker's description of each container of the network of `folder`; raises as `answer` does."""
    return described(answer("ps", "-aq", "--no-trunc", "--filter", f"label={OWNER}={folder}").split())


def described(ids: Iterable[str]) -> list[dict[str, Any]]:
    wanted = [*ids]
    told: list[dict[str, Any]] = json.loads(answer("inspect", *wanted) or "[]") if wanted else []
    return told


def ours() -> set[str]:
    """Return the folders of all networks that have containers here."""
    listed = answer("ps", "-a", "--filter", f"label={OWNER}", "--format", f'{{{{.Label "{OWNER}"}}}}')
    return set(listed.split("\n")) - {""}


def last_words(container: dict[str, Any]) -> str:
    """Return the end of what a container said."""
    said = call("docker", "logs", "--tail", "40", container["Id"])
    return (said.stdout + said.stderr).strip()[-2000:]


def end(folder: Path, held: int | None = None) -> None:
    """End the network of `folder`: by containerlab, then whatever of it is still there; its folder goes last.

    What docker does not let go of in time is left with the folder to the next call that looks for networks. `held` is
    the descriptor that keeps the folder locked, if this process has it.
    """
    if (folder / FILE).exists() and containers(folder):
        finish("containerlab", "destroy", "--topo", str(folder / FILE), "--cleanup", held=held)
    if not remove_containers(folder):
        return
    lab = lab_name(folder.name, folder)
    forget(lab)
    management = f"{PREFIX}-{lab}"
    if network_exists(management):
        call("docker", "network", "rm", management)
    kernel.remove(str(folder))


def forget(lab: str) -> None:
    """Take back the names on this host of a network without containers, which a containerlab that died has left."""
    for name in (*NAMES.glob(f"{PREFIX}-{lab}-*"), SETTINGS / f"clab-{lab}.conf"):
        with suppress(OSError):
            name.unlink()
    with suppress(OSError), HOSTS.open("r+b") as hosts:
        held = hosts.read()
        part = rb"(?ms)^###### CLAB-%b-START ######$.*?^###### CLAB-%b-END ######\n?" % ((re.escape(lab.encode()),) * 2)
        left = re.sub(part, b"", held)
        if left != held:
            hosts.seek(0)
            hosts.write(left)
            hosts.truncate()


def end_orphans() -> None:
    """End the containers of ours whose network has no folder any more."""
    for folder in (Path(one) for one in ours()):
        if not folder.exists():
            end(folder)


def network_exists(name: str) -> bool:
    return bool(answer("network", "ls", "-q", "--filter", f"name=^{name}$").strip())


def remove_containers(folder: Path) -> bool:
    """Remove every container of `folder`; return whether there is none.

    A docker that has much to do says "did not receive an exit event", and has to be asked again. It also goes on making
    a container for a containerlab that has been killed meanwhile, and shows it only then.
    """
    settles = _SETTLES if (folder / MAKING).exists() else 0.0
    deadline = time.monotonic() + _REMOVAL_DEADLINE
    quiet = time.monotonic() + settles
    while (left := containers(folder)) or time.monotonic() < quiet:
        if time.monotonic() > deadline:
            return False
        if left:
            call("docker", "rm", "--force", "--volumes", *(one["Id"] for one in left))
            quiet = time.monotonic() + settles
        else:
            time.sleep(_POLL)
    return True
