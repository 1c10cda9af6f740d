"""A small course to read, break and read again."""

from __future__ import annotations

from pathlib import Path

import pytest

LAB = """
title: Bring up a fabric
summary: Two spines, four leaves.
module: python
topology: leaf-spine
fidelity: real
minutes: 30
objectives: [netmiko-connect]
tasks:
  - id: sessions
    title: Every leaf has a session
    points: 4
    hints: [Look., Look closer., Almost.]
  - id: ecmp
    title: Both spines are used
    points: 3
    needs: [sessions]
"""
TOPOLOGY = """
name: leaf-spine
topology:
  nodes:
    leaf1: {kind: linux, image: netdojo/frr:latest}
"""
SITE = """
site_name: A course
nav:
  - Start: index.md
  - Python:
      - Second: modules/python/second.md
      - First: modules/python/first.md
  - modules/ansible/index.md
markdown_extensions:
  - pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji ""}
"""


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """Return the folder of a course with two modules and a lab."""
    files = {
        "mkdocs.yml": SITE,
        "labs/first/lab.yml": LAB,
        "modules/ansible/module.yml": "title: Ansible\nsummary: Declared.\n",
        "modules/objectives.yml": "netmiko-connect: Open a session to a router from Python.\n",
        "modules/python/module.yml": "title: Python\nsummary: The common language.\n",
        "topologies/leaf-spine/leaf-spine.clab.yml": TOPOLOGY,
    }
    for name, text in files.items():
        file = tmp_path / "course" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "course"
