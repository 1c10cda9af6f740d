"""What is seen of a network as tables: for terminals, notebooks and screen readers alike."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import NamedTuple

from netdojo.durations import spoken
from netdojo.model import Interface, Listener, NetworkDetail, NetworkListed, NodeDetail

DASH = "–"


class Table(NamedTuple):
    """Rows under named columns; every cell is text as it stands, not yet safe for a terminal or a page."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def of_network(detail: NetworkDetail) -> Table:
    """Return a row for each node."""
    rows = [
        [name, words(node), megabytes(node.memory), ups(node.interfaces), str(len(node.processes)), ports(node.ports)]
        for name, node in detail.nodes.items()
    ]
    return Table("", ["node", "state", "memory", "links up", "processes", "listens on"], rows)


def of_node(node: NodeDetail) -> list[Table]:
    """Return a node's interfaces, ports and processes."""
    interfaces = [
        [one.name, one.state, str(one.mtu), one.peer or DASH, "\n".join([one.mac or DASH, *one.addresses])]
        for one in node.interfaces
    ]
    listening = [[one.protocol, one.address, str(one.port), one.program or "the kernel"] for one in node.ports]
    processes = [[str(one.pid), one.name, megabytes(one.memory), one.command or DASH] for one in node.processes]
    return [
        Table("Interfaces", ["name", "state", "mtu", "link to", "mac and addresses"], interfaces),
        Table("Listens on", ["protocol", "address", "port", "program"], listening),
        Table("Processes", ["pid", "name", "memory", "command line"], processes),
    ]


def of_list(listed: Iterable[NetworkListed], title: str = "") -> Table:
    """Return a row for each network."""
    rows = [
        [
            one.name,
            one.runtime,
            one.state.value,
            spoken(one.uptime),
            DASH if one.idle is None else spoken(one.idle),
            megabytes(one.memory),
        ]
        for one in listed
    ]
    return Table(title, ["network", "runtime", "state", "up", "not used for", "memory"], rows)


def of_homes(listed: Iterable[NetworkListed]) -> list[Table]:
    """Return a table for each home, which are sorted by home already."""
    return [
        of_list(its, f"{home} ({user})") for (home, user), its in groupby(listed, key=lambda one: (one.home, one.user))
    ]


def words(node: NodeDetail) -> str:
    """Return a node's state, and which of its daemons have ended."""
    return f"{node.state.value}: {', '.join(node.ended)} ended" if node.ended else node.state.value


def ups(interfaces: Iterable[Interface]) -> str:
    """Return how many of the interfaces that are links are up."""
    states = [one.state for one in interfaces if one.peer]
    return f"{states.count('up')} of {len(states)}"


def ports(listeners: Iterable[Listener]) -> str:
    found = dict.fromkeys(f"{one.protocol}/{one.port}" for one in listeners)
    return " ".join(found) or DASH


def megabytes(memory: int) -> str:
    return f"{memory / 1e6:.1f} MB" if memory < 10e6 else f"{memory / 1e6:.0f} MB"


def text(table: Table) -> str:
    """Return a table in columns of one width; a cell of several lines becomes one with commas."""
    rows = [table.columns, *([cell.replace("\n", ", ") for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*([table.title] if table.title else []), *lines])


def html(table: Table) -> str:
    """Return a table as HTML; everything in it is escaped."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell).replace(chr(10), '<br>')}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    caption = f"<caption>{escape(table.title)}</caption>" if table.title else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
