"""What every layer shares: frozen types, events, errors, cancelling, paths, settings, log."""
