"""The nouns of netdojo, each with one home; frozen, and free of I/O."""

from netdojo.model.base import Instant, Noun, Sha256, Slug
from netdojo.model.course import Course, Lesson, Module, ModuleManifest
from netdojo.model.lab import Fidelity, Hint, Lab, LabManifest, Task
from netdojo.model.network import Answer, LinkState, Network, NetworkState, NodeAccess, NodeState, Progress
from netdojo.model.record import DISCLAIMER, Badge, Credit, Entry, EntryContent, Learner, Policy, Receipt, Submission
from netdojo.model.report import Evidence, Report, Result, TaskReport, Verdict
from netdojo.model.topology import Bind, End, Link, Node, Topology

__all__ = [
    "DISCLAIMER",
    "Answer",
    "Badge",
    "Bind",
    "Course",
    "Credit",
    "End",
    "Entry",
    "EntryContent",
    "Evidence",
    "Fidelity",
    "Hint",
    "Instant",
    "Lab",
    "LabManifest",
    "Learner",
    "Lesson",
    "Link",
    "LinkState",
    "Module",
    "ModuleManifest",
    "Network",
    "NetworkState",
    "Node",
    "NodeAccess",
    "NodeState",
    "Noun",
    "Policy",
    "Progress",
    "Receipt",
    "Report",
    "Result",
    "Sha256",
    "Slug",
    "Submission",
    "Task",
    "TaskReport",
    "Topology",
    "Verdict",
]
