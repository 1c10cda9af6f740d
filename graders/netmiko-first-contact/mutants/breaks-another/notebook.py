# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": [
        "no router bgp 65012",
        "router bgp 65012",
        "neighbor eth1 interface remote-as external",
        "address-family ipv4 unicast",
        "network 10.0.0.12/32",
    ],
    "leaf4": ["router bgp 65014", "no neighbor eth2 shutdown"],
}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))
