"""Verifying: every bad badge beside its golden steps, and no altered byte that passes."""

from __future__ import annotations

import copy
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netdojo.credentials import BadgeCheck, Outcome, verify_badge
from netdojo.errors import BadgeInvalid, BadgeUndecided, NetdojoError, WrongUse
from netdojo.model import Badge

ERRORS = Path(__file__).parents[2] / "errors" / "credentials"
ISSUER = (ERRORS / "issuer.txt").read_text().strip()
GOOD = json.loads((ERRORS / "good.json").read_text())
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
VERDICTS = {0: "valid", 1: "not valid", 3: "cannot be told here"}
BADGES = sorted(file for file in ERRORS.iterdir() if file.suffix in (".json", ".png"))
fast = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


def steps_of(check: BadgeCheck) -> str:
    """Return the verdict and every step as text."""
    lines = [f"{step.outcome.value} {step.name}: {step.detail}" for step in check.steps]
    return "\n".join([VERDICTS[check.exit_code], *lines, ""])


def verify_text(text: str, folder: Path) -> BadgeCheck:
    file = folder / "badge.json"
    file.write_text(text, encoding="utf-8")
    return verify_badge(file, trusted=[ISSUER], now=NOW)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying opens no socket, whatever it is given."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("file", BADGES, ids=lambda file: file.name)
def test_badge_gets_its_golden_steps(file: Path) -> None:
    """Each badge gets the verdict, and each step the words, that lie beside it."""
    assert Path(f"{file}.txt").read_text() == steps_of(verify_badge(file, trusted=[ISSUER], now=NOW))


def test_bad_badges_are_not_valid() -> None:
    """No golden file says that a bad badge is valid."""
    assert ["good.json", "good.png"] == [
        file.name for file in BADGES if Path(f"{file}.txt").read_text().startswith("valid")
    ]


def test_own_badge_is_valid_in_both_forms(badge: Badge) -> None:
    """What this machine issued it accepts, without being told an issuer."""
    assert [0, 0] == [verify_badge(file).exit_code for file in (badge.json_file, badge.png_file)]


def test_badge_of_another_machine_needs_its_issuer_named(own_home: Path) -> None:
    """Where no issuer is known it cannot be told; the machine's own key is not made for it."""
    check = verify_badge(ERRORS / "good.json", now=NOW)

    assert (3, Outcome.unknown) == (check.exit_code, check.steps[2].outcome)
    assert not own_home.exists()


def test_badge_of_another_issuer_cannot_be_told_on_any_machine(badge: Badge) -> None:
    """A machine with a key of its own says the same as one without: whose key it is, and how to name it."""
    check = verify_badge(ERRORS / "good.json", now=NOW)

    assert (3, Outcome.unknown) == (check.exit_code, check.steps[2].outcome)
    assert f"if {ISSUER} is the one you trust, name it with --issuer" in check.steps[2].detail
    assert f"not this machine's own ({badge.credential['issuer']['id']})" in check.steps[2].detail


def test_badge_of_another_issuer_than_the_named_is_refused(badge: Badge) -> None:
    """Who names the issuer wants no other: a good signature by another key is not enough."""
    check = verify_badge(ERRORS / "another-key.json", trusted=[ISSUER], now=NOW)

    assert (1, "issuer") == (check.exit_code, next(step.name for step in check.steps if step.outcome is Outcome.broken))
    assert 0 == verify_badge(badge.json_file, trusted=[ISSUER]).exit_code


@pytest.mark.parametrize("name", ["another-key-for-this-issuer.json", "altered-issuer.json"])
def test_another_key_than_the_issuers_is_refused_on_any_machine(badge: Badge, name: str) -> None:
    """A proof by another key than the issuer that the badge names is never ours, nor anybody's."""
    assert 1 == verify_badge(ERRORS / name, now=NOW).exit_code


def test_badge_that_takes_our_id_is_not_ours(badge: Badge, tmp_path: Path) -> None:
    """A good badge of another key that names this machine's issuer is not valid, and says whose key made its proof."""
    ours = badge.credential["issuer"]["id"]
    (tmp_path / "forged.json").write_text(json.dumps({**GOOD, "issuer": {**GOOD["issuer"], "id": ours}}))
    check = verify_badge(tmp_path / "forged.json", now=NOW)

    assert 1 == check.exit_code
    assert f"its key is {ISSUER}'s, its issuer is {ours}" == check.steps[1].detail


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-03-01T09:04:59", 1),
        ("2026-03-01T09:05:00", 0),
        ("2029-03-01T09:04:59", 0),
        ("2029-03-01T09:05:00", 1),
    ],
)
def test_badge_holds_from_its_first_second_to_its_last(moment: str, code: int) -> None:
    """It begins at validFrom and has ended at validUntil."""
    now = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)

    assert code == verify_badge(ERRORS / "good.json", trusted=[ISSUER], now=now).exit_code


@pytest.mark.parametrize(
    ("name", "error", "code"), [("altered-name.json", BadgeInvalid, 1), ("another-suite.json", BadgeUndecided, 3)]
)
def test_require_raises_what_the_steps_say(name: str, error: type[NetdojoError], code: int) -> None:
    """Whoever wants an exception gets one, with the step that decided, and its exit code."""
    check = verify_badge(ERRORS / name, trusted=[ISSUER], now=NOW)
    with pytest.raises(error, match=name) as refused:
        check.require()

    assert code == refused.value.code == check.exit_code
    assert refused.value.help.startswith("Ask ")


def test_require_is_content_with_a_valid_badge() -> None:
    """A valid badge raises nothing."""
    check = verify_badge(ERRORS / "good.json", trusted=[ISSUER], now=NOW)
    check.require()

    assert "" == check.help


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    """A file of more than 8 MiB, or a credential of more than 256 KiB, is refused by its size."""
    for name, size, said in (("a.png", 9 * 2**20, "larger than 8 MiB"), ("a.json", 300 * 2**10, "larger than 256 KiB")):
        (tmp_path / name).write_bytes(b" " * size)
        assert said in verify_badge(tmp_path / name).steps[0].detail


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_file_that_cannot_be_read_is_wrong_use(tmp_path: Path, name: str) -> None:
    """A missing file is the caller's mistake, not a bad badge."""
    with pytest.raises(WrongUse, match="cannot be read"):
        verify_badge(tmp_path / name)


@pytest.mark.timeout(20)
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe that nobody writes to and a device without end are the caller's mistake, and never waited for."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    for file in (pipe, Path("/dev/zero")):
        with pytest.raises(WrongUse) as refused:
            verify_badge(file)
        assert f"{file} is no plain file\n  name a badge's .json or .png file" == str(refused.value)


def test_issuer_that_is_no_did_key_is_wrong_use() -> None:
    """A mistyped --issuer is said, and not taken for a badge of another key."""
    with pytest.raises(WrongUse, match="must be named by its did:key"):
        verify_badge(ERRORS / "good.json", trusted=["did:key:z6Mkx"])


def scalars(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every text and number in a credential."""
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from scalars(inner, (*path, key))
    else:
        yield path


def value_at(path: tuple[Any, ...]) -> Any:
    found: Any = GOOD
    for key in path:
        found = found[key]
    return found


def changed(path: tuple[Any, ...], change: Callable[[Any], Any]) -> dict[str, Any]:
    altered: dict[str, Any] = copy.deepcopy(GOOD)
    parent: Any = altered
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = change(parent[path[-1]])
    return altered


@fast
@given(path=st.sampled_from(list(scalars(GOOD))), data=st.data())
def test_no_altered_value_passes(tmp_path: Path, path: tuple[Any, ...], data: st.DataObject) -> None:
    """Any single character of any value, in the claims, the contexts or the proof, can change only with notice."""

    def one_character(value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, float):
            return data.draw(st.sampled_from([0.7, 0.74, 0.76, 1.75, 7.5, 0.751]))
        at = data.draw(st.integers(0, len(value) - 1))
        other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda letter: letter != value[at]))
        return value[:at] + other + value[at + 1 :]

    assert not verify_text(json.dumps(changed(path, one_character)), tmp_path).valid


@fast
@given(path=st.sampled_from(list(scalars(GOOD))))
def test_no_value_can_be_taken_out(tmp_path: Path, path: tuple[Any, ...]) -> None:
    """Any value that is missing is missed."""
    altered = copy.deepcopy(GOOD)
    parent: Any = altered
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]

    assert not verify_text(json.dumps(altered), tmp_path).valid


@fast
@given(at=st.integers(0, len(json.dumps(GOOD)) - 1), letter=st.characters(min_codepoint=32, max_codepoint=126))
def test_no_altered_byte_of_the_file_changes_what_is_accepted(tmp_path: Path, at: int, letter: str) -> None:
    """A file with one byte changed is refused, or says the very same."""
    text = json.dumps(GOOD)
    altered = text[:at] + letter + text[at + 1 :]
    check = verify_text(altered, tmp_path)

    assert not check.valid or GOOD == json.loads(altered)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=6) | st.just("@type"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("path", "value"),
    [(path, found) for path in scalars(GOOD) if isinstance(found := value_at(path), (bool, int, float))],
)
def test_no_value_stands_in_a_list_that_has_none(tmp_path: Path, path: tuple[Any, ...], value: Any) -> None:
    """To JSON-LD a list of one says what its one entry says; Open Badges 3.0 has numbers and switches alone."""
    found = verify_text(json.dumps(changed(path, lambda _: [value])), tmp_path)

    assert not found.valid
    assert "in a list" in "".join(step.detail for step in found.steps)


@fast
@given(path=st.sampled_from([(key,) for key in GOOD] + list(scalars(GOOD))), value=json_values)
def test_no_other_value_passes_or_breaks_the_verifier(tmp_path: Path, path: tuple[Any, ...], value: Any) -> None:
    """Whatever stands in a property's place, the verifier answers with steps, and does not accept it."""
    altered = changed(path, lambda _: value)

    assert not verify_text(json.dumps(altered), tmp_path).valid or GOOD == altered
