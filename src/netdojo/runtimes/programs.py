"""Where programs are: the host's own by a fixed path and a clean environment, an image's own in one folder."""

from __future__ import annotations

import os
import shutil

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLEAN_ENV = {"PATH": PATH, "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/sh", "LANG": "C.UTF-8"}
IMAGE = "/netdojo"
"""The folder of a node that holds its image's own programs."""
IMAGE_PROGRAMS = ("entrypoint", "shell")
ACCOUNTS = (
    "root:*:0:0:root:/root:/bin/bash\n"
    + "".join(f"{name}:*:0:0:{name}:/:/usr/sbin/nologin\n" for name in ("frr", "tcpdump", "www-data"))
    + "nobody:*:65534:65534:nobody:/:/bin/false\n"
)
"""Users whom programs insist on becoming; they are root, since a network may have no other user."""
GROUPS = "root:x:0:\nfrrvty:x:0:root,frr\nfrr:x:0:root\ntcpdump:x:0:\nwww-data:x:0:\nnogroup:x:65534:\n"
_BESIDE = (
    'mount --bind "$0" /run && { [ ! -d /etc/frr ] || mount --bind "$1" /etc/frr; } && '
    'mount --bind "$2" /etc/passwd && mount --bind "$3" /etc/group && shift 3 && exec "$@"'
)


def program(name: str) -> str:
    """Return the host's own program `name`; raises FileNotFoundError."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise FileNotFoundError(name)
    return found


def beside(net: str, run: str, clean: str) -> list[str]:
    """Return the words that, put before the host's own command, run it on the network behind `net`.

    It finds the folder `run` at /run, and the frr/, passwd and group of the folder `clean` in /etc.
    """
    enter = [program("nsenter"), f"--net={net}", program("unshare"), "--mount", program("sh"), "-c"]
    return [*enter, _BESIDE, run, *(f"{clean}/{name}" for name in ("frr", "passwd", "group"))]


def make_clean_etc(folder: str) -> None:
    """Write into `folder` what the judge's programs find in /etc: accounts that FRR insists on, and no settings."""
    os.makedirs(f"{folder}/frr", exist_ok=True)
    for name, text in (("passwd", ACCOUNTS), ("group", GROUPS), ("frr/vtysh.conf", "")):
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)
