"""The recipe as a file, measured, and begun."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.flow.training.conftest import counting
from tests.gui.train.recipe_making import CAPTIONS
from tests.gui.train.test_recipe_page import OpenRecipe, open_recipe
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.engine.train.teaching import Teaching
from vlm_desktop.gui.panes.train.recipe_files import TextDialog
from vlm_desktop.gui.panes.train.session import CHECK, RUN
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.strings import train_recipe as strings

__all__ = ["open_recipe"]


@pytest.fixture
def quick(training: Training) -> Iterator[Training]:
    """Runs are worked on by a process that only counts; a step is measured without a network."""
    training.runs = Runs(training.paths.runs, lambda _: "r1", counting)
    training.teaching = Teaching(
        training.paths.home, training.data, training.doctor, training.runs,
        "tests.flow.training.looking:inspect",
    )  # fmt: skip
    yield training
    for one in training.runs.all():
        for _ in training.runs.end(one.id, CancelToken()):
            pass


# --- files -------------------------------------------------------------------------------------


def test_a_recipe_is_saved_and_loaded_and_that_is_undone(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    page = open_recipe()
    path = tmp_path / "mine.toml"
    chosen: Callable[..., tuple[str, str]] = lambda *_: (str(path.with_suffix("")), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    page.book.say("Rank", "method", rank=5)
    page.save.click()
    qtbot.waitUntil(path.exists)
    page.book.say("Rank", "method", rank=6)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    page.load.click()
    qtbot.waitUntil(lambda: page.session.said.get("method") == {"rank": 5})
    assert "data" not in page.session.said
    changes = page.session.desk.changes
    qtbot.waitUntil(lambda: "mine.toml" in changes.undo_text)
    changes.undo()
    qtbot.waitUntil(lambda: page.session.said.get("method") == {"rank": 6})


def test_a_file_that_is_no_recipe_changes_nothing(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    page = open_recipe()
    path = tmp_path / "wrong.toml"
    path.write_text('[model]\nid = "starter"\nkind = "magic"\n', encoding="utf-8")
    before = page.session.said
    window = page.window()
    page.files.load(path)
    qtbot.waitUntil(lambda: "magic" in window.status.text.text())
    assert page.session.said == before


def test_the_whole_recipe_is_shown_and_copied(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    qtbot: QtBot,
) -> None:
    page = open_recipe()
    page.text.click()
    dialog = page.findChild(TextDialog)
    assert dialog is not None
    assert 'dataset = "Things"' in dialog.text.toPlainText()
    assert "weight" not in dialog.text.toPlainText()
    dialog.copy.click()
    assert QApplication.clipboard().text() == dialog.text.toPlainText()
    dialog.accept()


# --- measuring and beginning -------------------------------------------------------------------


def test_one_step_is_measured_until_the_recipe_is_another(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    quick: Training,
    qtbot: QtBot,
) -> None:
    page = open_recipe()
    page.foot.measure.click()
    qtbot.waitUntil(lambda: page.foot.facts.text().startswith("Measured"))
    page.book.say("Rank", "method", rank=4)
    qtbot.waitUntil(lambda: not page.foot.facts.text().startswith("Measured"))


def test_what_measuring_refuses_is_said_with_the_way_back(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    quick: Training,
    pane: TrainPane,
    qtbot: QtBot,
) -> None:
    page = open_recipe(("mute", *CAPTIONS[1:]))
    page.foot.measure.click()
    qtbot.waitUntil(page.foot.trouble.isVisible)
    assert page.foot.check.isVisible()
    page.foot.check.click()
    assert pane.step == CHECK


def test_a_run_begins_and_is_shown_and_the_next_one_waits(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    quick: Training,
    pane: TrainPane,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setenv("STEP_SECONDS", "30")
    page = open_recipe()
    page.foot.start.click()
    assert not page.foot.start.isEnabled()
    qtbot.waitUntil(lambda: pane.session.run_id != "", timeout=20_000)
    assert pane.step == RUN
    first = quick.runs.get(pane.session.run_id)
    assert first.is_live
    assert (first.model, first.kind) == ("starter", "assistant")
    pane.go_to("recipe")
    qtbot.waitUntil(page.foot.waits.isVisible)
    page.foot.begin()
    qtbot.waitUntil(lambda: pane.session.run_id != first.id, timeout=20_000)
    assert strings.STARTED_WAITS in page.window().status.text.text()


def test_too_few_examples_are_refused_with_the_way_back(
    open_recipe: OpenRecipe,  # noqa: F811 - a fixture
    quick: Training,
    qtbot: QtBot,
) -> None:
    page = open_recipe(CAPTIONS[:1])
    page.foot.begin()
    qtbot.waitUntil(page.foot.trouble.isVisible)
    assert page.foot.check.isVisible()
    assert quick.runs.all() == ()
    assert page.foot.start.isEnabled()
