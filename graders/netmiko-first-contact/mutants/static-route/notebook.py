# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf1": ["ip route 10.0.0.14/32 10.0.0.1 eth1 onlink", "ip route 10.0.0.14/32 10.0.0.2 eth2 onlink"],
    "spine2": ["ip route 10.0.0.14/32 10.0.0.14 eth4 onlink"],
}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))


# %% task="ecmp"
# netdojo-canary: graders-netmiko-first-contact
def next_hops_to_leaf4():
    route = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))["10.0.0.14/32"]
    peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
    hops = next(entry for entry in route if entry.get("selected"))["nexthops"]
    return {peers[hop["interfaceName"]]["hostname"]: hop["ip"] for hop in hops if hop.get("fib")}


wait_until(lambda: len(next_hops_to_leaf4()) == 2)
paths = next_hops_to_leaf4()
