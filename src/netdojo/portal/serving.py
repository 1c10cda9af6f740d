"""Starts JupyterLab with the course's pages: on this machine alone, with a token, and no word to the outside."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdojo import places
from netdojo.errors import HostNotReady
from netdojo.portal import words

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

EXTENSIONS = {"jupyterlab": True, "jupyter_server_terminals": True, "notebook": True, "netdojo.portal": True}
"""Server extensions of the learner; `notebook` is there for its page of a single terminal."""
LEFT_OUT = (
    "@jupyter/nbgrader",
    "@jupyter-notebook/lab-extension",
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "jupyterlab-jupytext",
)
"""Extensions of JupyterLab that a learner has no use for: the instructor's, and those that ask the outside."""
HOST = "127.0.0.1"
PORTS_TRIED = 50
"""Ports beside the named one."""
LAST_PORT = 65535
WORK_ENDS = 120.0
"""Seconds for which a server that is told to stop waits for its work: a grading ends within them."""
LOGGERS = ("ServerApp", "LabApp", "JupyterNotebookApp", "netdojo", "tornado", "traitlets")
LOG_KEPT = 1_000_000
"""Bytes of the server's log, beyond which a new start begins a new file."""
IN_USE = "already in use"
"""How Jupyter says that it was not given its port."""


class Heard(logging.Handler):
    """Keeps the last of what the server says, so that whoever started it is told why it ended."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: deque[logging.LogRecord] = deque(maxlen=50)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.records.append(record)

    def lines(self, level: int = logging.INFO) -> list[str]:
        """Return the first line of each message of `level` or above."""
        messages = (one.getMessage() for one in self.records if one.levelno >= level)
        return [message.splitlines()[0] for message in messages if message]


def serve(course: Path | None = None, *, port: int = 8888, open_browser: bool = False) -> int:
    """Serve JupyterLab and the pages of `course` until it is stopped; return the process's exit code.

    Prints `netdojo: http://127.0.0.1:PORT/netdojo/?token=…` once it answers. `port` is tried first, then the next
    ones, which is said on stderr; 0 is any free one. Kernels, terminals and gradings are of the same course. Raises
    WrongUse when there is no course, HostNotReady when no port is free or Jupyter does not start, with what it says.
    """
    from netdojo.content import course_folder

    os.environ["NETDOJO_COURSE"] = str(course_folder(course))
    prepare_folders()
    from jupyter_server.serverapp import ServerApp

    wanted, port = port, free_port(port)
    if wanted not in {0, port}:
        print(f"netdojo: port {wanted} is taken, so this is at {port}", file=sys.stderr)  # noqa: T201  # before the address
    heard = Heard()
    server = ServerApp.instance(config=configuration(course, heard, port=port, open_browser=open_browser))
    server.no_browser_open_file = not open_browser
    try:
        server.initialize(argv=[], find_extensions=False)
    except SystemExit:
        raise not_started(port, heard) from None
    server.io_loop.add_callback(announce, server)
    # Jupyter hears Ctrl-C at a terminal alone; otherwise it ends with its kernels and files left to themselves.
    signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
    server.start()
    finish(server)
    return 0


def not_started(port: int, heard: Heard) -> HostNotReady:
    """Return why Jupyter gave up: its port was taken since it was found free, or what it said last."""
    if any(IN_USE in line for line in heard.lines()):
        return HostNotReady(f"port {port} on {HOST} was taken meanwhile", help="Start it again.")
    said = heard.lines(logging.ERROR) or heard.lines() or ["it said nothing"]
    return HostNotReady(f"Jupyter does not start: {said[-1]}", help=f"Read its log: {log_file()}")


def log_file() -> Path:
    """Return the file that the server's log is written to."""
    return places.home() / "server.log"


def free_port(first: int) -> int:
    """Return the first port from `first` on that is free on 127.0.0.1, any for 0; raises HostNotReady."""
    last = min(first + PORTS_TRIED, LAST_PORT)
    for port in range(first, last + 1):
        with suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise HostNotReady(f"no free port from {first} to {last} on {HOST}", help="Name another with --port.")


def finish(server: ServerApp) -> None:
    """Let the work that is under way end, so that it leaves nothing half done; an interrupt ends the waiting."""
    from netdojo.portal.extension import SETTING

    jobs = server.web_app.settings[SETTING].jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(KeyboardInterrupt):
        for job in jobs.running():
            print(f"netdojo: {words.VERBS[job.kind]} is ending first", flush=True)  # noqa: T201  # why it takes longer
            jobs.wait(job, WORK_ENDS)


def announce(server: ServerApp) -> None:
    """Print the address, token and all; by now the server answers."""
    address = f"http://{HOST}:{server.port}{server.base_url}netdojo/?token={server.identity_provider.token}"
    print(f"netdojo: {address}", flush=True)  # noqa: T201  # the one line that this command is for


def prepare_folders() -> None:
    """Make the server's own folders, and point Jupyter at them instead of at the person's own settings."""
    jupyter = places.home() / "jupyter"
    for folder in (places.workspaces(), jupyter / "config" / "labconfig", jupyter / "runtime"):
        folder.mkdir(parents=True, exist_ok=True)
    jupyter.chmod(0o700)
    os.environ.pop("JUPYTER_CONFIG_PATH", None)
    os.environ.update(
        JUPYTER_CONFIG_DIR=str(jupyter / "config"),
        JUPYTER_RUNTIME_DIR=str(jupyter / "runtime"),
        IPYTHONDIR=str(jupyter / "ipython"),
    )
    page = {"disabledExtensions": dict.fromkeys(LEFT_OUT, True)}
    (jupyter / "config" / "labconfig" / "page_config.json").write_text(json.dumps(page, indent=1))


def configuration(course: Path | None, heard: Heard, *, port: int, open_browser: bool) -> Config:
    """Return the whole configuration of the server; nothing else is read."""
    from traitlets.config import Config

    sections: dict[str, dict[str, Any]] = {
        "Application": {"logging_config": logging_to(begin_log(log_file()), heard)},
        "ServerApp": {
            "root_dir": str(places.workspaces()),
            "ip": HOST,
            "port": port,
            "port_retries": 0,
            "open_browser": open_browser,
            "default_url": "/netdojo/",
            "jpserver_extensions": EXTENSIONS,
            "allow_root": True,
            "answer_yes": True,
        },
        "KernelSpecManager": {"ensure_native_kernel": True, "allowed_kernelspecs": {"python3"}},
        "LabApp": {
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
            "default_url": "/lab",
            "user_settings_dir": str(places.home() / "jupyter" / "settings"),
            "workspaces_dir": str(places.home() / "jupyter" / "workspaces"),
        },
        "Portal": {"course": str(course or ""), "site": os.environ.get("NETDOJO_SITE", "")},
    }
    return Config(sections)


def logging_to(file: Path, heard: Heard) -> dict[str, Any]:
    """Return a logging configuration that writes to `file` and to `heard`, and nothing to the terminal."""
    handlers: dict[str, dict[str, Any]] = {
        "file": {"class": "logging.FileHandler", "filename": str(file), "formatter": "console", "level": "INFO"},
        "heard": {"()": lambda: heard},
    }
    loggers = {name: {"level": "INFO", "handlers": list(handlers)} for name in LOGGERS}
    return {"handlers": handlers, "loggers": loggers}


def begin_log(file: Path) -> Path:
    """Put a log that has grown aside, so that two together stay small; return `file`, which only its owner reads.

    It holds the address with the token.
    """
    if file.exists() and file.stat().st_size > LOG_KEPT:
        file.replace(file.with_suffix(".log.1"))
    file.touch(mode=0o600)
    file.chmod(0o600)
    return file
