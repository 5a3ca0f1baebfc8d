"""RefCOCO-style expressions: COCO instances, and beside them which words refer to which.

    instances.json  refs.json

A reference is `{"ref_id", "ann_id", "image_id", "category_id", "file_name", "split", "sent_ids",
"sentences": [{"sent_id", "sent", "raw", "tokens"}]}`, as in the files of RefCOCO, which are
pickled; those are not read, since a pickle may run anything.
"""

import re
from collections.abc import Iterator
from typing import Any

from vlm_desktop.base.splits import is_held_out
from vlm_desktop.engine.ground.formats import coco
from vlm_desktop.engine.ground.formats.exchange import (
    Faults,
    NamedPicture,
    ReadPicture,
    json_bytes,
)
from vlm_desktop.engine.ground.formats.plain import KEY, entries, expressions, mapping

INSTANCES, REFS = "instances.json", "refs.json"
_TOKEN = re.compile(r"\w+", re.UNICODE)


class References:
    """Writes both files. Objects that nothing refers to are among the instances only."""

    def __init__(self, faults: Faults) -> None:
        self._instances = coco.Instances(faults)

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        """Take a picture in; there is no file of it."""
        return self._instances.add(one)

    def end(self) -> Iterator[tuple[str, bytes]]:
        instances = self._instances.document()
        yield INSTANCES, json_bytes(instances)
        yield REFS, json_bytes({"refs": references(instances)})


def references(instances: dict[str, Any]) -> list[dict[str, Any]]:
    """A reference for each annotation of our own that words refer to."""
    names = {one["id"]: one["file_name"] for one in instances["images"]}
    refs: list[dict[str, Any]] = []
    sentences = 0
    for one in instances["annotations"]:
        said = one[KEY].get("expressions", [])
        if not said:
            continue
        ids = list(range(sentences, sentences + len(said)))
        sentences += len(said)
        name = names[one["image_id"]]
        refs.append(
            {
                "ref_id": len(refs),
                "ann_id": one["id"],
                "image_id": one["image_id"],
                "category_id": one["category_id"],
                "file_name": name,
                "split": "val" if is_held_out(name) else "train",
                "sent_ids": ids,
                "sentences": [_sentence(*each) for each in zip(ids, said, strict=True)],
            }
        )
    return refs


def _sentence(key: int, raw: str) -> dict[str, Any]:
    tokens = _TOKEN.findall(raw.casefold())
    return {"sent_id": key, "sent": " ".join(tokens), "raw": raw, "tokens": tokens}


# --- reading -----------------------------------------------------------------------------


def is_refs(said: object) -> bool:
    """Whether a JSON document holds references, be it a plain list of them."""
    some = entries(said) or entries(mapping(said).get("refs"))
    return bool(some) and "sentences" in some[0]


def read(instances: dict[str, Any], refs: object) -> list[ReadPicture]:
    """The pictures of instances, with the words that refer to each object."""
    named: dict[object, list[str]] = {}
    for one in entries(refs) or entries(mapping(refs).get("refs")):
        key = one.get("ann_id")
        if isinstance(key, int | str):
            raw = [each.get("raw") or each.get("sent") for each in entries(one.get("sentences"))]
            named.setdefault(key, []).extend(expressions(raw))
    annotations = []
    for one in entries(instances.get("annotations")):
        key = one.get("id")
        said = named.get(key, []) if isinstance(key, int | str) else []
        if said:
            one = {**one, KEY: {**mapping(one.get(KEY)), "expressions": said}}
        annotations.append(one)
    return coco.read({**instances, "annotations": annotations})
