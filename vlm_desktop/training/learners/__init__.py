"""Models that learn, behind one protocol."""
