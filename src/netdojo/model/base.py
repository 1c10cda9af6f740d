"""What every noun has in common: frozen, strict about unknown keys, and free of I/O."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Noun(BaseModel):
    """A frozen value; unknown keys are refused so that a typo in a file never passes in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""A folder's name that serves as an id: lower case, digits and single hyphens."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Instant = AwareDatetime
"""A point in time with its zone; netdojo writes UTC."""
