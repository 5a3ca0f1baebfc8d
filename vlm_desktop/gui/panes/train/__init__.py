"""The Train pane: data, check, recipe, run, and the adapters that come of it."""
