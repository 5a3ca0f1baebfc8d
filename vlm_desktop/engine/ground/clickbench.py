"""How long a click takes until its first mask, on a photo of twelve megapixels."""

import statistics
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.grounding import GroundPicture, ObjectPrompt, PromptPoint
from vlm_desktop.base.types import Box
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.media.bench import photo_like_jpeg

_SIDES = 4000, 3000
_PLACES = tuple((x, y) for y in (0.25, 0.5, 0.75) for x in (0.2, 0.5, 0.8))


@dataclass(frozen=True, slots=True)
class ClickFigures:
    """Medians over clicks at nine places, with no model.

    `first_mask_milliseconds` looks at the picture and answers, `next_mask_milliseconds` answers
    alone; `first_mask_processor_milliseconds` is what of the first all cores together were at
    work, which other programs hardly change. `box_mask_milliseconds` answers a box,
    `refine_milliseconds` draws the outline at full size. The picture lies in memory.
    """

    width: int
    height: int
    first_mask_milliseconds: float
    first_mask_processor_milliseconds: float
    next_mask_milliseconds: float
    box_mask_milliseconds: float
    refine_milliseconds: float


def bench_clicks(
    pictures: GroundPictures, file: Path | None, cancel: CancelToken
) -> Generator[Event, None, ClickFigures]:
    """Click on a photo, or on one made for the purpose. Raises MediaRefused, Cancelled."""
    with tempfile.TemporaryDirectory(prefix="vlm-desktop-bench-") as folder:
        if file is None:
            file = Path(folder) / "photo.jpg"
            file.write_bytes(photo_like_jpeg(*_SIDES))
        picture = pictures.load(file, cancel)
    _clicked(picture, _PLACES[0], cancel)  # once, so that everything is in memory
    rounds = []
    for done, place in enumerate(_PLACES):
        yield Progress(Phase.BENCH, done, len(_PLACES))
        rounds.append(_clicked(picture, place, cancel))
    medians = [1_000 * statistics.median(column) for column in zip(*rounds, strict=True)]
    return ClickFigures(picture.size.width, picture.size.height, *medians)


def _clicked(
    picture: GroundPicture, place: tuple[float, float], cancel: CancelToken
) -> tuple[float, ...]:
    """Seconds, in the order of `ClickFigures`."""
    masks = Masking()
    x, y = place[0] * picture.size.width, place[1] * picture.size.height
    prompt = ObjectPrompt((PromptPoint(x, y),))
    at_work = time.process_time()
    first = masks.segment(picture, prompt, cancel)
    at_work = time.process_time() - at_work
    again = masks.segment(picture, prompt, cancel)
    reach = 0.15 * picture.size.height
    box = ObjectPrompt((), Box(x - reach, y - reach, x + reach, y + reach))
    boxed = masks.segment(picture, box, cancel)
    began = time.perf_counter()
    if first.choices:
        masks.refine(picture, prompt, first.choices[first.best].mask, cancel)
    refined = time.perf_counter() - began
    return first.seconds, at_work, again.seconds, boxed.seconds, refined
