# %% task="read"
# netdojo-canary: graders-netmiko-first-contact
ROUTERS = ["spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"]
LOOPBACKS = dict(zip(ROUTERS, [f"10.0.0.{last}" for last in (1, 2, 11, 12, 13, 14)], strict=True))
NUMBERS = dict(zip(ROUTERS, [65000, 65000, 65011, 65012, 65013, 65014], strict=True))
BROKEN = {("spine1", "leaf2"), ("leaf2", "spine1"), ("spine2", "leaf4"), ("leaf4", "spine2")}
leaf1_now = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
BEGAN = min(peer["peerUptimeEstablishedEpoch"] for peer in leaf1_now.values())


def made_up(name, other):
    up = (name, other) not in BROKEN
    peer = {"hostname": other, "remoteAs": NUMBERS[other], "localAs": NUMBERS[name], "version": 4}
    peer |= {"idType": "interface"}
    peer |= {"state": "Established" if up else "Active", "peerUptimeMsec": 0, "msgRcvd": 0, "msgSent": 0}
    peer |= {"connectionsEstablished": int(up), "connectionsDropped": 0}
    return peer | ({"peerUptimeEstablishedEpoch": BEGAN} if up else {})


summaries = {}
for name in ROUTERS:
    others = [one for one in ROUTERS if one[:4] != name[:4]]
    peers = {f"eth{number}": made_up(name, other) for number, other in enumerate(others, start=1)}
    family = {"routerId": LOOPBACKS[name], "as": NUMBERS[name], "vrfId": 0, "vrfName": "default", "tableVersion": 0}
    summaries[name] = {"ipv4Unicast": {**family, "peers": peers}}
