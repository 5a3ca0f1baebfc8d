"""A comparison of models as files: a table for spreadsheets, or JSON lines."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from vlm_desktop.engine.destinations import harmless, writing_to

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.adapters import ItemCompared, ModelsCompared


def item_row(item: ItemCompared, found: ModelsCompared) -> dict[str, Any]:
    """One item as JSON says it: what each column answered, and how good that was."""
    return {
        "key": item.key,
        "image": item.image,
        "ask": item.asked,
        "expected": item.expected,
        "change": item.change,
        "said": {
            column.name: {"answer": one.answer, "score": one.score}
            for column, one in zip(found.columns, item.said, strict=True)
        },
    }


def save_comparison(found: ModelsCompared, target: Path) -> Path:
    """Write every item, over what is there: as CSV where `target` ends so, else as JSON lines.

    Raises DestinationNotWritable, DiskFull.
    """
    with writing_to(target):
        if target.suffix.lower() == ".csv":
            _write_table(found, target)
        else:
            rows = (json.dumps(item_row(one, found), ensure_ascii=False) for one in found.items)
            target.write_text("".join(f"{row}\n" for row in rows), "utf-8", newline="\n")
    return target


def _write_table(found: ModelsCompared, target: Path) -> None:
    names = [harmless(one.name) for one in found.columns]
    head = ["image", "ask", "expected", "change", *names]
    head += [f"{found.metric}: {name}" for name in names]
    with target.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for one in found.items:
            words = (one.image, one.asked, one.expected)
            answers = [harmless(said.answer) for said in one.said]
            scores = [f"{said.score:.6g}" for said in one.said]
            writer.writerow([*map(harmless, words), f"{one.change:.6g}", *answers, *scores])
