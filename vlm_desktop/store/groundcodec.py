"""What is kept of an object beside its columns, as JSON and back.

Keys that a later version wrote are left out, those that an older one lacked get their default.
"""

import json
from typing import Any

from vlm_desktop.base.grounding import GroundObject, PromptPoint
from vlm_desktop.base.types import Box
from vlm_desktop.store.contents import clean


def encode_said(one: GroundObject) -> str:
    """Box, points, outline, expressions, colour and extras; only what there is."""
    said: dict[str, Any] = {}
    if one.box is not None:
        said["box"] = [one.box.x0, one.box.y0, one.box.x1, one.box.y1]
    if one.points:
        said["points"] = [[point.x, point.y, point.adds] for point in one.points]
    if one.polygon:
        said["polygon"] = [list(corner) for corner in one.polygon]
    if one.expressions:
        said["expressions"] = [clean(words) for words in one.expressions]
    if one.colour:
        said["colour"] = one.colour
    if one.extra:
        said["extra"] = {clean(key): clean(text) for key, text in one.extra.items()}
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def decode_said(stored: str) -> dict[str, Any]:
    """The fields of `GroundObject` that `encode_said` was given."""
    said = json.loads(stored)
    return {
        "box": Box(*said["box"]) if "box" in said else None,
        "points": tuple(PromptPoint(x, y, adds) for x, y, adds in said.get("points", ())),
        "polygon": tuple((x, y) for x, y in said.get("polygon", ())),
        "expressions": tuple(said.get("expressions", ())),
        "colour": said.get("colour", 0),
        "extra": said.get("extra", {}),
    }
