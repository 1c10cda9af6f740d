# %% task="repair"
# netdojo-canary: graders-netmiko-first-contact
with lab.connect("leaf4") as router:
    print(router.send_config_set(["router bgp 65014", "no neighbor eth2 shutdown"], error_pattern=r"^%"))
