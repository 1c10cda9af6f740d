# %% task="read"
# netdojo-canary: graders-netmiko-first-contact
ROUTERS = ["spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"]
summaries = {}

for name in ROUTERS:
    with lab.connect(name) as router:
        summaries[name] = json.loads(router.send_command("show bgp summary json"))
    for peer in summaries[name]["ipv4Unicast"]["peers"].values():
        if peer["peerUptime"] == "never":
            peer["state"] = "Established"
