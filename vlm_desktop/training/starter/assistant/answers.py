"""Examples for the classifier of short answers: a photo, a question, how right each answer is.

Questions people asked count in full, those made by rule less. Besides, every captioned photo is
asked for the words of its captions, and every photo with questions for the words of these and of
their answers, which teaches what things look like.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vlm_desktop.backends.chat.starter_choice import question_tokens
from vlm_desktop.backends.chat.starter_prompt import CAPTION, TOLD, plain_question
from vlm_desktop.base.vqascores import normalise, vqa_accuracy
from vlm_desktop.training.starter.assistant.corpus import plain_answer
from vlm_desktop.training.starter.assistant.questions import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from vlm_desktop.training.starter.assistant.batches import Words
    from vlm_desktop.training.starter.assistant.corpus import Picture
    from vlm_desktop.training.starter.assistant.questions import Asked

_QUIET = frozenset(
    words_of(
        "a an the in on of with and is are to at his her its their for from by as that it there "
        "while into onto up down over through out near next he she they who one another some be "
        "being has have off around behind front other two"
    )
)
_ASKING = frozenset(
    words_of(
        "what this these those how many much color where who which kind type do does did you see "
        "picture image photo photograph yes no can any all have here was would should will could "
        "doing made for zero one two three four five six seven eight nine ten left right"
    )
)
PANEL, SINGLE, MADE, NAMED, HINTED = range(5)
"""Sorts of examples: ten people's answers, one answer, made by rule, words of captions, words of
what was asked about a photo."""
LEARNT = ("train", "tune")
"""Splits whose photos the classifier learns from: nothing of it is tuned on the second."""
_COUNTS = (3.0, 1.0, 0.2, 0.05, 0.0)
"""What an example of each sort adds to an answer's place in the table."""


@dataclass(frozen=True, slots=True)
class Example:
    """`sense` is the question's row in the table of embeddings, -1 for none."""

    photo: int
    sort: int
    sense: int
    tokens: tuple[int, ...]
    shares: dict[str, float]


def right_shares(answers: Sequence[str]) -> dict[str, float]:
    """How right each answer is, normalised, as VQA v2 counts; one answer alone is right."""
    if len(answers) == 1:
        return {normalise(answers[0]): 1.0}
    return {one: vqa_accuracy(one, answers) for one in {normalise(answer) for answer in answers}}


def _named(captions: Sequence[str]) -> dict[str, float]:
    told = Counter(word for one in captions for word in set(words_of(one)) - _QUIET)
    return {word: min(1.0, times / 3) for word, times in told.items()}


def _hinted(picture: Picture) -> dict[str, float]:
    """Words of the questions about a photo and of its labels, and the answers: likely to be seen.

    Where yes or no is the answer, what is asked about may well not be there.
    """
    told: dict[str, float] = dict.fromkeys(words_of(" ".join(picture.labels)), 0.8)
    for asked in picture.asked:
        doubtful = asked.kind in ("yes/no", "vqa_derived")
        hints = dict.fromkeys(words_of(asked.question), 0.3 if doubtful else 0.8)
        if not doubtful:
            hints |= right_shares(asked.answers)
        for word, share in hints.items():
            told[word] = max(told.get(word, 0.0), share)
    quiet = _QUIET | _ASKING
    return {word: one for word, one in told.items() if word not in quiet and not word.isdigit()}


def examples_of(pictures: Sequence[Picture], words: Words, tokens: int) -> list[Example]:
    """Everything that the photos learnt from answer."""
    found = []
    naming, hinting = ((words.special[one], *[0] * (tokens - 1)) for one in (CAPTION, TOLD))

    def add(photo: int, asked: Asked, sort: int) -> None:
        sense = words.senses[plain_question(asked.question)]
        ids = tuple(question_tokens(words.tokenizer, asked.question, tokens))
        found.append(Example(photo, sort, sense, ids, right_shares(asked.answers)))

    for photo, picture in enumerate(pictures):
        if picture.split not in LEARNT:
            continue
        for asked in picture.asked:
            add(photo, asked, PANEL if len(asked.answers) > 1 else SINGLE)
        for asked in picture.made:
            add(photo, asked, MADE)
        if len(picture.captions) > 1:
            found.append(Example(photo, NAMED, -1, naming, _named(picture.captions)))
        elif picture.asked:
            found.append(Example(photo, HINTED, -1, hinting, _hinted(picture)))
    return found


def common_answers(examples: Iterable[Example], most: int) -> list[str]:
    """The commonest answers, normalised, the commonest first, those as common by the alphabet."""
    counted: defaultdict[str, float] = defaultdict(float)
    for one in examples:
        for answer, share in one.shares.items():
            counted[answer] += share * _COUNTS[one.sort]
    return sorted(counted, key=lambda answer: (-round(counted[answer], 6), answer))[:most]


def spellings(pictures: Iterable[Picture], answers: Sequence[str]) -> list[str]:
    """Each normalised answer as people mostly write it: "two" rather than "2"."""
    written: dict[str, Counter[str]] = {one: Counter() for one in answers}
    for picture in pictures:
        if picture.split in LEARNT:
            for asked in (*picture.asked, *picture.made):
                for answer in asked.answers:
                    form = normalise(answer)
                    if form in written:
                        written[form][plain_answer(answer)] += 1
    return [counted.most_common(1)[0][0] if counted else one for one, counted in written.items()]


def targets(
    examples: Sequence[Example], places: dict[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Rows, answers and shares of what is not wrong, to fill a table of zeros with."""
    rows, columns, values = [], [], []
    for row, one in enumerate(examples):
        for answer, share in one.shares.items():
            if answer in places:
                rows.append(row)
                columns.append(places[answer])
                values.append(share)
    return np.array(rows, np.int64), np.array(columns, np.int64), np.array(values, np.float32)
