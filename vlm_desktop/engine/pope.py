"""Yes or no: does a model say that things are there which are not?

Li et al. 2023, "Evaluating Object Hallucination in Large Vision-Language Models" (POPE),
arXiv:2305.10355. "Yes" is the positive class; a model that says yes to everything has a high recall
and a yes-rate far from the half that POPE's balanced questions have.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vlm_desktop.base.vqascores import normalise

YES, NO = "yes", "no"

_SENTENCE_END = re.compile(r"[.!?\n]")
_NO_WORDS = frozenset({"no", "not", "nope", "cannot"})


@dataclass(frozen=True, slots=True)
class YesNoFigures:
    """In percent, but for the counts.

    `unclear` answers say neither; POPE counts them as yes, and so does this.
    """

    questions: int
    accuracy: float
    precision: float
    recall: float
    f1: float
    yes_rate: float
    true_yes_rate: float
    unclear: int


def said(answer: str) -> str:
    """What the first sentence of an answer says: YES, NO, or "" when neither word is there."""
    words = normalise(_SENTENCE_END.split(answer.strip(), maxsplit=1)[0]).split()
    if any(word in _NO_WORDS or word.endswith("n't") for word in words):
        return NO
    return YES if YES in words or "yeah" in words else ""


def yes_no_figures(answers: Sequence[str], truths: Sequence[str]) -> YesNoFigures | None:
    """Answers of a model against what is true, each YES or NO. None without a question."""
    if not answers:
        return None
    heard = [said(answer) for answer in answers]
    yes = [one != NO for one in heard]
    true = [truth == YES for truth in truths]
    both = sum(a and b for a, b in zip(yes, true, strict=True))
    right = sum(a == b for a, b in zip(yes, true, strict=True))
    precision = both / sum(yes) if any(yes) else 0.0
    recall = both / sum(true) if any(true) else 0.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return YesNoFigures(
        questions=len(answers),
        accuracy=100.0 * right / len(answers),
        precision=100.0 * precision,
        recall=100.0 * recall,
        f1=100.0 * f1,
        yes_rate=100.0 * sum(yes) / len(answers),
        true_yes_rate=100.0 * sum(true) / len(answers),
        unclear=heard.count(""),
    )
