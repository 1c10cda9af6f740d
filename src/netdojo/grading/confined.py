"""Runs the sandbox as a process: lines in, lines out, watched for memory and processes, and ended without a rest."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from netdojo.errors import SandboxFailed
from netdojo.grading.control_group import capped
from netdojo.grading.relay import ANSWERS
from netdojo.grading.sandbox import MEBI, Limits, bubblewrap
from netdojo.runtimes.serving.signals import signal_each, stop_all

LINE_CAP = 4 * MEBI
"""Bytes of one answer of the sandbox."""
WATCH = 0.05
"""Seconds between two looks at what the sandbox uses."""
READS = 10.0
"""Seconds that the sandbox may leave what it was sent unread."""
ENDS = 5.0
"""Seconds that the kernel of this machine may take to end all processes of the sandbox."""
STDERR_CAP = 4000
PAGE = os.sysconf("SC_PAGE_SIZE")


class Confined:
    """A sandboxed process that is spoken to in JSON lines. `ended` says why it is gone, empty while it runs."""

    def __init__(self, join: Sequence[str], options: Sequence[str], inside: Sequence[str], limits: Limits) -> None:
        """Start `inside` under bubblewrap, itself started by `join`, which brings it into its network namespace.

        The options go over a file that is gone once read: the sandbox sees its own first process's command line.
        Answers come on a pipe of their own, whose number is in ANSWERS: only what was started holds it, while that
        first process holds the standard ones.
        """
        self.limits = limits
        self.ended = ""
        self.unread = b""
        self.seen: dict[int, str] = {}
        self.group = ExitStack()
        enter = self.group.enter_context(capped(limits.rlimits["NPROC"]))
        handle = os.memfd_create("options")
        answers, theirs = os.pipe()
        given = [*options, "--setenv", ANSWERS, str(theirs)]
        os.write(handle, "\0".join(given).encode("utf-8", "surrogateescape"))
        os.lseek(handle, 0, os.SEEK_SET)
        self.process = process = subprocess.Popen(
            [
                *enter,
                *(shutil.which(join[0]) or join[0], *join[1:]),
                *(bubblewrap(), "--args", str(handle), "--", *inside),
            ],
            pass_fds=(handle, theirs),
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        os.close(handle)
        os.close(theirs)
        self.requests = cast(IO[bytes], process.stdin)
        self.answers = os.fdopen(answers, "rb", 0)
        self.complaints = cast(IO[bytes], process.stderr)
        self.said = bytearray()
        self.closing = threading.Event()
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self.listen, self.watch)]
        for thread in self.threads:
            thread.start()

    def __enter__(self) -> Confined:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, said: dict[str, Any]) -> None:
        """Send a line; a process that is gone is noticed by `receive`, and one that does not read is ended."""
        left = memoryview(json.dumps(said).encode() + b"\n")
        deadline = time.monotonic() + READS
        handle = self.requests.fileno()
        with suppress(BrokenPipeError):
            while left:
                _, ready, _ = select.select([], [handle], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    return self.kill(f"it read nothing for {READS:.0f} s")
                left = left[os.write(handle, left[: select.PIPE_BUF]) :]
        return None

    def receive(self, deadline: float) -> bytes | None:
        """Return the next line, or None when there is none by `deadline` (monotonic) or the process has ended."""
        while b"\n" not in self.unread:
            if not self.read_more(deadline):
                return None
        if time.monotonic() > deadline:
            return None
        line, _, self.unread = self.unread.partition(b"\n")
        return line

    def read_more(self, deadline: float) -> bool:
        """Read what there is; false at the deadline, at the end, and when a line is larger than any answer may be."""
        output = self.answers.fileno()
        ready, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        read = os.read(output, 2**16)
        self.unread += read
        if len(self.unread) > LINE_CAP:
            self.kill(f"it answered with more than {LINE_CAP // MEBI} MiB")
        elif not read:
            self.ended = self.ended or "it ended on its own"
        return bool(read) and not self.ended

    def kill(self, reason: str) -> None:
        """End every process of the sandbox at once; the first reason stays."""
        self.ended = self.ended or reason
        signal_each([self.process.pid], signal.SIGKILL)
        signal_each(sorted(self.descendants()), signal.SIGKILL)

    def freeze(self) -> None:
        """Stop every process of the sandbox; one that is started meanwhile is stopped as well."""
        stop_all(lambda: set() if self.ended else self.descendants())

    def thaw(self) -> None:
        """Let every process of the sandbox go on."""
        signal_each(self.descendants(), signal.SIGCONT)

    def close(self) -> None:
        """End it and make sure that nothing of it is left; raises SandboxFailed when something is."""
        self.kill("the grading was over")
        self.process.wait()
        self.closing.set()
        for thread in self.threads:
            thread.join()
        for pipe in (self.requests, self.answers, self.complaints):
            pipe.close()
        self.group.close()
        self.require_gone(time.monotonic() + ENDS)

    def require_gone(self, deadline: float) -> None:
        """Wait until every process that was seen has gone; raises SandboxFailed at the deadline."""
        while left := {pid for pid, started in self.seen.items() if start_of(pid) == started}:
            if time.monotonic() > deadline:
                numbers = ", ".join(map(str, sorted(left)))
                raise SandboxFailed(f"processes of a sandbox are still running: {numbers}", help="End them with kill.")
            time.sleep(0.01)

    def listen(self) -> None:
        """Keep the first of what the sandbox says on stderr, and let the rest go."""
        while read := os.read(self.complaints.fileno(), 2**16):
            self.said += read[: max(0, STDERR_CAP - len(self.said))]

    def watch(self) -> None:
        """End the sandbox when it has too many processes or too much memory in all; rlimits hold for each alone."""
        while not self.closing.wait(WATCH) and self.process.poll() is None:
            pids = self.descendants()
            if len(pids) > self.limits.processes:
                self.kill(f"it had more than {self.limits.processes} processes")
            elif sum(map(resident, pids)) > self.limits.memory:
                self.kill(f"it used more than {self.limits.memory // MEBI} MiB of memory")

    def descendants(self) -> set[int]:
        """Return the sandbox's processes; an orphan there belongs to the sandbox's first process, so none is missed.

        The search stops once there are more than may be: processes that multiply would keep it busy for ever.
        """
        found: set[int] = set()
        fresh = [self.process.pid]
        while fresh and len(found) <= self.limits.processes:
            young = [child for child in children(fresh.pop()) if child not in found]
            found.update(young)
            fresh += young
        started = {pid: start_of(pid) for pid in found}
        self.seen = {**self.seen, **{pid: when for pid, when in started.items() if when}}
        return found


def children(pid: int) -> list[int]:
    """Return the children of a process; one that has gone has none."""
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split())
    return found


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds; one that has gone holds none."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def start_of(pid: int) -> str:
    """Return when a process started, which tells it from a later one of the same number; nothing when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
