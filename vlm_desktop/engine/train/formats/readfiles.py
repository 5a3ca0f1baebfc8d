"""Files and folders of examples by anyone: which format they are in, read within bounds.

Nothing is opened but files of text at or below what a person named. The format is told by what is
in a file: a document of JSON, JSON lines, a table with a heading.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import TrainFileUnknown
from vlm_desktop.base.trainingdata import ExamplesRead, SkippedRow, SkipReason, TrainSource
from vlm_desktop.engine.train.formats import (
    beside,
    cococaptions,
    conversations,
    plainrows,
    tables,
)
from vlm_desktop.engine.train.formats.bounds import parsed, read_text
from vlm_desktop.engine.train.formats.pictures import PictureFinder
from vlm_desktop.engine.train.formats.rows import BadRow, Row, Rows, mapping

MOST_ROWS = 2_000_000
_ABOUT = ("metadata.jsonl", "metadata.csv", "captions.jsonl", "captions.csv")
"""Files that say something of the pictures beside them, as data sets name them."""
_TELL_EVERY = 500
_LOOKED_AT = 20
"""Lines of which one must be of a format that is known."""

_Finder: TypeAlias = Callable[[Path], PictureFinder]


@dataclass(frozen=True, slots=True)
class _Told:
    """A format that was recognised, and its rows to come. Names are relative to `base`."""

    source: TrainSource
    base: Path
    rows: Rows


def read_examples(
    path: Path, finder: _Finder, cancel: CancelToken
) -> Generator[Event, None, ExamplesRead]:
    """All examples of a file or folder; each row that was left out is told.

    `finder` makes what finds pictures for names that are relative to a folder. Raises BadInputFile,
    TrainFileTooLarge, TrainFileUnknown, FolderNotFound, FolderUnreadable, Cancelled.
    """
    yield Progress(Phase.INVENTORY, 0, None)
    told = _folder(path, cancel) if path.is_dir() else _file(path)
    pictures = finder(told.base)
    examples, skipped = [], []
    for done, row in enumerate(told.rows):
        if done % _TELL_EVERY == 0:
            yield Progress(Phase.INVENTORY, done, None)
            cancel.raise_if_cancelled()
        if done >= MOST_ROWS:
            skipped.append(SkippedRow(f"row {done + 1}", SkipReason.TOO_MANY))
            break
        if isinstance(row, SkippedRow):
            skipped.append(row)
            continue
        try:
            image = pictures.find(row)
        except BadRow as bad:
            skipped.append(bad.skipped(row.where))
            continue
        examples.append(row.example(str(image), told.source.value))
    return ExamplesRead(told.source, path, tuple(examples), tuple(skipped))


# --- which format ------------------------------------------------------------------------


def _file(path: Path) -> _Told:
    text = read_text(path)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _json(path, text)
    if tables.is_table(text):
        return _Told(TrainSource.CSV, path.parent, tables.read_table(text))
    raise TrainFileUnknown(path=path)


def _json(path: Path, text: str) -> _Told:
    try:
        said = parsed(text)
    except ValueError as error:
        told = _lines(path, text)
        if told is None:
            line = getattr(error, "lineno", None)
            detail = str(getattr(error, "msg", error))
            raise BadInputFile(path=path, line=line, detail=detail) from error
        return told
    if isinstance(said, dict):
        if cococaptions.is_coco_captions(said):
            return _Told(TrainSource.COCO, path.parent, cococaptions.read(said))
        rows = [said]
    else:
        rows = said if isinstance(said, list) else []
    told = _of_rows(path, rows[:_LOOKED_AT], ((f"item {n}", one) for n, one in enumerate(rows, 1)))
    if told is None:
        raise TrainFileUnknown(path=path)
    return told


def _lines(path: Path, text: str) -> _Told | None:
    """JSON lines; None where none of the first is one."""
    lines = text.split("\n")
    first = []
    for line in lines:
        if line.strip():
            first.append(_line_or_none(line))
        if len(first) == _LOOKED_AT:
            break
    return _of_rows(
        path,
        first,
        (
            (f"line {number}", _line_or_none(line))
            for number, line in enumerate(lines, 1)
            if line.strip()
        ),
    )


def _of_rows(path: Path, first: list[Any], rows: Iterator[tuple[str, Any]]) -> _Told | None:
    """By the first rows of a known form."""
    for one in map(mapping, first):
        if conversations.is_conversation(one):
            read = conversations.read
            return _Told(conversations.family(one), path.parent, _each(rows, read))
        if plainrows.is_row(one):
            return _Told(TrainSource.JSONL, path.parent, _each(rows, plainrows.read))
    return None


def _each(rows: Iterator[tuple[str, Any]], read: Callable[[object, str], Iterator[Row]]) -> Rows:
    for where, said in rows:
        if said is None:
            yield SkippedRow(where, SkipReason.MALFORMED)
        else:
            yield from read(said, where)


def _line_or_none(line: str) -> Any:
    try:
        return parsed(line)
    except ValueError:
        return None


def _folder(folder: Path, cancel: CancelToken) -> _Told:
    for name in _ABOUT:
        if (folder / name).is_file():
            return _file(folder / name)
    pictures = beside.pictures_in(folder, cancel)
    if beside.has_texts(pictures):
        return _Told(TrainSource.FOLDER, folder, beside.read_texts(folder, pictures))
    if beside.has_labels(folder, pictures):
        return _Told(TrainSource.FOLDER, folder, beside.read_labels(folder, pictures))
    raise TrainFileUnknown(path=folder)
