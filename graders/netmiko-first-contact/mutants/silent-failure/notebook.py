# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
REPAIRS = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf4": ["router bgp 65004", "no neighbor eth2 shutdown"],
}
for name, lines in REPAIRS.items():
    with lab.connect(name) as router:
        router.send_config_set(lines)

# %% task="ecmp"
# netdojo-canary: graders-netmiko-first-contact
peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
route = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))["10.0.0.14/32"][0]
paths = {peers[hop["interfaceName"]]["hostname"]: hop["ip"] for hop in route["nexthops"] if hop.get("fib")}
