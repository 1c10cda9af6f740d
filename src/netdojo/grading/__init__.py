"""A submission and a lab in, a report out: the learner's code computes in a sandbox, the judge asks from outside."""

from netdojo.grading.assignment import build_notebook, prepare_workspace, start_afresh
from netdojo.grading.elsewhere import submit_elsewhere
from netdojo.grading.engine import grade
from netdojo.grading.learner import this_learner
from netdojo.grading.names import is_at_work
from netdojo.grading.needs import doctor
from netdojo.grading.proving import Proof, StateProof, prove
from netdojo.grading.recording import submit
from netdojo.grading.sandbox import Limits
from netdojo.grading.writers import WRITERS, write_json, write_text

__all__ = [
    "WRITERS",
    "Limits",
    "Proof",
    "StateProof",
    "build_notebook",
    "doctor",
    "grade",
    "is_at_work",
    "prepare_workspace",
    "prove",
    "start_afresh",
    "submit",
    "submit_elsewhere",
    "this_learner",
    "write_json",
    "write_text",
]
