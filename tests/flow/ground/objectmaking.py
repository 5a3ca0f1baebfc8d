"""Objects of pictures to keep and to export, and how two are compared."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vlm_desktop.base.grounding import GroundObject, ObjectState, PictureObjects, PromptPoint
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size

SIZE = Size(40, 30)


def ring(size: Size = SIZE, left: int = 5, top: int = 4, side: int = 14) -> Mask:
    """Two parts, the larger one with a hole."""
    bits = np.zeros((size.height, size.width), bool)
    bits[top : top + side, left : left + side] = True
    bits[top + 4 : top + 9, left + 4 : left + 9] = False
    bits[top + side + 2 :, left + side + 3 : left + side + 6] = True
    return Mask.of(bits)


def thing(number: int, label: str = "cup", **said: object) -> GroundObject:
    mask = said.pop("mask", None)
    box = said.pop("box", mask.box if isinstance(mask, Mask) else Box(1.5, 2.25, 11.125, 9))
    return GroundObject(number=number, label=label, box=box, mask=mask, **said)  # type: ignore[arg-type]


def everything() -> tuple[GroundObject, ...]:
    """Each field has something somewhere."""
    return (
        thing(3, "rote Tasse", mask=ring(), colour=2, expressions=("the cup", "rote Tasse links")),
        thing(
            1,
            "",
            points=(PromptPoint(3.5, 4), PromptPoint(9, 1, adds=False)),
            source="sam",
            confidence=0.75,
            state=ObjectState.PROPOSED,
        ),
        thing(
            7,
            "dog",
            polygon=((1.0, 2.0), (9.5, 2.0), (4.0, 8.25)),
            state=ObjectState.REJECTED,
            extra={"iscrowd": "1", "ähm": "\u2028x"},
        ),
        thing(8, "no box", box=None),
    )


def picture(
    path: Path, objects: Sequence[GroundObject], content_hash: str = "h1"
) -> PictureObjects:
    return PictureObjects(path, content_hash, SIZE, tuple(objects))


def as_said(one: GroundObject) -> tuple[object, ...]:
    """All of an object, comparable."""
    bits = None
    if one.mask is not None:
        bits = (one.mask.size, one.mask.left, one.mask.top, one.mask.bits.tolist())
    return (
        one.number, one.label, one.box, bits, one.points, one.polygon, one.source,
        one.confidence, one.state, one.expressions, one.colour, dict(one.extra),
    )  # fmt: skip


def same(one: PictureObjects, other: PictureObjects) -> bool:
    return (one.content_hash, one.path, one.size) == (
        other.content_hash,
        other.path,
        other.size,
    ) and [as_said(each) for each in one.objects] == [as_said(each) for each in other.objects]
