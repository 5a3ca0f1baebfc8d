"""How good answers to held-out examples are, one score each. Pure; imports no network.

Several examples may be about one picture and ask the same; then all of their answers are right
ones, as in the captions of Flickr8k.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from vlm_desktop.base.captionscores import CiderD, DocumentFrequencies
from vlm_desktop.base.captiontokens import tokenise
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.base.training import Example, ExampleKind
from vlm_desktop.base.types import Box
from vlm_desktop.base.vqascores import is_exact, vqa_accuracy

if TYPE_CHECKING:
    from collections.abc import Sequence

CIDER, EXACT, VQA, FIELDS, IOU = "cider", "exact", "vqa", "fields", "iou"
ANSWER_METRICS = (CIDER, EXACT, VQA, FIELDS, IOU)
"""CIDEr-D (Vedantam et al. 2015), exact match, VQA v2's accuracy, F1 over fields, overlap."""

_OF_KIND = {
    ExampleKind.CAPTION: CIDER,
    ExampleKind.QUESTION: EXACT,
    ExampleKind.FIELDS: FIELDS,
    ExampleKind.BOX: IOU,
}


def metric_for(wanted: str, examples: Sequence[Example]) -> str:
    """The metric asked for, or the one that fits most of the examples. Raises RecipeWrong."""
    if wanted:
        if wanted not in (*ANSWER_METRICS, "loss"):
            known = ", ".join((*ANSWER_METRICS, "loss"))
            raise RecipeWrong(key="[run] metric", detail=f"must be one of {known}")
        return wanted
    counted: dict[ExampleKind, int] = defaultdict(int)
    for one in examples:
        counted[one.kind] += 1
    return _OF_KIND[max(counted, key=lambda kind: counted[kind])] if counted else CIDER


def picture_of(example: Example) -> str:
    """What tells its picture apart."""
    return example.content or example.image


def question_of(example: Example) -> str:
    """What is asked last; "" for a caption."""
    return example.turns[-1].ask


def asked_of(example: Example) -> tuple[str, str]:
    """Examples with the same are answered once."""
    return picture_of(example), question_of(example)


def right_answers(examples: Sequence[Example]) -> dict[tuple[str, str], tuple[str, ...]]:
    """All that is right to say, by picture and question."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in examples:
        last = one.turns[-1]
        found[asked_of(one)] += [turn.answer for turn in one.turns if turn.ask == last.ask]
    return {key: tuple(answers) for key, answers in found.items()}


def scores(metric: str, examples: Sequence[Example], answers: Sequence[str]) -> list[float]:
    """One for each example and the answer given to it, higher is better. "loss" has none: zeros.

    CIDEr-D counts how rare words are among the right answers of these very examples, and is on
    the scale of the COCO code, 0..10.
    """
    right = right_answers(examples)
    if metric == CIDER:
        references = {key: [tokenise(one) for one in said] for key, said in right.items()}
        scorer = CiderD(DocumentFrequencies.of(references.values()))
        prepared = {key: scorer.prepare(said) for key, said in references.items()}
        return [
            scorer.score(tokenise(answer), prepared[asked_of(one)])
            for one, answer in zip(examples, answers, strict=True)
        ]
    judge = {EXACT: is_exact, VQA: vqa_accuracy}.get(metric)
    if judge is not None:
        return [
            float(judge(answer, right[asked_of(one)]))
            for one, answer in zip(examples, answers, strict=True)
        ]
    pair = {FIELDS: field_f1, IOU: overlap}.get(metric)
    if pair is None:
        return [0.0] * len(examples)
    return [
        pair(answer, one.turns[-1].answer) for one, answer in zip(examples, answers, strict=True)
    ]


def field_f1(answer: str, wanted: str) -> float:
    """F1 over the fields of two JSON objects; a field counts when its words are the same."""
    mine, theirs = _fields(answer), _fields(wanted)
    if not mine and not theirs:
        return 1.0
    shared = sum(1 for name, value in mine.items() if theirs.get(name) == value)
    return 2.0 * shared / (len(mine) + len(theirs))


def _fields(text: str) -> dict[str, str]:
    said = _json(text)
    if not isinstance(said, dict):
        return {}
    return {
        str(name): " ".join(str(value).lower().split())
        for name, value in said.items()
        if value not in (None, "", [])
    }


def overlap(answer: str, wanted: str) -> float:
    """IoU of two places "[x0, y0, x1, y1]"; "[]", nowhere, matches itself alone."""
    mine, theirs = _box(answer), _box(wanted)
    if mine is None or theirs is None:
        return float(mine is None and theirs is None and _json(answer) == [])
    wide = min(mine.x1, theirs.x1) - max(mine.x0, theirs.x0)
    high = min(mine.y1, theirs.y1) - max(mine.y0, theirs.y0)
    shared = max(wide, 0.0) * max(high, 0.0)
    together = _area(mine) + _area(theirs) - shared
    return shared / together if together > 0 else 0.0


def _area(box: Box) -> float:
    return max(box.x1 - box.x0, 0.0) * max(box.y1 - box.y0, 0.0)


def _box(text: str) -> Box | None:
    said = _json(text)
    if not isinstance(said, list) or len(said) != 4:
        return None
    if not all(isinstance(one, int | float) for one in said):
        return None
    return Box(*map(float, said))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
