"""What happened to a text, told as differences word by word. Pure; any thread."""

import difflib
import re
from collections.abc import Sequence

from vlm_desktop.base.altkeeping import AltHistoryLine, DiffKind, DiffPart
from vlm_desktop.base.alttext import AltEvent

_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Khmer, kana and ideographs: no spaces between words, so letters are the pieces."""
_PIECES = re.compile(rf"\s+|[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
_MOST_PIECES = 4_000
"""Pieces of a text up to which it is compared word by word; longer ones change as a whole."""


def word_diff(before: str, after: str) -> tuple[DiffPart, ...]:
    """How one text became another, in pieces of words, spaces and marks."""
    if before == after:
        return (DiffPart(DiffKind.SAME, after),) if after else ()
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _MOST_PIECES:
        return tuple(
            part
            for part in (DiffPart(DiffKind.REMOVED, before), DiffPart(DiffKind.ADDED, after))
            if part.text
        )
    parts: list[DiffPart] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            parts.append(DiffPart(DiffKind.SAME, "".join(new[right:right_end])))
            continue
        if left < left_end:
            parts.append(DiffPart(DiffKind.REMOVED, "".join(old[left:left_end])))
        if right < right_end:
            parts.append(DiffPart(DiffKind.ADDED, "".join(new[right:right_end])))
    return tuple(parts)


def as_lines(events: Sequence[AltEvent]) -> tuple[AltHistoryLine, ...]:
    """Events with what they did to the words."""
    return tuple(
        AltHistoryLine(
            event,
            word_diff(event.before.alt, event.after.alt),
            word_diff(event.before.extended, event.after.extended),
        )
        for event in events
    )
