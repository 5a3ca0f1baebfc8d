"""Measuring models that answer, on a person's own data: `AppServices.evaluating`."""

import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DestinationNotWritable
from vlm_desktop.base.events import Event
from vlm_desktop.engine.captionmetrics import CaptionJudge, CaptionReport
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.evaluationdata import DescribedPicture, Question
from vlm_desktop.engine.residents import Residents
from vlm_desktop.engine.vqametrics import VqaReport, evaluate_given_answers, evaluate_vqa
from vlm_desktop.media.pool import DecodePool


class Evaluating:
    """Verbs that measure captions and answers. They run on the lane "answers".

    All raise ModelError and Cancelled. `chat_in_use` names the model that is measured where none
    is said, `encoder_in_use` the encoder that CLIPScore uses.
    """

    def __init__(
        self,
        residents: Residents,
        chat_in_use: Callable[[], str],
        encoders: Encoders,
        encoder_in_use: Callable[[], str],
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self._residents = residents
        self._chat_in_use = chat_in_use
        self._encoders = encoders
        self._encoder_in_use = encoder_in_use
        self._open_pool = open_pool

    def captions(
        self,
        pictures: Sequence[DescribedPicture],
        cancel: CancelToken,
        *,
        model: str | None = None,
        beams: int = 1,
    ) -> Generator[Event, None, CaptionReport]:
        """A model's captions. See `engine.captionmetrics`."""
        chosen = model or self._chat_in_use()
        with self._residents.using(chosen, cancel) as writer:
            report = yield from self._judge().written(pictures, writer, cancel, beams=beams)
        return replace(report, model_id=chosen)

    def given_captions(
        self, pictures: Sequence[DescribedPicture], captions: Mapping[str, str], cancel: CancelToken
    ) -> Generator[Event, None, CaptionReport]:
        """Captions made elsewhere, by image name."""
        return (yield from self._judge().given(pictures, captions, cancel))

    def answers(
        self,
        questions: Sequence[Question],
        cancel: CancelToken,
        *,
        model: str | None = None,
        blank: bool = True,
    ) -> Generator[Event, None, VqaReport]:
        """A model's short answers. See `engine.vqametrics`."""
        chosen = model or self._chat_in_use()
        with self._residents.using(chosen, cancel) as examined:
            verb = evaluate_vqa(questions, examined, self._open_pool, cancel, blank=blank)
            report = yield from verb
        return replace(report, model_id=chosen)

    def given_answers(
        self, questions: Sequence[Question], answers: Mapping[tuple[str, str], str]
    ) -> VqaReport:
        """Answers made elsewhere, by image name and question."""
        return evaluate_given_answers(questions, answers)

    def _judge(self) -> CaptionJudge:
        return CaptionJudge(self._encoder_in_use(), self._encoders, self._open_pool)


def require_writable(path: Path) -> None:
    """Raise DestinationNotWritable now rather than after an hour's work."""
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise DestinationNotWritable(path=path, detail=str(error)) from error


def save_captions(path: Path, report: CaptionReport) -> None:
    """The judged captions in the form that is read as given ones. Raises DestinationNotWritable."""
    _write(path, ({"image": one.image, "caption": one.caption} for one in report.judged))


def save_answers(path: Path, report: VqaReport) -> None:
    """The judged answers in the form that is read as given ones. Raises DestinationNotWritable."""
    rows = (
        {"image": one.image, "question": one.question, "answer": one.answer, "blank": one.blank}
        for one in report.judged
    )
    _write(path, rows)


def _write(path: Path, rows: Iterable[Mapping[str, str | None]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DestinationNotWritable(path=path, detail=str(error)) from error
