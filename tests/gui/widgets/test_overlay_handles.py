"""What of an item can be moved, and where it ends up."""

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from vlm_desktop.base.grounding import PromptPoint
from vlm_desktop.gui.widgets.overlay_handles import (
    Grip,
    Handle,
    handle_words,
    handles_of,
    moved,
)
from vlm_desktop.gui.widgets.overlay_items import OverlayItem

PHOTO = QSizeF(200, 100)
BOX = OverlayItem("box", box=QRectF(20, 20, 40, 30))
SHAPE = OverlayItem(
    "shape",
    polygon=((0, 0), (10, 0), (10, 10)),
    points=(PromptPoint(5, 5), PromptPoint(8, 1, False)),
)


def of_box(number: int) -> Handle:
    return handles_of(BOX)[number]


def corners(box: QRectF | None) -> tuple[float, ...]:
    assert box is not None
    return (box.left(), box.top(), box.right(), box.bottom())


def test_handles_lie_on_what_they_move() -> None:
    assert [one.at.toTuple() for one in handles_of(BOX)] == [
        (20, 20), (40, 20), (60, 20), (60, 35), (60, 50), (40, 50), (20, 50), (20, 35), (40, 35),
    ]  # fmt: skip
    assert [(one.grip, one.number) for one in handles_of(SHAPE)] == [
        (Grip.POINT, 0), (Grip.POINT, 1), (Grip.CORNER, 0), (Grip.CORNER, 1), (Grip.CORNER, 2),
    ]  # fmt: skip
    assert handles_of(OverlayItem("none")) == ()


@pytest.mark.parametrize(
    ("number", "to", "expected"),
    [
        (0, (10, 5), (10, 5, 60, 50)),
        (1, (0, 10), (20, 10, 60, 50)),
        (3, (90, 0), (20, 20, 90, 50)),
        (4, (70, 60), (20, 20, 70, 60)),
        (7, (30, 99), (30, 20, 60, 50)),
        (4, (0, 0), (20, 20, 21, 21)),  # stops before the opposite corner
        (0, (999, 999), (59, 49, 60, 50)),
        (2, (999, -50), (20, 0, 200, 50)),  # stays in the picture
        (8, (100, 50), (80, 35, 120, 65)),
        (8, (0, 999), (0, 70, 40, 100)),
    ],
)
def test_edges_and_corners_of_a_box_move_alone(
    number: int, to: tuple[float, float], expected: tuple[float, ...]
) -> None:
    made = moved(BOX, of_box(number), QPointF(*to), PHOTO)
    assert corners(made.box) == expected
    assert corners(BOX.box) == (20, 20, 60, 50), "the item itself never changes"


def test_a_point_keeps_its_meaning_and_a_polygon_its_other_corners() -> None:
    second, third = handles_of(SHAPE)[1], handles_of(SHAPE)[4]
    assert moved(SHAPE, second, QPointF(300, 50), PHOTO).points == (
        PromptPoint(5, 5),
        PromptPoint(200, 50, False),
    )
    assert moved(SHAPE, third, QPointF(12, -9), PHOTO).polygon == ((0, 0), (10, 0), (12, 0))


def test_handles_are_told_in_words() -> None:
    assert (
        handle_words(BOX, of_box(4), PHOTO)
        == "lower right corner, left, 30 % from the left, 50 % from the top"
    )
    first = handles_of(SHAPE)[0]
    assert handle_words(SHAPE, first, PHOTO).startswith("point 1 of 2, upper left, 2 % from")
