"""Hashes of what a picture looks like, beside the hash of its bytes."""

import hashlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from vlm_desktop.base.types import DecodedPage


def pixel_hash(pages: Sequence[DecodedPage]) -> str:
    """Hex blake2b-160 of the upright pixels and the full size of every page.

    Two files that hold the same coded picture under different tags agree, as does a lossless
    copy in another format, when both were decoded for the same `min_side`: pixels are hashed
    at the size they were decoded to.
    """
    digest = hashlib.blake2b(digest_size=20)
    for page in pages:
        height, width = page.pixels.shape[:2]
        digest.update(f"{page.size.width}x{page.size.height}:{width}x{height};".encode())
        digest.update(np.ascontiguousarray(page.pixels).data)
    return digest.hexdigest()


def perceptual_hash(image: Image.Image) -> str:
    """64-bit difference hash (dHash) as 16 hex digits: is each cell darker than its right one?

    Source: N. Krawetz, "Kind of Like That", 2013.
    """
    cells = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (cells[:, 1:] > cells[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()
