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
paths = ["spine1", "spine2"]
