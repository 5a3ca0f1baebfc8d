"""Claims about pictures whose truth is known, from what people said of the pictures.

A person's labels and captions are the truth, as far as they go:

* The objects of a picture are the COCO classes that its labels name or that any of its captions
  names, by the words of CHAIR (`engine.chair`). Without labels, captions alone say it.
* "drafts": claims of the model's own draft and of one drawn by chance. A claim that there is an
  object is true if its class is in the picture, and false if not; other objects than COCO's 80
  are not judged. A claim of a number is judged by the labels' counts, where there are any.
* "captions": what people said of this picture is taken as true, whatever its kind. What they said
  of another picture is taken as false where it speaks of a class of object that is not in this
  one, and is not judged otherwise. These are easy to tell apart.
* "altered": the same true claims, and as false ones captions of this picture in which one word was
  changed: a colour, a number or a verb that no caption of the picture has. These are hard, and a
  few of them true by chance.

People name only some of what a photo shows, so a few claims count as false that are true. A model
that was trained on the photos it is measured on (the starter on most of coco_photos) does better
there than elsewhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.alttext import claims as kinds
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.claims import Statement, statements
from vlm_desktop.engine.alttext.samewords import SameWords, head_of
from vlm_desktop.engine.evaluationdata import Selection, json_rows

DRAFTS, OWN, OTHER, ALTERED = "draft", "own", "other", "altered"
"""Where a claim comes from: the model, people about this picture, about another, or changed."""

_JUDGED = frozenset({kinds.OBJECT, kinds.ATTRIBUTE, kinds.NUMBER, kinds.ACTION, kinds.RELATION,
                     kinds.PLACE})  # fmt: skip
ALTERED_KINDS = frozenset({kinds.ATTRIBUTE, kinds.NUMBER, kinds.ACTION})
_CAPTIONS = 2
"""Captions of a picture whose claims are judged."""
_UNCOUNTED = 15
"""From so many on COCO counts no more."""
_COLOURS = ("red", "blue", "green", "yellow", "black", "white", "brown", "orange", "pink", "purple")
_VERBS = ("sitting", "standing", "running", "jumping", "swimming", "sleeping", "eating", "flying",
          "riding", "walking")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownPicture:
    """A picture and what people say is in it. `labels` is None where there are none; `counts` are
    the labels' numbers by COCO class."""

    image: str
    path: Path
    captions: tuple[str, ...]
    labels: tuple[str, ...] | None
    counts: Mapping[str, int] = field(default_factory=dict)


def read_known(paths: Sequence[Path], selection: Selection) -> tuple[KnownPicture, ...]:
    """Rows {"image", "labels" and/or "captions"[, "counts"]} of all files, put together by picture.

    A limit takes so many pictures, spread over all. Raises BadInputFile.
    """
    found: dict[Path, dict[str, Any]] = {}
    for path in paths:
        for number, row in json_rows(path):
            if not selection.takes(row):
                continue
            place = path.parent / row["image"]
            known = found.setdefault(place, {"image": row["image"], "captions": []})
            captions, labels = row.get("captions") or [], row.get("labels")
            counts = row.get("counts") or {}
            if not isinstance(captions, list) or not isinstance(labels, list | None):
                detail = '"captions" and "labels" must be lists of texts'
                raise BadInputFile(path=path, line=number, detail=detail)
            known["captions"] += [one for one in captions if isinstance(one, str)]
            if labels is not None:
                known["labels"] = [*known.get("labels", []), *map(str, labels)]
                known["counts"] = {str(name): int(count) for name, count in counts.items()}
    pictures = [
        KnownPicture(
            one["image"],
            place,
            tuple(one["captions"]),
            tuple(one["labels"]) if "labels" in one else None,
            one.get("counts", {}),
        )
        for place, one in found.items()
        if one["captions"] or "labels" in one
    ]
    if not pictures:
        raise BadInputFile(path=paths[0], line=None, detail="it holds no captions and no labels")
    count = min(selection.limit or len(pictures), len(pictures))
    return tuple(pictures[number * len(pictures) // count] for number in range(count))


class Truth:
    """What is known to be so in one picture."""

    def __init__(self, picture: KnownPicture, words: SameWords) -> None:
        self._words = words
        self._counts = picture.counts
        self._labelled = picture.labels is not None
        named = [words.class_of(label) for label in picture.labels or ()]
        self._present = {name for name in named if name is not None}
        for caption in picture.captions:
            self._present.update(words.objects_in(caption))

    def of_draft(self, one: Statement) -> bool | None:
        """Whether a model's claim is true; None where nobody said."""
        name = self._words.class_of(one.noun)
        if name is None:
            return None
        if one.claim.kind == kinds.OBJECT:
            return name in self._present
        if one.claim.kind == kinds.NUMBER and self._labelled and one.value:
            there, said = self._counts.get(name, 0), int(float(one.value))
            if there >= _UNCOUNTED:
                return None
            special = name == "person" and head_of(one.noun) != "person"
            return None if special and there > said else there == said
        return None

    def denies(self, one: Statement) -> bool:
        """Whether a claim speaks of an object that is not there."""
        nouns = {one.noun, one.value if one.claim.kind == kinds.PLACE else ""}
        names = {self._words.class_of(noun) for noun in nouns if noun}
        return any(name is not None and name not in self._present for name in names)


def claims_about(
    pictures: Sequence[KnownPicture], number: int, drafts: Sequence[str], truth: Truth
) -> list[tuple[str, Statement, bool]]:
    """(source, claim, truth) of all claims about one picture that can be judged."""
    found: dict[tuple[str, str, str], tuple[str, Statement, bool]] = {}

    def add(source: str, one: Statement, true: bool | None) -> None:
        if true is not None and one.claim.kind in _JUDGED:
            found.setdefault((source, one.claim.kind, one.claim.text), (source, one, true))

    for draft in drafts:
        for one in statements(draft):
            add(DRAFTS, one, truth.of_draft(one))
    own = pictures[number].captions
    for caption in own[:_CAPTIONS]:
        for one in statements(caption):
            add(OWN, one, true=True)
        for one in altered(caption, own):
            add(ALTERED, one, true=False)
    for caption in _captions_of_others(pictures, number):
        for one in statements(caption):
            add(OTHER, one, False if truth.denies(one) else None)
    return list(found.values())


def _captions_of_others(pictures: Sequence[KnownPicture], number: int) -> Iterator[str]:
    """Captions of two pictures that stand elsewhere in the file."""
    described = [one for one in pictures if one.captions and one is not pictures[number]]
    for step in range(_CAPTIONS):
        if described:
            place = (number + (step + 1) * (len(described) // 3 + 1)) % len(described)
            yield described[place].captions[step % len(described[place].captions)]


def altered(caption: str, captions: Sequence[str]) -> list[Statement]:
    """The claims that become false when one word of a caption is changed."""
    said = {word for text in captions for word in re.findall(r"[a-z]+", text.casefold())}
    before = {(one.claim.kind, one.claim.text) for one in statements(caption)}
    made = []
    for number, word in enumerate(re.findall(r"[a-z]+", caption.casefold())):
        other = _another(word, said, number)
        if not other:
            continue
        changed = re.sub(rf"\b{word}\b", other, caption, count=1, flags=re.IGNORECASE)
        made += [
            one
            for one in statements(changed)
            if one.claim.kind in ALTERED_KINDS
            and (one.claim.kind, one.claim.text) not in before
            and other in (one.claim.text.casefold())
        ]
    return made


def _another(word: str, said: Iterable[str], number: int) -> str:
    """A word of the same kind that nobody said; "" for words of no such kind."""
    choices: Sequence[str] = ()
    if word in _COLOURS:
        choices = _COLOURS
    elif word in en.NUMBERS and en.NUMBERS[word] > 1:
        choices = [one for one, count in en.NUMBERS.items() if 1 < count < 6]
    elif word in _VERBS:
        choices = _VERBS
    left = [one for one in choices if one not in set(said)]
    return left[(number + len(word)) % len(left)] if left else ""
