"""The Search pane: query, photos found, one photo."""
