"""The Library pane: folders, files set aside, duplicates and other tools."""
