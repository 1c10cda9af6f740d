# %% task="find"
# netdojo-canary: graders-netmiko-first-contact
def broken_sessions(summaries):
    found = []
    for node in ["leaf1", "leaf2", "leaf3", "leaf4", "spine1", "spine2"]:
        for neighbor in ["eth1", "eth2", "eth3", "eth4"]:
            peers = summaries.get(node, {}).get("ipv4Unicast", {}).get("peers", {})
            if neighbor in peers and peers[neighbor]["state"] != "Established":
                found.append([node, neighbor])
    return found
