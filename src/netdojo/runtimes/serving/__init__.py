"""What a network is served by while it is up, whatever runs its nodes: commands, SSH, the control socket."""
