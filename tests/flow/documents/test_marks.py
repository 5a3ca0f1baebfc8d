"""Rules and boxes to tick, found in drawn pictures."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.pagereading import Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.documents.checkboxes import checkboxes_of
from vlm_desktop.engine.documents.grids import grids_of
from vlm_desktop.engine.documents.lines import lines_of
from vlm_desktop.engine.documents.marks import find_marks

LETTER = 22.0
SIZE = (900, 1200)


def form(*, width: int = 2, noise: int = 0) -> Image.Image:
    """A table of 2 x 3 cells, and three boxes: one empty, one crossed, one blacked half."""
    picture = Image.new("RGB", SIZE, (246, 244, 238))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(28)
    for y in (100, 180, 260):
        draw.line((100, y, 700, y), fill="black", width=width)
    for x in (100, 300, 500, 700):
        draw.line((x, 100, x, 260), fill="black", width=width)
    for row, name in enumerate(("Yes", "No", "Both")):
        y = 400 + 80 * row
        draw.rectangle((100, y, 128, y + 28), outline="black", width=width)
        draw.text((145, y - 4), name, fill="black", font=font)
    draw.line((104, 484, 124, 504), fill="black", width=3)
    draw.line((124, 484, 104, 504), fill="black", width=3)
    draw.rectangle((104, 564, 124, 576), fill="black")
    draw.text((100, 700), "DOBLIN O B D letters are no boxes", fill="black", font=font)
    if noise:
        dots = np.random.default_rng(3)
        for _ in range(noise):
            x, y = dots.integers(0, SIZE[0]), dots.integers(0, SIZE[1])
            draw.point((int(x), int(y)), fill="black")
    return picture


def pixels(picture: Image.Image) -> PixelArray:
    return np.asarray(picture)


@pytest.mark.parametrize("noise", [0, 3_000])
@pytest.mark.parametrize("scale", [1, 2])
def test_rules_and_boxes_are_found(scale: int, noise: int) -> None:
    picture = form(noise=noise)
    large = picture.resize((SIZE[0] * scale, SIZE[1] * scale))
    view = PageView(Size(*SIZE))
    marks = find_marks(pixels(large), view, LETTER, [])
    assert [round(rule.at / 10) for rule in marks.level] == [10, 18, 26]
    assert [round(rule.at / 10) for rule in marks.standing] == [10, 30, 50, 70]
    (grid,) = grids_of(marks, LETTER)
    assert (len(grid.row_edges), len(grid.column_edges), len(grid.cells)) == (3, 4, 6)
    squares = sorted(marks.squares, key=lambda square: square.box.y0)
    assert [round(square.box.y0 / 10) for square in squares] == [40, 48, 56]
    assert all(abs(square.box.x1 - 128) < 6 for square in squares)
    empty, crossed, half = (square.ink for square in squares)
    assert empty < 0.05 < 0.12 < crossed < half


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_they_are_found_in_the_view_of_a_turned_page(turns: int) -> None:
    lying = np.rot90(pixels(form()), -turns)
    size = Size(lying.shape[1], lying.shape[0])
    marks = find_marks(np.ascontiguousarray(lying), PageView(size, turns), LETTER, [])
    assert [round(rule.at / 10) for rule in marks.level] == [10, 18, 26]
    assert len(marks.squares) == 3


def test_they_are_found_in_the_view_of_a_page_askew() -> None:
    askew = form().rotate(-3, expand=True, fillcolor=(246, 244, 238))
    view = PageView(Size(askew.width, askew.height), 0, 3.0)
    marks = find_marks(pixels(askew), view, LETTER, [])
    (grid,) = grids_of(marks, LETTER)
    assert len(grid.cells) == 6
    corner = view.to_page(grid.column_edges[0], grid.row_edges[0])
    assert pixels(askew)[round(corner[1]) - 4 : round(corner[1]) + 5,
                         round(corner[0]) - 4 : round(corner[0]) + 5].min() < 100  # fmt: skip


def test_an_empty_page_has_none() -> None:
    blank = np.full((1200, 900, 3), 255, dtype=np.uint8)
    marks = find_marks(blank, PageView(Size(*SIZE)), 0.0, [])
    assert (marks.level, marks.standing, marks.squares, marks.letters) == ((), (), (), 0)


def test_letters_that_no_word_covers_are_counted() -> None:
    view = PageView(Size(*SIZE))
    none = find_marks(
        pixels(form()), view, LETTER, [Box(90, 390, 260, 600), Box(90, 690, 880, 750)]
    )
    some = find_marks(pixels(form()), view, LETTER, [Box(90, 390, 260, 600)])
    assert none.letters == 0
    assert some.letters > 12


def test_boxes_have_the_words_beside_them() -> None:
    marks = find_marks(pixels(form()), PageView(Size(*SIZE)), LETTER, [])
    words = [
        Word(name, Box(145, 400 + 80 * row, 145 + 16 * len(name), 425 + 80 * row), 0.9)
        for row, name in enumerate(("Yes", "No", "Both"))
    ]
    boxes = checkboxes_of(words, lines_of(words), marks.squares)
    told = [(words[box.label[0]].text, box.checked) for box in boxes]
    assert told == [("Yes", False), ("No", True), ("Both", True)]
    assert all(box.confidence > 0.6 for box in boxes)


def test_glyphs_of_a_text_layer_are_boxes_too() -> None:
    words = [
        Word(text, Box(x, 0, x + 14 * len(text), 20), 1.0)
        for text, x in (("☐", 0), ("Yes", 25), ("☒", 120), ("No", 145), ("[x]", 220), ("Both", 270))
    ]
    boxes = checkboxes_of(words, lines_of(words), ())
    told = [(" ".join(words[i].text for i in box.label), box.checked) for box in boxes]
    assert told == [("Yes", False), ("No", True), ("Both", True)]


def test_a_label_may_stand_to_the_left() -> None:
    marks = find_marks(pixels(form()), PageView(Size(*SIZE)), LETTER, [])
    words = [Word("Agreed", Box(10, 402, 92, 424), 0.9)]
    assert checkboxes_of(words, lines_of(words), marks.squares[:1])[0].label == (0,)
