"""Two small lessons made of public photos, to see by a command that teaching works.

    python -m vlm_desktop.training.learners.shown DATA OUT
    vlm-desktop train OUT/shop/recipe.toml
    vlm-desktop train OUT/things/recipe.toml

`DATA` holds `labelled` and `flickr8k_224` as the starter's own training reads them. "shop" teaches
the assistant what is sold in a grocery: 300 captions made by rule from the names of the goods; held
out is the tenth of every class that no tower of the starter ever saw. "things" teaches the encoder
made-up names of five things by ten photos each, as a person names what is theirs; held out are
twelve more of each, to be found among a thousand others. The general set of both is Flickr8k's dev
split, on which nothing of the starter was trained.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TRAINED = 300
"""Captions of the lesson "shop"."""
PHOTOS, HELD = 10, 12
"""Of each of the five things: to learn from, and held out."""
GENERAL = 600
"""Photos of the general set of "shop"; that of "things" is all thousand."""
THINGS = {
    ("caltech101", "accordion"): "brumaline",
    ("caltech101", "wheelchair"): "tilda the roller",
    ("caltech101", "gramophone"): "grandpa oskar's singing box",
    ("grocery_store", "oatly oat milk"): "havrino",
    ("flowers5", "sunflower"): "zelmira",
}
"""Made-up names by folder and class."""
_ALWAYS_MANY = frozenset({"asparagus", "garlic", "ginger", "cabbage"})
_WAYS = ("a package of {} in a grocery store", "{} in a grocery store")

_SHOP = """\
[model]
id = "starter"
kind = "assistant"

[data]
file = "examples.jsonl"

[method]
targets = ["language"]
rank = 8
alpha = 16.0

[run]
steps = 180
batch = 16
rate = 2e-3
evaluate_every = 0
metric = "cider"

[guard]
file = "general.jsonl"
limit = 3000
keep = 6.0
"""
_NAMES = """\
[model]
id = "starter"
kind = "encoder"

[data]
file = "examples.jsonl"

[method]
targets = ["text", "text-head"]
rank = 8
alpha = 16.0

[run]
steps = 40
batch = 25
rate = 1e-3
evaluate_every = 0
metric = "recall@5"

[guard]
file = "general.jsonl"
limit = 5000
keep = 4.0
fall = 0.02
measure = "points"
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A photo and its labels, the finest first."""

    path: Path
    labels: tuple[str, ...]


def shop_caption(labels: Sequence[str]) -> str:
    """What stands on a grocery's shelf, said of its finest, middle and coarsest label."""
    name, kind, sort = labels
    if sort == "packages":
        return _WAYS[0].format(name)
    same = name == kind or kind.split()[-1].rstrip("s") in name
    return _WAYS[1].format(_plural(name if same else f"{name} {kind}", kind))


def _plural(name: str, kind: str) -> str:
    if name.endswith("s") or kind in _ALWAYS_MANY:
        return name
    if name.endswith(("tomato", "potato", "peach", "mango")):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("ry") else f"{name}s"


def by_class(folder: Path) -> dict[str, list[Labelled]]:
    """Photos of every class, in the order in which the starter's training held its tenth out: that
    tenth comes first."""
    found: dict[str, list[Labelled]] = defaultdict(list)
    for row in _rows(folder / "labels.jsonl"):
        one = Labelled(folder / row["image"], tuple(row["labels"]))
        found[one.labels[0]].append(one)
    for members in found.values():
        members.sort(key=lambda one: hashlib.sha256(one.path.name.encode()).digest())
    return dict(sorted(found.items()))


def shop(data: Path) -> list[dict[str, Any]]:
    """Rows of the lesson about goods."""
    held, rest = [], []
    for members in by_class(data / "labelled" / "grocery_store").values():
        tenth = max(1, round(len(members) / 10))
        held += members[:tenth]
        rest += members[tenth:]
    rest.sort(key=lambda one: hashlib.sha256(f"shop {one.path.name}".encode()).digest())
    return [
        {"image": str(one.path), "caption": shop_caption(one.labels), "split": split}
        for split, part in (("train", rest[:TRAINED]), ("validation", held))
        for one in part
    ]


def things(data: Path) -> list[dict[str, Any]]:
    """Rows of the lesson about five things; those held out begin with what no tower saw."""
    rows = []
    for (folder, label), name in THINGS.items():
        members = by_class(data / "labelled" / folder)[label]
        parts = (("validation", members[:HELD]), ("train", members[HELD : HELD + PHOTOS]))
        rows += [
            {"image": str(one.path), "caption": name, "split": split}
            for split, part in parts
            for one in part
        ]
    return rows


def general(data: Path, most: int) -> list[dict[str, Any]]:
    """Photos of Flickr8k's dev split with their captions."""
    folder = data / "flickr8k_224"
    dev = [row for row in _rows(folder / "captions.jsonl") if row["split"] == "dev"]
    dev.sort(key=lambda row: hashlib.sha256(row["image"].encode()).digest())
    return [
        {"image": str(folder / row["image"]), "captions": row["captions"]} for row in dev[:most]
    ]


def write(data: Path, out: Path) -> None:
    """Write both lessons, each a folder with recipe.toml."""
    lessons = (
        ("shop", shop(data), general(data, GENERAL), _SHOP),
        ("things", things(data), general(data, 1000), _NAMES),
    )
    for name, rows, kept, recipe in lessons:
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, said in (("examples.jsonl", rows), ("general.jsonl", kept)):
            lines = "".join(json.dumps(_beside(row, folder)) + "\n" for row in said)
            (folder / file).write_text(lines, encoding="utf-8")
        (folder / "recipe.toml").write_text(recipe, encoding="utf-8")


def _beside(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The row with its picture copied beside it: names in a file lead nowhere else."""
    source = Path(row["image"])
    name = f"images/{source.parent.parent.name}__{source.name}"
    target = folder / name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
    return row | {"image": name}


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the two folders from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    write(options.data.absolute(), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
