"""Fitting the extraction of fields on documents the project makes itself, and on real ones."""
