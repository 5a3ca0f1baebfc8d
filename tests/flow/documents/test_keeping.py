"""What a person says of documents: kept apart from what is read, told, and taken back."""

import contextlib
import sqlite3
from dataclasses import replace

import pytest

from tests.flow.documents.kept import FINDABLE, Desk, Scripted
from tests.flow.documents.vendors import SCHEMA, Printed, vendor
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import DocumentUnknown, FieldUnknown
from vlm_desktop.base.documentkeeping import DocumentState, TableEdges
from vlm_desktop.base.documents import (
    CheckKind,
    FieldSpec,
    FieldType,
    Origin,
    Repair,
    Rival,
    Schema,
)
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.pagereading import Cell, Table
from vlm_desktop.base.types import Box
from vlm_desktop.store.docrecords import DocumentFacts
from vlm_desktop.store.library import Library

_ITEMS = Schema(
    "listed",
    (
        FieldSpec("vendor"),
        FieldSpec(
            "items",
            FieldType.TABLE,
            fields=(FieldSpec("what"), FieldSpec("price", FieldType.AMOUNT)),
        ),
    ),
)


def acts(desk: Desk, document_id: int) -> list[str]:
    return [event.act.value for event in desk.keeping.history(document_id)]


# --- reading -----------------------------------------------------------------------------


def test_what_was_read_lasts(desk: Desk, one: Printed) -> None:
    opened = drive(desk.keeping.open(one.reading.path, SCHEMA, CancelToken()))[1]
    assert opened.reading is one.reading
    document = opened.sheet.document
    assert (document.state, document.schema) == (DocumentState.TO_REVIEW, "purchase")
    assert document.vendor == one.truth["vendor"]
    desk.reopen()
    sheet = desk.keeping.sheet(document.id)
    assert sheet == opened.sheet
    assert {name: desk.said(document.id, name) for name in FINDABLE} == {
        name: one.truth[name] for name in FINDABLE
    }
    assert [missing.name for missing in sheet.extraction.missing] == ["contact"]


def test_a_document_that_is_known_is_not_extracted_again(
    desk: Desk, one: Printed, scripted: Scripted
) -> None:
    first = drive(desk.keeping.open(one.reading.path, SCHEMA, CancelToken()))[1]
    scripted.finds[one.reading.path] = {}
    again = drive(desk.keeping.open(one.reading.path, SCHEMA, CancelToken()))[1]
    assert again.sheet == first.sheet
    anew = drive(desk.keeping.open(one.reading.path, SCHEMA, CancelToken(), again=True))[1]
    assert anew.sheet.document.id == first.sheet.document.id
    assert anew.sheet.extraction.values == ()


def test_a_file_that_moved_keeps_what_was_said_of_it(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    desk.keeping.override(kept.id, "contact", "Ada")
    moved = desk.files / "moved.png"
    one.reading.path.rename(moved)
    desk.readings.by_path = {moved: replace(one.reading, path=moved)}
    opened = drive(desk.keeping.open(moved, SCHEMA, CancelToken()))[1]
    assert opened.sheet.document.id == kept.id
    assert opened.sheet.document.path == moved
    assert desk.said(kept.id, "contact") == "Ada"


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(desk: Desk) -> None:
    with pytest.raises(MediaRefused):
        drive(desk.keeping.open(desk.files / "no.png", SCHEMA, CancelToken()))


def test_what_is_not_kept_is_said(desk: Desk, one: Printed) -> None:
    with pytest.raises(DocumentUnknown):
        desk.keeping.sheet(7)
    kept = desk.kept(one)
    with pytest.raises(FieldUnknown):
        desk.keeping.override(kept.id, "colour", "red")


# --- corrections -------------------------------------------------------------------------


def test_a_person_outranks_every_later_reading(
    desk: Desk, one: Printed, scripted: Scripted
) -> None:
    kept = desk.kept(one)
    desk.keeping.override(kept.id, "reference", "X-1")
    desk.keeping.accept(kept.id, "number")
    desk.keeping.clear(kept.id, "total")
    scripted.finds[one.reading.path] = {
        "reference": one.places["number"],
        "number": one.places["reference"],
        "total": one.places["subtotal"],
        "subtotal": one.places["total"],
    }
    desk.kept(one)
    assert desk.said(kept.id, "reference") == "X-1"
    assert desk.said(kept.id, "number") == one.truth["number"]
    assert desk.value(kept.id, "total") is None
    assert desk.said(kept.id, "subtotal") == one.truth["total"], "nobody said a word of this one"
    human = desk.value(kept.id, "reference")
    assert human is not None
    assert (human.origin, human.accepted) == (Origin.HUMAN, True)


def test_assigned_words_are_read_as_the_type_of_the_field(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    page = one.reading.pages[0]
    done = desk.keeping.assign(kept.id, page, one.places["total"], "subtotal")
    value = done.sheet.extraction.value("subtotal")
    assert value is not None
    assert value.raw == page.text(one.places["total"])
    assert value.value == one.truth["total"]
    assert value.evidence[0].words == one.places["total"]
    assert value.evidence[0].box == page.view.box_to_page(value.evidence[0].box)


def test_typing_keeps_the_words_that_were_misread(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    number = one.truth["number"]
    nearly = number[:-1] + ("1" if number[-1] != "1" else "2")
    done = desk.keeping.override(kept.id, "number", nearly, page=one.reading.pages[0])
    value = done.sheet.extraction.value("number")
    assert value is not None
    assert (value.raw, value.value) == (nearly, nearly)
    assert value.evidence[0].words == one.places["number"]
    done = desk.keeping.override(kept.id, "number", "QQ-77", page=one.reading.pages[0])
    value = done.sheet.extraction.value("number")
    assert value is not None
    assert not value.grounded, "nothing on the page carries it"


def test_typing_what_stands_elsewhere_takes_its_words(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    page = one.reading.pages[0]
    contact = one.truth["contact"]
    done = desk.keeping.override(kept.id, "contact", contact.upper(), page=page)
    value = done.sheet.extraction.value("contact")
    assert value is not None
    assert value.value == contact.upper()
    assert page.text(value.evidence[0].words) == contact
    assert done.taught


def test_a_rival_is_chosen_and_a_repair_made_as_one_act(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    before = desk.value(kept.id, "total")
    assert before is not None
    rival = Rival("9.99", "9.99", 0.2, before.evidence)
    read = desk.library.document_record(kept.id).read
    values = tuple(
        replace(value, rivals=(rival,)) if value.name == "total" else value for value in read.values
    )
    desk.library.keep_reading(
        kept.id, replace(read, values=values), DocumentFacts(), 0.0, DocumentState.TO_REVIEW
    )
    desk.keeping.choose(kept.id, "total", 0, "9.99")
    assert desk.said(kept.id, "total") == "9.99"
    repairs = [
        Repair("total", 0, "9.99", "8.88", "8.88", 1.0),
        Repair("subtotal", 0, "1.40", "7.40", "7.40", 1.0),
    ]
    done = desk.keeping.repair(kept.id, repairs)
    assert (desk.said(kept.id, "total"), desk.said(kept.id, "subtotal")) == ("8.88", "7.40")
    desk.keeping.undo(done)
    assert desk.said(kept.id, "total") == "9.99"
    assert desk.said(kept.id, "subtotal") == one.truth["subtotal"]


# --- doubts ------------------------------------------------------------------------------


def test_tab_goes_by_expected_error(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    sheet = desk.keeping.sheet(kept.id)
    assert sheet.doubts[0].name == "contact"
    assert sheet.doubts[0].reason == "missing"
    errors = [doubt.error for doubt in sheet.doubts]
    assert errors == sorted(errors, reverse=True)
    total = kept.doubt
    left = {doubt.name for doubt in sheet.doubts}
    while left:
        name = desk.keeping.sheet(kept.id).doubts[0].name
        done = desk.keeping.accept(kept.id, name)
        left.discard(name)
        assert {doubt.name for doubt in done.sheet.doubts} == left
        assert done.sheet.document.doubt < total
        total = done.sheet.document.doubt
    assert ("contact", 0) in desk.keeping.sheet(kept.id).absent


def test_finishing_accepts_all_and_can_be_undone(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    assert [document.id for document in desk.keeping.queue()] == [kept.id]
    done = desk.keeping.finish(kept.id)
    assert done.sheet.document.state is DocumentState.REVIEWED
    assert done.sheet.doubts == ()
    assert all(value.accepted for value in done.sheet.extraction.values)
    assert desk.keeping.queue() == ()
    back = desk.keeping.undo(done)
    assert back.sheet.document.state is DocumentState.TO_REVIEW
    assert not any(value.accepted for value in back.sheet.extraction.values)


def test_sums_are_checked_after_every_change(desk: Desk, one: Printed) -> None:
    schema = Schema(
        "summed",
        (
            FieldSpec("subtotal", FieldType.AMOUNT),
            FieldSpec("tax", FieldType.AMOUNT),
            FieldSpec("total", FieldType.AMOUNT),
        ),
    )
    kept = desk.kept(one, schema)
    page = one.reading.pages[0]

    def failed() -> list[CheckKind]:
        checks = desk.keeping.sheet(kept.id).extraction.checks
        return [check.kind for check in checks if check.ok is False]

    desk.keeping.assign(kept.id, page, one.places["tax"], "tax")
    assert failed() == []
    done = desk.keeping.assign(kept.id, page, one.places["subtotal"], "tax")
    assert failed() != []
    assert done.sheet.document.doubt >= 1.0
    desk.keeping.undo(done)
    assert failed() == []


# --- rows --------------------------------------------------------------------------------


def listed(desk: Desk, scripted: Scripted) -> tuple[int, Printed]:
    """A document with a table of three rows that a reader found."""
    made = desk.printed(vendor(1), 1)
    page = made.reading.pages[0]
    heights = [0.0, 100.0, 200.0, 300.0, 400.0]
    names = [("Ware", "Price"), ("bolt", "1.00"), ("lamp", "2.00"), ("hose", "3.00")]
    words, cells = list(page.words), []
    for row, texts in enumerate(names):
        for column, text in enumerate(texts):
            box = Box(2010 + 500 * column, 100 * row + 20, 2090 + 500 * column, 100 * row + 60)
            words.append(replace(words[0], text=text, box=box, confidence=1.0))
            around = Box(2000 + 500 * column, 100 * row, 2500 + 500 * column, 100 * row + 100)
            cells.append(Cell(row, column, around, (len(words) - 1,)))
    table = Table(
        Box(2000, 0, 3000, 400), tuple(heights), (2000.0, 2500.0, 3000.0), tuple(cells), True, 1
    )
    page = replace(page, words=tuple(words), tables=(table,))
    made.reading = replace(made.reading, pages=(page,))
    scripted.finds[made.reading.path] = {}
    kept = desk.kept(made, _ITEMS)
    edges = TableEdges(1, table.row_edges, table.column_edges, 1, (("what", 0), ("price", 1)))
    desk.keeping.set_edges(kept.id, page, 0, "items", edges)
    return kept.id, made


def rows(desk: Desk, document_id: int) -> list[tuple[str, str]]:
    extraction = desk.extraction(document_id)
    found = []
    for row in range(9):
        cells = [extraction.value(f"items/{name}", row) for name in ("what", "price")]
        if any(cell is not None for cell in cells):
            found.append(tuple("" if cell is None else cell.value for cell in cells))
    return found  # type: ignore[return-value]


def test_lines_of_a_table_are_moved(desk: Desk, scripted: Scripted) -> None:
    document, made = listed(desk, scripted)
    assert rows(desk, document) == [("bolt", "1.00"), ("lamp", "2.00"), ("hose", "3.00")]
    page = made.reading.pages[0]
    joined = TableEdges(1, (0.0, 100.0, 300.0, 400.0), (2000.0, 2500.0, 3000.0), 1)
    done = desk.keeping.set_edges(document, page, 0, "items", joined)
    # The columns kept their members; two prices in a cell are no price.
    assert rows(desk, document)[0][0] == "bolt lamp"
    assert rows(desk, document)[1] == ("hose", "3.00")
    desk.keeping.undo(done)
    assert rows(desk, document) == [("bolt", "1.00"), ("lamp", "2.00"), ("hose", "3.00")]


def test_heads_tell_which_column_is_what(desk: Desk, scripted: Scripted) -> None:
    document, made = listed(desk, scripted)
    page = made.reading.pages[0]
    for seed in (2, 3):
        other = desk.printed(vendor(seed), 1)
        other.reading = replace(other.reading, pages=(page,))
        scripted.finds[other.reading.path] = {}
        table = page.tables[0]
        spec = FieldSpec(
            "items",
            FieldType.TABLE,
            fields=(FieldSpec("what", aliases=("ware",)), FieldSpec("price", FieldType.AMOUNT)),
        )
        kept = desk.kept(other, Schema("listed", (spec,)))
        edges = TableEdges(1, table.row_edges, table.column_edges, 1)
        desk.keeping.set_edges(kept.id, page, 0, "items", edges)
        assert rows(desk, kept.id) == rows(desk, document)


def test_the_column_of_a_cell_is_learned(desk: Desk, scripted: Scripted) -> None:
    document, made = listed(desk, scripted)
    page = made.reading.pages[0]
    (price,) = next(
        cell.words for cell in page.tables[0].cells if (cell.row, cell.column) == (2, 1)
    )
    done = desk.keeping.assign(document, page, (price,), "items/price", 1)
    assert done.taught
    (lesson,) = desk.keeping.lessons()
    assert (lesson.name, lesson.kind, lesson.anchors) == ("items/price", "column", ("price",))
    other = desk.printed(vendor(1), 2)
    other.reading = replace(other.reading, pages=(page,))
    scripted.finds[other.reading.path] = {}
    kept = desk.kept(other, _ITEMS)
    assert rows(desk, kept.id) == [("", "1.00"), ("", "2.00"), ("", "3.00")]
    value = desk.value(kept.id, "items/price", 1)
    assert value is not None
    assert value.learned_from == made.reading.path.name


def test_rows_are_added_and_taken_out(desk: Desk, scripted: Scripted) -> None:
    document, _ = listed(desk, scripted)
    desk.keeping.override(document, "items/what", "big lamp", 1)
    done = desk.keeping.remove_row(document, "items", 0)
    assert rows(desk, document) == [("big lamp", "2.00"), ("hose", "3.00")]
    desk.keeping.add_row(document, "items", 1)
    desk.keeping.override(document, "items/price", "5.00", 1)
    assert rows(desk, document) == [("big lamp", "2.00"), ("", "5.00"), ("hose", "3.00")]
    undone = desk.keeping.undo(done)
    assert ("items", -1) in undone.kept, "it was changed since"


def test_taking_out_a_row_is_undone_with_what_was_said_of_it(
    desk: Desk, scripted: Scripted
) -> None:
    document, _ = listed(desk, scripted)
    desk.keeping.override(document, "items/what", "big lamp", 1)
    before = desk.extraction(document)
    done = desk.keeping.remove_row(document, "items", 1)
    desk.keeping.undo(done)
    assert desk.extraction(document) == before


# --- history -----------------------------------------------------------------------------


def test_undo_takes_back_an_act_and_can_be_undone(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    done = desk.keeping.override(kept.id, "contact", "Ada")
    desk.reopen()
    undone = desk.keeping.undo(done)
    assert desk.value(kept.id, "contact") is None
    desk.keeping.undo(undone)
    assert desk.said(kept.id, "contact") == "Ada"
    assert acts(desk, kept.id) == ["typed", "undone", "undone"]


def test_undo_leaves_alone_what_was_changed_since(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    first = desk.keeping.override(kept.id, "contact", "Ada")
    desk.keeping.override(kept.id, "contact", "Bea")
    undone = desk.keeping.undo(first)
    assert undone.kept == (("contact", 0),)
    assert desk.said(kept.id, "contact") == "Bea"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document_events SET detail = 'never happened'",
        "DELETE FROM document_events",
        "REPLACE INTO document_events SELECT id, document_id, 'never', act, changes, before, after,"
        " detail, batch FROM document_events",
    ],
)
def test_history_cannot_be_rewritten(desk: Desk, one: Printed, statement: str) -> None:
    kept = desk.kept(one)
    desk.keeping.override(kept.id, "contact", "Ada")
    before = desk.keeping.history(kept.id)
    assert len(before) == 1
    with (
        contextlib.suppress(sqlite3.IntegrityError),
        desk.library._db.writing() as connection,
    ):
        connection.execute(statement)
    assert desk.keeping.history(kept.id) == before


def test_documents_survive_a_rebuilt_library(desk: Desk, one: Printed) -> None:
    kept = desk.kept(one)
    desk.keeping.assign(kept.id, one.reading.pages[0], one.places["contact"], "contact")
    before = desk.keeping.sheet(kept.id)
    history, lessons = desk.keeping.history(kept.id), desk.keeping.lessons()
    desk.library.close()
    Library.rebuild(desk.home)
    desk.library = Library.open(desk.home)
    assert desk.keeping.sheet(kept.id) == before
    assert (desk.keeping.history(kept.id), desk.keeping.lessons()) == (history, lessons)
