"""The Models pane: the shelf."""
