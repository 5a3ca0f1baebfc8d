"""Which kind of teaching suits a data set: told by what its examples say. Pure."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from statistics import median

from vlm_desktop.base.training import Example, ExampleKind
from vlm_desktop.training.spec import ASSISTANT, ENCODER, PROBE, PROMPTS

_NAME_WORDS = 4
"""Texts of up to so many words, said of several pictures each, are names."""
_FEW_PICTURES = 20
"""Of a name; a probe learns well from as few."""


class Reason(StrEnum):
    """Why a kind suits a data set, or does not."""

    ANSWERS = "answers"
    """Most examples answer something: questions, fields, places."""
    CAPTIONS = "captions"
    """Pictures have words of their own."""
    FEW_NAMES = "few-names"
    """Names, with few pictures each."""
    MANY_NAMES = "many-names"
    ASKS = "asks"
    """Examples ask something, and this kind never asks."""
    EACH_ITS_OWN = "each-its-own"
    """Hardly any text is said of two pictures, so there is no name to learn."""
    ONLY_NAMES = "only-names"
    """It would say names and nothing else."""


def doubt_of(kind: str, examples: Sequence[Example]) -> Reason | None:
    """Why these examples do not suit a kind."""
    if not examples:
        return None
    asks, names = _ask(examples), _are_names(examples)
    if kind in (ENCODER, PROBE, PROMPTS):
        if asks:
            return Reason.ASKS
        return Reason.EACH_ITS_OWN if kind != ENCODER and not names else None
    return Reason.ONLY_NAMES if names and not asks else None


def suggestion(examples: Sequence[Example]) -> tuple[str, Reason | None]:
    """What these examples teach best, and why; "" for none."""
    if not examples:
        return "", None
    if _ask(examples):
        return ASSISTANT, Reason.ANSWERS
    if not _are_names(examples):
        return ASSISTANT, Reason.CAPTIONS
    pictures = Counter(one.turns[0].answer for one in examples)
    if median(pictures.values()) <= _FEW_PICTURES:
        return PROBE, Reason.FEW_NAMES
    return ENCODER, Reason.MANY_NAMES


def _ask(examples: Sequence[Example]) -> bool:
    """Whether most of them answer something."""
    asking = sum(
        one.kind is not ExampleKind.CAPTION or any(turn.ask.strip() for turn in one.turns)
        for one in examples
    )
    return 2 * asking > len(examples)


def _are_names(examples: Sequence[Example]) -> bool:
    """Whether most texts are short, and said of several pictures."""
    texts = Counter(one.turns[0].answer for one in examples)
    words = median(len(one.turns[0].answer.split()) for one in examples)
    return words <= _NAME_WORDS and 2 * len(texts) <= len(examples)
