# netdojo-canary: graders-tiny
# %% task="number"
number = 41
