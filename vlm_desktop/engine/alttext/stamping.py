"""The key that acts of one batch carry."""

import secrets


def new_batch() -> str:
    """A key that no other batch has."""
    return secrets.token_hex(8)
