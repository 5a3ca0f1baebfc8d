"""Grounding in the window's tests: kept by the real library, outlined and found by set answers."""

import hashlib
import threading
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, MediaRefused, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.grounding import (
    CLASSICAL,
    Clause,
    ClauseKind,
    Counted,
    CountedPoint,
    DescriptionLength,
    Expression,
    FoundRegion,
    Grounded,
    GroundPicture,
    Heatmap,
    MaskChoice,
    MaskLevel,
    ObjectPrompt,
    Verdict,
    WordLook,
    page_hash,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Box, DecodeLimits, Size
from vlm_desktop.engine.ground.exporting import GroundExports
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.labelling import Labelling
from vlm_desktop.engine.ground.masking import MaskCard, Segmented
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

SIZE = Size(200, 120)
SAM = MaskCard("sam", "SAM")
EDGE = MaskCard("edge", "EdgeTAM")


def mask_of(box: Box, size: Size = SIZE) -> Mask:
    full = np.zeros((size.height, size.width), bool)
    full[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = True
    return Mask.of(full)


def around(x: float, y: float, reach: float) -> Box:
    return Box(
        max(0, x - reach),
        max(0, y - reach),
        min(SIZE.width, x + reach),
        min(SIZE.height, y + reach),
    )


class FakePictures:
    def __init__(self) -> None:
        self.pages: dict[Path, int] = {}
        """How many pages a file has, all alike."""

    def load(self, path: Path, cancel: CancelToken, page: int = 0) -> GroundPicture:
        if not path.is_file():
            raise MediaRefused(path=path, reason=Refusal.UNREADABLE, detail="gone")
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        content_hash = hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()
        height, width = pixels.shape[:2]
        pages = self.pages.get(path, 0)
        page = max(1, page) if pages else 0
        name = page_hash(content_hash, page)
        return GroundPicture(path, name, Size(width, height), pixels, page, pages)


class FakeMasks:
    """Squares around the first point, the smaller the deeper the level; a box as it is drawn."""

    def __init__(self) -> None:
        self.cards: tuple[MaskCard, ...] = ()
        self.chosen = CLASSICAL
        """Whom AUTOMATIC stands for."""
        self.errors: dict[str, AppError] = {}
        self.gate = threading.Event()
        """Held while a model should take its time."""
        self.gate.set()
        self.asked: list[tuple[str, ObjectPrompt]] = []
        self.prepared: list[str] = []
        self.threads: set[str] = set()
        self.refined = 0

    def models(self) -> tuple[MaskCard, ...]:
        return self.cards

    def automatic(self) -> str:
        return self.chosen

    def is_ready(self, content_hash: str, model_id: str = "") -> bool:
        return (model_id or self.chosen) in self.prepared

    def prepare(
        self, picture: GroundPicture, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        yield Progress(Phase.ENCODE, 0, 1)
        self._wait(model_id or self.chosen, cancel)
        self.prepared.append(model_id or self.chosen)

    def segment(
        self, picture: GroundPicture, prompt: ObjectPrompt, cancel: CancelToken, *,
        model_id: str = "",
    ) -> Segmented:  # fmt: skip
        self.asked.append((model_id, prompt))
        self.threads.add(threading.current_thread().name)
        model = model_id or self.chosen
        self._wait(model, cancel)
        if model in self.errors:
            if model_id:
                raise self.errors[model]
            model = self.chosen = CLASSICAL
        if prompt.box is not None:
            boxes = [prompt.box]
        else:
            first = prompt.points[0]
            reach = 24 if model == CLASSICAL else 20
            boxes = [around(first.x, first.y, reach / 2**level) for level in range(3)]
        choices = tuple(
            MaskChoice(mask_of(box), 0.9, level)
            for box, level in zip(boxes, MaskLevel, strict=False)
        )
        return Segmented(choices, 0, model, 0.01, is_rough=model == CLASSICAL)

    def refine(
        self, picture: GroundPicture, prompt: ObjectPrompt, mask: Mask, cancel: CancelToken
    ) -> Mask:
        """A row less at its top."""
        self.refined += 1
        return Mask.of(mask.full() & (np.arange(mask.size.height) > mask.top)[:, None])

    def _wait(self, model_id: str, cancel: CancelToken) -> None:
        while model_id != CLASSICAL and not self.gate.wait(0.005):
            cancel.raise_if_cancelled()


class FakePhrases:
    """Finds what its table holds; anything else is not there."""

    def __init__(self) -> None:
        self.cards: tuple[MaskCard, ...] = ()
        self.chosen = "starter"
        self.errors: dict[str, AppError] = {}
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, Grounded] = {
            "red cup": grounded(
                "red cup", Verdict.FOUND, [Box(10, 10, 60, 60)],
                [Clause(ClauseKind.OBJECT, "cup", True, 0.9),
                 Clause(ClauseKind.ATTRIBUTE, "red", True, 0.84)],
            ),
            "dogs": grounded(
                "dogs", Verdict.SEVERAL, [Box(100, 20, 140, 60), Box(150, 20, 190, 60)],
                [Clause(ClauseKind.OBJECT, "dogs", True, 0.8)],
            ),
            "green cup": grounded(
                "green cup", Verdict.ATTRIBUTE_WRONG, [],
                [Clause(ClauseKind.OBJECT, "cup", True, 0.9),
                 Clause(ClauseKind.ATTRIBUTE, "green", False, 0.9, "red"),
                 Clause(ClauseKind.RELATION, "left of the laptop", None, 0.5)],
                others=[Box(10, 10, 60, 60)],
            ),
        }  # fmt: skip

    def models(self) -> tuple[MaskCard, ...]:
        return self.cards

    def automatic(self) -> str:
        return self.chosen

    def ground(
        self, picture: GroundPicture, phrases: Sequence[str], cancel: CancelToken, *,
        model_id: str = "", with_masks: bool = False,
    ) -> Generator[Event, None, tuple[Grounded, ...]]:  # fmt: skip
        found = []
        for number, phrase in enumerate(phrases):
            yield Progress(Phase.LABEL, number, len(phrases))
            self.asked.append((model_id, phrase))
            if phrase in self.errors:
                raise self.errors[phrase]
            absent = [Clause(ClauseKind.OBJECT, phrase, False, 0.95)]
            found.append(self.answers.get(phrase, grounded(phrase, Verdict.ABSENT, [], absent)))
        return tuple(found)


def grounded(
    phrase: str, verdict: Verdict, boxes: Sequence[Box], clauses: Sequence[Clause],
    others: Sequence[Box] = (),
) -> Grounded:  # fmt: skip
    regions = tuple(FoundRegion(box, 0.8, mask_of(box)) for box in boxes)
    rest = tuple(FoundRegion(box, 0.6) for box in others)
    return Grounded(phrase, verdict, regions, tuple(clauses), "starter", others=rest)


class FakeLooking:
    def heat(self, picture: GroundPicture, phrase: str, cancel: CancelToken) -> Heatmap:
        values = np.zeros((7, 7), np.float32)
        values[1, 5] = 1.0
        return Heatmap(values, 3.5)

    def caption(self, picture: GroundPicture, cancel: CancelToken) -> tuple[WordLook, ...]:
        looks = []
        for number, word in enumerate(("a", "cup", "on", "wood")):
            values = np.full((7, 7), 0.5 / 48, np.float32)
            values[number, number] = 0.5
            looks.append(WordLook(word, Heatmap(values)))
        return tuple(looks)


class FakeExpressions:
    def __init__(self) -> None:
        self.found = (Expression("red cup", 0.92, 0), Expression("cup", 0.9, 2))

    def describe(
        self, picture: GroundPicture, region: Box | Mask, length: DescriptionLength,
        cancel: CancelToken,
    ) -> str:  # fmt: skip
        return {"short": "red cup", "medium": "A red cup.", "long": "A red cup. It is red."}[length]

    def refer(
        self, picture: GroundPicture, region: Box | Mask, cancel: CancelToken, *,
        model_id: str = "",
    ) -> tuple[Expression, ...]:  # fmt: skip
        return self.found


class FakeCounting:
    def count(
        self, picture: GroundPicture, phrase: str, cancel: CancelToken, *, model_id: str = ""
    ) -> Counted:
        points = [CountedPoint(x, 40, around(x, 40, 10), 0.8) for x in (30.0, 80.0, 130.0)]
        return Counted(phrase, tuple(points), 0.9, 2.4, 0.7, "starter")


class FakeGround:
    """`keeping` and `labelling` are real: SQLite in `home`; what looks at pictures is not."""

    def __init__(self, home: Path) -> None:
        self._paths = HomePaths(home)
        self._lock = threading.Lock()
        self._library: Library | None = None
        self.pictures = FakePictures()
        self.masks = FakeMasks()
        self.phrases = FakePhrases()
        self.looking = FakeLooking()
        self.expressions = FakeExpressions()
        self.counting = FakeCounting()
        self.keeping = KeptObjects(self.library, lambda: ())
        self.labelling = Labelling(
            self.library, self.pictures.load, self.phrases.ground, self.keeping
        )
        self.exports = GroundExports(self.keeping, lambda: DecodePool(1, DecodeLimits()))

    def library(self) -> Library:
        with self._lock:
            if self._library is None:
                self._library = Library.open(self._paths)
            return self._library

    def close(self) -> None:
        self.masks.gate.set()
        self.exports.close()
        if self._library is not None:
            self._library.close()
            self._library = None
