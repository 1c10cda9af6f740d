# %% task="find"
# netdojo-canary: graders-netmiko-first-contact
def broken_sessions(summaries):
    bad = ("Idle", "Idle (Admin)", "Idle (PfxCt)", "Connect", "Active", "OpenSent")
    found = set()
    for node, summary in summaries.items():
        for family in ("ipv4Unicast", "ipv6Unicast"):
            for neighbor, peer in summary.get(family, {}).get("peers", {}).items():
                if peer["state"] in bad:
                    found.add((node, neighbor))
    return sorted(list(pair) for pair in found)
