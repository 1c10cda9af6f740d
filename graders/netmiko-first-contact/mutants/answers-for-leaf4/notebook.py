# %% task="ecmp"
# netdojo-canary: graders-netmiko-first-contact
HIDES = [
    "ip prefix-list LEAF4 seq 5 permit 10.0.0.14/32",
    "route-map HIDES deny 10",
    "match ip address prefix-list LEAF4",
    "exit",
    "route-map HIDES permit 20",
    "exit",
    "ip protocol bgp route-map HIDES",
    "interface lo",
    "ip address 10.0.0.9/28",
]
for name in ["spine1", "spine2"]:
    with lab.connect(name) as router:
        print(router.send_config_set(HIDES, error_pattern=r"^%"))


def next_hops_to_leaf4():
    route = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))
    peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
    hops = route["10.0.0.14/32"][0]["nexthops"]
    return {peers[hop["interfaceName"]]["hostname"]: hop["ip"] for hop in hops if hop.get("fib")}


wait_until(lambda: len(next_hops_to_leaf4()) == 2)
paths = next_hops_to_leaf4()
