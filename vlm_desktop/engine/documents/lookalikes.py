"""Characters that readers of text take for one another. Importing it does not import numpy.

Two uses: a letter among digits is read as the digit it looks like, and a sum that fails asks which
digits may have been others.
"""

from __future__ import annotations

import re

DIGITS: dict[str, str] = {
    "O": "0", "o": "0", "Q": "0", "D": "0", "\u00d8": "0",
    "l": "1", "I": "1", "i": "1", "|": "1", "!": "1", "]": "1", "[": "1",
    "Z": "2", "z": "2",
    "S": "5", "s": "5", "$": "5",
    "b": "6", "G": "6",
    "B": "8",
    "g": "9", "q": "9",
}  # fmt: skip
"""A letter or sign and the digit it is taken for."""

LETTERS_FOR_DIGITS = "OoQDlIi|ZzSsbGBgq"
"""Those that are tried within numbers: brackets and dollars mean themselves more often."""

_PAIRS: tuple[tuple[str, float], ...] = (
    ("17", 0.14), ("08", 0.10), ("06", 0.10), ("68", 0.12), ("38", 0.12), ("56", 0.10),
    ("35", 0.06), ("39", 0.04), ("49", 0.06), ("58", 0.05), ("09", 0.05), ("89", 0.06),
    ("14", 0.05), ("27", 0.06), ("12", 0.03), ("23", 0.04), ("59", 0.03), ("47", 0.03),
)  # fmt: skip
"""Digits taken for one another, with the share of a misread digit's probability that the other one
gets. The strong ones are those every comparison of OCR engines lists; the rest are shapes that
share strokes."""

DIGIT_SLIPS: dict[str, dict[str, float]] = {digit: {} for digit in "0123456789"}
for _pair, _share in _PAIRS:
    DIGIT_SLIPS[_pair[0]][_pair[1]] = _share
    DIGIT_SLIPS[_pair[1]][_pair[0]] = _share

_TO_DIGITS = str.maketrans({letter: DIGITS[letter] for letter in LETTERS_FOR_DIGITS})
_LETTER = re.compile(f"[{re.escape(LETTERS_FOR_DIGITS)}]")


def digits_of(text: str) -> tuple[str, int]:
    """The text with letters that look like digits as digits, and how many there were."""
    return text.translate(_TO_DIGITS), len(_LETTER.findall(text))
