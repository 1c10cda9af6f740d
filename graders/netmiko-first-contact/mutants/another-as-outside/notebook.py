# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf3": [
        "router bgp 65013",
        "neighbor eth1 local-as 64999 no-prepend replace-as",
        "neighbor eth2 local-as 64999 no-prepend replace-as",
    ],
    "leaf4": ["router bgp 65014", "no neighbor eth2 shutdown"],
}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))
