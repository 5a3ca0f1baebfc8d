"""The shelf of adapters in its states: adapters that nobody taught lie in the real home folder."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.gui.train.adapters_making import comparison, make_adapter
from tests.tools.stage import Stage
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.panes.train.adapters_dialogs import CompareDialog, StrengthDialog
from vlm_desktop.gui.panes.train.adapters_page import AdaptersPage
from vlm_desktop.gui.panes.train.session import ADAPTERS
from vlm_desktop.gui.panes.train.train_pane import TrainPane

Look = Callable[[Stage, AdaptersPage], None]
_LONG = "The way our house style describes goods on the shelves of the shop"


def _look(bring: Look, *, filled: bool = True) -> Callable[[Stage], None]:
    def brought(stage: Stage) -> None:
        pane = stage.window.pane("train")
        assert isinstance(pane, TrainPane)
        page = pane.adapters
        home = _home(stage)
        shutil.rmtree(home / "adapters", ignore_errors=True)
        if filled:
            _fill(home)
        services: Any = stage.window.desk.services
        list(services.upkeep.change({"chat_model": "starter"}))
        page.back()
        page.shelf.is_listed = False
        pane.go_to(ADAPTERS)
        stage.until(lambda: page.shelf.is_listed)
        page.details.outcome.hide()
        bring(stage, page)

    return brought


def _home(stage: Stage) -> Path:
    return Path(stage.window.desk.services.training.paths.home)  # type: ignore[attr-defined]


def _fill(home: Path) -> None:
    make_adapter(home, "Shop", seed=1)
    make_adapter(home, "My dogs", "encoder", seed=2)
    make_adapter(home, "Names of us", "probe", seed=3, figures=False)
    make_adapter(home, _LONG, seed=4, base="smolvlm-256m-instruct")
    make_adapter(home, "Old weights", seed=5, base_revision="0000")
    make_adapter(home, "Broken", seed=6, bytes=1)


def _choose(stage: Stage, page: AdaptersPage, name: str) -> None:
    page.list.choose(next(one.id for one in page.shelf.infos if one.name == name))
    stage.wait(50)


def _empty(_: Stage, page: AdaptersPage) -> None:
    page.message.primary.setFocus()


def _failed(_: Stage, page: AdaptersPage) -> None:
    page.shelf.is_listed = False
    page.shelf.trouble.emit("The home folder cannot be read: no permission. Choose another one.")


def _worn(stage: Stage, page: AdaptersPage) -> None:
    """In use beside another, with what came of merging it."""
    _choose(stage, page, "Shop")
    page.details.use.use.click()
    stage.until(lambda: page.current is not None and page.current.worn is not None)
    page.details.use.number.setValue(80)
    stage.until(lambda: page.current is not None and page.current.worn == 0.8)
    info = page.current
    assert info is not None
    page.shelf.comparisons[info.id] = comparison(info, _photos())
    page.shelf.outcome.emit(
        info.id, "Starter + Shop (80 %) is made (13 MB) and can be chosen like any other model. "
        "Asked about 12 pictures, it gave the very same answer as the model with the adapter on "
        "for 12 of them.", True,
    )  # fmt: skip
    page._show_details()


def _search(stage: Stage, page: AdaptersPage) -> None:
    """Search learns it."""
    _choose(stage, page, "My dogs")
    page.details.use.show_search("Search learns My dogs: 41,200 of 100,000", 41_200, 100_000)


def _absent(stage: Stage, page: AdaptersPage) -> None:
    _choose(stage, page, _LONG)


def _foreign(stage: Stage, page: AdaptersPage) -> None:
    _choose(stage, page, "Old weights")


def _damaged(stage: Stage, page: AdaptersPage) -> None:
    _choose(stage, page, "Broken")


def _compared(stage: Stage, page: AdaptersPage) -> None:
    _choose(stage, page, "Shop")
    info = page.current
    assert info is not None
    page.shelf.comparisons[info.id] = comparison(info, _photos())
    page._show_comparison(info.id)


def _photos() -> list[Path]:
    folder = sample_photos()
    assert folder is not None, "scikit-image is a dependency"
    return sorted(folder.glob("*.png"))[:6]


def _asked_to_compare(stage: Stage, page: AdaptersPage) -> None:
    _choose(stage, page, "Shop")
    page.asking.compare()
    stage.until(lambda: page.findChildren(CompareDialog))


def _asked_to_merge(stage: Stage, page: AdaptersPage) -> None:
    _choose(stage, page, "Shop")
    page.asking.merge()
    stage.until(lambda: page.findChildren(StrengthDialog))


LOOKS: dict[str, Callable[[Stage], None]] = {
    "adapters-empty": _look(_empty, filled=False),
    "adapters-failed": _look(_failed),
    "adapters-worn": _look(_worn),
    "adapters-search": _look(_search),
    "adapters-absent": _look(_absent),
    "adapters-foreign": _look(_foreign),
    "adapters-damaged": _look(_damaged),
    "adapters-compared": _look(_compared),
    "adapters-compare": _look(_asked_to_compare),
    "adapters-merge": _look(_asked_to_merge),
}
