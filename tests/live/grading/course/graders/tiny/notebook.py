# %% [markdown]
# # Tiny

# %%
import json
from pathlib import Path

import netdojo

lab = netdojo.open_lab()
lab.deploy()

# %% task="number"
number = 0
### BEGIN SOLUTION
# netdojo-canary: graders-tiny
number = 42
### END SOLUTION

# %%
lab.check("number")

# %% locked=false
# Space to try things.


# %% task="double"
def double(x: int) -> int:
    ### BEGIN SOLUTION
    # netdojo-canary: graders-tiny
    return 2 * x
    ### END SOLUTION


# %%
lab.check("double")

# %% task="address"
### BEGIN SOLUTION
# netdojo-canary: graders-tiny
address = json.loads(Path("plan.json").read_text())["address"]
with lab.connect("r1") as r1:
    r1.send_config_set(["interface lo", f"ip address {address}"])
### END SOLUTION

# %%
lab.check("address")
