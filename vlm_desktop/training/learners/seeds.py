"""Random choices that depend on the update and the example alone."""

import zlib


def hash_of(draw: int, key: str) -> int:
    """A seed from both."""
    return (draw * 1_000_003 + zlib.crc32(key.encode())) % (2**63)
