"""How good masks are where only boxes are known: what `evaluate grounding` says of pointing.

A box is given as a prompt, and the mask's own box is compared with it; then its middle alone is
clicked. Boxes say nothing about outlines, so how much of its box a mask fills stands beside: a
mask that only filled the rectangle would score 1.0 on the first figure, and 1.0 there too.
"""

import statistics
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.base.grounding import GroundPicture, ObjectPrompt, PromptPoint
from vlm_desktop.base.types import Box
from vlm_desktop.engine.ground.masking import Masking, Segmented
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.engine.ground.spatial import overlap


@dataclass(frozen=True, slots=True)
class BoxedThing:
    """A thing in a picture, and the box around it."""

    path: Path
    box: Box


@dataclass(frozen=True, slots=True)
class MaskFigures:
    """Means over `boxes` things of `pictures` pictures; a prompt without a mask counts zero.

    `box_iou`: the box of a box-prompted mask with that box. `box_fill`: the share of that box the
    mask takes (outlines of everyday things take about 0.6 of their boxes). `click_iou`: the box of
    the mask for one click in the middle; `click_best_of_levels`: that of the best of its levels.
    `first_mask_milliseconds`: the median time of a picture's first click, looking at the
    picture included; `next_mask_milliseconds` that of further clicks.
    """

    model: str
    pictures: int
    boxes: int
    box_iou: float
    box_fill: float
    click_iou: float
    click_best_of_levels: float
    first_mask_milliseconds: float
    next_mask_milliseconds: float


def measure_masks(
    things: Sequence[BoxedThing],
    pictures: GroundPictures,
    masks: Masking,
    cancel: CancelToken,
    *,
    model_id: str = "",
) -> Generator[Event, None, MaskFigures]:
    """Measure on things with boxes; those of one picture should follow each other.

    A picture that cannot be read is reported and left out. Raises ModelError, Cancelled.
    """
    by_path: dict[Path, list[Box]] = {}
    for thing in things:
        by_path.setdefault(thing.path, []).append(thing.box)
    tally = _Tally()
    for done, (path, boxes) in enumerate(by_path.items()):
        yield Progress(Phase.EVALUATE, done, len(by_path))
        cancel.raise_if_cancelled()
        try:
            picture = pictures.load(path, cancel)
        except MediaRefused as refused:
            yield Quarantined(path, refused.reason, refused.detail)
            continue
        tally.pictures += 1
        for number, box in enumerate(boxes):
            click = PromptPoint((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
            if not _is_within(box, picture):
                continue
            clicked = masks.segment(picture, ObjectPrompt((click,)), cancel, model_id=model_id)
            boxed = masks.segment(picture, ObjectPrompt((), box), cancel, model_id=model_id)
            tally.add(box, clicked, boxed, is_first=number == 0)
    return tally.figures()


class _Tally:
    """What was measured so far."""

    def __init__(self) -> None:
        self.pictures = 0
        self._model = ""
        self._boxed: list[float] = []
        self._fills: list[float] = []
        self._clicked: list[float] = []
        self._levels: list[float] = []
        self._first: list[float] = []
        self._next: list[float] = []

    def add(self, box: Box, clicked: Segmented, boxed: Segmented, *, is_first: bool) -> None:
        self._model = clicked.model
        (self._first if is_first else self._next).append(1_000 * clicked.seconds)
        overlaps = [_overlap(box, choice.mask.box) for choice in clicked.choices]
        self._clicked.append(overlaps[clicked.best] if overlaps else 0.0)
        self._levels.append(max(overlaps, default=0.0))
        mask = boxed.choices[boxed.best].mask if boxed.choices else None
        self._boxed.append(_overlap(box, mask.box if mask else None))
        area = (box.x1 - box.x0) * (box.y1 - box.y0)
        self._fills.append(mask.area / area if mask else 0.0)

    def figures(self) -> MaskFigures:
        return MaskFigures(
            model=self._model,
            pictures=self.pictures,
            boxes=len(self._boxed),
            box_iou=_mean(self._boxed),
            box_fill=_mean(self._fills),
            click_iou=_mean(self._clicked),
            click_best_of_levels=_mean(self._levels),
            first_mask_milliseconds=statistics.median(self._first or [0.0]),
            next_mask_milliseconds=statistics.median(self._next or [0.0]),
        )


def _mean(values: list[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _is_within(box: Box, picture: GroundPicture) -> bool:
    """Whether its middle can be clicked and the box has any area."""
    return (
        0 <= box.x0 + box.x1 < 2 * picture.size.width
        and 0 <= box.y0 + box.y1 < 2 * picture.size.height
        and box.x0 < box.x1
        and box.y0 < box.y1
    )


def _overlap(box: Box, other: Box | None) -> float:
    return overlap(box, other) if other else 0.0
