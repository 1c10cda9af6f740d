# %% task="ecmp"
# netdojo-canary: graders-netmiko-first-contact
PRETENDS = [
    "interface lo",
    "ip address 10.0.0.14/32",
    "exit",
    "router bgp 65000",
    "address-family ipv4 unicast",
    "network 10.0.0.14/32",
]
for name in ["spine1", "spine2"]:
    with lab.connect(name) as router:
        print(router.send_config_set(PRETENDS, error_pattern=r"^%"))


def next_hops_to_leaf4():
    route = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))
    peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
    hops = route["10.0.0.14/32"][0]["nexthops"]
    return {peers[hop["interfaceName"]]["hostname"]: hop["ip"] for hop in hops if hop.get("fib")}


wait_until(lambda: len(next_hops_to_leaf4()) == 2)
paths = next_hops_to_leaf4()
