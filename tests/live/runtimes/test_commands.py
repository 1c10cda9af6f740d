"""Commands in a node are its user's; the judge's questions are answered by the host's own programs."""

from __future__ import annotations

import json
import os
import re
import time

import pytest

from netdojo import runtimes
from netdojo.errors import NotFound
from netdojo.model import Answer, Network

from .conftest import Trial

SUMMARY = ["vtysh", "-c", "show bgp summary json"]


def test_execute_gives_output_errors_and_code(fabric: Network) -> None:
    """stdout, stderr and the exit code come back apart."""
    answer = runtimes.execute(fabric, "leaf1", ["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (3, "out\n", "err\n") == (answer.code, answer.stdout, answer.stderr)


def test_execute_passes_stdin_on(fabric: Network) -> None:
    """What is given as stdin arrives whole and ends."""
    data = os.urandom(1_000_000).hex().encode()
    assert data.decode() == runtimes.execute(fabric, "leaf1", ["cat"], stdin=data).stdout


def test_words_are_not_split_or_expanded(fabric: Network) -> None:
    """No shell stands between the caller and the program."""
    words = ["printf", "%s|", "a b", "$HOME", "'", '"', ";", "*", ""]
    assert "a b|$HOME|'|\"|;|*||" == runtimes.execute(fabric, "leaf1", words).stdout
    assert "a b|$HOME|'|\"|;|*||" == runtimes.ask(fabric, "leaf1", words).stdout


def test_command_that_is_not_there_gives_127(fabric: Network) -> None:
    assert 127 == runtimes.execute(fabric, "leaf1", ["no-such-program"]).code
    assert 127 == runtimes.ask(fabric, "leaf1", ["no-such-program"]).code


def test_time_limit_ends_all_that_was_started(fabric: Network) -> None:
    """At its limit a command ends with 124, and so do the processes that it started."""
    answer = runtimes.execute(fabric, "leaf1", ["sh", "-c", "sleep 977 & echo begun; sleep 977"], timeout=0.5)
    assert (124, "begun\n") == (answer.code, answer.stdout)
    assert 1 == runtimes.execute(fabric, "leaf1", ["pgrep", "-f", "sleep 977"]).code
    assert 124 == runtimes.ask(fabric, "leaf1", ["sleep", "977"], timeout=0.2).code


def test_process_in_the_background_does_not_hold_the_answer(fabric: Network) -> None:
    """A command returns when it ends, though what it left behind holds its pipes."""
    began = time.monotonic()
    answer = runtimes.execute(fabric, "leaf1", ["sh", "-c", "setsid sleep 978 & echo begun"])
    assert "begun\n" == answer.stdout
    assert time.monotonic() - began < 20
    assert runtimes.execute(fabric, "leaf1", ["pkill", "-f", "sleep 978"]).ok


def test_endless_output_is_cut(fabric: Network) -> None:
    """More than 8 MiB is dropped, the command is not held up, and the last line says so."""
    answer = runtimes.execute(fabric, "leaf1", ["head", "-c", "20000000", "/dev/zero"])
    assert 0 == answer.code
    assert answer.stdout.endswith("[netdojo: the output was cut at 8 MiB]\n")
    assert 8 * 1024 * 1024 < len(answer.stdout) < 8 * 1024 * 1024 + 100


def test_unknown_node_is_suggested(fabric: Network) -> None:
    with pytest.raises(NotFound, match="did you mean 'leaf1'"):
        runtimes.execute(fabric, "laef1", ["true"])


@pytest.mark.parametrize(
    ("daemon", "command"),
    [
        ("bgpd", "show bgp ipv4 unicast json"),
        ("bgpd", "show bgp neighbors json"),
        ("bgpd", "show bgp vrf all json"),
        ("bgpd", "show nonsense json"),
        ("bgpd", "show bgp neighbors eth99 json"),
        ("zebra", "show interface json"),
        ("ospfd", "show ip ospf json"),
    ],
)
def test_daemon_says_itself_what_vtysh_says_of_it(fabric: Network, daemon: str, command: str) -> None:
    """Asked at its own socket, a daemon's answer is what the host's vtysh prints; what it refuses is told alike."""
    words = ["vtysh", "-d", daemon]
    end = time.monotonic() + 20
    while True:
        itself, by_vtysh = (runtimes.ask(fabric, "leaf1", [*words, option, command]) for option in ("-c", "--command"))
        if shape(itself) == shape(by_vtysh):
            return
        assert time.monotonic() < end, f"{itself}\n{by_vtysh}"


def shape(answer: Answer) -> tuple[int, str, str]:
    """Return an answer without its numbers, of which clocks and counters are others each time."""
    return answer.code, re.sub(r"[0-9.:]+", "", answer.stdout), answer.stderr


def test_asking_gives_what_the_daemons_say(fabric: Network) -> None:
    """The host's vtysh reaches the node's daemons, and says nothing beside the answer."""
    answer = runtimes.ask(fabric, "leaf1", SUMMARY)
    assert ("", 0) == (answer.stderr, answer.code)
    assert 2 == len(json.loads(answer.stdout)["ipv4Unicast"]["peers"])


def test_asking_sees_the_host_and_executing_the_node(fabric: Network) -> None:
    """The judge's programs run beside the node: over the host's files, in the node's network alone."""
    mark = ["sh", "-c", "echo mine > /etc/mark && echo mine > /tmp/netdojo-mark"]
    assert runtimes.execute(fabric, "leaf1", mark).ok
    assert not runtimes.ask(fabric, "leaf1", ["cat", "/etc/mark"]).ok
    assert not runtimes.ask(fabric, "leaf1", ["cat", "/tmp/netdojo-mark"]).ok
    assert "eth2" in runtimes.ask(fabric, "leaf1", ["ip", "link"]).stdout
    assert "eth2" not in runtimes.ask(fabric, "leaf1", ["cat", "/proc/1/net/dev"]).stdout


LIES = {
    "a mount over vtysh": "printf '#!/bin/sh\\necho lie\\n' > /tmp/vtysh; chmod +x /tmp/vtysh; "
    "mount --bind /tmp/vtysh /usr/bin/vtysh",
    "a program in front of it on PATH": "mount -t tmpfs t /usr/local; mkdir -p /usr/local/sbin; "
    "printf '#!/bin/sh\\necho lie\\n' > /usr/local/sbin/vtysh; chmod +x /usr/local/sbin/vtysh",
    "a library that is loaded first": "printf 'not a library' > /tmp/lie.so; echo /tmp/lie.so > /etc/ld.so.preload; "
    "echo LD_PRELOAD=/tmp/lie.so >> /etc/environment; echo 'echo lie' >> /etc/profile",
    "vtysh's own files": "echo 'banner motd line lie' > /etc/frr/vtysh.conf; "
    "echo 'show version' > ~/.history_frr; echo lie > /etc/frr/frr.conf.sav",
    "a mount over the sockets": "mkdir /tmp/frr; mount --bind /tmp/frr /run/frr",
    "a /run of its own": "mount -t tmpfs t /run",
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_learner_put_there_does_not_answer(pair: Network, trial: Trial, lie: str) -> None:
    """The judge's question gets the daemons' answer whatever the node's files say."""
    trial.wait_until(lambda: trial.bgp_routes(pair, "left") == {"10.0.0.2"})
    assert runtimes.execute(pair, "left", ["sh", "-c", LIES[lie]]).ok
    answer = runtimes.ask(pair, "left", SUMMARY)
    assert (0, "") == (answer.code, answer.stderr)
    assert ["eth1"] == list(json.loads(answer.stdout)["ipv4Unicast"]["peers"])
