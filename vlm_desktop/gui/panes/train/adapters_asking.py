"""What is asked before something is done with an adapter."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from vlm_desktop.base.adapters import AdapterInfo, AdapterState
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.adapters_dialogs import (
    CompareDialog,
    CompareWish,
    StrengthDialog,
    TextDialog,
)
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.widgets.name_question import ask_name

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.train.adapters_page import AdaptersPage

_FILES = "*.jsonl *.json *.csv"
_KNOWS_NAMES = frozenset({"probe", "prompts"})
_ENCODER = "encoder"


class AdaptersAsking(QObject):
    """Main thread. All of it is about the adapter that is chosen."""

    def __init__(self, page: "AdaptersPage") -> None:
        super().__init__(page)
        self._page = page

    def rename(self) -> None:
        info = self._page.current
        if info is None:
            return
        name = ask_name(self._page, strings.RENAME_TITLE, strings.RENAME_LABEL, info.name)
        if name and name != info.name:
            self._page.shelf.rename(info, name)

    def remove(self) -> None:
        """Without a question: Ctrl+Z brings it back."""
        info = self._page.current
        if info is not None:
            self._page.shelf.remove(info)

    def merge(self) -> None:
        info = self._page.current
        if info is not None:
            self._ask_strength(
                info, strings.MERGE_TITLE, strings.MERGE_HINT, strings.MERGE_GO,
                lambda strength: self._page.shelf.merge(info, strength),
            )  # fmt: skip

    def export(self) -> None:
        """Weights are copied as they are; only graphs are written with a strength."""
        info = self._page.current
        if info is None:
            return
        if info.kind == _ENCODER:
            self._ask_strength(
                info, strings.EXPORT_STRENGTH_TITLE, strings.EXPORT_HINT, strings.EXPORT_GO,
                lambda strength: self._export_to(info, strength),
            )  # fmt: skip
        else:
            self._export_to(info, 1.0)

    def _export_to(self, info: AdapterInfo, strength: float) -> None:
        chosen = QFileDialog.getExistingDirectory(self._page, strings.EXPORT_TITLE)
        if chosen:
            self._page.shelf.export(info, Path(chosen), strength)

    def _ask_strength(
        self,
        info: AdapterInfo,
        title: str,
        hint: str,
        go: str,
        take: Callable[[float], object],
    ) -> None:
        words = fill(hint, name=info.name)
        StrengthDialog(title, words, go, info.worn or 1.0, take, self._page).open()

    # --- comparing ---------------------------------------------------------------------------

    def compare(self) -> None:
        page, info = self._page, self._page.current
        if info is None:
            return
        # What knows names is measured by its own names, so nothing stands beside it.
        others = [
            one
            for one in page.shelf.infos
            if one.id != info.id
            and (one.base, one.kind) == (info.base, info.kind)
            and one.state is AdapterState.SOUND
            and one.kind not in _KNOWS_NAMES
        ]
        names = [one.name for one in page.session.sets]
        CompareDialog(info, others, names, lambda wish: self._compare(info, wish), page).open()

    def _compare(self, info: AdapterInfo, wish: CompareWish) -> None:
        data = None
        if wish.asks_file:
            kinds = f"{strings.FILE_KINDS} ({_FILES})"
            chosen, _ = QFileDialog.getOpenFileName(self._page, strings.FILE_TITLE, "", kinds)
            if not chosen:
                return
            data = Path(chosen)
        self._page.shelf.compare(info, data, wish.dataset, wish.beside)

    def save_comparison(self) -> None:
        info = self._page.comparison.info
        if info is None:
            return
        kinds = f"{strings.SAVE_TABLE} (*.csv);;{strings.SAVE_LINES} (*.jsonl)"
        chosen, _ = QFileDialog.getSaveFileName(
            self._page, strings.SAVE_TITLE, f"{info.id}.csv", kinds
        )
        if chosen:
            self._page.shelf.save_comparison(info, Path(chosen))

    # --- texts -------------------------------------------------------------------------------

    def show_recipe(self) -> None:
        info = self._page.current
        if info is not None:
            TextDialog(fill(strings.RECIPE_TITLE, name=info.name), info.recipe, self._page).open()

    def show_card(self) -> None:
        page, info = self._page, self._page.current
        if info is None:
            return

        def done(text: str) -> None:
            title = fill(strings.CARD_TITLE, name=info.name)
            TextDialog(title, text or strings.CARD_NONE, page).open()

        def failed(_: str) -> None:
            page.details.show_outcome(strings.CARD_NONE, False)

        page.desk.fetch(lambda: page.session.services.runs.card_text(info.run), done, failed=failed)
