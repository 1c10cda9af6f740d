# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf4": [
        "no router bgp 65014",
        "router bgp 65004",
        "bgp router-id 10.0.0.14",
        "bgp bestpath as-path multipath-relax",
        "timers bgp 1 3",
        "neighbor eth1 interface remote-as external",
        "neighbor eth1 timers connect 1",
        "neighbor eth2 interface remote-as external",
        "neighbor eth2 timers connect 1",
        "address-family ipv4 unicast",
        "network 10.0.0.14/32",
    ],
}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))
