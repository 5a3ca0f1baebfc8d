"""Where values stand, as what lies over the page."""

from PySide6.QtCore import QRectF

from vlm_desktop.base.pagereading import PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, Size
from vlm_desktop.gui.panes.documents.field_state import FieldState
from vlm_desktop.gui.panes.documents.page_marks import Mark, items_of
from vlm_desktop.gui.panes.documents.page_shapes import PageShapes
from vlm_desktop.gui.widgets.overlay_items import Kind, Line, Tone

TOTAL, PAID = ("total", 0), ("paid", 0)


def shapes(skew: float) -> PageShapes:
    words = (Word("17.90", Box(50, 50, 80, 60), 1.0), Word("EUR", Box(90, 50, 110, 60), 1.0))
    return PageShapes(PageReading(1, PageView(Size(200, 100), skew=skew), words, ()))


def test_a_field_is_one_group_and_its_state_is_told_by_the_line_too() -> None:
    marks = [
        Mark(TOTAL, QRectF(50, 50, 30, 10), FieldState.DOUBTFUL, (0,)),
        Mark(TOTAL, QRectF(90, 50, 20, 10), FieldState.READ, (1,)),
    ]
    items = items_of(marks, (), None, shapes(0.0))
    assert [one.group for one in items] == [TOTAL, TOTAL]
    assert [(one.tone, one.line) for one in items] == [
        (Tone.CAREFUL, Line.DASHED),
        (Tone.GOOD, Line.WHOLE),
    ]
    box = items[0].bounds
    assert box.contains(marks[0].box)
    assert box.height() < 2 * marks[0].box.height(), "a little around, to keep off the letters"
    assert len({one.key for one in items}) == 2


def test_on_a_page_that_leans_each_word_has_its_own_outline() -> None:
    mark = Mark(TOTAL, QRectF(50, 50, 60, 10), FieldState.READ, (1, 0, 99))
    items = items_of([mark], (), None, shapes(5.0))
    assert [one.kind for one in items] == [Kind.POLYGON] * 2
    assert {one.group for one in items} == {TOTAL}
    assert len({one.key for one in items}) == 2
    assert len({y for _, y in items[0].polygon}) == 4, "no side lies level"


def test_where_a_value_was_looked_for_is_dotted_and_of_its_field() -> None:
    (item,) = items_of((), [QRectF(0, 0, 50, 10)], PAID, None)
    assert (item.line, item.tone, item.group) == (Line.DOTTED, Tone.CAREFUL, PAID)
