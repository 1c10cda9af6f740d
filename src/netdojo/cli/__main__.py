"""`python -m netdojo.cli` is the same as `netdojo`."""

from netdojo.cli import app

app()
