"""Reading order and blocks."""

from tests.unit.engine.documents.typedwords import texts, typed
from vlm_desktop.base.pagereading import BlockKind, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.drawn import Marks
from vlm_desktop.engine.documents.layout import Layout, layout_of
from vlm_desktop.engine.documents.lines import lines_of
from vlm_desktop.engine.documents.tables import tables_of


def laid(words: list[Word]) -> Layout:
    lines = lines_of(words)
    return layout_of(words, lines, tables_of(words, lines, Marks()))


def test_columns_of_text_are_read_one_after_the_other() -> None:
    left = [(0, 25 * k, f"left column says line {k}") for k in range(5)]
    right = [(400, 25 * k, f"right column says row {k}") for k in range(5)]
    words = typed(*left, *right)
    read = texts(words, laid(words).lines)
    assert read == [text for *_, text in (*left, *right)]


def test_labels_and_amounts_are_read_row_by_row() -> None:
    rows = [("Subtotal", "12.00"), ("Tax", "2.40"), ("Total", "14.40")]
    words = typed(*(part for k, (key, value) in enumerate(rows)
                    for part in ((0, 25 * k, key), (400, 25 * k, value))))  # fmt: skip
    assert texts(words, laid(words).lines) == [text for row in rows for text in row]


def test_addresses_side_by_side_are_read_apart() -> None:
    left = [(0, 25 * k, text) for k, text in enumerate(("Sold by", "Ann Berg", "Graz"))]
    right = [(400, 25 * k, text) for k, text in enumerate(("Sent to", "Bob Tal", "Linz"))]
    words = typed(*left, *right)
    assert texts(words, laid(words).lines) == [text for *_, text in (*left, *right)]


def test_lines_near_each_other_are_a_paragraph() -> None:
    words = typed((0, 0, "first of one"), (0, 22, "second of one"), (0, 90, "another one"))
    blocks = laid(words).blocks
    assert [(block.kind, block.lines) for block in blocks] == [
        (BlockKind.TEXT, (0, 1)),
        (BlockKind.TEXT, (2,)),
    ]


def test_larger_letters_are_a_heading() -> None:
    large = Word("Receipt", Box(0, 0, 140, 32), 0.9)
    words = [large, *typed((0, 60, "some text"), (0, 82, "and more"), (0, 104, "of it"))]
    kinds = [block.kind for block in laid(words).blocks]
    assert kinds == [BlockKind.HEADING, BlockKind.TEXT]


def test_a_table_is_one_block_between_texts() -> None:
    rows = [("Item", "Qty", "Price")] + [(f"thing {k}", str(k), f"{k}.00") for k in range(1, 5)]
    cells = [
        (x, 60 + 25 * k, text)
        for k, row in enumerate(rows)
        for x, text in zip((0, 300, 450), row, strict=True)
    ]
    words = typed((0, 0, "before it"), *cells, (0, 250, "after it"))
    layout = laid(words)
    kinds = [block.kind for block in layout.blocks]
    assert kinds == [BlockKind.TEXT, BlockKind.TABLE, BlockKind.TEXT]
    assert layout.blocks[1].table == 0
    assert texts(words, layout.lines)[1:4] == ["Item", "Qty", "Price"]


def test_every_line_is_in_one_block() -> None:
    words = typed(*((113.0 * (k % 7), 21.0 * (k % 31), "some words") for k in range(150)))
    layout = laid(words)
    held = [i for block in layout.blocks for i in block.lines]
    assert held == list(range(len(layout.lines)))
    assert len(layout.lines) == len(lines_of(words))


def test_an_empty_page_has_neither() -> None:
    assert layout_of([], [], []) == Layout((), ())
