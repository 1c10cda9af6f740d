"""Native containerlab files, read into Topology nouns as containerlab reads them."""

from netdojo.content.topologies.examining import Examined, Judge
from netdojo.content.topologies.reading import examine_topology, read_topology
from netdojo.content.topologies.sections import ClabFile

__all__ = ["ClabFile", "Examined", "Judge", "examine_topology", "read_topology"]
