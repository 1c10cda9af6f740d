"""What a learner types in a notebook: `lab = netdojo.open_lab()`."""

from netdojo.notebook.session import LabSession, open_lab

__all__ = ["LabSession", "open_lab"]
