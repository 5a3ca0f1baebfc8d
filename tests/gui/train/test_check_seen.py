"""What the model will see: asked for, shown, refused; what is learned told not by colour alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage, QTextCharFormat
from pytestqt.qtbot import QtBot

from tests.gui.train import seen_model
from tests.gui.train.saying import say_recipe
from tests.gui.train.test_check_doctor import GOOD, Fill, codes, fill, page
from vlm_desktop.base.trainingdata import FindingCode
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.teaching import Teaching
from vlm_desktop.gui.panes.train.check_example import facts_of
from vlm_desktop.gui.panes.train.check_page import CheckPage
from vlm_desktop.gui.panes.train.check_seen import SeenExample, SeenToken
from vlm_desktop.gui.panes.train.session import CHECK, DATA, RECIPE
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.strings import train_check as strings

__all__ = ["fill", "page"]

LONG = "a very long text about one small wave that goes on and on until nobody reads it"


@pytest.fixture(autouse=True)
def looking(training: Training) -> Iterator[None]:
    """A model that is none is looked at."""
    training.teaching = Teaching(
        training.paths.home, training.data, training.doctor, training.runs, seen_model.LOOK
    )
    yield
    seen_model.asked.clear()


@pytest.fixture
def shown(pane: TrainPane, page: CheckPage, fill: Fill, qtbot: QtBot) -> Callable[..., None]:  # noqa: F811
    """Opens the step with data in hand and asks to be shown."""

    def look(said: tuple[str, ...] = GOOD) -> None:
        pane.session.open(fill("Waves", said))
        pane.session.refresh()
        pane.go_to(CHECK)
        qtbot.waitUntil(lambda: page.doctor.report is not None, timeout=30_000)
        page.right.go.click()
        qtbot.waitUntil(lambda: not page.seen.is_running, timeout=30_000)

    return look


def test_examples_are_shown_as_the_model_is_given_them(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
    qtbot: QtBot,
) -> None:
    assert not page.right.shown.isVisible()
    shown()
    assert page.right.title.text() == strings.CAN_START
    assert page.right.text.text() == "90 steps of 8 examples, on the processor."
    example = page.right.shown.example
    assert example.name.text().startswith("1 of 4: ")
    assert example.name.text().endswith(".png")
    assert "32 x 32 pixels" in example.facts.text()
    assert "6 image tokens" in example.facts.text()
    names = [example.name.text()]
    for _ in range(5):
        qtbot.keyClick(example.pixels, Qt.Key.Key_Right)
        names.append(example.name.text())
    assert len(set(names)) == 4
    assert names[-1] == names[-2], "it stays at the end"
    assert not example.after.isEnabled()
    qtbot.keyClick(example.pixels, Qt.Key.Key_Left)
    assert example.name.text() == names[2]


def test_what_is_learned_is_told_by_line_weight_and_words(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
) -> None:
    shown()
    tokens = page.right.shown.example.tokens
    text = tokens.coloured.toPlainText()
    assert "[6 x picture]" in text
    cursor = tokens.coloured.textCursor()
    single = QTextCharFormat.UnderlineStyle.SingleUnderline
    learned = given = ""
    for at in range(len(text)):
        cursor.setPosition(at + 1)
        form = cursor.charFormat()
        is_learned = form.underlineStyle() == single
        assert is_learned == (form.fontWeight() == QFont.Weight.DemiBold)
        learned, given = learned + text[at] * is_learned, given + text[at] * (not is_learned)
    assert learned.removesuffix("<end>").strip() in GOOD
    assert given.startswith("<user>")
    rows = [tokens.list.item(row).text() for row in range(tokens.list.count())]
    assert rows[0] == "<user>, given, no. 10"
    assert rows[1] == "<image>, place for the picture, no. 9"
    assert rows[-1].startswith("<end>, learned, no. ")
    assert tokens.plain.toPlainText().startswith("<user>\n")


def test_parts_and_memory_are_said_in_figures(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
) -> None:
    shown()
    parts = page.right.shown.parts.table
    rows = [
        [parts.topLevelItem(row).text(column) for column in range(4)]
        for row in range(parts.topLevelItemCount())
    ]
    assert rows[0][1:] == ["537,856", "0", "—"]
    assert rows[1][1:] == ["3,290,624", "131,072", "4.0 %"]
    assert rows[2] == [strings.ALL_PARTS, "3,828,480", "131,072", "3.4 %"]
    cost = page.right.shown.cost
    assert cost.table.topLevelItemCount() == len(strings.COST_PARTS) + 1
    assert "0.50 s" in cost.time.text()
    assert "about 45 s" in cost.time.text()
    assert "4 rows of 70 tokens" in cost.shapes.text()


def test_lengths_are_findings_once_the_model_counted_and_stay_so(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
    pane: TrainPane,
    qtbot: QtBot,
) -> None:
    shown((LONG, *GOOD[1:]))
    assert codes(page) == [FindingCode.TOO_LONG]
    assert strings.NOT_DONE["too-long"] not in page.left.not_done.text()
    page.left.look.click()
    qtbot.waitUntil(lambda: not page.doctor.is_running, timeout=30_000)
    assert codes(page) == [FindingCode.TOO_LONG]
    say_recipe(pane.session, "model", kind="encoder")
    page.left.look.click()
    qtbot.waitUntil(lambda: not page.doctor.is_running, timeout=30_000)
    assert codes(page) == [], "another model counts otherwise"


def test_what_was_looked_at_is_told_to_be_old(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
    pane: TrainPane,
) -> None:
    shown()
    assert not page.right.stale.isVisible()
    say_recipe(pane.session, "method", rank=2)
    assert page.right.stale.isVisible()
    assert page.right.again.isVisible()
    say_recipe(pane.session, "method", rank=None)
    assert not page.right.stale.isVisible()


def test_a_run_that_would_not_start_says_why_and_names_the_files(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
    pane: TrainPane,
    pictures: list[Path],
) -> None:
    seen_model.asked.append("refuse")
    shown()
    assert page.right.title.text() == strings.WOULD_NOT_START
    said = page.right.text.text()
    assert sum(path.name in said for path in pictures) == 2
    assert not page.right.shown.isVisible()
    wanted: list[tuple[str, ...]] = []
    pane.session.examples_wanted.connect(wanted.append)
    page.right.data.click()
    assert pane.step == DATA
    assert [len(one) for one in wanted] == [2]
    page.right.recipe.click()
    assert pane.step == RECIPE


def test_a_wrong_recipe_is_a_failure_with_a_retry(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
    pane: TrainPane,
    qtbot: QtBot,
) -> None:
    say_recipe(pane.session, "method", rank=-1)
    shown()
    assert page.right.title.text() == strings.SEEN_FAILED
    assert "rank" in page.right.text.text()
    assert page.right.go.text() == strings.RETRY
    say_recipe(pane.session, "method", rank=None)
    page.right.go.click()
    qtbot.waitUntil(lambda: page.right.shown.isVisible(), timeout=30_000)


def test_another_data_set_forgets_what_was_looked_at(
    page: CheckPage,  # noqa: F811
    shown: Callable[..., None],
    pane: TrainPane,
    fill: Fill,  # noqa: F811
) -> None:
    shown()
    pane.session.open(fill("Others", GOOD[:3]))
    assert page.seen.looked is None
    assert not page.right.shown.isVisible()


def test_places_that_differ_and_too_many_tokens_are_said_as_wrong() -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    tokens = (SeenToken(1, "a", True, False),)
    facts, trouble = facts_of(SeenExample("k", "n", image, "a", tokens, 3, 5, 20), 16)
    assert trouble == [
        "5 image tokens, but 3 places for them in the text",
        "20 tokens in all, but only 16 are read: the rest is cut off",
    ]
    assert facts == ["4 x 4 pixels", "1 tokens of text, 1 of them learned"]
