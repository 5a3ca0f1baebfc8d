"""Labelling over a real library, with phrases that find what a test scripts."""

import hashlib
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.base.grounding import FoundRegion, Grounded, GroundPicture, Verdict
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.labelling import Labelling
from vlm_desktop.store.library import Library


def load(path: Path, cancel: CancelToken) -> GroundPicture:
    cancel.raise_if_cancelled()
    if not path.exists():
        raise MediaRefused(path=path, reason=Refusal.VANISHED)
    data = path.read_bytes()
    if data == b"bad":
        raise MediaRefused(path=path, reason=Refusal.CORRUPT, detail="no picture")
    digest = hashlib.blake2b(data, digest_size=20).hexdigest()
    return GroundPicture(path, digest, Size(100, 80), np.zeros((8, 10, 3), np.uint8))


@dataclass
class Scripted:
    """Every phrase is found in every picture, once, unless `finds` says otherwise by file name."""

    finds: dict[tuple[str, str], tuple[FoundRegion, ...]] = field(default_factory=dict)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def ground(
        self,
        picture: GroundPicture,
        phrases: Sequence[str],
        cancel: CancelToken,
        *,
        model_id: str = "",
        with_masks: bool = False,
    ) -> Generator[Event, None, tuple[Grounded, ...]]:
        self.asked.append((picture.path.name, tuple(phrases)))
        answers = []
        for number, phrase in enumerate(phrases):
            cancel.raise_if_cancelled()
            yield Progress(Phase.ANSWER, number, len(phrases))
            place = 10.0 * number
            usual = (FoundRegion(Box(place, place, place + 30, place + 30), 0.8),)
            regions = self.finds.get((picture.path.name, phrase), usual)
            verdict = Verdict.FOUND if regions else Verdict.ABSENT
            answers.append(Grounded(phrase, verdict, regions, (), model_id or "starter"))
        yield Notice("phrase-cut", "x")
        return tuple(answers)


class Desk:
    def __init__(self, home: Path, files: Path) -> None:
        self.files = files
        files.mkdir(exist_ok=True)
        self.library = Library.open(HomePaths(home))
        self.scripted = Scripted()
        self.keeping = KeptObjects(lambda: self.library, tuple)
        self.labelling = Labelling(lambda: self.library, load, self.scripted.ground, self.keeping)

    def put(self, *names: str) -> list[Path]:
        """Pictures that differ."""
        paths = [self.files / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.fsencode(path.name))
        return paths
