"""How alike the layouts of two pages are: a fingerprint of the words that stay.

Documents of one vendor share their labels, heads and feet; names, numbers and items differ. The
features of a page are its words without digits, alone, with the next word of their line, and with
the third of the text's width they stand in. So shifting and scaling change nothing, and a misread
word costs the few features it is in. A MinHash of them is kept: the share of equal places of two
estimates the share of features that both pages have of all that either has.
"""

import unicodedata
from hashlib import blake2b
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import PageReading

SAME_LAYOUT = 0.3
"""Likeness from which two pages count as of one layout: far above that of two vendors whose
documents use the same words, below that of two of one vendor with other items."""

_PLACES = 128
_MOST_WORDS = 3000
_LEAST_FEATURES = 6
_THIRDS = 3
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "5": "s", "8": "b", "i": "l", "|": "l"})


def fingerprint(page: PageReading) -> str:
    """Of a page's layout, as 512 hex digits; "" where there are too few words to tell."""
    features = _features(page)
    if len(features) < _LEAST_FEATURES:
        return ""
    hashes = np.array([_hash(one) for one in sorted(features)], dtype=np.uint64)
    mixed = (hashes[None, :] ^ _MASKS[:, None]) * _FACTORS[:, None]
    # The lowest bits of the smallest: its highest are small for every page of many words.
    return bytes(mixed.min(axis=1).astype(">u2").tobytes()).hex()


def likeness(one: str, other: str) -> float:
    """0..1; 0.0 where either is "" or no fingerprint."""
    return likenesses(one, [other])[0]


def likenesses(one: str, others: list[str]) -> list[float]:
    """`likeness` of one with many."""
    known = [at for at, other in enumerate(others) if len(other) == 4 * _PLACES]
    found = [0.0] * len(others)
    if len(one) != 4 * _PLACES or not known:
        return found
    mine = _places(one)
    theirs = np.stack([_places(others[at]) for at in known])
    for at, share in zip(known, (theirs == mine).mean(axis=1), strict=True):
        found[at] = float(share)
    return found


def folded(text: str) -> str:
    """A word as layouts compare it: letters only, without case, accents and the commonest slips of
    readers; "" for what is rather a number."""
    digits = sum(one.isdigit() for one in text)
    if digits and digits * 3 > len(text):
        return ""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LOOKALIKES)
    return "".join(one for one in plain if one.isalpha())


def text_height(page: PageReading) -> float:
    """The height of the page's usual words, in its view: the unit of places. 1.0 of none."""
    heights = [one.box.y1 - one.box.y0 for one in page.words[:_MOST_WORDS]]
    return max(median(heights), 1e-3) if heights else 1.0


def _features(page: PageReading) -> set[str]:
    words = page.words[:_MOST_WORDS]
    if not words:
        return set()
    text = around([one.box for one in words])
    width = max(text.x1 - text.x0, 1e-6)
    features: set[str] = set()
    for line in page.lines:
        named = [(folded(page.words[at].text), page.words[at].box) for at in line.words]
        for name, box in named:
            if len(name) < 2:
                continue
            third = min(int((box.x0 - text.x0) / width * _THIRDS), _THIRDS - 1)
            features |= {name, f"{name}@{third}"}
        for (name, _), (following, _) in pairwise(named):
            if len(name) >= 2 and len(following) >= 2:
                features.add(f"{name} {following}")
        if len(features) > _MOST_WORDS:
            break
    return features


def _hash(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")


def _places(one: str) -> NDArray[np.uint16]:
    return np.frombuffer(bytes.fromhex(one), dtype=">u2").astype(np.uint16)


_MASKS = np.array([_hash(f"mask {at}") for at in range(_PLACES)], dtype=np.uint64)
_FACTORS = np.array([_hash(f"factor {at}") | 1 for at in range(_PLACES)], dtype=np.uint64)
