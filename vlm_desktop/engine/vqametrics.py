"""Measuring short answers: a model answers questions about pictures, with them and without them.

Every question is asked twice, of the picture and of a grey one of its size. What the model knows
without seeing shows in the second figure; only the gap between the two is sight. Figures are in
percent.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage, GenerationOptions
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.base.vqascores import (
    PANEL,
    answer_score,
    common_answer,
    is_exact,
    normalise,
    vqa_accuracy,
)
from vlm_desktop.engine.evaluationdata import Question
from vlm_desktop.engine.examining import ask, grey_like, opened_pictures, prompts_for
from vlm_desktop.engine.pope import NO, YES, YesNoFigures, yes_no_figures
from vlm_desktop.media.pool import DecodePool

ANSWER_TOKENS = 16


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Questions of one kind: what share of the points they give was won."""

    kind: str
    questions: int
    score: float


@dataclass(frozen=True, slots=True)
class VqaFigures:
    """In percent. `exact_match` is over the questions with one answer (or fewer than a panel),
    `vqa_accuracy` over those with a panel of people; None where there are none of these.

    `exact_match_all` holds a panel to its most common answer and is over all questions. `yes_no`
    is over those that people answer with yes or no.
    """

    questions: int
    exact_match: float | None
    exact_match_questions: int
    vqa_accuracy: float | None
    vqa_accuracy_questions: int
    exact_match_all: float
    by_kind: tuple[KindFigures, ...]
    yes_no: YesNoFigures | None


@dataclass(frozen=True, slots=True)
class VqaGap:
    """Points between the figures with the picture and those with a grey one."""

    exact_match: float | None
    vqa_accuracy: float | None


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer that was judged, and what was said of the grey picture; both normalised."""

    image: str
    question: str
    answer: str
    blank: str | None


@dataclass(frozen=True, slots=True)
class VqaReport:
    """What `evaluate vqa` prints. `model_id` is "" where the answers were given.

    `blank` and `gap` are None where no grey pictures were asked about. `unreadable` counts
    pictures that did not decode, `missing` questions that no answer was given for.
    """

    model_id: str
    seconds: float
    unreadable: int
    missing: int
    figures: VqaFigures
    blank: VqaFigures | None
    gap: VqaGap | None
    judged: tuple[JudgedAnswer, ...] = field(repr=False)


def evaluate_vqa(
    questions: Sequence[Question],
    model: ChatModel,
    open_pool: Callable[[], DecodePool],
    cancel: CancelToken,
    *,
    blank: bool = True,
) -> Generator[Event, None, VqaReport]:
    """Ask a model every question, of the picture and, with `blank`, of a grey one; greedy.

    Pictures that do not decode are told, and their questions left out. One thread, the lane
    "answers". Raises ModelError, Cancelled.
    """
    began = time.monotonic()
    examiner = _Examiner(model, cancel)
    of_picture = _by_picture(questions)
    answers: dict[int, tuple[str, str | None]] = {}
    unreadable = 0
    for seen in opened_pictures(of_picture, open_pool, cancel):
        if isinstance(seen, Quarantined):
            unreadable += 1
            yield seen
            continue
        for place in of_picture[seen.path]:
            text = questions[place].text
            without = examiner.blank(text, seen.pixels) if blank else None
            answers[place] = examiner.answer(text, seen.image), without
            rate = len(answers) / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.EVALUATE, len(answers), len(questions), rate)
    report = _report(questions, answers)
    seconds = round(time.monotonic() - began, 2)
    return replace(
        report, model_id=model.spec.model_id, seconds=seconds, unreadable=unreadable, missing=0
    )


def evaluate_given_answers(
    questions: Sequence[Question], answers: Mapping[tuple[str, str], str]
) -> VqaReport:
    """Judge answers made elsewhere, by image name and question. Others are left out."""
    found = {
        place: (answers[one.image, one.text], None)
        for place, one in enumerate(questions)
        if (one.image, one.text) in answers
    }
    return _report(questions, found)


def vqa_figures(questions: Sequence[Question], answers: Sequence[str]) -> VqaFigures:
    """An answer to each question, at least one, against those of people."""
    scored = list(zip(questions, answers, strict=True))
    panels = [(one, answer) for one, answer in scored if len(one.answers) >= PANEL]
    singles = [(one, answer) for one, answer in scored if len(one.answers) < PANEL]
    kinds: dict[str, list[float]] = {}
    for one, answer in scored:
        kinds.setdefault(one.kind, []).append(answer_score(answer, one.answers))
    common = [(common_answer(one.answers), answer) for one, answer in scored]
    yes_no = [(truth, answer) for truth, answer in common if truth in (YES, NO)]
    return VqaFigures(
        questions=len(scored),
        exact_match=_mean([is_exact(answer, one.answers) for one, answer in singles]),
        exact_match_questions=len(singles),
        vqa_accuracy=_mean([vqa_accuracy(answer, one.answers) for one, answer in panels]),
        vqa_accuracy_questions=len(panels),
        exact_match_all=_mean([is_exact(answer, (truth,)) for truth, answer in common]) or 0.0,
        by_kind=tuple(
            KindFigures(kind, len(points), 100 * sum(points) / len(points))
            for kind, points in sorted(kinds.items())
        ),
        yes_no=yes_no_figures([answer for _, answer in yes_no], [truth for truth, _ in yes_no]),
    )


def _by_picture(questions: Sequence[Question]) -> dict[Path, list[int]]:
    """The places of each picture's questions."""
    places: dict[Path, list[int]] = {}
    for place, question in enumerate(questions):
        places.setdefault(question.path, []).append(place)
    return places


class _Examiner:
    """Asks one model; of grey pictures each question once for each size."""

    def __init__(self, model: ChatModel, cancel: CancelToken) -> None:
        self._model = model
        self._cancel = cancel
        self._prompt = prompts_for(model).question
        self._options = GenerationOptions(max_new_tokens=ANSWER_TOKENS)
        self._greys: dict[tuple[str, tuple[int, ...]], str] = {}

    def answer(self, question: str, image: ChatImage) -> str:
        prompt = self._prompt.format(question=question)
        return ask(self._model, prompt, image, self._options, self._cancel)

    def blank(self, question: str, pixels: PixelArray) -> str:
        asked = question, pixels.shape
        if asked not in self._greys:
            height, width = pixels.shape[:2]
            grey = ChatImage(grey_like(pixels), f"grey-{width}x{height}")
            self._greys[asked] = self.answer(question, grey)
        return self._greys[asked]


def _report(
    questions: Sequence[Question], answers: Mapping[int, tuple[str, str | None]]
) -> VqaReport:
    places = sorted(answers)
    asked = [questions[place] for place in places]
    figures = vqa_figures(asked, [answers[place][0] for place in places])
    without = [blank for place in places if (blank := answers[place][1]) is not None]
    grey = vqa_figures(asked, without) if without else None
    return VqaReport(
        model_id="",
        seconds=0.0,
        unreadable=0,
        missing=len(questions) - len(places),
        figures=figures,
        blank=grey,
        gap=VqaGap(
            _less(figures.exact_match, grey.exact_match),
            _less(figures.vqa_accuracy, grey.vqa_accuracy),
        )
        if grey
        else None,
        judged=tuple(
            _judged(one, *answers[place]) for place, one in zip(places, asked, strict=True)
        ),
    )


def _judged(question: Question, answer: str, blank: str | None) -> JudgedAnswer:
    without = None if blank is None else normalise(blank)
    return JudgedAnswer(question.image, question.text, normalise(answer), without)


def _mean(points: Sequence[float]) -> float | None:
    return 100 * sum(points) / len(points) if points else None


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
