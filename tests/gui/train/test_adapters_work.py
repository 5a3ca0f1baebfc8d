"""Long work with adapters in the window: comparing, models made, handed on, taken in, Search."""

import shutil
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.flow.adapters.conftest import write_weights
from tests.gui.fake_services import FakeCoverage, FakeFiles
from tests.gui.train.adapters_making import columns, examples, make_adapter
from vlm_desktop.base.adapters import AdapterMerged, Replayed, Wearer
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.training import Interval, RunInfo, RunState
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train import adapterfolders, adapters
from vlm_desktop.gui.panes.train.adapters_dialogs import CompareDialog, StrengthDialog, TextDialog
from vlm_desktop.gui.panes.train.adapters_page import AdaptersPage
from vlm_desktop.gui.panes.train.session import ADAPTERS
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.training.runfolder import RunFolder

RUN = "20261120-starter-0a1b"


@pytest.fixture
def page(pane: TrainPane) -> AdaptersPage:
    return pane.adapters


@pytest.fixture
def shop(
    engine: AppServices, pane: TrainPane, page: AdaptersPage, pictures: list[Path], qtbot: QtBot
) -> str:
    """An adapter on the shelf, shown, with twelve examples that its run held out."""
    home = engine.paths.home
    adapter_id = make_adapter(home, "Shop")
    make_adapter(home, "Other", seed=1)
    run = RunFolder(home / "training" / "runs" / RUN)
    run.root.mkdir(parents=True)
    run.write_examples(run.data, examples(pictures, 12))
    pane.go_to(ADAPTERS)
    qtbot.waitUntil(lambda: page.shelf.get(adapter_id) is not None)
    page.list.choose(adapter_id)
    return adapter_id


def dialog(page: AdaptersPage, kind: type, qtbot: QtBot) -> Any:
    qtbot.waitUntil(lambda: bool(page.findChildren(kind)))
    return page.findChildren(kind)[0]


def pick(monkeypatch: pytest.MonkeyPatch, name: str, answer: object) -> None:
    monkeypatch.setattr(QFileDialog, name, lambda *_: answer)


# --- comparing -----------------------------------------------------------------------------


@pytest.fixture
def compared(
    shop: str, page: AdaptersPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> AdaptersPage:
    monkeypatch.setattr(adapters, "COLUMNS", "tests.gui.train.adapters_making:columns")
    assert callable(columns)
    page.details.compare.click()
    asked = dialog(page, CompareDialog, qtbot)
    asked.beside.setCurrentIndex(asked.beside.findText("Other"))
    asked.go.click()
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.comparison)
    return page


def test_a_comparison_says_what_became_better_and_worse(compared: AdaptersPage) -> None:
    view = compared.comparison
    said = view.summary.text()
    assert "Shop is better than Starter on 6, worse on 3, the same on 3." in said
    assert "That may be chance (sign test, p = 0.51)." in said
    assert "On pictures it was not taught about: 0.52 before, 0.51 after." in said
    assert "Other: CIDEr" in said
    assert [one.text() for one in view.tabs.buttons] == ["All 12", "Better 6", "Worse 3", "Same 3"]
    changes = [one.change for one in view.list.rows.items]
    assert changes == sorted(changes, reverse=True)
    view.tabs.choose(2)
    worst = [one.change for one in view.list.rows.items]
    assert worst == sorted(worst)
    assert len(worst) == 3


def test_an_example_shows_both_answers_with_what_differs(
    compared: AdaptersPage, qtbot: QtBot
) -> None:
    view = compared.comparison
    heads = [title.text() for title, _ in view.item.parts]
    assert heads[0] == "Expected"
    assert heads[1].startswith("Starter: 0.30")
    assert heads[2].startswith("Shop: ")
    assert heads[3].startswith("Other: ")
    assert "<s>picture</s>" in view.item.parts[1][1].text()
    assert "<b>package</b>" in view.item.parts[2][1].text()
    qtbot.waitUntil(lambda: not view.item.picture.pixmap().isNull())


def test_a_comparison_is_written_and_shown_again(
    compared: AdaptersPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "found.csv"
    pick(monkeypatch, "getSaveFileName", (str(target), ""))
    compared.comparison.save.click()
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: target.read_text("utf-8-sig").count("\n") == 13)
    assert compared.back()
    assert not compared.back()
    compared.details.comparison.click()
    assert compared.layers.currentWidget() is compared.comparison


def test_without_its_run_another_set_is_asked(
    shop: str, engine: AppServices, page: AdaptersPage, qtbot: QtBot
) -> None:
    adapter_id = make_adapter(engine.paths.home, "Far", seed=7, run="")
    page.shelf.refresh()
    qtbot.waitUntil(lambda: page.shelf.get(adapter_id) is not None)
    page.list.choose(adapter_id)
    page.details.compare.click()
    asked = dialog(page, CompareDialog, qtbot)
    assert asked.wish.asks_file
    assert asked.wish.beside == (shop,) or asked.beside.itemText(0) in ("Other", "Shop")


# --- a model of it, out and in -------------------------------------------------------------


def test_a_model_is_made_and_the_replay_told(
    shop: str, engine: AppServices, page: AdaptersPage, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[float] = []

    def merge(
        name: str, cancel: CancelToken, *, strength: float
    ) -> Generator[Event, None, AdapterMerged]:
        asked.append(strength)
        yield Progress(Phase.EXPORT, 1, 3)
        probes = [Replayed(str(at), "a tea", "a tea" if at else "tea") for at in range(12)]
        return AdapterMerged("starter-shop", Path(), name, strength, 13_000_000, tuple(probes))

    monkeypatch.setattr(engine.training.adapters, "merge", merge)
    page.details.merge.click()
    question = dialog(page, StrengthDialog, qtbot)
    question.strength.setValue(90)
    question.go.click()
    qtbot.waitUntil(page.details.outcome.isVisible)
    assert asked == [0.9]
    assert "Starter + Shop (90 %) is made (13 MB)" in page.details.outcome.text()
    assert "Asked about 12 pictures" in page.details.outcome.text()
    assert "for 11 of them" in page.details.outcome.text()


def test_names_are_not_merged_and_say_why(
    shop: str, engine: AppServices, page: AdaptersPage, qtbot: QtBot
) -> None:
    adapter_id = make_adapter(engine.paths.home, "Names", "probe", seed=4)
    page.shelf.refresh()
    qtbot.waitUntil(lambda: page.shelf.get(adapter_id) is not None)
    page.list.choose(adapter_id)
    page.shelf.merge(page.current, 1.0)
    qtbot.waitUntil(page.details.outcome.isVisible)
    assert "knows names and changes no weights" in page.details.outcome.text()


def test_what_goes_out_comes_in_elsewhere_and_both_can_be_undone(
    shop: str, page: AdaptersPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapterfolders, "CHECK_FITS", "tests.flow.adapters.conftest:fits")
    pick(monkeypatch, "getExistingDirectory", str(tmp_path))
    page.details.export.click()
    qtbot.waitUntil(page.details.outcome.isVisible)
    away = tmp_path / shop
    assert str(away) in page.details.outcome.text()
    assert (away / "adapter.safetensors").is_file()
    qtbot.waitUntil(lambda: not page.shelf.task.is_running)
    page.shelf.take_in(away)
    qtbot.waitUntil(lambda: page.desk.work.running == ())
    assert len(page.shelf.infos) == 2, "it is here already"
    write_weights(away, seed=9)
    page.shelf.take_in(away)
    qtbot.waitUntil(lambda: not page.shelf.task.is_running)
    assert len(page.shelf.infos) == 2, "its weights are not those it names"
    shutil.rmtree(page.current.folder)
    shutil.rmtree(away)
    source = make_adapter(tmp_path / "far", "Shop")
    page.shelf.take_in(tmp_path / "far" / "adapters" / source)
    qtbot.waitUntil(lambda: page.desk.changes.undo_text == "Import of Shop")
    qtbot.waitUntil(lambda: page.details.name.text() == "Shop" and len(page.shelf.infos) == 2)
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: [one.name for one in page.shelf.infos] == ["Other"])
    page.desk.changes.redo()
    qtbot.waitUntil(lambda: len(page.shelf.infos) == 2)


def test_a_folder_that_is_dropped_is_taken_in(
    page: AdaptersPage, pane: TrainPane, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(adapterfolders, "CHECK_FITS", "tests.flow.adapters.conftest:fits")
    pane.go_to(ADAPTERS)
    qtbot.waitUntil(lambda: page.shelf.is_listed)
    source = tmp_path / "far" / "adapters" / make_adapter(tmp_path / "far", "Shop")
    for path in (source / "adapter.toml", source):
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, dropped,
                           Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
        page.dropEvent(event)
    qtbot.waitUntil(lambda: page.details.name.text() == "Shop")
    assert page.layers.currentWidget() is not page.message


def test_recipe_and_run_card_are_read(shop: str, page: AdaptersPage, qtbot: QtBot) -> None:
    page.details.recipe.click()
    assert 'kind = "assistant"' in dialog(page, TextDialog, qtbot).text.toPlainText()
    page.details.card.click()
    qtbot.waitUntil(page.details.outcome.isVisible)
    assert "no run card here" in page.details.outcome.text()


def test_a_run_that_ended_is_put_on_the_shelf(
    shop: str, engine: AppServices, page: AdaptersPage, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    best = Interval(0.6, 0.5, 0.7)
    run = RunInfo("run-9", Path(), RunState.DONE, "", "starter", "assistant", 1.0e9, 9, 9, "CIDEr",
                  best, best, 9, "Fruit")  # fmt: skip
    monkeypatch.setattr(engine.training.runs, "all", lambda: (run,))
    made: list[str] = []

    def from_run(run_id: str) -> object:
        made.append(run_id)
        new = make_adapter(engine.paths.home, "Fruit", seed=8, run=run_id)
        return engine.training.adapters.get(new)

    monkeypatch.setattr(engine.training.adapters, "from_run", from_run)
    page.shelf.refresh()
    qtbot.waitUntil(page.from_run.isVisible)
    (action,) = page.run_menu.actions()
    assert action.text().startswith("Fruit · starter, ")
    assert action.text().endswith("CIDEr 0.60")
    action.trigger()
    qtbot.waitUntil(lambda: page.details.name.text() == "Fruit")
    assert made == ["run-9"]
    qtbot.waitUntil(lambda: not page.from_run.isVisible())


# --- Search --------------------------------------------------------------------------------


@pytest.fixture
def adopting(engine: AppServices, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Search learns an encoder only once this is set."""
    gate = threading.Event()

    def adopt(model_id: str, cancel: CancelToken) -> Generator[Event, None, str]:
        yield Progress(Phase.ENCODE, 40, 100)
        while not gate.wait(0.01):
            cancel.raise_if_cancelled()
        return model_id

    monkeypatch.setattr(engine.training.adapters._wearing, "_adopt", adopt)
    return gate


@pytest.fixture
def dogs(shop: str, engine: AppServices, page: AdaptersPage, qtbot: QtBot) -> str:
    adapter_id = make_adapter(engine.paths.home, "Dogs", "encoder", seed=3)
    page.shelf.refresh()
    qtbot.waitUntil(lambda: page.shelf.get(adapter_id) is not None)
    page.list.choose(adapter_id)
    return adapter_id


def test_search_learns_an_encoder_as_work_that_can_be_stopped(
    dogs: str, engine: AppServices, page: AdaptersPage, adopting: threading.Event, qtbot: QtBot
) -> None:
    use = page.details.use
    use.use.click()
    qtbot.waitUntil(lambda: use.bar.value() == 40 and use.stop.isVisible())
    assert not use.use.isEnabled()
    assert page.desk.work.running[0].state.text == "Search learns Dogs: 40 of 100"
    use.stop.click()
    qtbot.waitUntil(lambda: not page.wearing.search.is_running)
    qtbot.waitUntil(lambda: use.use.isEnabled() and not use.use.isChecked())
    assert engine.settings.search_model == "starter"


def test_another_strength_of_an_encoder_waits_for_its_button(
    dogs: str, engine: AppServices, page: AdaptersPage, adopting: threading.Event, qtbot: QtBot
) -> None:
    adopting.set()
    use = page.details.use
    use.use.click()
    qtbot.waitUntil(lambda: engine.settings.search_model == f"starter+{dogs}@1")
    qtbot.waitUntil(lambda: page.current.worn == 1 and not page.wearing.search.is_running)
    assert not use.apply.isVisible()
    use.slider.setValue(50)
    assert use.apply.isVisible()
    assert not use._rest.isActive()
    use.apply.click()
    qtbot.waitUntil(lambda: engine.settings.search_model == f"starter+{dogs}@0.5")
    qtbot.waitUntil(lambda: not use.apply.isVisible())


def test_the_status_line_names_what_search_wears_and_switches_it(
    dogs: str, engine: AppServices, page: AdaptersPage, adopting: threading.Event, qtbot: QtBot
) -> None:
    adopting.set()
    shell = page.window().shell
    model = shell._search_model
    model.refresh()
    qtbot.waitUntil(lambda: any(one.id == dogs for one in model._infos))
    able = [one for one in model._infos if one.wearer is Wearer.SEARCH]
    model.fill_menu(able)
    first = model.menu.actions()[0]
    assert (first.text(), first.isChecked()) == ("Dogs", False)
    first.trigger()
    qtbot.waitUntil(lambda: engine.settings.search_model == f"starter+{dogs}@1")
    qtbot.waitUntil(lambda: page.current.worn == 1)
    last: Callable[[], bool] = lambda: model._now is not None and bool(model._now.adapters)  # noqa: E731
    qtbot.waitUntil(last)
    shell.desk.library.info = SimpleNamespace(
        models=(FakeCoverage("starter", "active"),), files=FakeFiles(3, 0), contents=3, roots=()
    )
    model.show()
    assert shell.status.model.text() == "Model: starter + Dogs"
    shell.status.model.click()
    assert model.menu.isVisible()
    assert model.menu.actions()[0].isChecked()
    model.menu.close()
    model.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: engine.settings.search_model == "starter")
    qtbot.waitUntil(lambda: not page.wearing.search.is_running)
