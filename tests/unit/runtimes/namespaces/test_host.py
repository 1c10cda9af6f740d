"""A host that cannot run networks is told the one command that mends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import HostNotReady
from netdojo.runtimes import programs
from netdojo.runtimes.namespaces import host

GOLDEN = Path(__file__).parents[3] / "errors" / "host"
SETTINGS = {
    "kernel/apparmor_restrict_unprivileged_userns": (
        1,
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "kernel/unprivileged_userns_clone": (0, "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    "user/max_user_namespaces": (0, "sudo sysctl -w user.max_user_namespaces=15000"),
    "user/max_mnt_namespaces": (0, "sudo sysctl -w user.max_mnt_namespaces=15000"),
}


def write_setting(folder: Path, name: str, value: int) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"{value}\n")


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_that_is_off_is_named(tmp_path: Path, name: str) -> None:
    """The remedy is the sysctl of the setting that is really set."""
    value, wanted = SETTINGS[name]
    write_setting(tmp_path, name, value)
    assert host.remedy(tmp_path, root=False).startswith(wanted)


@pytest.mark.parametrize("name", SETTINGS)
def test_refused_namespaces_have_their_golden_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An ordinary user on a host that has namespaces switched off is told which setting, in full."""
    write_setting(tmp_path, name, SETTINGS[name][0])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    golden = GOLDEN / f"{name.replace('/', '.')}.txt"
    assert golden.read_text() == f"{host.not_ready('unshare: Operation not permitted', settings=tmp_path)}\n"


def image(folder: Path, name: str, *lines: str) -> Path:
    """Write the list of packages of an image; return its folder."""
    (folder / name).mkdir()
    (folder / name / "packages").write_text("".join(f"{line}\n" for line in lines))
    return folder / name


def test_absent_frr_has_its_golden_message(tmp_path: Path) -> None:
    """A host without FRR is told the one apt line."""
    folder = image(tmp_path, "frr", f"frr: {tmp_path}/zebra")
    with pytest.raises(HostNotReady) as error:
        host.check_programs([folder])

    assert (GOLDEN / "frr-absent.txt").read_text() == f"{error.value}\n"


def test_low_limit_of_namespaces_is_named(tmp_path: Path) -> None:
    """A limit that was met is named with what mends it, and so is one that is low where none is known to be met."""
    write_setting(tmp_path, "user/max_user_namespaces", 63000)
    write_setting(tmp_path, "user/max_net_namespaces", 4)
    met = host.not_ready("node leaf2: no more of them can be made", "net", tmp_path)

    assert (GOLDEN / "too-few-namespaces.txt").read_text() == f"{met}\n"
    assert met.help == host.remedy(tmp_path, root=True)
    assert "user.max_user_namespaces=126000" in host.not_ready("", "user", tmp_path).help


def test_settings_for_ordinary_users_do_not_blame_root(tmp_path: Path) -> None:
    """root is not held by what holds ordinary users: the cause is elsewhere."""
    write_setting(tmp_path, "kernel/unprivileged_userns_clone", 0)
    assert "unprivileged_userns_clone" not in host.remedy(tmp_path, root=True)


def test_container_is_told_what_to_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every setting right, in a container, the remedy is how to start the container."""
    monkeypatch.setattr(host, "CONTAINER_MARKS", (tmp_path,))
    assert "--security-opt seccomp=unconfined" in host.remedy(tmp_path / "none", root=False)


def test_absent_programs_name_the_apt_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is absent is in one apt line."""
    monkeypatch.setattr(programs, "PATH", str(tmp_path))
    frr = image(tmp_path, "frr", "# the router", f"frr: {tmp_path}/zebra vtysh  # both", "procps: ps")
    plain = image(tmp_path, "host", "procps: ps", "netbase:")
    with pytest.raises(HostNotReady) as absent:
        host.check_programs([frr, plain, frr])
    wanted = (
        "iproute2, nsenter, unshare, zebra (for frr), vtysh (for frr), ps (for frr, host) not found on this machine"
    )
    assert wanted == absent.value.message
    assert (
        "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends iproute2 util-linux frr procps'"
        == absent.value.help
    )
    with pytest.raises(HostNotReady) as without:
        host.check_programs([plain, tmp_path / "without-a-list"])
    assert (
        "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends iproute2 util-linux procps'"
        == without.value.help
    )


def test_doctor_says_what_its_probe_knows() -> None:
    """root's probe says nothing of ordinary users: that namespaces can be made is told of here and now."""
    needs = {need.name: need for need in host.needs()}

    assert "they can be made here" == needs["user namespaces"].detail


def test_host_that_lost_its_namespaces_is_told_before_anything_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked whether a network could be deployed now, a host that refuses namespaces gives deployment's own error."""
    (tmp_path / "unshare").write_text("#!/bin/sh\necho 'unshare: Operation not permitted' >&2; exit 1\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setattr(programs, "PATH", f"{tmp_path}:{programs.PATH}")
    monkeypatch.setenv("PATH", programs.PATH)
    with pytest.raises(HostNotReady, match="unshare: Operation not permitted"):
        host.check([Path(__file__).parents[4] / "topologies" / "images" / "frr"])


def test_doctor_names_each_need_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each need is there once, met or with a command that mends it."""
    images = tmp_path / "images"
    images.mkdir()
    image(images, "frr", "frr: no-such-zebra", "iproute2: ip")
    needs = runtimes.doctor(images)
    assert {
        "user namespaces",
        "no-such-zebra (for frr)",
        "iproute2",
        "nsenter",
        "ethtool",
        "tcpdump",
        "OpenSSH client",
        "ports on 127.0.0.1",
    } <= {need.name for need in needs}
    monkeypatch.setattr(programs, "PATH", str(tmp_path))
    absent = {need.name: need for need in runtimes.doctor(images) if not need.ok}
    assert ["iproute2"] == [name for name in absent if name.startswith(("ip ", "iproute2"))]
    assert absent["no-such-zebra (for frr)"].optional
    assert (
        "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends ethtool'"
        == absent["ethtool"].remedy
    )
    assert all(need.remedy for need in absent.values())


def test_programs_of_a_used_image_are_not_optional(tmp_path: Path) -> None:
    """What a lab's nodes cannot do without is needed, also where other images need it; the rest is optional."""
    image(tmp_path, "frr", "frr: no-such-zebra", "procps: no-such-ps")
    image(tmp_path, "switch", "procps: no-such-ps", "bridge: no-such-bridge")
    optional = {need.name: need.optional for need in runtimes.doctor(tmp_path, {"frr"}) if "no-such" in need.name}

    wanted = {"no-such-zebra (for frr)": False, "no-such-ps (for frr, switch)": False}
    assert {**wanted, "no-such-bridge (for switch)": True} == optional
