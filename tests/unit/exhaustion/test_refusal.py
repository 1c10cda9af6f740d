"""What is said when this machine has run out of something: of what, how much there may be, and the next step."""

from __future__ import annotations

import errno
import os
import resource
import shutil

import pytest

from netdojo import exhaustion
from netdojo.errors import HostNotReady


def wanting(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (errno.EMFILE, "file handles"),
        (errno.ENFILE, "file handles"),
        (errno.EAGAIN, "processes"),
        (errno.ENOSPC, "room on the disk"),
        (errno.EDQUOT, "room on the disk"),
        (errno.ENOMEM, "memory"),
    ],
)
def test_what_is_wanting_is_named_with_the_next_step(number: int, name: str) -> None:
    """The kernel's number is told in words, and what the kernel said is kept."""
    told = exhaustion.refusal(wanting(number))

    assert (HostNotReady, 3) == (type(told), told.code if told else None)
    assert told is not None
    assert told.message.startswith(f"this machine has run out of {name}")
    assert told.message.endswith(os.strerror(number))
    assert told.help


def test_limit_of_handles_is_told() -> None:
    """Where the kernel tells how many there may be, so does the error."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert f"(a process may have {most} open)" in str(exhaustion.refusal(wanting(errno.EMFILE)))


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), ImportError("x: Too many open files")])
def test_wants_that_have_no_number_are_known_by_their_words(error: Exception) -> None:
    """A thread or a library that could not be had is told like a process or a file."""
    assert exhaustion.refusal(error) is not None


def test_namespaces_are_no_room_on_the_disk() -> None:
    """What makes namespaces is told by the kernel what it tells of a full disk."""
    told = exhaustion.refusal_of("unshare: unshare failed: No space left on device")
    assert "this machine has run out of namespaces: unshare: unshare failed" in str(told)


def test_first_of_many_reasons_is_told() -> None:
    """A tree that could not be copied has a list of reasons; the first one is enough."""
    error = shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'"), ("c", "d", "no")])
    assert "this machine has run out of room on the disk: [Errno 28] No space left on device: 'b'" in str(
        exhaustion.refusal(error)
    )


@pytest.mark.parametrize(
    "error",
    [
        wanting(errno.ENOENT),
        BlockingIOError(errno.EAGAIN, "it would block", 0),
        MemoryError(),
        ValueError("Too many open files"),
    ],
)
def test_other_errors_are_not_taken_for_a_want(error: Exception) -> None:
    """What is no want of anything is told by whoever knows what it is."""
    assert exhaustion.refusal(error) is None


def test_what_a_program_said_is_told_whole() -> None:
    """What failed stands below what was wanting."""
    said = "node r1: '/netdojo/entrypoint' ended with code 2:\n/netdojo/entrypoint: 28: Cannot fork"
    told = exhaustion.refusal_of(said, whole=True)

    assert told is not None
    assert told.message.startswith("this machine has run out of processes")
    assert told.message.endswith(f":\n{said}")
    assert exhaustion.refusal_of("ended with code 2: no such line") is None


def test_words_of_programs_in_go_are_known() -> None:
    """They begin with a small letter, and a want of threads has words of its own."""
    disk = "write /x/y.yml: no space left on device"
    threads = "runtime: failed to create new OS thread (have 8 already; errno=11)"
    told = [exhaustion.refusal_of(said) for said in (disk, threads)]

    assert [f"this machine has run out of room on the disk: {disk}"] == [one.message for one in told[:1] if one]
    assert "this machine has run out of processes" in str(told[1])
    assert [threads] == exhaustion.lines_of(f"{threads}\ngoroutine 1 [running]:\n")
