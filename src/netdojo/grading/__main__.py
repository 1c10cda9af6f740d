"""Submits in this process: `python -m netdojo.grading SLUG FOLDER` prints JSON lines of progress, then the receipt."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from netdojo import places
from netdojo.content import find_course, find_lab
from netdojo.errors import NetdojoError
from netdojo.grading.learner import this_learner
from netdojo.grading.recording import submit
from netdojo.grading.stopping import stops_cleanly


def main() -> int:
    """Submit and return the report's exit code; an error is the last line, and its code is returned."""
    slug, folder = sys.argv[1], Path(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(kind: str, held: Any) -> None:
        print(json.dumps({kind: held}), file=answers, flush=True)

    try:
        with stops_cleanly():
            lab = find_lab(find_course(), slug)
            receipt = submit(
                lab, folder, learner=this_learner(), tell=lambda one: say("progress", one.model_dump(mode="json"))
            )
    except (NetdojoError, OSError) as fault:
        error = places.refusal(fault) if isinstance(fault, OSError) else fault
        if error is None:
            raise
        kind = type(error).__name__
        say("error", {"kind": kind, "message": error.message, "help": error.help, "code": error.code})
        return error.code
    say("receipt", receipt.model_dump(mode="json"))
    return receipt.report.exit_code


if __name__ == "__main__":
    sys.exit(main())
