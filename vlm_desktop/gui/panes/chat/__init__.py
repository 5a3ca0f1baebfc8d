"""The Chat pane: conversations with a model about pictures."""
