"""Makes this folder an nbgrader course: `cd graders && nbgrader …` works, and autograde asks netdojo's engine."""
# netdojo-canary: graders-nbgrader-config

from pathlib import Path

from netdojo.grading.course import configure

configure(get_config(), Path(__file__).resolve().parent)  # noqa: F821  # nbgrader gives get_config to this file
