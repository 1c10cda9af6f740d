"""`netdojo` as a program: an interrupt ends it also before there is anything to be interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from importlib.metadata import entry_points

SLOW = """
import importlib.abc, sys, time
class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "netdojo.cli":
            print("loading", flush=True)
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from netdojo.entry import main
main()
"""


def test_an_interrupt_while_it_is_loaded_ends_it_without_a_word() -> None:
    """No traceback of an import: it ends by the signal, as a shell expects."""
    with subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-c", SLOW],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert "loading\n" == program.stdout.readline()
        program.send_signal(signal.SIGINT)
        assert -signal.SIGINT == program.wait(10)
        assert "" == program.stderr.read()


def test_who_lets_no_interrupt_through_is_obeyed() -> None:
    """A shell that starts it in the background has interrupts ignored, and so they stay."""
    words = ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, SLOW]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "loading\n" == program.stdout.readline()
        program.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert program.poll() is None
        program.terminate()


def test_it_is_the_command_line() -> None:
    """What is installed as `netdojo` comes here, and no further than it is asked."""
    (installed,) = entry_points(group="console_scripts", name="netdojo")
    assert "netdojo.entry:main" == installed.value
    words = [sys.executable, "-c", "from netdojo.entry import main; main()", "--version"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.startswith("netdojo ")
