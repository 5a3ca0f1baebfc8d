"""Reading folders of photos with captions, labels or questions, and their split.

A folder takes part through the tables that lie in it, or one level below it:

* ``captions.jsonl``  ``{"image", "captions", "split"?}``
* ``pseudo_captions.jsonl``  ``{"image", "captions"}``, sentences made by rule
* ``labels.jsonl`` and ``labels_weak.jsonl``  ``{"image", "labels"}``
* ``qa.jsonl``  ``{"image", "question", "answer", "type"}``

Photos marked ``"split": "dev"`` and a fixed tenth of every labelled class are held back:
they come out with ``split == "dev"`` and nothing in training ever reads them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from PIL import Image

from vlm_desktop.training.starter.texts import statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

Kind = Literal["caption", "statement", "label", "bare"]
TABLES = ("captions", "pseudo_captions", "labels", "labels_weak", "qa")


@dataclass
class Photo:
    """One picture file and what is known about it."""

    path: Path
    captions: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    split: str = "train"

    @property
    def kind(self) -> Kind:
        """The best sort of text this photo has: the sort it is trained with."""
        if self.captions:
            return "caption"
        if self.statements:
            return "statement"
        return "label" if self.labels else "bare"


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _strings(value: object) -> list[str]:
    return [str(item).strip() for item in value] if isinstance(value, list) else []


def _take_row(photo: Photo, table: str, row: dict[str, object]) -> None:
    """Add what one table row says to ``photo``."""
    if row.get("split"):
        photo.split = str(row["split"])
    if table == "captions":
        photo.captions += _strings(row.get("captions"))
    elif table == "pseudo_captions":
        photo.statements += _strings(row.get("captions"))
    elif table == "labels" or table == "labels_weak" and not photo.labels:
        photo.labels += _strings(row.get("labels"))
    elif table == "qa":
        told = statement(str(row.get("question", "")), str(row.get("answer", "")))
        if told and told not in photo.statements:
            photo.statements.append(told)


def _read_one(folder: Path) -> list[Photo]:
    photos: dict[str, Photo] = {}
    for table in TABLES:
        file = folder / f"{table}.jsonl"
        if not file.is_file():
            continue
        for row in _rows(file):
            name = str(row["image"])
            photo = photos.setdefault(name, Photo(folder / name))
            _take_row(photo, table, row)
    if (folder / "labels.jsonl").is_file() and not (folder / "captions.jsonl").is_file():
        hold_back_tenth(list(photos.values()))
    return [photo for _, photo in sorted(photos.items()) if photo.path.is_file()]


def hold_back_tenth(photos: Sequence[Photo]) -> None:
    """Mark a tenth of every class (by first label) as ``dev``, always the same tenth."""
    classes: dict[str, list[Photo]] = {}
    for photo in photos:
        if photo.labels:
            classes.setdefault(photo.labels[0], []).append(photo)
    for members in classes.values():
        members.sort(key=lambda one: hashlib.sha256(one.path.name.encode()).digest())
        for photo in members[: max(1, round(len(members) / 10))]:
            photo.split = "dev"


def read_folders(folders: Sequence[Path]) -> list[Photo]:
    """All photos of ``folders`` (and of sub-folders that carry tables), in a fixed order."""
    photos: list[Photo] = []
    for folder in folders:
        inside = sorted({file.parent for file in folder.glob("*/*.jsonl")})
        found = [one for part in [folder, *inside] for one in _read_one(part)]
        log.info("%s: %d photos", folder.name, len(found))
        photos += found
    return photos


def split_for_tuning(photos: Sequence[Photo], held: int) -> None:
    """Move ``held`` captioned photos, and a twentieth of those with less, to ``tune``."""
    captioned = [one for one in photos if one.split == "train" and len(one.captions) >= 5]
    captioned.sort(key=lambda one: hashlib.sha256(b"tune" + one.path.name.encode()).digest())
    for photo in captioned[:held]:
        photo.split = "tune"
    for photo in photos:
        digest = hashlib.sha256(b"tune" + photo.path.name.encode()).digest()
        if photo.split == "train" and photo.kind in ("statement", "bare") and digest[0] < 13:
            photo.split = "tune"


def _pixels(path: Path, size: int) -> np.ndarray:
    with Image.open(path) as picture:
        upright = picture.convert("RGB")
        if upright.size != (size, size):
            upright = upright.resize((size, size), Image.Resampling.BICUBIC)
        return np.asarray(upright)


def load_pixels(photos: Sequence[Photo], size: int) -> torch.Tensor:
    """Decode photos, squashed to a square.

    Returns:
        uint8 tensor ``[len(photos), 3, size, size]``, RGB, 0-255.
    """
    pixels = torch.empty(len(photos), 3, size, size, dtype=torch.uint8)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for index, array in enumerate(pool.map(lambda one: _pixels(one.path, size), photos)):
            pixels[index] = torch.from_numpy(array.copy()).permute(2, 0, 1)  # [H,W,3] -> [3,H,W]
    return pixels
