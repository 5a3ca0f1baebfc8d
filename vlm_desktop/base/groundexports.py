"""What goes in and out of the export and import of objects of pictures. No numpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.events import Notice
    from vlm_desktop.base.grounding import PictureObjects


class ObjectsFormat(StrEnum):
    """How objects leave the program. The first and the last are one file, the others a folder."""

    COCO = "coco"
    YOLO = "yolo"
    """Boxes."""
    YOLO_SEGMENT = "yolo-segment"
    """Outlines."""
    LABELME = "labelme"
    VOC = "voc"
    MASKS = "masks"
    """PNG: one picture of labels for each picture, and one mask for each object."""
    CUTOUTS = "cutouts"
    """PNG with transparency, one for each object."""
    REFCOCO = "refcoco"
    JSONL = "jsonl"
    """A row for each object, to train on."""


ONE_FILE = frozenset({ObjectsFormat.COCO, ObjectsFormat.JSONL})


@dataclass(frozen=True, slots=True)
class ObjectsExported:
    """`left_out` objects could not be said in the format, or their picture could not be read;
    `notes` say why, as what happened does."""

    target: Path
    format: ObjectsFormat
    pictures: int
    objects: int
    left_out: int
    notes: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectsImported:
    """What a file brought: `added` objects, `offered` ones beside others at the same place that a
    person had accepted or rejected (they wait to be reviewed), and `known` ones that were there
    already. `absent` are pictures that were not found. Saving each of `before` undoes it all."""

    source: Path
    format: ObjectsFormat
    pictures: int
    added: int
    offered: int
    known: int
    absent: tuple[str, ...]
    notes: tuple[Notice, ...]
    before: tuple[PictureObjects, ...]
