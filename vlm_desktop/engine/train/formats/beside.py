"""Folders of pictures: a .txt beside each, or a folder for each label.

cats/a.jpg, cats/a.txt      the whole text is the caption
rocky/1.jpg, minka/1.jpg    without any text: the folder's name is the label
"""

from collections.abc import Iterator
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import TrainFileTooLarge
from vlm_desktop.base.training import Exchange
from vlm_desktop.base.trainingdata import SkippedRow, SkipReason
from vlm_desktop.engine.train.formats.bounds import read_text
from vlm_desktop.engine.train.formats.rows import Draft, Row, label_of, words
from vlm_desktop.media.scan import ScannedFile, scan_folder

MOST_PICTURES = 500_000
_MOST_TEXT_BYTES = 200_000
_LABELS = 2
"""Folders with pictures from which their names are labels."""


def pictures_in(folder: Path, cancel: CancelToken) -> list[Path]:
    """All pictures below a folder, by name. Raises TrainFileTooLarge, FolderNotFound,
    FolderUnreadable, Cancelled."""
    found = []
    for one in scan_folder(folder, cancel):
        if isinstance(one, ScannedFile):
            found.append(one.path)
            if len(found) > MOST_PICTURES:
                raise TrainFileTooLarge(path=folder)
    cancel.raise_if_cancelled()
    return sorted(found)


def has_texts(pictures: list[Path]) -> bool:
    return any(one.with_suffix(".txt").is_file() for one in pictures)


def has_labels(folder: Path, pictures: list[Path]) -> bool:
    """Whether all pictures lie in folders of which there are two or more."""
    parents = {one.parent for one in pictures}
    return folder not in parents and len(parents) >= _LABELS


def read_texts(folder: Path, pictures: list[Path]) -> Iterator[Row]:
    """An example for each picture with a text beside it."""
    for path in pictures:
        where = path.relative_to(folder).as_posix()
        beside = path.with_suffix(".txt")
        if not beside.is_file():
            yield SkippedRow(where, SkipReason.NO_TEXT, beside.name)
            continue
        try:
            text = words(read_text(beside, _MOST_TEXT_BYTES))
        except (BadInputFile, TrainFileTooLarge) as error:
            yield SkippedRow(where, SkipReason.MALFORMED, str(error.fields.get("detail", "")))
            continue
        if text:
            yield Draft(where, str(path), (Exchange("", text),))
        else:
            yield SkippedRow(where, SkipReason.NO_TEXT, beside.name)


def read_labels(folder: Path, pictures: list[Path]) -> Iterator[Row]:
    """An example for each picture, which says its folder's name."""
    for path in pictures:
        label = label_of(path.parent.name.replace("_", " "))
        where = path.relative_to(folder).as_posix()
        yield Draft(where, str(path), (Exchange("", label),), label=label)
