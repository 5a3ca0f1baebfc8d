"""What lies at a point or in an area, found without asking thousands."""

import random

from PySide6.QtCore import QPointF, QRectF

from vlm_desktop.gui.widgets.overlay_grid import BoxGrid


class Counting(QRectF):
    """A box that counts how often boxes are asked whether they hold a point."""

    asked = 0

    def contains(self, *of: object) -> bool:
        Counting.asked += 1
        return super().contains(*of)  # type: ignore[call-overload]


def boxes(count: int, seed: int = 7) -> list[QRectF]:
    chance = random.Random(seed)
    return [
        QRectF(chance.uniform(0, 3900), chance.uniform(0, 2900), chance.uniform(2, 90),
               chance.uniform(2, 40))
        for _ in range(count)
    ]  # fmt: skip


def test_points_and_areas_find_what_a_plain_search_finds() -> None:
    there = [*boxes(400), QRectF(0, 0, 4000, 3000), QRectF(500, 0, 30, 3000)]
    grid, chance = BoxGrid(there, 4000), random.Random(1)
    for _ in range(200):
        at = QPointF(chance.uniform(-50, 4050), chance.uniform(-50, 3050))
        plain = {number for number, box in enumerate(there) if box.contains(at)}
        found = grid.at(at)
        assert set(found) == plain
        sizes = [there[one].width() * there[one].height() for one in found]
        assert sizes == sorted(sizes), "the smaller first"
        area = QRectF(at, at + QPointF(chance.uniform(1, 2500), chance.uniform(1, 2500)))
        assert set(grid.touching(area)) == {
            number for number, box in enumerate(there) if box.intersects(area)
        }


def test_a_point_asks_only_what_is_near() -> None:
    grid = BoxGrid([Counting(one) for one in boxes(5000)], 4000)
    for number in range(50):
        Counting.asked = 0
        grid.at(QPointF(80 * number, 60 * number))
        assert Counting.asked < 50


def test_boxes_of_no_size_are_found_in_an_area() -> None:
    grid = BoxGrid([QRectF(10, 10, 0, 0), QRectF(40, 40, 0, 0)], 100)
    assert grid.touching(QRectF(5, 5, 10, 10)) == [0]
    assert grid.touching(QRectF(10, 10, 0, 0)) == [0]


def test_an_empty_grid_and_places_outside_hold_nothing() -> None:
    assert BoxGrid((), 0).at(QPointF(3, 3)) == []
    grid = BoxGrid([QRectF(0, 0, 10, 10)], 10)
    assert grid.at(QPointF(-1e7, 1e7)) == grid.touching(QRectF(1e6, 1e6, 5, 5)) == []
