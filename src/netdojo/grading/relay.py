"""Runs in the sandbox beside the kernel: takes requests as JSON lines, has the kernel do them, and answers in kind.

It keeps the grader away from the kernel's sockets: what comes back is lines on a pipe, which the grader reads at its
own pace and up to its own limits. It holds nothing that the learner may not have; but only it speaks on that pipe.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ANSWERS = "NETDOJO_ANSWERS"
"""The variable that names the pipe for answers by its number."""
PR_SET_DUMPABLE = 4
STARTS = 30.0
"""Seconds that a kernel may take to its first answer."""
POLL = 0.2
"""Seconds between looks at whether the kernel still runs."""
TEXT_CAP = 500
CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Relay:
    """A kernel, the client that speaks to it, and the one request that it is at."""

    def __init__(self, folder: Path, workspace: Path, answers: int) -> None:
        from jupyter_client.blocking.client import BlockingKernelClient
        from jupyter_client.connect import write_connection_file

        connection, _ = write_connection_file(str(folder / "kernel.json"), transport="ipc", ip=str(folder / "k"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", connection],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=workspace,
        )
        self.client = BlockingKernelClient(connection_file=connection)
        self.client.load_connection_file()
        self.client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=True)  # noqa: S604  # a channel
        self.current: tuple[str, int] | None = None
        self.unread = b""
        self.answers = os.fdopen(answers, "w", encoding="ascii")

    def begin(self) -> None:
        """Wait for the kernel's first answer, then say that it is ready."""
        self.current = (self.client.kernel_info(), 0)
        deadline = time.monotonic() + STARTS
        while self.current and self.process.poll() is None and time.monotonic() < deadline:
            self.take_reply(wait=POLL)

    def serve(self) -> int:
        """Relay until stdin closes or the kernel ends; return an exit code."""
        import zmq

        poller = zmq.Poller()
        poller.register(sys.stdin.fileno(), zmq.POLLIN)
        poller.register(self.client.shell_channel.socket, zmq.POLLIN)
        while True:
            ready = dict(poller.poll(int(POLL * 1000)))
            if sys.stdin.fileno() in ready and not self.take_requests(os.read(sys.stdin.fileno(), 2**16)):
                return 0
            if self.client.shell_channel.socket in ready:
                self.take_reply(wait=0)
            if self.process.poll() is not None:
                self.tell({"status": "dead", "code": self.process.returncode})
                return 0

    def take_requests(self, read: bytes) -> bool:
        """Take each whole line of what was read; false at the end of the input."""
        *lines, self.unread = (self.unread + read).split(b"\n")
        for line in lines:
            self.take_request(json.loads(line))
        return bool(read)

    def take_request(self, wanted: dict[str, Any]) -> None:
        """Hand a request on to the kernel."""
        if wanted["do"] == "interrupt":
            self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        elif wanted["do"] == "run":
            message = self.execute(wanted["source"])
            self.current = (message, wanted["id"])
        else:
            message = self.execute("", silent=True, user_expressions={"result": wanted["expression"]})
            self.current = (message, wanted["id"])

    def execute(self, source: str, **options: Any) -> str:
        """Send code to the kernel and return the message's number.

        A kernel drops what reaches it right after an error, unless it is told that each request stands alone.
        """
        return str(self.client.execute(source, allow_stdin=False, stop_on_error=False, **options))

    def take_reply(self, wait: float) -> None:
        """Pass the answer to the current request on; any other is dropped."""
        from queue import Empty

        try:
            reply = self.client.get_shell_msg(timeout=wait)
        except Empty:
            return
        if self.current and reply["parent_header"].get("msg_id") == self.current[0]:
            number, self.current = self.current[1], None
            self.tell({"id": number, **told(reply["content"])})

    def tell(self, said: dict[str, Any]) -> None:
        self.answers.write(json.dumps(said) + "\n")
        self.answers.flush()


def told(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the grader is told of an answer: its status, what was raised and where, and the result carried."""
    trace = COLOURS.sub("", "\n".join(content.get("traceback", [])))
    line = CELL_LINE.search(trace)
    result = content.get("user_expressions", {}).get("result", {})
    return {
        "status": content.get("status", "ok"),
        "raised": content.get("ename", ""),
        "says": COLOURS.sub("", content.get("evalue", ""))[:TEXT_CAP],
        "line": int(line.group(1)) if line else 0,
        "data": result.get("data", {}),
        "broke": result.get("ename", ""),
    }


def keep_to_itself() -> None:
    """Keep other processes of the same user from this one's memory and descriptors; what it starts is not kept."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit(limits: dict[str, int]) -> None:
    """Set the limits for this process and all that come from it; none of them can raise these again."""
    for name, most in limits.items():
        which = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(which)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (lowest, lowest))


def main() -> int:
    """Take limits and folders from the arguments, start the kernel on a private copy of the submission, and relay."""
    keep_to_itself()
    answers = int(os.environ.pop(ANSWERS))
    given = json.loads(sys.argv[1])
    limit(given["limits"])
    workspace = Path(given["workspace"])
    shutil.copytree(given["submission"], workspace, dirs_exist_ok=True)
    sockets = Path(given["sockets"])
    sockets.mkdir(mode=0o700)
    os.chdir(workspace)
    relay = Relay(sockets, workspace, answers)
    relay.begin()
    return relay.serve()


if __name__ == "__main__":
    sys.exit(main())
