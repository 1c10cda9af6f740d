"""What a learner types who has understood the lab: answers of the tests' own, not those of the graders."""

from __future__ import annotations

READ = """\
ROUTERS = ["spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"]
summaries = {}
for name in ROUTERS:
    connection = lab.connect(name)
    summaries[name] = json.loads(connection.send_command("show bgp summary json"))
    connection.disconnect()
"""
FIND = """\
def broken_sessions(summaries):
    pairs = set()
    for router, families in summaries.items():
        for family in families.values():
            for peer, facts in family.get("peers", {}).items():
                if facts["state"] != "Established":
                    pairs.add((router, peer))
    return [list(pair) for pair in sorted(pairs)]
"""
REPAIR = """\
mend = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf4": ["router bgp 65014", "no neighbor eth2 shutdown"],
}
for name, lines in mend.items():
    connection = lab.connect(name)
    connection.send_config_set(lines, error_pattern=r"^%")
    connection.disconnect()

def down():
    now = {}
    for name in ROUTERS:
        connection = lab.connect(name)
        now[name] = json.loads(connection.send_command("show bgp summary json"))
        connection.disconnect()
    return broken_sessions(now)

wait_until(lambda: down() == [])
"""
ECMP = """\
paths = {}
def hops():
    routes = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))["10.0.0.14/32"]
    return [hop for hop in routes[0]["nexthops"] if hop.get("fib")]

wait_until(lambda: len(hops()) == 2)
peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
for hop in hops():
    paths[peers[hop["interfaceName"]]["hostname"]] = hop["ip"]
"""

ALL = {"summaries = {}": READ, "def broken_sessions": FIND, "paths = {}": ECMP, "YOUR CODE HERE": REPAIR}
"""Text of a cell that is there → what it shall hold; the first that fits counts."""
