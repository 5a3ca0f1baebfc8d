"""Models that answer with words about pictures."""
