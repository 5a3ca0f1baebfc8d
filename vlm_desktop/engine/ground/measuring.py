"""How well phrases are found, and how well it is noticed that they are not there.

Where something is (the best region overlaps its box by half: Acc@0.5) always stands beside how
often an absent phrase is refused: a finder that boxes everything is as useless as one that finds
nothing. `services.ground.measuring`, for the lane "ground".
"""

import json
import time
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.base.grounding import AUTOMATIC, STARTER, Grounded, Verdict
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.destinations import put_text, writing_to
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.evaluating import require_writable
from vlm_desktop.engine.ground.clauses import parsed
from vlm_desktop.engine.ground.fitgathering import gather
from vlm_desktop.engine.ground.fitting import fit
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.maskmeasuring import BoxedThing, MaskFigures, measure_masks
from vlm_desktop.engine.ground.phraserows import PhraseRow, PhraseRows
from vlm_desktop.engine.ground.phrases import Phrases
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.engine.ground.spatial import overlap

LARGE = 0.03
"""Smaller boxes are often hidden or debatable; figures are given without them, too."""
RIGHT = 0.5
_BINS = 10
_NOT_HERE = frozenset({Verdict.ABSENT, Verdict.ATTRIBUTE_WRONG})
_CENTRE = 0.8


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """Phrases that are in the picture; shares 0..1. `accuracy`: the first region that is answered
    with overlaps the box by half; a phrase called absent has none. `mean_iou` likewise.
    `accuracy_where_answered` is over those that got a region."""

    phrases: int
    accuracy: float
    mean_iou: float
    accuracy_where_answered: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """`error` is the expected calibration error over ten bins of even width, 0..1."""

    told: int
    error: float
    mean_confidence: float
    share_right: float


@dataclass(frozen=True, slots=True)
class GroundingReport:
    """What `evaluate grounding` prints; shares 0..1.

    `places` by name: "all", "large", kinds. `absent` counts phrases that nothing answers,
    `absent_made` says that they were made of the other rows; `absent_accuracy` the share of them
    called absent, `present_accepted` the share of the others that were not. `verdicts` by
    "there" and "not there". `bases` are Acc@0.5 over large boxes of answers without a look.
    `doubtful` is over regions that were answered with, absent phrases included.
    """

    model: str
    pictures: int
    unreadable: int
    seconds: float
    seconds_first: float
    seconds_phrase: float
    places: dict[str, PlaceFigures]
    absent: int
    absent_made: bool
    absent_accuracy: float | None
    present_accepted: float | None
    verdicts: dict[str, dict[str, int]]
    confidence: Calibrated
    bases: dict[str, float]
    masks: MaskFigures | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what was answered."""

    row: PhraseRow
    size: Size
    verdict: Verdict
    box: Box | None
    confidence: float

    @property
    def iou(self) -> float:
        if self.row.box is None or self.box is None:
            return 0.0
        return overlap(self.row.box, self.box)

    @property
    def is_large(self) -> bool:
        """Where the row does not say, its box does."""
        box = self.row.box
        if box is None:
            return False
        share = (box.x1 - box.x0) * (box.y1 - box.y0) / (self.size.width * self.size.height)
        return (share if self.row.area is None else self.row.area) >= LARGE


class GroundMeasuring:
    """Measures phrases, and masks of their boxes. Nothing is loaded before it is asked."""

    def __init__(
        self, pictures: GroundPictures, phrases: Phrases, masks: Masking, encoders: Encoders
    ) -> None:
        self._encoders = encoders
        self._pictures = pictures
        self._phrases = phrases
        self._masks = masks

    def measure(
        self,
        rows: PhraseRows,
        cancel: CancelToken,
        *,
        model_id: str = AUTOMATIC,
        with_masks: bool = True,
        mask_model: str = AUTOMATIC,
    ) -> Generator[Event, None, GroundingReport]:
        """Ask every phrase of its picture; pictures that do not read are told and left out.

        `mask_model` outlines. The report says who answered and who outlined.

        Raises ModelUnknown, FindsNoPhrases, ModelError, Cancelled.
        """
        began = time.monotonic()
        by_path: dict[Path, list[PhraseRow]] = {}
        for row in rows.rows:
            by_path.setdefault(row.path, []).append(row)
        judged: list[Judged] = []
        firsts: list[float] = []
        others: list[float] = []
        unreadable, model = 0, model_id
        for path, some in by_path.items():
            try:
                picture = self._pictures.load(path, cancel)
            except MediaRefused as refused:
                unreadable += 1
                yield Quarantined(path, refused.reason, refused.detail)
                continue
            look = self._phrases.look(picture, cancel, model_id)
            for place, row in enumerate(some):
                cancel.raise_if_cancelled()
                asked = time.monotonic()
                answer = look.ground(parsed(row.phrase))
                (others if place else firsts).append(time.monotonic() - asked)
                judged.append(_judged(row, picture.size, answer))
                model = answer.model
            rate = len(judged) / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.EVALUATE, len(judged), len(rows.rows), rate)
        masks = None
        if with_masks:
            masks = yield from self._mask_figures(judged, cancel, mask_model)
        return report(
            judged,
            model=model,
            made=rows.made,
            unreadable=unreadable,
            seconds=time.monotonic() - began,
            seconds_first=_mean(firsts),
            seconds_phrase=_mean(others),
            masks=masks,
        )

    def fit(
        self, rows: PhraseRows, target: Path, cancel: CancelToken
    ) -> Generator[Event, None, int]:
        """Fit the starter's finder on these rows and write its weights, whole or not at all; how
        many pictures it is fitted on.

        Raises DestinationNotWritable, DiskFull, TooFewToFit, ModelError, Cancelled.
        """
        was_there = target.exists()
        require_writable(target)
        if not was_there:  # trying made it, empty
            target.unlink()
        photos = yield from gather(rows, self._pictures, self._encoders, STARTER, cancel)
        cancel.raise_if_cancelled()
        written = json.dumps(fit(photos), separators=(",", ":"))
        with writing_to(target):
            put_text(target, written + "\n")
        return len(photos)

    def _mask_figures(
        self, judged: Sequence[Judged], cancel: CancelToken, model_id: str
    ) -> Generator[Event, None, MaskFigures | None]:
        boxes = dict.fromkeys(
            (one.row.path, one.row.box) for one in judged if one.row.box is not None
        )
        things = [BoxedThing(path, box) for path, box in boxes if box is not None]
        if not things:
            return None
        return (
            yield from measure_masks(things, self._pictures, self._masks, cancel, model_id=model_id)
        )


def _judged(row: PhraseRow, size: Size, answer: Grounded) -> Judged:
    first = answer.regions[0] if answer.regions else None
    if first is None:
        return Judged(row, size, answer.verdict, None, 0.0)
    return Judged(row, size, answer.verdict, first.box, first.confidence)


def report(
    judged: Sequence[Judged],
    *,
    model: str = "",
    made: bool = False,
    unreadable: int = 0,
    seconds: float = 0.0,
    seconds_first: float = 0.0,
    seconds_phrase: float = 0.0,
    masks: MaskFigures | None = None,
) -> GroundingReport:
    """The figures of answers that were judged. Pure."""
    there = [one for one in judged if one.row.box is not None]
    absent = [one for one in judged if one.row.box is None]
    large = [one for one in there if one.is_large]
    places = {"all": _places(there), "large": _places(large)}
    for kind in sorted({one.row.kind for one in there if one.row.kind}):
        places[kind] = _places([one for one in there if one.row.kind == kind])
    refused = [one.verdict in _NOT_HERE for one in absent]
    accepted = [one.verdict not in _NOT_HERE for one in there]
    return GroundingReport(
        model=model,
        pictures=len({one.row.path for one in judged}),
        unreadable=unreadable,
        seconds=seconds,
        seconds_first=seconds_first,
        seconds_phrase=seconds_phrase,
        places=places,
        absent=len(absent),
        absent_made=made,
        absent_accuracy=_mean(refused) if refused else None,
        present_accepted=_mean(accepted) if accepted else None,
        verdicts={
            name: dict(Counter(one.verdict.value for one in some))
            for name, some in (("there", there), ("not there", absent))
        },
        confidence=calibrated(
            [(one.confidence, one.iou >= RIGHT) for one in judged if one.box is not None]
        ),
        bases=_bases(large),
        masks=masks,
    )


def _places(judged: Sequence[Judged]) -> PlaceFigures:
    answered = [one for one in judged if one.box is not None]
    return PlaceFigures(
        len(judged),
        _mean([one.iou >= RIGHT for one in judged]),
        _mean([one.iou for one in judged]),
        _mean([one.iou >= RIGHT for one in answered]),
    )


def calibrated(told: Sequence[tuple[float, bool]]) -> Calibrated:
    """From confidences, 0..1, and whether each was right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in told:
        bins[min(_BINS - 1, int(confidence * _BINS))].append((confidence, right))
    apart = sum(
        abs(sum(confidence for confidence, _ in some) - sum(right for _, right in some))
        for some in bins
    )
    return Calibrated(
        len(told),
        apart / max(1, len(told)),
        _mean([confidence for confidence, _ in told]),
        _mean([right for _, right in told]),
    )


def _bases(judged: Sequence[Judged]) -> dict[str, float]:
    """Acc@0.5 of the whole picture, and of its middle eight tenths."""
    found = {}
    for name, share in (("whole picture", 1.0), ("middle", _CENTRE)):
        rest = (1 - share) / 2
        boxes = [
            Box(
                one.size.width * rest,
                one.size.height * rest,
                one.size.width * (1 - rest),
                one.size.height * (1 - rest),
            )
            for one in judged
        ]
        found[name] = _mean(
            [
                one.row.box is not None and overlap(one.row.box, box) >= RIGHT
                for one, box in zip(judged, boxes, strict=True)
            ]
        )
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
