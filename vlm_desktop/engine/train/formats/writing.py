"""Examples as files: JSON lines, which come back whole, and conversations as LLaVA writes them.

Pictures below the file's folder are named relative to it, others by their full path. Boxes and
kinds have no word in LLaVA's form; the words about them go.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.training import Example, Split
from vlm_desktop.base.trainingrows import encode_row

DESCRIBE = "Describe the image."
"""What is asked for a caption where a question has to be."""


def jsonl(examples: Iterable[Example], folder: Path) -> str:
    """A line for each example, as `base.trainingrows` has it."""
    return "".join(encode_row(replace(one, image=_name(one, folder))) + "\n" for one in examples)


def llava(examples: Iterable[Example], folder: Path) -> str:
    """One document of JSON: a conversation for each example that is not left out."""
    rows = []
    for one in examples:
        if one.split is Split.LEFT_OUT:
            continue
        said = []
        for number, turn in enumerate(one.turns):
            ask = turn.ask or DESCRIBE
            value = f"<image>\n{ask}" if number == 0 else ask
            said += [{"from": "human", "value": value}, {"from": "gpt", "value": turn.answer}]
        row = {"id": one.key, "image": _name(one, folder), "split": one.split.value}
        rows.append(row | {"conversations": said})
    return json.dumps(rows, ensure_ascii=True, indent=1) + "\n"


def _name(one: Example, folder: Path) -> str:
    path = os.path.normpath(os.path.join(folder, one.image))
    try:
        inside = Path(path).relative_to(os.path.normpath(folder.absolute()))
    except ValueError:
        return path
    return inside.as_posix()
