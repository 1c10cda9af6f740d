"""What lets OpenSSH in, and who is let in."""

from __future__ import annotations

from netdojo.runtimes.serving import front


def test_ssh_config_survives_odd_paths() -> None:
    """Spaces and percent signs of the home do not break the file."""
    text = front.ssh_config({"folder": "/a b/100%", "username": "admin"}, {"leaf1": 4022})
    assert "Host leaf1\n  HostName 127.0.0.1\n  Port 4022\n" in text
    assert '  IdentityFile "/a b/100%%/id_ed25519"\n' in text
    assert "  StrictHostKeyChecking yes\n" in text


def test_passwords_are_compared_whole() -> None:
    assert front.same("grün", "grün")
    assert not front.same("grün", "gr")
