"""Pointing, naming and outlining: masks for clicks, regions for phrases, words for regions."""
