"""Rows about one picture each, as most people write them:

    {"image", "caption"} | {"image", "captions": [...]} | {"image", "question", "answer"} |
    {"image", "label"} | {"image", "labels": [...]} | {"image", "fields": {...}} |
    {"image", "phrase", "box": [...]} |
    {"image", "turns": [{"ask", "answer"}]}                        (our own, with all it says)

The picture may be called "image", "file_name", "path" and the like, the caption "text" or "alt",
answers may be a list of what several people said. Of several labels the first is the class. A box
is in pixels; null says that the phrase names nothing in the picture. Rows about boxes are what
Ground exports as JSON lines.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from vlm_desktop.base.training import ExampleKind, Exchange
from vlm_desktop.base.trainingdata import SkipReason
from vlm_desktop.base.types import Box
from vlm_desktop.engine.train.formats.rows import (
    LONGEST_NAME,
    BadRow,
    Draft,
    Row,
    box_of,
    items,
    label_of,
    mapping,
    most_said,
    split_of,
    turns_of,
    words,
)

IMAGE_KEYS = (
    "image", "file_name", "filename", "image_path", "imagepath", "path", "img", "photo", "picture",
    "image_id", "file",
)  # fmt: skip
CAPTION_KEYS = (
    "caption", "text", "alt", "alt_text", "alttext", "description", "prompt", "sentence",
    "comment", "title",
)  # fmt: skip
LABEL_KEYS = ("label", "class", "category", "class_name", "tag")
QUESTION_KEYS = ("question", "instruction", "query")
ANSWER_KEYS = ("answer", "response", "output")
_MOST_CAPTIONS = 100
_MOST_FIELDS = 500


def is_row(said: Mapping[str, Any]) -> bool:
    """Whether it names a picture and says anything of it."""
    return _key(said, IMAGE_KEYS) != "" and any(
        key in said
        for key in (
            *CAPTION_KEYS, *LABEL_KEYS, *QUESTION_KEYS, *ANSWER_KEYS,
            "captions", "labels", "answers", "fields", "turns", "box",
        )
    )  # fmt: skip


def read(said: object, where: str) -> Iterator[Row]:
    """The examples of one row: one for each caption."""
    try:
        if not isinstance(said, dict):
            raise BadRow(SkipReason.MALFORMED)
        yield from _drafts(said, where)
    except BadRow as bad:
        yield bad.skipped(where)


def fields_asked(names: list[str]) -> str:
    """How a document's fields are asked for."""
    return f"Read these fields of the document: {', '.join(names)}. Answer with JSON."


def box_said(box: Box | None) -> str:
    """A place as an answer: whole pixels of the upright picture, "[]" for nowhere."""
    return "[]" if box is None else json.dumps([round(one) for one in _sides(box)])


def _sides(box: Box) -> tuple[float, float, float, float]:
    return (box.x0, box.y0, box.x1, box.y1)


def _drafts(said: dict[str, Any], where: str) -> Iterator[Draft]:
    name = said.get(_key(said, IMAGE_KEYS))
    labels = [one for one in map(label_of, items(said.get("labels"))) if one]
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or "\0" in name:
        raise BadRow(SkipReason.NO_PICTURE)
    base = Draft(
        where=where,
        image=name,
        turns=(),
        split=split_of(said.get("split")),
        content=words(said.get("content")),
        group=label_of(said.get("group")),
        label=label_of(said.get(_key(said, LABEL_KEYS))) or next(iter(labels), ""),
    )
    if "turns" in said:
        yield _own(base, said)
    elif "box" in said:
        yield from _places(base, said)
    elif isinstance(said.get("fields"), dict):
        yield _fields(base, said["fields"])
    elif _key(said, QUESTION_KEYS):
        answer = _text(said, ANSWER_KEYS) or most_said(items(said.get("answers")))
        pair = (_text(said, QUESTION_KEYS), answer)
        yield replace(base, turns=turns_of([pair]), kind=ExampleKind.QUESTION)
    else:
        yield from _captions(base, said, ", ".join(labels) or base.label)


def _captions(base: Draft, said: dict[str, Any], otherwise: str) -> Iterator[Draft]:
    """One for each caption; the labels where there is none."""
    several = said.get("captions", said.get(_key(said, CAPTION_KEYS)))
    said_once = [words(one) for one in (several if isinstance(several, list) else [several])]
    texts = list(dict.fromkeys(filter(None, said_once)))[:_MOST_CAPTIONS]
    if not texts and otherwise:
        texts = [otherwise]
    if not texts:
        raise BadRow(SkipReason.NO_TEXT)
    for text in texts:
        yield replace(base, turns=(Exchange("", text),))


def _own(base: Draft, said: dict[str, Any]) -> Draft:
    pairs = [
        (words(mapping(one).get("ask")), words(mapping(one).get("answer")))
        for one in items(said["turns"])
    ]
    kind = said.get("kind")
    known = [one for one in ExampleKind if one.value == kind]
    otherwise = ExampleKind.QUESTION if any(ask for ask, _ in pairs) else ExampleKind.CAPTION
    box = said.get("box")
    return replace(
        base,
        turns=turns_of(pairs),
        kind=known[0] if known else otherwise,
        box=None if box is None else box_of(box),
        label=label_of(said.get("label")),
    )


def _places(base: Draft, said: dict[str, Any]) -> Iterator[Draft]:
    """One for each phrase that names the place."""
    first = words(said.get("phrase")) or words(said.get("label")) or _text(said, CAPTION_KEYS)
    others = [words(one) for one in items(said.get("expressions"))[:_MOST_CAPTIONS]]
    phrases = list(dict.fromkeys(filter(None, [first, *others])))
    if not phrases:
        raise BadRow(SkipReason.NO_TEXT)
    box = None if said["box"] is None else box_of(said["box"])
    for phrase in phrases:
        turns = (Exchange(phrase, box_said(box)),)
        yield replace(base, turns=turns, kind=ExampleKind.BOX, box=box)


def _fields(base: Draft, said: dict[str, Any]) -> Draft:
    named = list(said.items())[:_MOST_FIELDS]
    fields = {words(name): words(value) for name, value in named if words(value)}
    if not fields:
        raise BadRow(SkipReason.NO_TEXT)
    answer = json.dumps(fields, ensure_ascii=False)
    pair = Exchange(fields_asked(list(fields)), answer)
    return replace(base, turns=(pair,), kind=ExampleKind.FIELDS)


def _text(said: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return words(said.get(_key(said, keys)))


def _key(said: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((key for key in keys if key in said), "")
