"""Which of the models on this disk writes drafts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.widgets.wide_list import widen_list

if TYPE_CHECKING:
    from vlm_desktop.base.chatwork import ChatChoice

_MORE = "+"


class WriterChoice(QObject):
    """Fills a box with the models that are ready. Main thread; the shelf is read on a lane."""

    changed = Signal()
    """Another model writes from now on."""

    def __init__(self, desk: Desk, box: QComboBox) -> None:
        super().__init__(box)
        self._desk, self._box = desk, box
        self.wanted = ""
        """A model's id as it was chosen; "" follows the setting."""
        self._default = ""
        self._ready: tuple[ChatChoice, ...] = ()
        box.activated.connect(self._chosen)
        desk.navigator.library_changed.connect(self.refresh)
        desk.navigator.adapters_changed.connect(self.refresh)

    @property
    def model_id(self) -> str:
        """Who writes; "" while that is not known, which the engine takes for its default."""
        ids = [one.model_id for one in self._ready]
        return next((one for one in (self.wanted, self._default) if one in ids), "")

    def refresh(self) -> None:
        """Look at the shelf."""
        services = self._desk.services

        def read() -> "tuple[tuple[ChatChoice, ...], str]":
            return services.chat.models(), services.chat.default_model()

        # Without an answer the engine's default writes, and says itself what is wrong with it.
        self._desk.fetch(read, self._show, failed=lambda _: None, latest="alttext-models")

    def _show(self, found: "tuple[tuple[ChatChoice, ...], str]") -> None:
        before = self._default
        models, self._default = found
        if before not in ("", self._default) and _base(self.wanted) == _base(self._default):
            self.wanted = ""  # its model wears other adapters now
        self._ready = tuple(one for one in models if one.ready)
        with QSignalBlocker(self._box):
            self._box.clear()
            for one in self._ready:
                self._box.addItem(one.name, one.model_id)
            self._box.addItem(strings.MORE_MODELS, _MORE)
        widen_list(self._box)
        self._show_current()

    def _show_current(self) -> None:
        with QSignalBlocker(self._box):
            self._box.setCurrentIndex(max(0, self._box.findData(self.model_id)))

    def _chosen(self, row: int) -> None:
        model_id = self._box.itemData(row)
        if model_id == _MORE:
            self._show_current()
            self._desk.navigator.pane_wanted.emit("models")
        else:
            self.wanted = model_id
            self.changed.emit()


def _base(model_id: str) -> str:
    """The model without the adapters it wears."""
    return model_id.partition("+")[0]
