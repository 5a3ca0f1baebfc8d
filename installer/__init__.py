"""Set-up on a bare machine: standard library only, since nothing else is installed yet."""
