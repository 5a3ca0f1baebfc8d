"""Policies: written, checked, judged; what was judged changes what is flagged."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.rules import RuleKind
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.policies_section import PoliciesSection, PolicyDialog
from vlm_desktop.gui.policy_watch import PolicyWatch
from vlm_desktop.gui.strings import explore as strings

NAME = "Strong colours"
FLAG = ("a red thing", "a blue thing")


@pytest.fixture
def empty(open_section: Callable[..., PoliciesSection], qtbot: QtBot) -> PoliciesSection:
    section = open_section(PoliciesSection)
    qtbot.waitUntil(lambda: section.message.title.text() == strings.POLICIES_EMPTY)
    return section


@pytest.fixture
def section(empty: PoliciesSection, qtbot: QtBot) -> PoliciesSection:
    """One policy that flags 24 photos."""
    empty.save(NAME, FLAG, ("a green thing",))
    qtbot.waitUntil(lambda: empty.panel.model.counts()["proposed"] == 24, timeout=20_000)
    return empty


def test_the_editor_wants_a_name_and_a_sentence(empty: PoliciesSection, qtbot: QtBot) -> None:
    empty.message.primary.click()
    (dialog,) = empty.findChildren(PolicyDialog)
    assert not dialog.keep.isEnabled()
    assert dialog.hint.isVisible()
    dialog.name.setText(" Red ")
    dialog.flag.setPlainText("\n  a red thing \n\n")
    assert dialog.keep.isEnabled()
    dialog.keep.click()
    qtbot.waitUntil(lambda: empty.panel.model.counts()["proposed"] == 12, timeout=20_000)
    assert empty.panel.heading.text() == "Red"
    assert empty.panel.sentences.text() == "Flagged: a red thing"


def test_a_policy_says_what_it_flags(section: PoliciesSection) -> None:
    assert section.rules.list.item(0).text() == f"{NAME} · 24"
    assert section.panel.sentences.text() == (
        "Flagged: a red thing, a blue thing. Fine: a green thing"
    )


def test_what_is_fine_takes_its_like_along_and_comes_back(
    section: PoliciesSection, qtbot: QtBot, engine: AppServices, desk: Desk
) -> None:
    found = engine.library.filter_contents(Filters(folder="red"))
    assert found is not None
    reds = set(found.tolist())
    model, grid = section.panel.model, section.panel.grid
    for content_id in list(reds)[:8]:
        row = model.content_ids().index(content_id)
        grid.setCurrentIndex(model.index(row, 0))
        section.judge(-1)
    qtbot.waitUntil(lambda: model.counts() == model.counts() | {"proposed": 12, "rejected": 8})
    assert not reds & set(model.content_ids())
    qtbot.waitUntil(lambda: desk.changes.undo_text == f"Fine: 1 photo, {NAME}")
    for left in range(7, -1, -1):
        qtbot.waitUntil(lambda: bool(desk.changes.undo_text))
        desk.changes.undo()
        qtbot.waitUntil(lambda left=left: model.counts()["rejected"] == left)
    qtbot.waitUntil(lambda: model.counts()["proposed"] == 24)


def test_keys_judge_here_too(section: PoliciesSection, qtbot: QtBot) -> None:
    section.panel.grid.setFocus()
    qtbot.keyClick(section.panel.grid, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: section.panel.model.counts()["accepted"] == 1)
    qtbot.keyClick(section.panel.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: section.panel.model.counts()["rejected"] == 1)
    assert section.back()
    assert section.rules.list.hasFocus()


def test_what_was_looked_at_is_no_news_and_new_photos_are(
    section: PoliciesSection, qtbot: QtBot, engine: AppServices, tmp_path: Path
) -> None:
    def news() -> list[int]:
        verb = engine.explore.check_new(CancelToken())
        while True:
            try:
                next(verb)
            except StopIteration as end:
                return [one.new for one in end.value]

    qtbot.waitUntil(lambda: news() == [])
    make_photo(tmp_path / "more" / "new.jpg", "red", seed=998)
    for _ in engine.index([tmp_path / "more"], CancelToken(), ocr=False):
        pass
    assert news() == [1]


def test_edited_sentences_are_checked_anew_and_taken_back(
    section: PoliciesSection, qtbot: QtBot, desk: Desk, engine: AppServices
) -> None:
    section.edit_policy()
    (dialog,) = section.findChildren(PolicyDialog)
    assert dialog.sentences(dialog.flag) == FLAG
    dialog.flag.setPlainText("a red thing")
    dialog.keep.click()
    qtbot.waitUntil(lambda: section.panel.model.counts()["proposed"] == 12)
    section.edit_policy()
    assert section.findChildren(PolicyDialog)[-1].flag.toPlainText() == "a red thing"
    desk.changes.undo()
    qtbot.waitUntil(lambda: section.panel.model.counts()["proposed"] == 24)
    assert engine.library.rule(RuleKind.POLICY, NAME).flag == FLAG


def test_another_name_keeps_what_was_said_and_is_taken_back(
    section: PoliciesSection, qtbot: QtBot, desk: Desk, engine: AppServices
) -> None:
    flagged = section.panel.model.counts()["proposed"]
    section.edit_policy()
    (dialog,) = section.findChildren(PolicyDialog)
    dialog.name.setText("Nothing red")
    dialog.keep.click()
    qtbot.waitUntil(lambda: engine.explore.names(RuleKind.POLICY) == ("Nothing red",))
    qtbot.waitUntil(lambda: section.panel.model.counts()["proposed"] == flagged)
    desk.changes.undo()
    qtbot.waitUntil(lambda: engine.explore.names(RuleKind.POLICY) == (NAME,))


def test_a_new_policy_is_undone(section: PoliciesSection, qtbot: QtBot, desk: Desk) -> None:
    desk.changes.undo()
    qtbot.waitUntil(lambda: section.message.title.text() == strings.POLICIES_EMPTY)
    desk.changes.redo()
    qtbot.waitUntil(lambda: section.rules.list.count() == 1)


def test_the_chosen_rule_comes_back(
    section: PoliciesSection, open_section: Callable[..., PoliciesSection], qtbot: QtBot
) -> None:
    section.save("Another", ("a yellow thing",), ())
    qtbot.waitUntil(lambda: section.panel.heading.text() == "Another", timeout=20_000)
    section.save("Zebra", ("a zebra",), ())
    qtbot.waitUntil(lambda: section.panel.heading.text() == "Zebra", timeout=20_000)
    kept = section.state()
    section.stop()
    other = PoliciesSection(section.desk)
    qtbot.addWidget(other)
    other.restore(kept)
    other.show()
    other.shown()
    qtbot.waitUntil(lambda: other.panel.heading.text() == "Zebra", timeout=20_000)
    other.stop()


def test_new_photos_are_told_of_once(
    section: PoliciesSection, qtbot: QtBot, engine: AppServices, tmp_path: Path, said: list[str]
) -> None:
    watch = PolicyWatch(section.desk, rest_ms=10)
    qtbot.waitUntil(lambda: engine.library.rule(RuleKind.POLICY, NAME).seen > 0)
    make_photo(tmp_path / "more" / "new.jpg", "red", seed=998)
    for _ in engine.index([tmp_path / "more"], CancelToken(), ocr=False):
        pass
    section.hide()
    section.desk.navigator.library_changed.emit()
    qtbot.waitUntil(lambda: said == [f"{NAME}: 1 photo newly flagged"])
    section.desk.navigator.library_changed.emit()
    qtbot.wait(300)
    assert len(said) == 1
    watch.stop()
