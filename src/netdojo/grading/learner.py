"""Who learns on this machine: a pseudonym, made on first use, under which everything is recorded."""

from __future__ import annotations

import uuid

from pydantic import ValidationError

from netdojo import atomic_files, places
from netdojo.errors import NetdojoError
from netdojo.model import Learner


def this_learner() -> Learner:
    """Return the learner of `places.home()`; raises NetdojoError when learner.json is no such thing any more.

    A new pseudonym in place of a damaged file would cut the learner off from his own record.
    """
    file = places.home() / "learner.json"
    if not file.exists():
        make_learner()
    try:
        return Learner.model_validate_json(file.read_bytes())
    except ValidationError:
        hint = 'It should read {"id": "…", "name": ""}; the id stands in your ledger entries (netdojo progress --json).'
        raise NetdojoError(f"{file} does not say who learns here", help=hint) from None


def make_learner() -> None:
    """Write a fresh pseudonym, unless another process was faster."""
    places.home().mkdir(parents=True, exist_ok=True, mode=0o700)
    learner = Learner(id=str(uuid.uuid4()))
    atomic_files.create(places.home() / "learner.json", f"{learner.model_dump_json()}\n".encode(), durable=True)
