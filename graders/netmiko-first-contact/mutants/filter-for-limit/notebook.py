# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": [
        "ip prefix-list NONE seq 5 deny any",
        "router bgp 65012",
        "address-family ipv4 unicast",
        "neighbor eth1 prefix-list NONE in",
        "end",
        "clear bgp eth1",
    ],
    "leaf4": ["router bgp 65014", "no neighbor eth2 shutdown"],
}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%", exit_config_mode=False))
