# %% task="ecmp"
# netdojo-canary: graders-netmiko-first-contact
paths = {"spine1": "fe80::dcc2:c2ff:fed4:3d68", "spine2": "fe80::289b:eff:feef:bb46"}
