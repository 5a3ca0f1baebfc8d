"""Adapters: small sets of weights that change what a model says, put on and taken off at will."""
