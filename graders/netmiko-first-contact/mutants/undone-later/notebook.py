# %% task="ecmp"
# netdojo-canary: graders-netmiko-first-contact
with lab.connect("leaf2") as leaf2:
    print(leaf2.send_config_set(["router bgp 65012", "neighbor eth1 shutdown"], error_pattern=r"^%"))


def next_hops_to_leaf4():
    route = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))
    peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
    hops = route["10.0.0.14/32"][0]["nexthops"]
    return {peers[hop["interfaceName"]]["hostname"]: hop["ip"] for hop in hops if hop.get("fib")}


wait_until(lambda: len(next_hops_to_leaf4()) == 2)
paths = next_hops_to_leaf4()
