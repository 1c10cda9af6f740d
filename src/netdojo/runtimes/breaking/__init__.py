"""Breaks a network on purpose: a fault is put on it, seen to have taken effect, recorded, and lifted again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from netdojo.errors import FaultFailed, FaultRefused, NetdojoError, NotFound
from netdojo.model import Fault, FaultKind, FaultState, Network
from netdojo.runtimes.breaking import cutting, reading, record
from netdojo.runtimes.breaking.cases import Before, Case
from netdojo.runtimes.breaking.kinds import WAYS


def impose(network: Network, kind: str, target: str, given: Mapping[str, Any]) -> Fault:
    """Put a fault on `network`; raises as `netdojo.runtimes.fault` does."""
    known = reading.kind_of(kind)
    options = reading.read(known, given)
    with record.opened(network) as kept:
        _lift_what_is_over(network, kept)
        case = Case(network, max(kept.entries, default=0) + 1, known, target, options)
        touched = tuple(WAYS[known].touches(case))
        _refuse_conflicts(case, touched, kept)
        before = WAYS[known].prepare(case)
        fault = Fault(
            id=case.id,
            kind=known,
            target=target,
            options=options,
            state=FaultState.imposing,
            mechanism=before["mechanism"],
            imposed=_now(),
        )
        entry = record.Entry(fault=fault, touches=touched, before=before)
        kept.add(entry)
        seen = _impose(case, before, entry, kept)
        done = entry.model_copy(update={"before": before})
        return kept.add(done.now(FaultState.in_force, seen=seen, imposed=_now()))


def _impose(case: Case, before: Before, entry: record.Entry, kept: record.Record) -> str:
    """Do it; whatever keeps it from taking effect, take back what was done, and say why."""
    try:
        return WAYS[case.kind].impose(case, before)
    except BaseException as error:
        try:
            WAYS[case.kind].lift(case, before)
        except NetdojoError as left:
            told = f"{error}\nand what was done could not be taken back: {left.message}"
            raise FaultFailed(told, help=_lift_words(case.network, case.id)) from error
        kept.add(entry.now(FaultState.withdrawn, lifted=_now()))
        raise


def _refuse_conflicts(case: Case, touched: tuple[str, ...], kept: record.Record) -> None:
    """Raise FaultRefused with each fault that has to itself what this one needs."""
    found = [(entry.fault, one) for entry in kept.lasting for one in touched if one in entry.touches]
    first = {fault.id: (fault, one) for fault, one in reversed(found)}
    if first:
        told = [f"{_named(fault)} has {one}" for fault, one in first.values()]
        words = [_lift_words(case.network, number) for number in first]
        message = f"{case.kind.value} cannot be put on {case.target}: {'; '.join(told)}"
        raise FaultRefused(message, help="\n  ".join(words))


def _lift_words(network: Network, number: int) -> str:
    return f"lift it first: netdojo lab lift {network.name} {number}"


def listed(network: Network) -> list[Fault]:
    """Return the faults of `network`, in force or not, the first one first."""
    with record.opened(network) as kept:
        entries = [entry for entry in kept.entries.values() if entry.fault.state is not FaultState.withdrawn]
        return [_as_it_is(network, entry).fault for entry in entries]


def lasting(network: Network) -> list[str]:
    """Return in words each fault that is on `network` still."""
    with record.opened(network) as kept:
        return [_named(entry.fault) for entry in kept.lasting]


def _named(fault: Fault) -> str:
    return f"{fault.kind.value} at {fault.target} (fault {fault.id})"


def _as_it_is(network: Network, entry: record.Entry) -> record.Entry:
    """Return an entry with what the network's supervisor knows of it: a cable may have flapped often enough."""
    lasting = entry.fault.kind is FaultKind.flap and entry.fault.state is FaultState.in_force
    return entry.now(FaultState.over) if lasting and cutting.is_over(_case(network, entry.fault)) else entry


def lift(network: Network, number: int | None) -> list[Fault]:
    """Lift a fault, or all of them, the latest first; raises as `netdojo.runtimes.lift` does."""
    with record.opened(network) as kept:
        wanted = _wanted(number, kept)
        lifted, failures = [], []
        for entry in reversed(wanted):
            try:
                lifted.append(_lift(network, entry, kept))
            except FaultFailed as error:
                failures.append(f"fault {entry.fault.id} is still in force: {error.message}")
    if failures:
        raise FaultFailed("\n".join(failures), help=f"look at it: netdojo lab faults {network.name}")
    return lifted


def _wanted(number: int | None, kept: record.Record) -> list[record.Entry]:
    """Return what is to be lifted; raises FaultRefused for what is lifted already, NotFound for what never was."""
    if number is None:
        return kept.lasting
    if number not in kept.entries:
        raise NotFound("fault", str(number), [str(entry.fault.id) for entry in kept.lasting])
    if kept.entries[number] not in kept.lasting:
        raise FaultRefused(f"fault {number} is not in force any more")
    return [kept.entries[number]]


def _lift(network: Network, entry: record.Entry, kept: record.Record) -> Fault:
    WAYS[entry.fault.kind].lift(_case(network, entry.fault), entry.before)
    return kept.add(entry.now(FaultState.lifted, lifted=_now()))


def _lift_what_is_over(network: Network, kept: record.Record) -> None:
    """Have no fault refused for one that has come to its end by itself."""
    for entry in kept.lasting:
        if _as_it_is(network, entry).fault.state is FaultState.over:
            _lift(network, entry, kept)


def _case(network: Network, fault: Fault) -> Case:
    return Case(network, fault.id, fault.kind, fault.target, fault.options)


def _now() -> datetime:
    return datetime.now(timezone.utc)
