# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
LINES = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf4": ["router bgp 65014", "no neighbor eth2 shutdown"],
}
OF_THE_OTHER = {"leaf2": "10.0.0.13/24", "leaf3": "10.0.0.12/24"}
for name, lines in LINES.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))
for name, address in OF_THE_OTHER.items():
    with lab.connect(name) as router:
        print(router.send_config_set(["interface lo", f"ip address {address}"], error_pattern=r"^%"))
