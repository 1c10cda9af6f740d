"""Packets in short: what tcpdump says of each packet of a file, in the columns of a table."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import chain, islice, repeat
from pathlib import Path

from netdojo.model import Packet
from netdojo.runtimes import packages, pcap

DEADLINE = 60.0
"""Seconds that tcpdump may take to read a file."""
LONGEST = 300
"""Characters of what is said of a packet."""

_BEGINS = re.compile(r"\d+\.\d+ ")
_LINK = re.compile(r"(?P<source>\S+) > (?P<destination>[^\s,]+), (?P<type>.*?), length \d+: ")
_TYPE = re.compile(r"ethertype (?P<name>[^(,]+?)(?: \((?P<number>0x[0-9a-f]+)\))?$")
_TAG = re.compile(r"(?P<tag>vlan \d+, )p \d+(?:, DEI)?, (?:ethertype (?P<type>[^(,]+?)(?: \(0x[0-9a-f]+\))?, )?")
_PAIR = re.compile(r"(?P<source>\S+) > (?P<destination>\S+): (?P<info>.*)")
_LLC = re.compile(r"LLC, .*?: (?=\S)")
_CARRIED = re.compile(r", length \d+: ([A-Z][\w-]+)")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_CARRIERS = ("IPv4", "IPv6", "802.1Q", "802.1ad")


def packets(file: Path, most: int) -> list[Packet]:
    """Return the first `most` packets of a pcap file; raises HostNotReady when the host lacks tcpdump, OSError.

    Each packet is there, whatever it is made of: of one that tcpdump does not understand nothing but time and length
    is told.
    """
    packages.require(packages.FOR_CAPTURES)
    stamps = list(islice(pcap.stamps(file), most))
    told = chain(lines(file, len(stamps)), repeat(""))
    first = stamps[0][0] if stamps else 0.0
    return [
        packet(number, time - first, length, line)
        for number, ((time, length), line) in enumerate(zip(stamps, told, strict=False), 1)
    ]


def packet(number: int, time: float, length: int, line: str) -> Packet:
    source, destination, protocol, info = columns(line)
    return Packet(
        number=number,
        time=round(time, 6),
        source=source,
        destination=destination,
        protocol=protocol,
        length=length,
        info=info.strip()[:LONGEST],
    )


def lines(file: Path, count: int) -> Iterator[str]:
    """Yield what tcpdump says of each of the first `count` packets, without its time, in printable characters."""
    if not count:
        return
    words = ["tcpdump", "-n", "-e", "-tt", "-c", str(count), "-r", "-"]
    with file.open("rb") as opened:
        asked = subprocess.run(words, stdin=opened, capture_output=True, timeout=DEADLINE, check=False)
    for line in asked.stdout.decode(errors="backslashreplace").split("\n"):
        begins = _BEGINS.match(line)
        if begins:
            yield printable(line[begins.end() :])


def printable(text: str) -> str:
    """Return `text` with what a terminal would take for a command made visible."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def columns(line: str) -> tuple[str, str, str, str]:
    """Return source, destination, protocol and info of what tcpdump says of a packet."""
    link = _LINK.match(line)
    source, destination = link.group("source", "destination") if link else ("", "")
    kind = kind_of(link["type"]) if link else ""
    rest = line[link.end() :] if link else line
    tags = ""
    while tag := _TAG.match(rest):
        kind, tags, rest = tag["type"] or kind, tags + tag["tag"], rest[tag.end() :]
    rest = _LLC.sub("", rest, count=1)
    pair = _PAIR.search(rest)
    if pair is None or not split(pair["source"])[0]:
        return source, destination, protocol_of(rest, kind, ports=False), tags + rest
    (source, from_port), (destination, to_port) = map(split, pair.group("source", "destination"))
    ports = f"{from_port} > {to_port}: " if from_port or to_port else ""
    protocol = protocol_of(pair["info"], kind, ports=bool(ports))
    return source, destination, protocol, f"{tags}{rest[: pair.start()]}{ports}{pair['info']}"


def kind_of(type: str) -> str:
    """Return the name of "ethertype ARP (0x0806)", or its number where it has no name."""
    named = _TYPE.match(type)
    if named is None:
        return ""
    return (named["number"] or "") if named["name"] == "Unknown" else named["name"]


def split(text: str) -> tuple[str, str]:
    """Return the address and the port of "10.0.0.1.179"; nothing when it is no address."""
    for address, port in ((text, ""), (text.rpartition(".")[0], text.rpartition(".")[2])):
        try:
            return str(ip_address(address)), port
        except ValueError:
            continue
    return "", ""


def protocol_of(info: str, kind: str, *, ports: bool) -> str:
    """Return the protocol that tcpdump names first; for TCP that of what it carries, where it says so."""
    if info.startswith("Flags ["):
        carried = _CARRIED.search(info)
        return carried[1] if carried else "TCP"
    if kind and kind not in _CARRIERS:
        return kind.split(maxsplit=1)[0]
    if "IS-IS" in info:
        return "IS-IS"
    name = _NAME.match(info)
    if name and name[0] != name[0].lower():
        return name[0]
    return "UDP" if ports else kind
