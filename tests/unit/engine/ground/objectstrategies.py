"""Objects of any kind, for tests of formats."""

import unicodedata

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vlm_desktop.base.grounding import GroundObject, ObjectState, PromptPoint
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size

SIZE = Size(37, 23)

LABELS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co"), max_codepoint=0xFFFF),
    min_size=1,
    max_size=12,
).map(lambda text: " ".join(unicodedata.normalize("NFC", text).split()))
"""As the library keeps them, on one line and without spaces at its ends."""


def places(most: int) -> st.SearchStrategy[float]:
    return st.floats(0, most, allow_nan=False).map(abs)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    xs = draw(st.lists(places(SIZE.width), min_size=2, max_size=2, unique=True))
    ys = draw(st.lists(places(SIZE.height), min_size=2, max_size=2, unique=True))
    return Box(min(xs), min(ys), max(xs), max(ys))


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    """With holes and parts, and never empty."""
    small = draw(
        arrays.arrays(
            np.bool_, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.booleans()
        )
    )
    bits = np.zeros((SIZE.height, SIZE.width), bool)
    top = draw(st.integers(0, SIZE.height - small.shape[0]))
    left = draw(st.integers(0, SIZE.width - small.shape[1]))
    bits[top : top + small.shape[0], left : left + small.shape[1]] = small
    bits[top, left] = True
    return Mask.of(bits)


@st.composite
def outlines(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    box = draw(boxes())
    more = draw(st.lists(st.tuples(places(SIZE.width), places(SIZE.height)), max_size=5))
    return ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), *more)


@st.composite
def objects(draw: st.DrawFn, number: int = 1) -> GroundObject:
    """One of a kind that has a place: a box, a mask with or without one, an outline."""
    kind = draw(st.sampled_from(("box", "mask", "outline")))
    box = draw(boxes() if kind == "box" else st.none() | boxes())
    return GroundObject(
        number=number,
        label=draw(LABELS.filter(bool)),
        box=box,
        mask=draw(masks()) if kind == "mask" else None,
        polygon=draw(outlines()) if kind == "outline" else (),
        points=tuple(
            PromptPoint(*one)
            for one in draw(
                st.lists(
                    st.tuples(places(SIZE.width), places(SIZE.height), st.booleans()), max_size=2
                )
            )
        ),
        source=draw(st.sampled_from(("person", "owlv2"))),
        confidence=draw(st.none() | st.floats(0, 1)),
        state=draw(st.sampled_from(ObjectState)),
        expressions=tuple(dict.fromkeys(draw(st.lists(LABELS.filter(bool), max_size=2)))),
        colour=draw(st.integers(0, 9)),
        extra=draw(st.dictionaries(st.sampled_from(("a", "b")), LABELS, max_size=2)),
    )


@st.composite
def many(draw: st.DrawFn) -> tuple[GroundObject, ...]:
    count = draw(st.integers(0, 3))
    return tuple(draw(objects(number)) for number in range(1, count + 1))
