"""The YAML of containerlab's files: read, and written again, as Go reads it and not as YAML 1.2 would have it."""

from netdojo.clab_yaml.document import (
    Mapping,
    Scalar,
    Sequence,
    line_of,
    number_of,
    read_document,
)
from netdojo.clab_yaml.text import text_of
from netdojo.clab_yaml.writing import write_document

__all__ = [
    "Mapping",
    "Scalar",
    "Sequence",
    "line_of",
    "number_of",
    "read_document",
    "text_of",
    "write_document",
]
