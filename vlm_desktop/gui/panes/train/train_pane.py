"""The Train pane: a path of four steps, and the shelf of what was taught."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.train.adapters_page import AdaptersPage
from vlm_desktop.gui.panes.train.check_page import CheckPage
from vlm_desktop.gui.panes.train.data_page import DataPage
from vlm_desktop.gui.panes.train.recipe_page import RecipePage
from vlm_desktop.gui.panes.train.run_page import RunPage
from vlm_desktop.gui.panes.train.session import ADAPTERS, CHECK, DATA, RECIPE, RUN, TrainSession
from vlm_desktop.gui.panes.train.step_bar import StepBar

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.train.step_page import StepPage


class TrainPane(Pane):
    """Wires the steps; each asks the engine for itself."""

    key = "train"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.session = TrainSession(desk, self)
        self.bar = StepBar(self)
        self.layers = QStackedWidget(self)
        self.data = DataPage(self.session, self)
        self.adapters = AdaptersPage(self.session, self)
        self.pages: dict[str, StepPage] = {
            DATA: self.data,
            CHECK: CheckPage(self.session, self),
            RECIPE: RecipePage(self.session, self),
            RUN: RunPage(self.session, self),
            ADAPTERS: self.adapters,
        }
        for page in self.pages.values():
            self.layers.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.layers, 1)
        self.step = DATA
        self.bar.show_chosen(DATA)
        self.bar.chosen.connect(self.go_to)
        self.session.step_wanted.connect(self.go_to)
        for signal in (desk.changes.performed, desk.changes.undone, desk.changes.redone):
            signal.connect(self._changed)

    def go_to(self, step: str) -> None:
        """Bring a step to front, with the focus."""
        self.step = step
        self.bar.show_chosen(step)
        self.layers.setCurrentWidget(self.pages[step])
        self.pages[step].activate()

    def take_photos(self, content_ids: tuple[int, ...]) -> None:
        """Photos of the library are to become examples."""
        self.go_to(DATA)
        self.data.take_photos(content_ids)

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Files or folders are to become examples."""
        self.go_to(DATA)
        self.data.take_paths(paths)

    def activate(self) -> None:
        self.session.refresh()
        self.pages[self.step].activate()

    def back(self) -> bool:
        return self.pages[self.step].back()

    def stop(self) -> None:
        for page in self.pages.values():
            page.stop()

    def state(self) -> dict[str, Any]:
        pages = {step: page.state() for step, page in self.pages.items()}
        said = self.session.said
        return {"step": self.step, "set": self.session.set_id, "said": said, "pages": pages}

    def restore(self, state: dict[str, Any]) -> None:
        set_id, said, step = state.get("set"), state.get("said"), state.get("step")
        if isinstance(set_id, int):
            self.session.open(set_id)
        if isinstance(said, dict) and all(isinstance(one, dict) for one in said.values()):
            self.session.take_recipe(said)
        pages = state.get("pages")
        for name, page in self.pages.items():
            kept = pages.get(name) if isinstance(pages, dict) else None
            if isinstance(kept, dict):
                page.restore(kept)
        if step in self.pages:
            self.step = step
            self.bar.show_chosen(step)
            self.layers.setCurrentWidget(self.pages[step])

    def _changed(self, *_: object) -> None:
        if self.session.is_listed:
            self.session.refresh()
