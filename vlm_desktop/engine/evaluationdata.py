"""The data sets that models are measured on: JSON lines beside their pictures."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.splits import is_held_out

Item = TypeVar("Item")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a file count.

    `split` keeps rows with this "split" ("" all), `held_out` those of pictures that training
    leaves out (`base.splits`), `limit` so many of them, spread evenly over the file (0: all):
    pictures of a file with captions, questions of one with questions.
    """

    split: str = ""
    held_out: bool = False
    limit: int = 0

    def takes(self, row: Row) -> bool:
        if self.split and row.get("split") != self.split:
            return False
        return not self.held_out or is_held_out(str(row["image"]))


@dataclass(frozen=True, slots=True)
class DescribedPicture:
    """A picture with what people say of it, and the objects in it where they are known.

    `image` is the name in the file, `path` where it lies. `labels` is None where there are none.
    """

    image: str
    path: Path
    captions: tuple[str, ...]
    labels: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a picture and what people answered: one, or a panel of ten.

    `kind` is the row's "type" or "kind", "" without.
    """

    image: str
    path: Path
    text: str
    answers: tuple[str, ...]
    kind: str


def read_described(path: Path, selection: Selection) -> tuple[DescribedPicture, ...]:
    """Rows {"image", "captions" and/or "labels"[, "split"]}; those of one picture are put together.

    Raises BadInputFile with the line that does not read.
    """
    captions: dict[str, list[str]] = {}
    labels: dict[str, list[str]] = {}
    for number, row in json_rows(path):
        said = _texts(row, "captions", path, number)
        seen = _texts(row, "labels", path, number)
        if said is None and seen is None:
            raise _refusal(path, number, 'each line must be {"image": ..., "captions": [...]}')
        if not selection.takes(row):
            continue
        image = str(row["image"])
        captions.setdefault(image, []).extend(said or ())
        if seen is not None:
            labels.setdefault(image, []).extend(seen)
    pictures = (
        DescribedPicture(
            image,
            path.parent / image,
            tuple(said),
            tuple(labels[image]) if image in labels else None,
        )
        for image, said in captions.items()
        if said or image in labels
    )
    return _some(pictures, path, selection)


def read_questions(path: Path, selection: Selection) -> tuple[Question, ...]:
    """Rows {"image", "question", "answer" or "answers"[, "type" or "kind"][, "split"]}.

    Where a row has both, "answers" counts. Raises BadInputFile with the line that does not read.
    """

    def questions() -> Iterator[Question]:
        for number, row in json_rows(path):
            answers = _texts(row, "answers", path, number)
            if not answers and isinstance(row.get("answer"), str):
                answers = (row["answer"],)
            if not answers or not isinstance(row.get("question"), str):
                wanted = '{"image": ..., "question": ..., "answer": ... or "answers": [...]}'
                raise _refusal(path, number, f"each line must be {wanted}")
            if selection.takes(row):
                image = str(row["image"])
                kind = str(row.get("type") or row.get("kind") or "")
                yield Question(image, path.parent / image, row["question"], answers, kind)

    return _some(questions(), path, selection)


def read_given_captions(path: Path) -> dict[str, str]:
    """Rows {"image", "caption"} of captions made elsewhere, by image. Raises BadInputFile."""
    return _given(path, ("caption",), lambda row: str(row["image"]))


def read_given_answers(path: Path) -> dict[tuple[str, str], str]:
    """Rows {"image", "question", "answer"} made elsewhere, by both. Raises BadInputFile."""
    return _given(
        path, ("question", "answer"), lambda row: (str(row["image"]), str(row["question"]))
    )


def json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Line numbers from 1 and the objects on them, each with an "image". Raises BadInputFile."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadInputFile(path=path, line=number, detail=str(error)) from error
        if not isinstance(row, dict) or not isinstance(row.get("image"), str):
            raise _refusal(path, number, 'each line must be an object with "image"')
        yield number, row


def _given(path: Path, texts: tuple[str, ...], key: Callable[[Row], Item]) -> dict[Item, str]:
    found: dict[Item, str] = {}
    for number, row in json_rows(path):
        for name in texts:
            if not isinstance(row.get(name), str):
                raise _refusal(path, number, f'each line must have the text "{name}"')
        found[key(row)] = row[texts[-1]]
    return found


def _texts(row: Row, name: str, path: Path, number: int) -> tuple[str, ...] | None:
    """A list of texts; None where there is none. VQA's own form of an answer is understood."""
    found = row.get(name)
    if found is None:
        return None
    if isinstance(found, list):
        plain = [one.get("answer") if isinstance(one, dict) else one for one in found]
        texts = tuple(one for one in plain if isinstance(one, str))
        if len(texts) == len(plain):
            return texts
    raise _refusal(path, number, f'"{name}" must be a list of texts')


def _some(items: Iterable[Item], path: Path, selection: Selection) -> tuple[Item, ...]:
    found = tuple(items)
    if not found:
        which = f" has the split {selection.split}" if selection.split else " is held out"
        detail = f"no row{which}" if selection.split or selection.held_out else "it holds no row"
        raise BadInputFile(path=path, line=None, detail=detail)
    count = min(selection.limit or len(found), len(found))
    return tuple(found[number * len(found) // count] for number in range(count))


def _refusal(path: Path, number: int, detail: str) -> BadInputFile:
    return BadInputFile(path=path, line=number, detail=detail)
