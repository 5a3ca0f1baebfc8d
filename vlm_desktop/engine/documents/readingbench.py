"""What reading a page costs beside rapidocr's own networks, on the same pictures in one run."""

import statistics
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentfiles import DrawnPage
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import Box, MediaKind, Size
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.readpage import read_page

_BARE = "vlm_desktop.backends.ocr.bare:BareReader"
_DRAWN = "vlm_desktop.backends.ocr.bare:drawn_pages"
_PURPOSE = "reading the text in pictures"
_TURNS = 3


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """Seconds over all pictures, each the least of a few turns, which load disturbs least.

    `bare` runs rapidocr's detector and recogniser on the same inputs as ours, `wheel` its whole
    pipeline with its own settings, `ours` reads the page to words, lines, tables, boxes and
    pairs. `ratio` is ours over bare: the figure that must stay within 1.10.
    """

    pictures: int
    bare: float
    wheel: float
    ours: float
    ratio: float
    ratio_to_wheel: float
    median_ratio: float


def bench_reading(
    paths: Sequence[Path],
    pages: DocumentPages,
    reader: TextReader,
    cancel: CancelToken,
) -> Generator[Event, None, ReadingFigures]:
    """Measure on the first pages of these files, or on drawn ones. Raises MediaRefused."""
    pictures: list[PixelArray] = [pages.read(path, 1, cancel).pixels for path in paths]
    pictures = pictures or resolve(_DRAWN, _PURPOSE)()
    bare: Any = resolve(_BARE, _PURPOSE)()
    rows: list[tuple[float, float, float]] = []
    # Once, so that everything is in memory.
    bare.detect_and_recognise(pictures[0])
    bare.wheel(pictures[0])
    _ours(pictures[0], reader)
    for done, picture in enumerate(pictures):
        turns = []
        for _ in range(_TURNS):
            cancel.raise_if_cancelled()
            yield Progress(Phase.BENCH, done, len(pictures))
            turns.append(
                (
                    bare.detect_and_recognise(picture),
                    bare.wheel(picture),
                    _ours(picture, reader),
                )
            )
        alone, wheel, ours = (min(column) for column in zip(*turns, strict=True))
        rows.append((alone, wheel, ours))
    alone, wheel, ours = (sum(column) for column in zip(*rows, strict=True))
    return ReadingFigures(
        pictures=len(pictures),
        bare=alone,
        wheel=wheel,
        ours=ours,
        ratio=ours / alone,
        ratio_to_wheel=ours / wheel,
        median_ratio=statistics.median(row[2] / row[0] for row in rows),
    )


def _ours(picture: PixelArray, reader: TextReader) -> float:
    height, width = picture.shape[:2]
    drawn = DrawnPage(
        path=Path(),
        content_hash="",
        kind=MediaKind.PHOTO,
        number=1,
        pixels=picture,
        size=Size(width, height),
        region=Box(0, 0, width, height),
    )
    started = time.perf_counter()
    read_page(drawn, lambda: reader)
    return time.perf_counter() - started
