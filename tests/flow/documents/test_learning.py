"""Corrections teach: the next document of a vendor is right, those of others are as they were."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.documents.kept import Desk, Scripted
from tests.flow.documents.vendors import SCHEMA, Printed, printed, vendor
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documents import FieldSpec, FieldType, Origin, Repair, Schema
from vlm_desktop.engine.documents.layouts import SAME_LAYOUT, fingerprint, likeness

_VENDORS = 16


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "home", tmp_path / "files")
    yield opened
    opened.library.close()


@pytest.fixture
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture
def blind(tmp_path: Path, scripted: Scripted) -> Iterator[Desk]:
    """A desk whose extractor finds only what a test lets it find."""
    opened = Desk(tmp_path / "home", tmp_path / "files", scripted)
    yield opened
    opened.library.close()


def changed(one: Printed, name: str, *texts: str) -> None:
    """Print something else in a field's words."""
    page = one.reading.pages[0]
    words = list(page.words)
    places = one.places[name]
    for at, text in zip(places, texts, strict=True):
        words[at] = replace(words[at], text=text)
    pages = (replace(page, words=tuple(words)),)
    one.reading = replace(one.reading, pages=pages)


def is_legible(one: Printed, name: str) -> bool:
    """Whether the words that carry a field were read right: no layout helps where not."""
    if name not in ("vendor", "contact"):
        return True
    page = one.reading.pages[0]
    return page.text(one.places[name]) == one.truth[name]


def assigned(desk: Desk, one: Printed, name: str) -> int:
    """A kept document after a person pointed at a field's words; its id."""
    kept = desk.kept(one)
    done = desk.keeping.assign(kept.id, one.reading.pages[0], one.places[name], name)
    assert done.taught
    assert desk.said(kept.id, name) == one.truth[name]
    return kept.id


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_the_second_document_of_a_layout_needs_no_click(desk: Desk, noise: float) -> None:
    """Each vendor is met for the first time among the lessons of all before it."""
    clicks: dict[int, list[str]] = {}
    without: list[str] = []
    for seed in range(_VENDORS):
        first, second = (desk.printed(vendor(seed), number, noise=noise) for number in (1, 2))
        without += desk.wrong(desk.kept(second).id, second)
        kept = desk.kept(first)
        desk.correct(kept.id, first)
        desk.keeping.finish(kept.id, first.reading)
        again = desk.kept(second)
        wrong = [name for name in desk.wrong(again.id, second) if is_legible(second, name)]
        if wrong:
            clicks[seed] = wrong
    assert len(without) > _VENDORS, "the vendors are too easy to tell anything"
    assert clicks == {}


def test_other_vendors_are_not_disturbed(desk: Desk) -> None:
    before = {}
    others = [desk.printed(vendor(seed), 1) for seed in range(100, 112)]
    for one in others:
        before[one.reading.path] = desk.keeping.extracted(one.reading, SCHEMA)[0].values
    for seed in range(12):
        taught = desk.printed(vendor(seed), 1)
        kept = desk.kept(taught)
        desk.correct(kept.id, taught)
        desk.keeping.finish(kept.id, taught.reading)
    for one in others:
        after, lessons = desk.keeping.extracted(one.reading, SCHEMA)
        assert lessons == ()
        assert after.values == before[one.reading.path]


def test_layouts_are_told_apart() -> None:
    prints = [
        [fingerprint(printed(vendor(seed), number).reading.pages[0]) for number in (1, 2)]
        for seed in range(_VENDORS)
    ]
    for number, (one, two) in enumerate(prints):
        assert likeness(one, two) > SAME_LAYOUT
        for other in prints[:number]:
            assert likeness(one, other[1]) <= SAME_LAYOUT


def test_a_learned_value_says_from_where(blind: Desk) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    assigned(blind, first, "reference")
    value = blind.value(blind.kept(second).id, "reference")
    assert value is not None
    assert value.value == second.truth["reference"]
    assert value.origin is Origin.LEARNED
    assert value.learned_from == first.reading.path.name
    assert value.evidence[0].words == second.places["reference"]
    assert value.confidence > 0.9
    assert not value.accepted


def test_the_place_is_found_below_more_items_and_on_another_scale(blind: Desk) -> None:
    """Totals stand lower the more items there are."""
    first = blind.printed(vendor(2), 1)
    assigned(blind, first, "total")
    lines = {len(first.reading.pages[0].lines)}
    for number in range(2, 9):
        later = blind.printed(vendor(2), number)
        lines.add(len(later.reading.pages[0].lines))
        assert blind.said(blind.kept(later).id, "total") == later.truth["total"]
    assert len(lines) > 3


def test_what_the_type_refuses_is_not_taken(blind: Desk) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    assigned(blind, first, "date")
    changed(second, "date", *["tbd" for _ in second.places["date"]])
    assert blind.value(blind.kept(second).id, "date") is None


def test_what_was_learned_can_be_unlearned_and_back(blind: Desk) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    assigned(blind, first, "reference")
    kept = blind.kept(second)
    (lesson,) = blind.keeping.lessons(kept.id)
    assert (lesson.name, lesson.document) == ("reference", first.reading.path.name)
    assert lesson.anchors
    batch = blind.keeping.unlearn([lesson.id])
    assert blind.keeping.lessons() == ()
    assert blind.said(blind.kept(second).id, "reference") == ""
    assert blind.keeping.relearn(batch) == 1
    assert blind.said(blind.kept(second).id, "reference") == second.truth["reference"]
    blind.keeping.unlearn_layout(kept.id)
    assert blind.said(blind.kept(second).id, "reference") == ""


def test_undoing_a_correction_unlearns_it(blind: Desk) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    page = first.reading.pages[0]
    kept = blind.kept(first)
    done = blind.keeping.assign(kept.id, page, first.places["reference"], "reference")
    undone = blind.keeping.undo(done)
    assert blind.keeping.lessons() == ()
    assert blind.said(blind.kept(second).id, "reference") == ""
    blind.keeping.undo(undone)
    assert blind.said(blind.kept(second).id, "reference") == second.truth["reference"]


def test_of_two_that_contradict_the_later_counts(blind: Desk) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    document = assigned(blind, first, "reference")
    page = first.reading.pages[0]
    blind.keeping.assign(document, page, first.places["number"], "reference")
    assert blind.said(blind.kept(second).id, "reference") == second.truth["number"]
    (lesson,) = blind.keeping.lessons()
    blind.keeping.unlearn([lesson.id])
    assert blind.keeping.lessons() == (), "the older one does not come back"


def test_a_document_in_the_queue_is_read_anew_once_its_layout_is_known(blind: Desk) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    waiting = blind.kept(second)
    assigned(blind, first, "reference")
    opened = drive(blind.keeping.reopen(waiting.id, CancelToken()))[1]
    assert opened.sheet.document.id == waiting.id
    found = opened.sheet.extraction.value("reference")
    assert found is not None
    assert found.value == second.truth["reference"]
    assert [one.name for one in opened.sheet.lessons] == ["reference"]


def test_a_field_that_a_layout_has_not_is_not_taken_again(blind: Desk, scripted: Scripted) -> None:
    first, second, third = (blind.printed(vendor(1), number) for number in (1, 2, 3))
    for one, at in ((first, "subtotal"), (second, "subtotal"), (third, "total")):
        scripted.finds[one.reading.path] = {"total": one.places[at]}
    kept = blind.kept(first)
    done = blind.keeping.clear(kept.id, "total", page=first.reading.pages[0])
    assert done.taught
    assert done.sheet.absent == (("total", 0),)
    assert done.sheet.extraction.value("total") is None
    extraction = blind.extraction(blind.kept(second).id)
    assert extraction.value("total") is None
    missing = {one.name: one for one in extraction.missing}
    assert missing["total"].looked[0].reason == "learned_absent"
    # Elsewhere on the page it may still be found.
    assert blind.said(blind.kept(third).id, "total") == third.truth["total"]


def test_a_name_that_is_misread_each_time_is_right_the_next_time(
    blind: Desk, scripted: Scripted
) -> None:
    first, second = (blind.printed(vendor(1), number) for number in (1, 2))
    for one in (first, second):
        changed(one, "vendor", *["Xqvvz" for _ in one.places["vendor"]])
        scripted.finds[one.reading.path] = {"vendor": one.places["vendor"]}
    kept = blind.kept(first)
    page = first.reading.pages[0]
    blind.keeping.assign(kept.id, page, first.places["vendor"], "vendor")
    value = blind.value(kept.id, "vendor")
    assert value is not None
    rival = replace(value, value=first.truth["vendor"])
    blind.keeping.repair(kept.id, [Repair("vendor", 0, value.raw, rival.value, rival.value, 1.0)])
    done = blind.keeping.finish(kept.id, first.reading)
    assert done.taught
    learned = blind.value(blind.kept(second).id, "vendor")
    assert learned is not None
    assert learned.value == first.truth["vendor"]
    assert learned.raw == value.raw, "what is printed stays what is printed"


def test_how_a_person_reads_a_date_is_learned(blind: Desk, scripted: Scripted) -> None:
    schema = Schema("dated", (FieldSpec("day", FieldType.DATE),))
    by = replace(vendor(5), date_form="%m/%d/%Y")
    first, second = (blind.printed(by, number) for number in (1, 2))
    for one, day in ((first, "03/04/2024"), (second, "05/06/2024")):
        changed(one, "date", day)
        changed(one, "delivered", "soon")
        scripted.finds[one.reading.path] = {"day": one.places["date"]}
    kept = blind.kept(first, schema)
    value = blind.value(kept.id, "day")
    assert value is not None
    wanted, later = ("2024-03-04", "2024-05-06")
    if value.value == wanted:
        wanted, later = ("2024-04-03", "2024-06-05")
    done = blind.keeping.override(kept.id, "day", wanted, page=first.reading.pages[0])
    said = done.sheet.extraction.value("day")
    assert said is not None
    assert (said.value, said.raw, said.evidence) == (wanted, "03/04/2024", value.evidence)
    learned = blind.value(blind.kept(second, schema).id, "day")
    assert learned is not None
    assert (learned.value, learned.ambiguous) == (later, ())
