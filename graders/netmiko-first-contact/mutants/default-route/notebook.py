# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf4": [
        "router bgp 65014",
        "no neighbor eth2 shutdown",
        "address-family ipv4 unicast",
        "neighbor eth1 default-originate",
        "neighbor eth2 default-originate",
    ],
}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))
