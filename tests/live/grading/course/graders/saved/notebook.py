# %% [markdown]
# # Saved
#
# Repair the session at the console, then run `lab.save()`.

# %%
import netdojo

lab = netdojo.open_lab()
lab.deploy()

# %% task="session"
### BEGIN SOLUTION
# netdojo-canary: graders-saved
# Nothing is written here: the repair is typed at the console of r1.
### END SOLUTION

# %%
lab.check("session")
