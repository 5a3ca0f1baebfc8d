"""Ruled and unruled tables."""

from tests.unit.engine.documents.typedwords import typed
from vlm_desktop.base.pagereading import Table, Word
from vlm_desktop.engine.documents.drawn import Marks, Rule
from vlm_desktop.engine.documents.lines import lines_of
from vlm_desktop.engine.documents.tables import is_number, tables_of

ITEMS = (
    (0, 0, "Item"),
    (300, 0, "Qty"),
    (400, 0, "Amount"),
    (0, 30, "Blue paint"),
    (310, 30, "2"),
    (400, 30, "12.00"),
    (0, 60, "Brush for walls"),
    (310, 60, "1"),
    (410, 60, "3.50"),
    (0, 90, "Tape"),
    (310, 90, "4"),
    (410, 90, "8.00"),
)


def content(table: Table, words: list[Word]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in table.row_edges[1:]]
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        rows[cell.row].append(" ".join(words[i].text for i in cell.words))
    return rows


def tables(words: list[Word], marks: Marks | None = None) -> list[Table]:
    return tables_of(words, lines_of(words), marks or Marks())


def test_words_that_stand_in_columns_are_a_table() -> None:
    words = typed(*ITEMS)
    (table,) = tables(words)
    assert content(table, words) == [
        ["Item", "Qty", "Amount"],
        ["Blue paint", "2", "12.00"],
        ["Brush for walls", "1", "3.50"],
        ["Tape", "4", "8.00"],
    ]
    assert (table.ruled, table.head_rows) == (False, 1)
    assert list(table.row_edges) == sorted(table.row_edges)
    assert list(table.column_edges) == sorted(table.column_edges)


def test_a_description_that_goes_on_stays_in_its_column() -> None:
    words = typed(*ITEMS[:6], (0, 50, "water based"), *((x, y + 20, t) for x, y, t in ITEMS[6:]))
    (table,) = tables(words)
    assert content(table, words)[2] == ["water based"]
    assert table.cells[[c.row for c in table.cells].index(2)].column == 0


def test_a_heading_over_two_columns_spans_them() -> None:
    words = typed(*ITEMS[3:6], (0, 60, "Subtotal of all these things ab"), (400, 60, "12.00"),
                  *((x, y + 30, t) for x, y, t in ITEMS[6:]))  # fmt: skip
    (table,) = tables(words)
    wide = [cell for cell in table.cells if cell.row == 1]
    assert [(cell.column, cell.column_span) for cell in wide] == [(0, 2), (2, 1)]


def test_labels_and_values_are_no_table() -> None:
    rows = [("Invoice No.", "A-17"), ("Date", "2 May"), ("Cashier", "Ann"), ("Place", "Graz")]
    words = typed(*(part for k, (key, value) in enumerate(rows)
                    for part in ((0, 30 * k, key), (300, 30 * k, value))))  # fmt: skip
    assert tables(words) == []


def test_columns_of_text_are_no_table() -> None:
    left = ((0, 30 * k, "words of a story that is told here") for k in range(8))
    right = ((450, 30 * k, "and others of one that is not ever") for k in range(8))
    assert tables(typed(*left, *right)) == []


def test_another_head_begins_another_table() -> None:
    below = [(x, y + 120, t) for x, y, t in ITEMS]
    words = typed(*ITEMS, *below)
    assert [len(table.row_edges) - 1 for table in tables(words)] == [4, 4]


def _ruled(rows: list[float], columns: list[float]) -> Marks:
    return Marks(
        tuple(Rule(y, columns[0], columns[-1]) for y in rows),
        tuple(Rule(x, rows[0], rows[-1]) for x in columns),
    )


def test_rules_make_a_table_of_any_words() -> None:
    words = typed((10, 10, "Name"), (210, 10, "Ann"), (10, 50, "Town"), (210, 50, "Graz"))
    (table,) = tables(words, _ruled([0, 40, 80], [0, 200, 400]))
    assert table.ruled
    assert content(table, words) == [["Name", "Ann"], ["Town", "Graz"]]


def test_where_no_rule_parts_them_cells_are_one() -> None:
    words = typed((10, 10, "All about Ann"), (10, 50, "Town"), (210, 50, "Graz"))
    marks = Marks(
        tuple(Rule(y, 0, 400) for y in (0, 40, 80, 120)),
        (Rule(0, 0, 120), Rule(200, 40, 120), Rule(400, 0, 120)),
    )
    (table,) = tables(words, marks)
    head = table.cells[0]
    assert (head.row, head.column, head.row_span, head.column_span) == (0, 0, 1, 2)
    assert len(table.cells) == 5


def test_a_frame_around_a_text_is_no_table() -> None:
    words = typed((10, 10, "a text in a frame"), (10, 40, "of two lines"))
    assert tables(words, _ruled([0, 80], [0, 400])) == []


def test_a_frame_around_rows_gives_way_to_them() -> None:
    words = typed(*((x + 10, y + 10, t) for x, y, t in ITEMS))
    marks = _ruled([0, 34, 130], [0, 280, 390, 500])
    (table,) = tables(words, marks)
    assert len(table.row_edges) - 1 == 4


def test_numbers_are_told_from_texts() -> None:
    assert all(map(is_number, ("12.00", "€ 1.234,50", "5,00 %", "2024-03-01", "RM 7", "3 pcs")))
    assert not any(map(is_number, ("Total", "Room 12 upstairs", "Street 7b", "")))
