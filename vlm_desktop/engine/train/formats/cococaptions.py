"""Captions as COCO writes them. Pure.

{"images": [{"id": 7, "file_name": "a.jpg"}], "annotations": [{"image_id": 7, "caption": "..."}]}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from vlm_desktop.base.training import Exchange
from vlm_desktop.base.trainingdata import SkippedRow, SkipReason
from vlm_desktop.engine.train.formats.rows import (
    LONGEST_NAME,
    Draft,
    Row,
    items,
    mapping,
    shown,
    words,
)


def is_coco_captions(said: Mapping[str, Any]) -> bool:
    """Whether it lists pictures and captions; COCO's other files have no captions."""
    annotations = items(said.get("annotations"))
    return isinstance(said.get("images"), list) and any(
        "caption" in mapping(one) for one in annotations[:100]
    )


def read(said: Mapping[str, Any]) -> Iterator[Row]:
    """An example for each caption. Those of one picture are told apart by their place."""
    names: dict[object, str] = {}
    for one in map(mapping, items(said.get("images"))):
        name, key = one.get("file_name"), one.get("id")
        if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and isinstance(key, int | str):
            names[key] = name
    for number, one in enumerate(map(mapping, items(said.get("annotations"))), 1):
        where = f"annotation {number}"
        key, caption = one.get("image_id"), words(one.get("caption"))
        name = names.get(key) if isinstance(key, int | str) else None
        if name is None or "\0" in name:
            yield SkippedRow(where, SkipReason.NO_PICTURE, shown(key))
        elif not caption:
            yield SkippedRow(where, SkipReason.NO_TEXT, name)
        else:
            yield Draft(where, name, (Exchange("", caption),))
