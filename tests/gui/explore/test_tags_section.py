"""Tag everything: words in, proposals reviewed by keyboard, all of it undone again."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import ContentSet
from vlm_desktop.gui.panes.library.tags_section import TagsSection, WordsDialog
from vlm_desktop.gui.strings import explore as strings


@pytest.fixture
def empty(open_section: Callable[..., TagsSection], qtbot: QtBot) -> TagsSection:
    """The section before there is any word."""
    section = open_section(TagsSection)
    qtbot.waitUntil(lambda: section.message.title.text() == strings.TAGS_EMPTY)
    return section


@pytest.fixture
def section(empty: TagsSection, qtbot: QtBot) -> TagsSection:
    """Three words, the answers of "red" on the screen."""
    empty.look_for(("red", "blue", "submarine"))
    wait_for_rule(empty, qtbot, "red", 12)
    return empty


def wait_for_rule(section: TagsSection, qtbot: QtBot, name: str, proposed: int) -> None:
    qtbot.waitUntil(lambda: section.rules.list.count() > 0, timeout=20_000)
    for row in range(section.rules.list.count()):
        if section.rules.list.item(row).data(256) == name:
            section.rules.list.setCurrentRow(row)
    qtbot.waitUntil(
        lambda: (
            section.panel.heading.text() == name
            and section.panel.model.counts()["proposed"] == proposed
        ),
        timeout=20_000,
    )


def tagged(engine: AppServices, name: str) -> set[int]:
    found = engine.library.filter_contents(Filters(tag=name))
    return set() if found is None else set(found.tolist())


def row_said(section: TagsSection, row: int) -> str:
    index = section.panel.model.index(row, 0)
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_words_are_listed_with_what_there_is_to_look_at(
    section: TagsSection, said: list[str]
) -> None:
    items = [section.rules.list.item(row) for row in range(section.rules.list.count())]
    assert [item.text() for item in items] == ["blue · 12", "red · 12", "submarine"]
    assert [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items] == [
        "blue, 12 to look at",
        "red, 12 to look at",
        "submarine, nothing to look at",
    ]
    assert said == ["New words that are looked for: 3"]


def test_cells_say_what_they_are(section: TagsSection, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: row_said(section, 0).startswith("red "))
    name, percent, state = row_said(section, 0).split(", ")
    assert name.endswith(".jpg")
    assert percent.endswith(" percent")
    assert state == "proposed"
    assert section.panel.grid.accessibleName() == "red"


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_Return])
def test_a_key_tags_the_photo_and_goes_on(
    section: TagsSection, qtbot: QtBot, engine: AppServices, desk: Desk, key: Qt.Key
) -> None:
    grid, model = section.panel.grid, section.panel.model
    grid.setFocus()
    first, second = model.content_ids()[:2]
    qtbot.keyClick(grid, key)
    assert model.content_ids()[0] == second, "gone before the library has it"
    assert grid.currentIndex().row() == 0
    qtbot.waitUntil(lambda: tagged(engine, "red") == {first})
    qtbot.waitUntil(lambda: section.rules.list.currentItem().text() == "red · 11")
    assert model.counts()["accepted"] == 1
    assert desk.changes.undo_text == "Tag red on 1 photo"
    desk.changes.undo()
    qtbot.waitUntil(lambda: tagged(engine, "red") == set())
    qtbot.waitUntil(lambda: model.counts()["proposed"] == 12)


def test_what_is_rejected_is_never_proposed_again(
    section: TagsSection, qtbot: QtBot, desk: Desk
) -> None:
    grid, model = section.panel.grid, section.panel.model
    grid.setFocus()
    first = model.content_ids()[0]
    qtbot.keyClick(grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: section.panel.learnt.text() == strings.LEARNT)
    section.panel.show_view("rejected")
    assert model.content_ids() == (first,)
    assert row_said(section, 0).endswith("rejected")
    qtbot.keyClick(grid, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: model.counts()["rejected"] == 0)
    assert section.panel.nothing.title.text() == strings.TAGS_NOTHING["rejected"]


def test_several_at_once(section: TagsSection, qtbot: QtBot, engine: AppServices) -> None:
    grid = section.panel.grid
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    section.panel.buttons[0].click()
    qtbot.waitUntil(lambda: len(tagged(engine, "red")) == 12)


def test_all_above_the_slider_in_one_step(
    section: TagsSection, qtbot: QtBot, engine: AppServices, desk: Desk
) -> None:
    assert section.panel.accept_all.text() == "Tag all 12"
    section.panel.accept_all.click()
    qtbot.waitUntil(lambda: len(tagged(engine, "red")) == 12)
    qtbot.waitUntil(lambda: not section.panel.accept_all.isEnabled())
    assert section.panel.nothing.title.text() == strings.TAGS_NOTHING["proposed"]
    qtbot.waitUntil(lambda: desk.changes.undo_text == "Tag red on 12 photos")
    desk.changes.undo()
    qtbot.waitUntil(lambda: section.panel.accept_all.isEnabled())
    assert tagged(engine, "red") == set()


def test_the_slider_shows_at_once_and_is_kept_when_it_rests(
    section: TagsSection, qtbot: QtBot, engine: AppServices, desk: Desk
) -> None:
    panel = section.panel
    before = panel.slider.value()
    panel.slider.setValue(99)
    assert panel.value.text() == "99 %"
    assert panel.model.cut == 0.99
    qtbot.waitUntil(lambda: engine.library.rule(section.kind, "red").cut == 0.99)
    qtbot.waitUntil(lambda: desk.changes.undo_text == "Slider of red")
    desk.changes.undo()
    qtbot.waitUntil(lambda: engine.library.rule(section.kind, "red").cut is None)
    qtbot.waitUntil(lambda: panel.slider.value() == before)


def test_photos_of_a_view_go_to_the_grid(section: TagsSection, desk: Desk) -> None:
    asked: list[ContentSet] = []
    desk.navigator.contents_wanted.connect(asked.append)
    section.panel.in_grid.click()
    assert asked == [ContentSet("red: Proposed: 12 photos", section.panel.model.content_ids())]


def test_a_double_click_opens_the_photo(section: TagsSection, qtbot: QtBot, desk: Desk) -> None:
    opened: list[int] = []
    desk.navigator.photo_wanted.connect(opened.append)
    grid = section.panel.grid
    where = grid.visualRect(section.panel.model.index(2, 0)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened == [section.panel.model.content_ids()[2]]


def test_a_removed_word_comes_back(section: TagsSection, qtbot: QtBot, desk: Desk) -> None:
    section.remove_rule()
    qtbot.waitUntil(lambda: section.rules.list.count() == 2)
    desk.changes.undo()
    qtbot.waitUntil(lambda: section.rules.list.count() == 3)


def test_pictures_are_asked_for_what_is_in_sight(section: TagsSection, qtbot: QtBot) -> None:
    first = section.panel.model.content_ids()[0]
    qtbot.waitUntil(lambda: section.panel.grid.pictures.picture(first) is not None)


def test_the_everyday_words_are_one_click_away(empty: TagsSection, qtbot: QtBot) -> None:
    empty.message.primary.click()
    qtbot.waitUntil(lambda: empty.rules.list.count() > 200, timeout=30_000)


# --- the dialog for words ------------------------------------------------------------------


@pytest.fixture
def dialog(desk: Desk, empty: TagsSection, qtbot: QtBot) -> WordsDialog:
    made = WordsDialog(desk, empty)
    qtbot.addWidget(made)
    made.show()
    return made


def test_words_come_from_a_file(dialog: WordsDialog, qtbot: QtBot, tmp_path: Path) -> None:
    assert not dialog.keep.isEnabled()
    dialog.text.setPlainText("dog")
    (tmp_path / "words.txt").write_text("cat, bird", encoding="utf-8")
    dialog.read_file(str(tmp_path / "words.txt"))
    qtbot.waitUntil(lambda: dialog.text.toPlainText() == "dog\ncat\nbird")
    assert dialog.keep.isEnabled()


def test_a_file_without_words_is_told(dialog: WordsDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.read_file(str(tmp_path / "absent.txt"))
    qtbot.waitUntil(dialog.failed.isVisible)
    assert "absent.txt" in dialog.failed.text()


def test_typed_words_are_looked_for(empty: TagsSection, qtbot: QtBot) -> None:
    empty.ask_for_words()
    (dialog,) = empty.findChildren(WordsDialog)
    dialog.text.setPlainText("red, green\n")
    dialog.keep.click()
    qtbot.waitUntil(lambda: empty.rules.list.count() == 2, timeout=20_000)


# --- bad days ------------------------------------------------------------------------------


def test_a_failure_is_told_and_can_be_tried_again(
    open_section: Callable[..., TagsSection],
    qtbot: QtBot,
    engine: AppServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> Generator[Any, None, Any]:
        yield from ()
        raise ModelBroken(model="colours", detail="a file is missing")

    whole = type(engine.explore).summaries
    monkeypatch.setattr(type(engine.explore), "summaries", broken)
    section = open_section(TagsSection)
    qtbot.waitUntil(lambda: section.message.title.text() == strings.REVIEW_FAILED)
    monkeypatch.setattr(type(engine.explore), "summaries", whole)
    section.message.primary.click()
    qtbot.waitUntil(lambda: section.message.title.text() == strings.TAGS_EMPTY)
