"""The shelf of adapters in the window, over the real engine: listed, worn, named, removed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.train.adapters_making import make_adapter
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.panes.train import adapters_asking
from vlm_desktop.gui.panes.train.adapters_page import AdaptersPage
from vlm_desktop.gui.panes.train.session import ADAPTERS, DATA
from vlm_desktop.gui.panes.train.train_pane import TrainPane

Make = Callable[..., str]


@pytest.fixture
def make(engine: AppServices) -> Make:
    return lambda name, *args, **said: make_adapter(engine.paths.home, name, *args, **said)


@pytest.fixture
def page(pane: TrainPane, qtbot: QtBot) -> AdaptersPage:
    return pane.adapters


@pytest.fixture
def show(pane: TrainPane, page: AdaptersPage, qtbot: QtBot) -> Callable[[str], None]:
    """Bring the shelf to front with an adapter chosen, "" for none."""

    def bring(adapter_id: str) -> None:
        pane.go_to(ADAPTERS)
        qtbot.waitUntil(lambda: page.shelf.is_listed)
        qtbot.waitUntil(lambda: not adapter_id or page.shelf.get(adapter_id) is not None)
        page.list.choose(adapter_id)

    return bring


def test_an_empty_shelf_leads_to_the_first_step(pane: TrainPane, show, page: AdaptersPage) -> None:
    show("")
    assert page.layers.currentWidget() is page.message
    page.message.primary.click()
    assert pane.step == DATA


def test_an_adapter_is_told_with_its_lineage(make: Make, show, page: AdaptersPage) -> None:
    show(make("Shop"))
    assert page.details.name.text() == "Shop"
    assert "0.31 before, 0.62 after" in page.details.learned.text()
    assert "blank pictures it reaches 0.24" in page.details.learned.text()
    facts = {word.text(): value for word, value in page.details.facts}
    assert facts["Licence"].text() == "MIT, that of its model"
    assert "d" * 64 in facts["Examples"].accessibleName()
    said = page.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Shop. Not in use. How Starter answers. CIDEr 0.31 → 0.62")


def test_the_switch_puts_it_on_and_off_and_the_slider_follows(
    make: Make, show, page: AdaptersPage, engine: AppServices, qtbot: QtBot
) -> None:
    adapter_id = make("Shop")
    show(adapter_id)
    use = page.details.use
    use.use.click()
    qtbot.waitUntil(lambda: engine.settings.chat_model == f"starter+{adapter_id}@1")
    qtbot.waitUntil(lambda: page.current.worn == 1)
    use.slider.setValue(60)
    qtbot.waitUntil(lambda: engine.settings.chat_model == f"starter+{adapter_id}@0.6")
    assert use.number.value() == 60
    use.slider.setValue(0)
    qtbot.waitUntil(lambda: engine.settings.chat_model == "starter")
    qtbot.waitUntil(lambda: not use.use.isChecked())
    use.slider.setValue(150)
    qtbot.waitUntil(lambda: engine.settings.chat_model == f"starter+{adapter_id}@1.5")
    qtbot.waitUntil(lambda: use.use.isChecked())
    use.use.click()
    qtbot.waitUntil(lambda: engine.settings.chat_model == "starter")


def test_a_strength_waits_until_it_is_put_on(
    make: Make, show, page: AdaptersPage, engine: AppServices, qtbot: QtBot
) -> None:
    adapter_id = make("Shop")
    show(adapter_id)
    page.details.use.number.setValue(70)
    assert not page.details.use._rest.isActive()
    page.details.use.use.click()
    qtbot.waitUntil(lambda: engine.settings.chat_model == f"starter+{adapter_id}@0.7")


def test_two_are_told_together_and_a_third_is_refused_by_name(
    make: Make, show, page: AdaptersPage, engine: AppServices, qtbot: QtBot
) -> None:
    ids = [make(name, seed=at) for at, name in enumerate(("Shop", "Style", "Third"))]
    for adapter_id in ids[:2]:
        show(adapter_id)
        page.details.use.use.click()
        qtbot.waitUntil(lambda one=adapter_id: one in engine.settings.chat_model)
    qtbot.waitUntil(lambda: "Shop (100 %)" in page.details.use.together.text())
    show(ids[2])
    page.details.use.use.click()
    qtbot.waitUntil(page.details.outcome.isVisible)
    assert "Shop, Style" in page.details.outcome.text()
    qtbot.waitUntil(lambda: not page.details.use.use.isChecked())


def test_what_cannot_be_used_says_why(make: Make, show, page: AdaptersPage) -> None:
    show(make("Old", base_revision="0000"))
    assert not page.details.use.use.isEnabled()
    assert "other weights of Starter" in page.details.use.problem.text()
    show(make("Broken", seed=1, bytes=1))
    assert "damaged" in page.details.use.problem.text()
    show(make("Far", seed=2, base="smolvlm-256m-instruct"))
    assert "not on this computer" in page.details.use.problem.text()
    assert page.details.models.isVisible()


def test_renaming_and_removing_are_undone(
    make: Make, show, page: AdaptersPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(make("Shop"))
    monkeypatch.setattr(adapters_asking, "ask_name", lambda *_: "Store")
    page.details.rename.click()
    qtbot.waitUntil(lambda: page.details.name.text() == "Store")
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: page.details.name.text() == "Shop")
    page.details.remove.click()
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.message)
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: page.layers.currentWidget() is not page.message)
    assert page.details.name.text() == "Shop"


def test_what_is_in_use_is_not_removed(
    make: Make, show, page: AdaptersPage, engine: AppServices, qtbot: QtBot
) -> None:
    show(make("Shop"))
    page.details.use.use.click()
    qtbot.waitUntil(lambda: "+" in engine.settings.chat_model)
    page.details.remove.click()
    qtbot.waitUntil(page.details.outcome.isVisible)
    assert "is in use" in page.details.outcome.text()
    assert page.desk.changes.undo_text == ""


def test_the_checksum_is_read_anew(make: Make, show, page: AdaptersPage, qtbot: QtBot) -> None:
    show(make("Shop"))
    page.details.check.click()
    qtbot.waitUntil(page.details.outcome.isVisible)
    assert "are those that the checksum names" in page.details.outcome.text()
    weights = page.current.folder / "adapter.safetensors"
    weights.write_bytes(bytes(len(weights.read_bytes())))
    qtbot.waitUntil(lambda: not page.shelf.task.is_running)
    page.details.check.click()
    qtbot.waitUntil(lambda: "damaged" in page.details.outcome.text())


def test_names_are_worn_by_search_at_once(
    make: Make, show, page: AdaptersPage, engine: AppServices, qtbot: QtBot
) -> None:
    adapter_id = make("Names", "probe")
    config = page_config(engine.paths.home / "adapters" / adapter_id)
    config.write_text('{"peft_type": "NAMES", "target_modules": [], "names": ["brumaline"]}')
    show(adapter_id)
    assert page.details.use.use.text() == "Use in Search"
    page.details.use.use.click()
    qtbot.waitUntil(lambda: engine.settings.search_model == f"starter+{adapter_id}@1")
    qtbot.waitUntil(lambda: page.details.use.use.isChecked() and page.current.worn == 1)
    qtbot.waitUntil(lambda: not page.wearing.search.is_running)


def page_config(folder: Path) -> Path:
    return folder / "adapter_config.json"
