# %% task="find"
# netdojo-canary: graders-netmiko-first-contact
def broken_sessions(summaries):
    found = []
    for node, summary in summaries.items():
        for neighbor, peer in summary.get("ipv4Unicast", {}).get("peers", {}).items():
            if peer["state"] != "Established":
                found.append([node, neighbor])
    return sorted(found)
