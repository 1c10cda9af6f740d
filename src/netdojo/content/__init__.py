"""Folders to nouns: the course with its modules, labs and topologies, read and checked."""

from netdojo.content.courses import course_folder, find_course, find_lab, lab_names
from netdojo.content.topologies import Examined, Judge, examine_topology, read_topology

__all__ = [
    "Examined",
    "Judge",
    "course_folder",
    "examine_topology",
    "find_course",
    "find_lab",
    "lab_names",
    "read_topology",
]
