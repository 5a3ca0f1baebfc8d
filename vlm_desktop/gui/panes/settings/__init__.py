"""The Settings pane."""
