"""What changed between two answers, and in which order answers are worth a look. No Qt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from vlm_desktop.base.training import Example, Probed

CHANGED, BETTER, WORSE, KEPT = "changed", "better", "worse", "kept"
_WORDS = re.compile(r"\w+|[^\w\s]|\s+")
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One held-out example at one checkpoint. `example` is None where the run does not hold it any
    more; `base` and `now` are None where it was not answered. `step` is that of `now`. The higher
    score is the better one."""

    key: str
    step: int
    example: Example | None
    base: Probed | None
    now: Probed | None

    @property
    def gain(self) -> float:
        """How much better it is than before; 0 where that cannot be told."""
        if self.base is None or self.now is None:
            return 0.0
        gain = self.now.score - self.base.score
        return 0.0 if abs(gain) < _SAME else gain


def steps_of(probes: Mapping[str, Mapping[int, Probed]]) -> tuple[int, ...]:
    """Checkpoints at which anything was answered, the first first."""
    return tuple(sorted({step for answers in probes.values() for step in answers}))


def rows_at(
    probes: Mapping[str, Mapping[int, Probed]],
    examples: Mapping[str, Example],
    step: int,
    order: str,
) -> list[AnswerRow]:
    """All held-out examples at a step, in an order."""
    rows = [
        AnswerRow(key, step, examples.get(key), answers.get(0), answers.get(step))
        for key, answers in probes.items()
    ]
    if order == BETTER:
        rows.sort(key=lambda row: -row.gain)
    elif order == WORSE:
        rows.sort(key=lambda row: row.gain)
    elif order == CHANGED:
        rows.sort(key=lambda row: (-difference(row), -abs(row.gain)))
    return rows


def difference(row: AnswerRow) -> float:
    """How far the answer is from what it was: 0 for the same words, 1 for none of them."""
    if row.base is None or row.now is None:
        return 0.0
    return 1.0 - SequenceMatcher(None, words(row.base.answer), words(row.now.answer)).ratio()


def words(text: str) -> list[str]:
    """Words, marks and the spaces between them; together they are the text."""
    return _WORDS.findall(text)


def pieces(before: str, after: str) -> list[tuple[str, bool]]:
    """What is said after, in pieces, each with whether it is new."""
    old, new = words(before), words(after)
    found: list[tuple[str, bool]] = []
    for kind, _, _, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        text = "".join(new[begin:end])
        if text:
            found.append((text, kind != "equal"))
    return found


def new_words(parts: Sequence[tuple[str, bool]]) -> str:
    """The words that are new, to be read out."""
    return " ".join(" ".join(text for text, is_new in parts if is_new).split())
