"""Files of annotations by anyone: which format they are in, read within bounds.

Nothing is opened but files of text below what a person named. Raises BadInputFile,
AnnotationsTooLarge, AnnotationsUnknown.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.grounderrors import AnnotationsTooLarge, AnnotationsUnknown
from vlm_desktop.base.groundexports import ObjectsFormat
from vlm_desktop.engine.ground.formats import (
    coco,
    cutouts,
    labelme,
    masks,
    refcoco,
    rows,
    voc,
    yolo,
)
from vlm_desktop.engine.ground.formats.exchange import ReadPicture

MOST_BYTES = 256_000_000
"""Of one file of annotations. Python needs some ten times as much to hold what it says."""
_MOST_SMALL_BYTES = 64_000_000
"""Of one of many files in a folder."""
_MOST_ABOUT_BYTES = 1_000_000
_MOST_FILES = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Annotations:
    """What was read. `base` is the folder that names of pictures are relative to."""

    format: ObjectsFormat
    base: Path
    pictures: list[ReadPicture]


@dataclass(frozen=True, slots=True)
class Helpers:
    """What reads pictures: `bits` small PNGs from memory, `mask` a file, by a decoder process."""

    bits: labelme.ReadBits
    mask: Callable[[Path], masks.ReadMask]


def read_annotations(source: Path, helpers: Helpers) -> Annotations:
    """Read a file, or a folder of files, of any of the formats that are written here."""
    if not source.exists():
        raise BadInputFile(path=source, line=None, detail="it is not there")
    if source.is_dir():
        return _folder(source, helpers)
    ending = source.suffix.lower()
    if ending in (".jsonl", ".ndjson"):
        return _lines(source, ObjectsFormat.JSONL)
    if ending == ".xml":
        return _voc(source.parent, [source])
    if ending in (".yaml", ".yml"):
        return _yolo(source.parent, source)
    if ending != ".json":
        raise AnnotationsUnknown(path=source)
    said = read_json(source)
    if refcoco.is_refs(said):
        return _refcoco(source.parent, said)
    if coco.is_coco(said):
        return Annotations(ObjectsFormat.COCO, source.parent, coco.read(said))
    if labelme.is_labelme(said):
        return _labelme(source.parent, [(source, said)], helpers)
    if masks.is_index(said):
        return _masks(source.parent, said, helpers)
    raise AnnotationsUnknown(path=source)


def read_json(path: Path, most: int = MOST_BYTES) -> Any:
    """A JSON document of bounded size."""
    return _json(path, read_text(path, most), None)


def read_text(path: Path, most: int) -> str:
    """A file of bounded size as UTF-8, with or without its mark; other bytes are replaced."""
    return read_data(path, most).decode("utf-8-sig", "replace")


def read_data(path: Path, most: int) -> bytes:
    """The bytes of a file of bounded size."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        detail = error.strerror or str(error)
        raise BadInputFile(path=path, line=None, detail=detail) from error
    if len(data) > most:
        raise AnnotationsTooLarge(path=path)
    return data


# --- formats -----------------------------------------------------------------------------


def _folder(folder: Path, helpers: Helpers) -> Annotations:
    if (folder / refcoco.REFS).is_file():
        return _refcoco(folder, read_json(folder / refcoco.REFS))
    if (folder / masks.INDEX).is_file():
        return _masks(folder, read_json(folder / masks.INDEX), helpers)
    if (folder / cutouts.INDEX).is_file():
        return _lines(folder / cutouts.INDEX, ObjectsFormat.CUTOUTS)
    if (folder / yolo.DATA).is_file() or (folder / yolo.CLASSES).is_file():
        return _yolo(folder, folder / yolo.DATA)
    inner = folder / voc.FOLDER
    found = list(_files(inner if inner.is_dir() else folder, ".xml"))
    if found:
        return _voc(folder, found)
    said = ((path, read_json(path, _MOST_SMALL_BYTES)) for path in _files(folder, ".json"))
    mine = [(path, one) for path, one in said if labelme.is_labelme(one)]
    if mine:
        return _labelme(folder, mine, helpers)
    if (folder / yolo.LABELS).is_dir():
        return _yolo(folder, folder / yolo.DATA)
    raise AnnotationsUnknown(path=folder)


def _lines(source: Path, kind: ObjectsFormat) -> Annotations:
    said = []
    for number, line in enumerate(read_text(source, MOST_BYTES).split("\n"), 1):
        if line.strip():
            one = _json(source, line, number)
            if not rows.is_row(one):
                raise BadInputFile(path=source, line=number, detail="no “image” is named")
            said.append(one)
    return Annotations(kind, source.parent, rows.read(said))


def _refcoco(folder: Path, refs: object) -> Annotations:
    instances = read_json(folder / refcoco.INSTANCES)
    if not coco.is_coco(instances):
        raise AnnotationsUnknown(path=folder / refcoco.INSTANCES)
    return Annotations(ObjectsFormat.REFCOCO, folder, refcoco.read(instances, refs))


def _masks(folder: Path, said: dict[str, Any], helpers: Helpers) -> Annotations:
    return Annotations(ObjectsFormat.MASKS, folder, masks.read(said, helpers.mask(folder)))


def _labelme(folder: Path, said: list[tuple[Path, Any]], helpers: Helpers) -> Annotations:
    pictures = []
    for path, one in said:
        inside = path.parent.relative_to(folder).as_posix()
        beside = str(one.get("imagePath") or path.stem).replace("\\", "/").rpartition("/")[2]
        name = beside if inside == "." else f"{inside}/{beside}"
        pictures.append(labelme.read(name, one, helpers.bits))
    return Annotations(ObjectsFormat.LABELME, folder, pictures)


def _voc(folder: Path, files: list[Path]) -> Annotations:
    pictures = []
    top = folder / voc.FOLDER
    for path in files:
        try:
            root = voc.parsed(read_data(path, _MOST_SMALL_BYTES))
        except ValueError as error:
            raise BadInputFile(path=path, line=None, detail=str(error)) from error
        if root is not None:
            start = top if path.is_relative_to(top) else folder
            pictures.append(voc.read(root, path.relative_to(start).with_suffix("").as_posix()))
    if not pictures:
        raise AnnotationsUnknown(path=folder)
    return Annotations(ObjectsFormat.VOC, folder, pictures)


def _yolo(folder: Path, about: Path) -> Annotations:
    names = yolo.class_names(read_text(about, _MOST_ABOUT_BYTES)) if about.is_file() else {}
    if not names and (folder / yolo.CLASSES).is_file():
        lines = read_text(folder / yolo.CLASSES, _MOST_ABOUT_BYTES).splitlines()
        names = {key: line.strip() for key, line in enumerate(lines)}
    inner = folder / yolo.LABELS
    start = inner if inner.is_dir() else folder
    texts = {
        path.relative_to(start).with_suffix("").as_posix(): read_text(path, _MOST_SMALL_BYTES)
        for path in _files(start, ".txt")
        if path.name != yolo.CLASSES
    }
    return Annotations(ObjectsFormat.YOLO, folder, yolo.read(texts, names))


# --- files -------------------------------------------------------------------------------


def _files(folder: Path, ending: str) -> Iterator[Path]:
    """The files below a folder with an ending, by name; links to other folders are not followed."""
    count = 0
    for parent, inner, names in os.walk(folder):
        inner.sort()
        for name in sorted(names):
            if name.lower().endswith(ending):
                count += 1
                if count > _MOST_FILES:
                    raise AnnotationsTooLarge(path=folder)
                yield Path(parent, name)


def _json(path: Path, text: str, line: int | None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = error.lineno if line is None else line
        raise BadInputFile(path=path, line=where, detail=error.msg) from error
    except (ValueError, RecursionError) as error:
        detail = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadInputFile(path=path, line=line, detail=detail) from error
