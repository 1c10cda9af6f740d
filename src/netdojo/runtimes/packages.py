"""Programs that the host must have, each of a Debian package, and the one apt line for those that are absent."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from netdojo.errors import HostNotReady
from netdojo.runtimes import programs
from netdojo.runtimes.needs import Need


@dataclass(frozen=True)
class Program:
    """A program of a Debian `package`, found on PATH or at its own path.

    `recommended` says whether it takes what the package recommends as well.
    """

    need: str
    name: str
    package: str
    recommended: bool = False

    @property
    def found(self) -> str | None:
        return shutil.which(self.name, path=programs.PATH)

    @property
    def remedy(self) -> str:
        return install(self.package, recommended=self.recommended)


FOR_CAPTURES = (Program("tcpdump", "tcpdump", "tcpdump"),)
"""It reads what libpcap, which comes with it, has captured."""
FOR_CONSOLES = (Program("OpenSSH client", "ssh", "openssh-client"),)


LIST = "packages"
"""The file of an image's folder that names its Debian packages: its Dockerfile and the set-up read it as well."""


def of_images(folders: Iterable[Path]) -> Iterator[Program]:
    """Yield each program that nodes of the images in `folders` cannot do without, with the images that need it."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for folder in sorted(set(folders)):
        for program in _listed(folder / LIST):
            wanted.setdefault(program, []).append(folder.name)
    for (package, name), images in wanted.items():
        yield Program(f"{Path(name).name} (for {', '.join(images)})", name, package)


def _listed(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (package, program) of the lines `package: program …`; a file that is not there asks for nothing."""
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        package, _, names = line.partition("#")[0].partition(":")
        for name in names.split():
            yield package.strip(), name


def install(*packages: str, recommended: bool = False) -> str:
    """Return the one line that installs Debian `packages`, as setup/system has it, on a machine without lists as well.

    What the packages recommend comes with them where it is needed as well, as `recommended` says.
    """
    alone = "" if recommended else "--no-install-recommends "
    return f"sudo sh -c 'apt-get update && apt-get install --yes {alone}{' '.join(packages)}'"


def require(wanted: Iterable[Program]) -> None:
    """Raise HostNotReady with one apt line for every one of `wanted` that is absent."""
    absent = [program for program in wanted if not program.found]
    if absent:
        names = ", ".join(dict.fromkeys(program.need for program in absent))
        packages = dict.fromkeys(program.package for program in absent)
        raise HostNotReady(f"{names} not found on this machine", help=install(*packages))


def need_of(program: Program) -> Need:
    """Return a program as a need, met or not."""
    found = program.found
    return Need(name=program.need, ok=bool(found), detail=found or "not found", remedy="" if found else program.remedy)
