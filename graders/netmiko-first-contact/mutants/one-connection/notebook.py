# %% task="read"
# netdojo-canary: graders-netmiko-first-contact
ROUTERS = ["spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"]
summaries = {}

for name in ROUTERS:
    summaries[name] = json.loads(leaf1.send_command("show bgp summary json"))
