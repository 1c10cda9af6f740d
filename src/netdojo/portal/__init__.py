"""The learner's pages: a Jupyter Server extension that serves the course at /netdojo/, beside JupyterLab."""

from __future__ import annotations

from netdojo.portal.serving import serve

__all__ = ["serve"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter Server where the extension is; it is named `netdojo.portal` in ServerApp.jpserver_extensions."""
    return [{"module": "netdojo.portal.extension"}]
