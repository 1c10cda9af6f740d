# %% [markdown]
# # First contact: read and repair a fabric with netmiko
#
# Two spines and four leaves run FRR with BGP unnumbered. Two of the leaves came up broken, each in its own way.
# In about 45 minutes you read the state of all six routers as data, write a function that finds what is down, repair
# both leaves from Python, and prove that leaf1 reaches leaf4 over both spines.
#
# | router | AS | loopback | router | AS | loopback |
# |---|---|---|---|---|---|
# | spine1 | 65000 | 10.0.0.1/32 | leaf1 | 65011 | 10.0.0.11/32 |
# | spine2 | 65000 | 10.0.0.2/32 | leaf2 | 65012 | 10.0.0.12/32 |
# | | | | leaf3 | 65013 | 10.0.0.13/32 |
# | | | | leaf4 | 65014 | 10.0.0.14/32 |
#
# A leaf's `eth1` goes to spine1 and its `eth2` to spine2. A spine's `eth1` … `eth4` go to leaf1 … leaf4.
#
# Run a cell with Shift+Enter, from the top. `lab.check("read")` judges a task as often as you like,
# `lab.hint("read")` opens the next hint, `lab.reset()` gives you the network of the start again.

# %%
import json
import time

import netdojo

lab = netdojo.open_lab()
lab.deploy()

# %% [markdown]
# ## One router first
#
# `lab.connect("leaf1")` opens an SSH session to leaf1 and returns a netmiko connection. `send_command` sends a line,
# waits for the prompt, and returns what was printed in between, as text.

# %%
leaf1 = lab.connect("leaf1")
print(leaf1.send_command("show bgp summary"))

# %% [markdown]
# BGP needs a moment after the start, and after every change. Ask until it is so; do not guess how long it takes.


# %%
def wait_until(holds, seconds=30):
    """Ask `holds()` twice a second until it is true; give up after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so after {seconds} s")
        time.sleep(0.5)


def leaf1_knows_both_spines():
    peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
    return all(peer["pfxRcd"] >= 3 for peer in peers.values())


wait_until(leaf1_knows_both_spines)

# %% [markdown]
# The same question with `json` at its end, and one neighbour out of the answer:

# %%
summary = json.loads(leaf1.send_command("show bgp summary json"))
summary["ipv4Unicast"]["peers"]["eth1"]

# %% locked=false
# Space to try things. Nothing in this cell is judged.


# %% [markdown]
# ## Task 1 · Read all six
#
# Make `summaries` a dict with one entry a router: the router's name, and the parsed JSON of its
# `show bgp summary json`, whole. So that `summaries["spine2"]["ipv4Unicast"]["routerId"]` is `"10.0.0.2"`.
#
# *What is checked:* each entry is the answer of that router, and says of each of its neighbours what the router says at
# the moment of the check. (After the repair of task 3 it no longer does, and that is all right: at submit this task is
# judged right after its cell.) At submit also: a session was opened to each router, and what the summaries say comes
# from there.

# %% task="read"
ROUTERS = ["spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"]
summaries = {}

### BEGIN SOLUTION
# netdojo-canary: graders-netmiko-first-contact
for name in ROUTERS:
    with lab.connect(name) as router:
        summaries[name] = json.loads(router.send_command("show bgp summary json"))
### END SOLUTION

# %%
lab.check("read")

# %% [markdown]
# ## Task 2 · Find what is down
#
# Write `broken_sessions(summaries)`. It takes a dict as you have just made it, and returns a sorted list of
# `[router, neighbour]` pairs: one for each session that is not Established, each pair once.
#
# *What is checked:* the function is called from outside, with what your six routers say now and with a small example.
# At submit also with recorded answers of other networks: other names, other sizes, neighbours with addresses in place
# of interface names, IPv6 and other address families, routers without neighbours, and every state that a session can be
# in. It must work from what it is given alone, and return its answer; printing is not returning.


# %% task="find"
def broken_sessions(summaries):
    """Return the sorted [router, neighbour] pairs of the sessions that are not Established."""
    ### BEGIN SOLUTION
    # netdojo-canary: graders-netmiko-first-contact
    found = set()
    for node, summary in summaries.items():
        for family in summary.values():
            for neighbor, peer in family.get("peers", {}).items():
                if peer["state"] != "Established":
                    found.add((node, neighbor))
    return sorted(list(pair) for pair in found)
    ### END SOLUTION


# %%
lab.check("find")

# %% [markdown]
# ## Task 3 · Repair both leaves
#
# Look first. The function has told you where; `show bgp neighbors eth1 json` and `show running-config` tell you why, on
# the side that refuses. Then send the least that mends it, with `send_config_set` and its `error_pattern`, and wait
# until the fabric is whole.
#
# *What is checked:* every router has an established session on every link, seen from both ends, and it lasts; every
# router still runs the AS number of the plan, and its neighbours see it by that number. At submit also: every session
# carries its routes, so that every leaf reaches every other over both spines, and nobody answers in its place; and the
# unicast tables of BGP have the loopbacks of the table above, and no other prefix.
#
# The grader runs your cells one after the other, on a network as you found it. So the cell must hold the whole repair,
# with what you typed by hand on the way written down as Python.

# %% locked=false
# Space to look around. Nothing in this cell is judged.


# %% task="repair"
### BEGIN SOLUTION
# netdojo-canary: graders-netmiko-first-contact
def read_all():
    """Return the summaries as the routers give them now."""
    fresh = {}
    for name in ROUTERS:
        with lab.connect(name) as router:
            fresh[name] = json.loads(router.send_command("show bgp summary json"))
    return fresh


REPAIRS = {
    "leaf2": ["router bgp 65012", "address-family ipv4 unicast", "no neighbor eth1 maximum-prefix 1"],
    "leaf4": ["router bgp 65014", "no neighbor eth2 shutdown"],
}
for name, lines in REPAIRS.items():
    with lab.connect(name) as router:
        print(router.send_config_set(lines, error_pattern=r"^%"))

wait_until(lambda: broken_sessions(read_all()) == [])
### END SOLUTION

# %%
lab.check("repair")

# %% [markdown]
# ## Task 4 · Two paths
#
# leaf4's loopback is 10.0.0.14/32. Make `paths` a dict which says where leaf1 now sends packets for it: for each spine,
# its name, and the address that leaf1's route has as the next hop there, as text.
#
# ```python
# {"…": "fe80::…", "…": "fe80::…"}
# ```
#
# The addresses are drawn anew whenever a network is started, so that what is true here is not true on the grader's
# network: your cell has to work both out from what leaf1 says.
#
# *What is checked:* leaf1's kernel has a route to leaf4 over both uplinks, put there by BGP; packets get through; and
# `paths` holds the names and the addresses of the routers at the other ends. At submit also: packets arrive at leaf4
# itself; they get through when either spine is lost, and use both paths soon after it is back; and what task 3 repaired
# still holds.

# %% task="ecmp"
paths = {}


### BEGIN SOLUTION
# netdojo-canary: graders-netmiko-first-contact
def next_hops_to_leaf4():
    """Return {neighbour: address} of the next hops that are in use."""
    route = json.loads(leaf1.send_command("show ip route 10.0.0.14/32 json"))
    peers = json.loads(leaf1.send_command("show bgp summary json"))["ipv4Unicast"]["peers"]
    hops = route["10.0.0.14/32"][0]["nexthops"]
    return {peers[hop["interfaceName"]]["hostname"]: hop["ip"] for hop in hops if hop.get("fib")}


wait_until(lambda: len(next_hops_to_leaf4()) == 2)
paths = next_hops_to_leaf4()
### END SOLUTION

# %%
lab.check("ecmp")

# %% [markdown]
# ## Hand it in
#
# `lab.submit()` saves nothing for you: save the notebook first (Ctrl+S). It is then run from top to bottom on a fresh
# network and judged there, hidden questions included. Your network here stays as it is.

# %%
lab.submit()
