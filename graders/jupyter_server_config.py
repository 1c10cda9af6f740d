"""Lets formgrader find the course: for `jupyter lab --config=jupyter_server_config.py`, called in this folder."""
# netdojo-canary: graders-jupyter-server-config

from netdojo.grading.course import configure_server

configure_server(get_config())  # noqa: F821  # Jupyter gives get_config to this file
