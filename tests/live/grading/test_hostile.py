"""What learners hand in who do not: each ends with the verdict that its answers earn, and leaves nothing running."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netdojo.grading import Limits
from netdojo.model import Verdict

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

PASSED, FAILED, SKIPPED = Verdict.passed, Verdict.failed, Verdict.skipped
QUICK = Limits(cell=4)
"""For what never ends by itself; nothing else may depend on how busy the machine is."""


def test_nothing_of_the_host_can_be_read(bench: Workbench, course: Path, tmp_path: Path) -> None:
    """Graders, home, other processes, the parent's environment and keys are not there to be read."""
    secret = tmp_path / "secret"
    secret.write_text("42")
    home = str(Path.home() / ".ssh")
    paths = [
        str(course / "graders"),
        "/course/graders",
        home,
        str(secret),
        "/etc/shadow",
        "/var",
        "/sys",
        str(Path.home() / ".cache"),
    ]
    report = bench.graded(
        number=(
            "import os\n"
            f"seen = [path for path in {paths!r} if os.path.exists(path)]\n"
            "seen += [name for name in os.environ if name not in {'PATH','HOME','USER','LANG','PWD'}"
            " and not name.startswith(('NETDOJO_', 'PYTHON', 'JPY', 'MPL', 'PYDEVD', 'IPY', 'LC_', 'TERM', 'CLICOLOR',"
            " 'FORCE_COLOR', 'PAGER', 'GIT_PAGER'))]\n"
            "seen += [line for pid in os.listdir('/proc') if pid.isdigit()"
            " for line in [open(f'/proc/{pid}/cmdline').read()] if 'pytest' in line]\n"
            "number = 42 if not seen else str(seen)"
        )
    )

    assert "" == report.tasks[0].rationale
    assert PASSED == report.tasks[0].verdict


def test_nothing_of_the_host_can_be_written(bench: Workbench) -> None:
    """The programs, the course and the submission are read-only; only the workspace and /tmp can be written."""
    report = bench.graded(
        number=(
            "import os, sys, netdojo\n"
            "written = []\n"
            "for folder in [sys.prefix, '/usr', '/course/labs', '/run/netdojo', '/run/submission',"
            " os.path.dirname(netdojo.__file__)]:\n"
            "    try:\n"
            "        open(folder + '/mark', 'w')\n"
            "        written.append(folder)\n"
            "    except OSError:\n"
            "        pass\n"
            "number = 42 if not written else str(written)"
        )
    )

    assert "" == report.tasks[0].rationale


def test_neither_host_nor_world_can_be_reached(bench: Workbench) -> None:
    """A server on the host's loopback gets no connection from the sandbox, nor does an address beyond."""
    heard: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stop = threading.Event()
        listening = threading.Thread(target=accept_until, args=(server, stop, heard))
        listening.start()
        report = bench.graded(
            number=(
                "import socket\n"
                "reached = []\n"
                f"for where in [('127.0.0.1', {server.getsockname()[1]}), ('192.0.2.7', 80), ('1.1.1.1', 53)]:\n"
                "    try:\n"
                "        socket.create_connection(where, timeout=1)\n"
                "        reached.append(where)\n"
                "    except OSError:\n"
                "        pass\n"
                "number = 42 if not reached else str(reached)"
            )
        )
        stop.set()
        listening.join()

    assert [] == heard
    assert "" == report.tasks[0].rationale


def accept_until(server: socket.socket, stop: threading.Event, heard: list[object]) -> None:
    """Take connections until told to stop."""
    while not stop.is_set():
        try:
            connection, address = server.accept()
        except TimeoutError:
            continue
        heard.append(address)
        connection.close()


def test_a_loop_is_cut_and_the_rest_goes_on(bench: Workbench) -> None:
    """A cell that does not end is interrupted at its limit; the kernel goes on with the next."""
    report = bench.graded(QUICK, number="while True:\n    pass")

    assert {"number": FAILED, "double": PASSED, "address": SKIPPED} == bench.verdicts(report)
    assert "the cell of task 'number' was stopped: it took more than 4 s" == report.tasks[0].rationale


def test_a_loop_that_ignores_the_interrupt_is_ended(bench: Workbench) -> None:
    """A cell that does not obey ends the sandbox; what was judged before it stays."""
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except BaseException:\n        pass"
    report = bench.graded(QUICK, double=stubborn)

    assert {"number": PASSED, "double": FAILED, "address": FAILED} == bench.verdicts(report)
    assert "did not stop when interrupted" in report.tasks[1].rationale


def test_a_fork_bomb_stays_within_its_limits(bench: Workbench) -> None:
    """Processes without end are the sandbox's end, named by its limit."""
    forks = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    report = bench.graded(QUICK, double=forks)

    assert (PASSED, FAILED) == (report.tasks[0].verdict, report.tasks[1].verdict)
    assert report.tasks[1].rationale


def test_a_daemon_does_not_outlive_the_grading(bench: Workbench) -> None:
    """A process that leaves its session and its parent is ended with the sandbox."""
    leaves = "import subprocess\nsubprocess.Popen(['setsid', '-f', 'sleep', '1000'])\nnumber = 42"
    report = bench.graded(number=leaves)

    assert PASSED == report.tasks[0].verdict


def test_memory_is_limited(bench: Workbench) -> None:
    """A cell that takes all memory gets a MemoryError and fails alone."""
    report = bench.graded(number="number = bytearray(20_000_000_000)")

    assert {"number": FAILED, "double": PASSED, "address": SKIPPED} == bench.verdicts(report)
    assert "MemoryError" in report.tasks[0].rationale


def test_memory_is_limited_over_all_processes(bench: Workbench) -> None:
    """Processes that share what one may take are ended when they take too much together."""
    many = (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        held = bytearray(os.urandom(1)) * 200_000_000\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    )
    report = bench.graded(Limits(cell=20, memory=600 * 2**20), double=many)

    assert "of memory" in report.tasks[1].rationale


def test_files_are_limited(bench: Workbench) -> None:
    """Neither one large file nor many can fill the disk: both end with an error in the cell."""
    fills = (
        "errors = 0\n"
        "for name in range(20):\n"
        "    try:\n"
        "        with open(f'/tmp/{name}', 'wb') as out:\n"
        "            for _ in range(40):\n"
        "                out.write(bytes(2**20))\n"
        "    except OSError:\n"
        "        errors += 1\n"
        "number = 42 if errors else 0"
    )
    report = bench.graded(Limits(cell=20), number=fills)

    assert PASSED == report.tasks[0].verdict


def test_a_flood_of_output_is_let_go(bench: Workbench) -> None:
    """200 MB of output neither fill memory nor change a verdict."""
    report = bench.graded(Limits(cell=30), number="print('x' * 200_000_000)\nnumber = 42")

    assert PASSED == report.tasks[0].verdict


@pytest.mark.parametrize("leave", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_kernel_that_ends_itself_fails_what_it_did_not_do(bench: Workbench, leave: str) -> None:
    """The end of the kernel is told as the reason, and is no error of the grader."""
    report = bench.graded(double=leave)

    assert {"number": PASSED, "double": FAILED, "address": FAILED} == bench.verdicts(report)
    assert "the notebook's kernel ended with code" in report.tasks[1].rationale


def test_the_end_of_every_process_is_no_error_of_the_grader(bench: Workbench) -> None:
    """Killing all that can be seen, the relay included, fails the task."""
    report = bench.graded(double="import os, signal; os.kill(-1, signal.SIGKILL)")

    assert {"number": PASSED, "double": FAILED, "address": FAILED} == bench.verdicts(report)


def test_a_patched_interpreter_gains_nothing(bench: Workbench) -> None:
    """builtins and IPython belong to the learner in there, and objects that equal everything are JSON to the judge."""
    report = bench.graded(
        number=(
            "import builtins\n"
            "from IPython import get_ipython\n"
            "class Same(int):\n"
            "    __eq__ = lambda self, other: True\n"
            "    __hash__ = int.__hash__\n"
            "    __ne__ = lambda self, other: False\n"
            "number = Same(41)\n"
            "get_ipython().user_ns['answer'] = lambda *_: 42\n"
            "builtins.answer = builtins.call = lambda *_: 42"
        ),
        double="def double(x):\n    return Same(1)",
    )

    assert (FAILED, FAILED) == (report.tasks[0].verdict, report.tasks[1].verdict)
    assert "number is 41" == report.tasks[0].rationale


def test_hidden_inputs_do_not_come_back(bench: Workbench) -> None:
    """A function that raises what it was given tells nothing of the hidden input in the report."""
    tells = (
        "def double(x):\n    if x == 2:\n        return 4\n    raise type(f'Given{x}', (ValueError,), {})(f'given {x}')"
    )
    report = bench.graded(double=tells)

    assert FAILED == report.tasks[1].verdict
    assert "double(…) raised an exception" == report.tasks[1].rationale
    assert "1048573" not in report.tasks[1].model_dump_json()


def test_answers_that_forge_the_relay_gain_nothing(bench: Workbench) -> None:
    """The relay's descriptors and memory are closed to the notebook, and honest answers pass beside the attempt."""
    forge = (
        "import os\n"
        "refused = opened = 0\n"
        "for pid in os.listdir('/proc'):\n"
        "    command = open(f'/proc/{pid}/cmdline').read() if pid.isdigit() else ''\n"
        "    if 'relay.py' in command and 'bwrap' not in command:\n"
        "        for file in ('fd/1', 'fd/3', 'mem', 'environ'):\n"
        "            try:\n"
        "                open(f'/proc/{pid}/{file}', 'rb' if file == 'environ' else 'r+b', buffering=0).close()\n"
        "                opened += 1\n"
        "            except PermissionError:\n"
        "                refused += 1\n"
        "number = 42 if refused == 4 and not opened else f'{opened} opened, {refused} refused'"
    )
    report = bench.graded(number=forge)

    assert "" == report.tasks[0].rationale
    assert PASSED == report.tasks[0].verdict
