"""The rows that grounding is measured on: JSON lines beside their pictures.

A row is {"image", "phrase", "box"[, "kind"][, "area_fraction"][, "split"]}; where "box" is null or
missing, nothing in the picture answers the phrase. A file without such rows gets some made of it:
phrases of other pictures that name what no row of this one names.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.grounderrors import PhraseEmpty
from vlm_desktop.base.types import Box
from vlm_desktop.engine.evaluationdata import Row, json_rows
from vlm_desktop.engine.ground.clauses import parsed

_WANTED = 'each line must be {"image": ..., "phrase": ..., "box": [x0, y0, x1, y1] or null}'


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A phrase and where it is; `box` None where it is not in the picture. `area` is the share of
    the picture that the box takes, None where the row does not say. `noun` is what it is about.
    """

    image: str
    path: Path
    phrase: str
    noun: str
    box: Box | None
    kind: str
    area: float | None


@dataclass(frozen=True, slots=True)
class PhraseRows:
    """`made` says that the rows without a box were made, not given."""

    rows: tuple[PhraseRow, ...]
    made: bool


def half_of(image: str) -> int:
    """Which half of all pictures one belongs to, 0 or 1, told by its name alone: on one half is
    fitted what is measured on the other, whatever rows two files have of them. (Fitting parts its
    own photos another way.)"""
    return hashlib.sha1(image.encode(), usedforsecurity=False).digest()[4] % 2


def read_rows(path: Path, limit: int = 0, half: int | None = None) -> PhraseRows:
    """`limit` keeps so many pictures, spread over the file; 0 all. `half` keeps one of the two.

    Raises BadInputFile.
    """
    found = [_row(path, number, row) for number, row in json_rows(path)]
    if not found:
        raise BadInputFile(path=path, line=None, detail="it holds no row")
    absent = [] if any(one.box is None for one in found) else _absent_rows(found)
    images = list(dict.fromkeys(one.image for one in found))
    count = min(limit or len(images), len(images))
    kept = {images[number * len(images) // count] for number in range(count)}
    kept = {one for one in kept if half is None or half_of(one) == half}
    rows = tuple(one for one in (*found, *absent) if one.image in kept)
    return PhraseRows(rows, bool(absent))


def _row(path: Path, number: int, row: Row) -> PhraseRow:
    phrase, kind, area = row.get("phrase"), row.get("kind"), row.get("area_fraction")
    try:
        if not isinstance(phrase, str):
            raise TypeError(_WANTED)
        return PhraseRow(
            row["image"],
            path.parent / row["image"],
            phrase,
            parsed(phrase).thing.noun,
            _box(row.get("box")),
            kind if isinstance(kind, str) else "",
            float(area) if isinstance(area, int | float) else None,
        )
    except PhraseEmpty as error:
        raise BadInputFile(path=path, line=number, detail="the phrase is empty") from error
    except (TypeError, ValueError) as error:
        raise BadInputFile(path=path, line=number, detail=_WANTED) from error


def _box(value: object) -> Box | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError(_WANTED)
    box = Box(*(float(side) for side in value))
    if not (box.x0 < box.x1 and box.y0 < box.y1):
        raise ValueError(_WANTED)
    return box


def _absent_rows(rows: Sequence[PhraseRow]) -> list[PhraseRow]:
    """For each picture as many absent phrases as it has rows, at most three: nouns of other
    pictures that stand in none of its own rows, those first that come often beside its own."""
    nouns: dict[str, set[str]] = {}
    first: dict[str, PhraseRow] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        nouns.setdefault(row.image, set()).add(row.noun)
        first.setdefault(row.image, row)
        counts[row.image] += 1
    beside: Counter[tuple[str, str]] = Counter()
    often: Counter[str] = Counter()
    for some in nouns.values():
        often.update(some)
        beside.update((one, other) for one in some for other in some if one != other)
    found = []
    for image, own in nouns.items():
        likely = {
            noun: sum(beside[one, noun] / often[one] for one in own) + often[noun] ** 0.5 / 100
            for noun in often
            if noun not in own and not any(_one_of(noun, one) for one in own)
        }
        ranked = sorted(likely, key=lambda noun: (-likely[noun], noun))[:9]
        ranked.sort(key=lambda noun, image=image: _shuffled(image, noun))  # type: ignore[misc]
        for noun in ranked[: min(3, counts[image])]:
            row = first[image]
            found.append(PhraseRow(image, row.path, f"the {noun}", noun, None, "not there", None))
    return found


def _one_of(one: str, other: str) -> bool:
    """Whether one of two nouns may be another word for the other: "bear", "teddy bear"."""
    return bool(set(one.casefold().split()) & set(other.casefold().split()))


def _shuffled(image: str, noun: str) -> str:
    return hashlib.sha1(f"{image} {noun}".encode(), usedforsecurity=False).hexdigest()
