"""Where tests lie."""

from __future__ import annotations

from pathlib import Path

CLONE = Path(__file__).parents[3]
SOURCE = CLONE / "src" / "netdojo"


def test_unit_tests_lie_as_the_source_does() -> None:
    """Each package has its tests in a folder of the same name, and so has each module beside them."""
    packages = [file.parent.relative_to(SOURCE) for file in SOURCE.rglob("*/__init__.py")]
    modules = [Path(file.stem) for file in SOURCE.glob("*.py") if file.stem != "__init__"]
    assert len(packages) > 10

    untested = [place for place in packages + modules if not [*(CLONE / "tests" / "unit" / place).glob("test_*.py")]]
    assert [] == untested
