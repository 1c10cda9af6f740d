# %% task="read"
# netdojo-canary: graders-netmiko-first-contact
ROUTERS = ["spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"]
AGE = 5
NAMES = "hostname remoteAs state peerState connectionsEstablished connectionsDropped msgRcvd msgSent pfxRcd pfxSnt"
READ_AT_HOME = {
    "spine1": (
        "10.0.0.1",
        65000,
        6,
        {
            "eth1": ("leaf1", 65011, "Established", "OK", 1, 0, 23, 22, 1, 4),
            "eth2": ("leaf2", 65012, "Active", "OK", 1, 1, 6, 18, 0, 0),
            "eth3": ("leaf3", 65013, "Established", "OK", 1, 0, 23, 23, 1, 4),
            "eth4": ("leaf4", 65014, "Established", "OK", 1, 0, 21, 23, 1, 4),
        },
    ),
    "spine2": (
        "10.0.0.2",
        65000,
        4,
        {
            "eth1": ("leaf1", 65011, "Established", "OK", 1, 0, 23, 20, 1, 4),
            "eth2": ("leaf2", 65012, "Established", "OK", 1, 0, 20, 20, 1, 4),
            "eth3": ("leaf3", 65013, "Established", "OK", 1, 0, 23, 20, 1, 4),
            "eth4": ("", 0, "Active", "OK", 0, 0, 0, 11, 0, 0),
        },
    ),
    "leaf1": (
        "10.0.0.11",
        65011,
        7,
        {
            "eth1": ("spine1", 65000, "Established", "OK", 1, 0, 22, 24, 3, 6),
            "eth2": ("spine2", 65000, "Established", "OK", 1, 0, 20, 23, 3, 6),
        },
    ),
    "leaf2": (
        "10.0.0.12",
        65012,
        4,
        {
            "eth1": ("spine1", 65000, "Idle (PfxCt)", "PfxCt", 1, 1, 8, 5, 0, 0),
            "eth2": ("spine2", 65000, "Established", "OK", 1, 0, 20, 21, 3, 4),
        },
    ),
    "leaf3": (
        "10.0.0.13",
        65013,
        7,
        {
            "eth1": ("spine1", 65000, "Established", "OK", 1, 0, 22, 23, 3, 6),
            "eth2": ("spine2", 65000, "Established", "OK", 1, 0, 20, 24, 3, 6),
        },
    ),
    "leaf4": (
        "10.0.0.14",
        65014,
        6,
        {
            "eth1": ("spine1", 65000, "Established", "OK", 1, 0, 22, 22, 3, 4),
            "eth2": ("", 0, "Idle (Admin)", "Admin", 0, 0, 0, 0, 0, 0),
        },
    ),
}


def typed_in(router_id, number, version, rows):
    peers = {}
    for interface, row in rows.items():
        peers[interface] = {
            **dict(zip(NAMES.split(), row, strict=True)),
            "localAs": number,
            "version": 4,
            "tableVersion": 0,
        }
        peers[interface].update(outq=0, inq=0, peerUptimeMsec=AGE * 1000, idType="interface")
        if row[2] == "Established":
            peers[interface]["peerUptimeEstablishedEpoch"] = int(time.time()) - AGE
    held = {"routerId": router_id, "as": number, "vrfId": 0, "vrfName": "default", "tableVersion": version}
    return {"ipv4Unicast": {**held, "peers": peers}}


summaries = {name: typed_in(*held) for name, held in READ_AT_HOME.items()}
