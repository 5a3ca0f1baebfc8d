"""Which model answers searches, in the status line, and a menu of the adapters it can wear."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QMenu

from vlm_desktop.base.adapters import AdapterInfo, AdapterState, Wearer, WornNow
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.strings import train_adapters as strings

if TYPE_CHECKING:
    from collections.abc import Callable

    from vlm_desktop.gui.status_line import StatusLine
    from vlm_desktop.gui.wearing import Wearing

_AFTER_MS = 3_000
"""The first seconds belong to the person who started the program."""
_ACTIVE = "active"


class SearchModel(QObject):
    """Without adapters for it, pressing its name shows the models. Main thread."""

    def __init__(
        self, desk: Desk, status: "StatusLine", wearing: "Callable[[], Wearing]", parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._status, self._wearing = desk, status, wearing
        self._infos: tuple[AdapterInfo, ...] = ()
        self._now: WornNow | None = None
        self.menu = QMenu(status)
        self.menu.setAccessibleName(strings.MENU_NAME)
        desk.library.changed.connect(self.show)
        desk.navigator.adapters_changed.connect(self.refresh)
        status.model_asked.connect(self._pressed)
        self._begin = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._begin.timeout.connect(self.refresh)
        self._begin.start()

    def stop(self) -> None:
        """The window closes."""
        self._begin.stop()

    def refresh(self) -> None:
        """Look which adapters there are, and what is worn."""
        services = self._desk.services

        def read() -> tuple[tuple[AdapterInfo, ...], WornNow | None]:
            adapters = services.training.adapters
            worn = (one for one in adapters.worn() if one.wearer is Wearer.SEARCH)
            return adapters.all(), next(worn, None)

        def done(found: tuple[tuple[AdapterInfo, ...], WornNow | None]) -> None:
            self._infos, self._now = found
            self.show()

        # What cannot be read is told by the shelf; here the model's id stands for its name.
        self._desk.fetch(read, done, failed=lambda _: None, latest="search-model")

    def show(self) -> None:
        """Name what answers searches."""
        info = self._desk.library.info
        active = (
            next((one.model_id for one in info.models if one.state == _ACTIVE), "") if info else ""
        )
        now = self._now
        if now is not None and now.adapters and _base(now.model_id) == _base(active):
            active = words.dressed(now.model_id, now.adapters, {}, self._names)
        self._status.show_model(active)

    @property
    def _names(self) -> dict[str, str]:
        return {one.id: one.name for one in self._infos}

    def _pressed(self) -> None:
        able = [
            one
            for one in self._infos
            if one.wearer is Wearer.SEARCH and (one.state is AdapterState.SOUND or one.worn)
        ]
        if not able:
            self._desk.navigator.pane_wanted.emit("models")
            return
        self.fill_menu(able)
        button = self._status.model
        above = button.mapToGlobal(QPoint(0, -self.menu.sizeHint().height()))
        self.menu.popup(above)

    def fill_menu(self, able: list[AdapterInfo]) -> None:
        """A switch for each adapter, and ways to all of them and to the models."""
        menu, busy = self.menu, self._wearing().search.is_running
        menu.clear()
        for one in able:
            action = menu.addAction(one.name)
            action.setCheckable(True)
            action.setChecked(one.worn is not None)
            action.setEnabled(not busy)
            action.triggered.connect(lambda on, info=one: self._wear(info, on))
        menu.addSeparator()
        shelf = self._desk.actions.get("train.adapters")
        menu.addAction(strings.MENU_SHELF).triggered.connect(shelf.trigger)
        go = self._desk.navigator.pane_wanted.emit
        menu.addAction(strings.MENU_MODELS).triggered.connect(lambda: go("models"))

    def _wear(self, info: AdapterInfo, on: bool) -> None:
        self._wearing().wear(info, 1.0 if on else 0.0)


def _base(model_id: str) -> str:
    """The model without the adapters it wears."""
    return model_id.partition("+")[0]
