"""Examples as lines of JSON: what a run's data.jsonl holds, and what is handed on.

    {"image": "photos/a.jpg", "turns": [{"ask": "", "answer": "A red cup."}], "kind": "caption",
     "split": "train", "key": "...", "content": "...", "group": "...", "label": "...",
     "source": "...", "box": [x0, y0, x1, y1]}

Only "image" and "turns" are always there; a field that is as `Example` has it by default is left
out. Other programs' lines are read by `engine.train.formats.jsonl`, which knows more forms.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.types import Box

_WORDS = ("key", "content", "group", "label", "source")
_KEY_BYTES = 12


def example_key(example: Example) -> str:
    """A name of an example by its picture and words: the same bytes and words have the same key,
    whatever the file is called. 24 hex digits."""
    said = [
        example.content or example.image,
        example.kind.value,
        [[one.ask, one.answer] for one in example.turns],
        _sides(example.box),
    ]
    text = json.dumps(said, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).hexdigest()


def encode_row(example: Example) -> str:
    """One line, without its end."""
    said: dict[str, Any] = {
        "image": example.image,
        "turns": [{"ask": one.ask, "answer": one.answer} for one in example.turns],
    }
    if example.kind is not ExampleKind.CAPTION:
        said["kind"] = example.kind.value
    if example.split is not Split.TRAIN:
        said["split"] = example.split.value
    said |= {name: getattr(example, name) for name in _WORDS if getattr(example, name)}
    if example.box is not None:
        said["box"] = _sides(example.box)
    # ASCII, because paths may hold lone surrogates, which no UTF-8 can say.
    return json.dumps(said, ensure_ascii=True, allow_nan=False)


def decode_row(line: str) -> Example:
    """The example of a line that `encode_row` wrote. Raises ValueError for any other."""
    try:
        return _decoded(json.loads(line))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no example: {error!r}") from error


def _decoded(said: dict[str, Any]) -> Example:
    box = said.get("box")
    return Example(
        key=str(said.get("key", "")),
        image=str(said["image"]),
        turns=tuple(Exchange(str(one["ask"]), str(one["answer"])) for one in said["turns"]),
        kind=ExampleKind(said.get("kind", ExampleKind.CAPTION)),
        split=Split(said.get("split", Split.TRAIN)),
        content=str(said.get("content", "")),
        group=str(said.get("group", "")),
        label=str(said.get("label", "")),
        source=str(said.get("source", "")),
        box=None if box is None else Box(*map(float, box)),
    )


def _sides(box: Box | None) -> list[float] | None:
    return None if box is None else [float(box.x0), float(box.y0), float(box.x1), float(box.y1)]
