"""The words read in a picture, as an alt text says them and as a description lists them."""

from collections.abc import Sequence

import regex

from vlm_desktop.base.types import OcrLine

_LEAST_CONFIDENCE = 0.6
_LEAST_SIGNS = 2
_SAME_ROW = 0.5
"""Lines whose heights overlap by this share of the lower one stand in one row."""
_GOES_ON = regex.compile(r"(?:[^\p{L}\p{N})\]'\"’”%€$]|[.!?]['\"’”)\]]*)$")
"""After such an end no full stop is put between two lines."""


def legible(lines: Sequence[OcrLine]) -> tuple[OcrLine, ...]:
    """Lines that were read with some certainty and hold letters or digits, in reading order."""
    return tuple(
        line
        for line in lines
        if line.confidence >= _LEAST_CONFIDENCE
        and len(regex.findall(r"[\p{L}\p{N}]", line.text)) >= _LEAST_SIGNS
    )


def as_sentence(lines: Sequence[OcrLine]) -> str:
    """The words in one line, with a pause where a new line begins a new thing."""
    text = ""
    for line in lines:
        words = " ".join(line.text.split())
        if not text:
            text = words
        elif text.endswith("-") and words[:1].islower():
            text = text[:-1] + words
        elif _GOES_ON.search(text) or words[:1].islower():
            text += " " + words
        else:
            text += ". " + words
    return text


def as_rows(lines: Sequence[OcrLine]) -> str:
    """The words row by row, as a table or form has them: what stands side by side in one line."""
    rows: list[list[OcrLine]] = []
    for line in sorted(lines, key=lambda one: (one.box.y0 + one.box.y1) / 2):
        if rows and _overlap(rows[-1][-1], line) >= _SAME_ROW:
            rows[-1].append(line)
        else:
            rows.append([line])
    return "\n".join(
        ", ".join(" ".join(one.text.split()) for one in sorted(row, key=lambda one: one.box.x0))
        for row in rows
    )


def title(lines: Sequence[OcrLine]) -> str:
    """The line in the largest letters that has two letters at least; "" where there is none."""
    worded = [line for line in lines if len(regex.findall(r"\p{L}", line.text)) > 1]
    if not worded:
        return ""
    return " ".join(max(worded, key=lambda line: line.box.y1 - line.box.y0).text.split())


def _overlap(one: OcrLine, other: OcrLine) -> float:
    shared = min(one.box.y1, other.box.y1) - max(one.box.y0, other.box.y0)
    lower = min(one.box.y1 - one.box.y0, other.box.y1 - other.box.y0)
    return shared / lower if lower > 0 else 0.0
