"""A host that cannot run networks is told the one command that mends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import HostNotReady
from netdojo.runtimes.namespaces import host

GOLDEN = Path(__file__).parents[2] / "errors" / "host"
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
    assert golden.read_text() == f"{host.not_ready('unshare: Operation not permitted', tmp_path)}\n"


def test_absent_frr_has_its_golden_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host without FRR is told the one apt line."""
    absent = (host.Program("FRR", str(tmp_path / "zebra"), "frr", image="frr"),)
    monkeypatch.setattr(host, "FOR_IMAGES", absent)
    with pytest.raises(HostNotReady) as error:
        host.check_programs(["frr"])

    assert (GOLDEN / "frr-absent.txt").read_text() == f"{error.value}\n"


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
    monkeypatch.setattr(host, "PATH", str(tmp_path))
    monkeypatch.setattr(host, "FOR_IMAGES", (host.Program("FRR", str(tmp_path / "zebra"), "frr", image="frr"),))
    with pytest.raises(HostNotReady) as absent:
        host.check_programs(["frr"])
    assert "iproute2, nsenter, unshare, FRR not found on this machine" == absent.value.message
    assert "sudo apt-get install --yes iproute2 util-linux frr" == absent.value.help
    with pytest.raises(HostNotReady) as without:
        host.check_programs(["host"])
    assert "frr" not in without.value.help


def test_doctor_names_each_need_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each need is there once, met or with a command that mends it."""
    needs = runtimes.doctor()
    assert {"user namespaces", "FRR", "iproute2", "nsenter", "ethtool", "OpenSSH client", "ports on 127.0.0.1"} <= {
        need.name for need in needs
    }
    monkeypatch.setattr(host, "PATH", str(tmp_path))
    absent = {need.name: need for need in runtimes.doctor() if not need.ok}
    assert "sudo apt-get install --yes ethtool" == absent["ethtool"].remedy
    assert all(need.remedy for need in absent.values())
