"""Which devices can run the models here: what was tried, and why the rest is not used."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop import strings as sentences
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.settings.tables import FactTable
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.engine.doctor import DoctorReport, ProviderReport


class DevicesBlock(QWidget):
    """A table of devices, filled when a person asks or comes here."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._looked = False
        title = QLabel(strings.DEVICES, self)
        self.text = QLabel(strings.DEVICES_TEXT, self)
        self.text.setObjectName("hint")
        self.text.setWordWrap(True)
        self.table = FactTable(
            (strings.DEVICE, strings.DEVICE_STATE, strings.DEVICE_WHY), strings.DEVICES, self
        )
        title.setBuddy(self.table)
        self.table.hide()
        self.button = QPushButton(strings.DEVICES_TRY, self)
        self.button.clicked.connect(self.try_now)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        for widget in (title, self.text, self.table):
            layout.addWidget(widget)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def look(self) -> None:
        """Try the devices, unless they were tried before."""
        if not self._looked:
            self.try_now()

    def try_now(self) -> None:
        """Loads the runtime of the models: not before a person wants to know."""
        self._looked = True
        self.button.setEnabled(False)
        self.text.setText(strings.DEVICES_TRYING)
        self._desk.ask(
            lambda _: self._desk.services.upkeep.examine(),
            self._show,
            failed=self._failed,
            latest="settings-devices",
        )

    def _failed(self, sentence: str) -> None:
        self._looked = False
        self.button.setEnabled(True)
        self.text.setText(sentence)

    def _show(self, report: "DoctorReport") -> None:
        self.button.setEnabled(True)
        self.text.setText(strings.DEVICES_TEXT)
        self.table.clear()
        said = []
        for provider in report.providers:
            words = (_device(provider), _state(provider), why(provider))
            self.table.add_row(words)
            said.append(fill(strings.DEVICE_ROW, device=words[0], state=words[1], why=words[2]))
        self.table.fit_height()
        self.table.show()
        announce(self.table, said[0] if said else "")


def _device(provider: "ProviderReport") -> str:
    return strings.CHOICES.get(f"provider.{provider.provider}", provider.provider)


def _state(provider: "ProviderReport") -> str:
    if provider.chosen:
        return strings.DEVICE_CHOSEN
    return strings.DEVICE_REJECTED if provider.rejection else strings.DEVICE_SPARE


def why(provider: "ProviderReport") -> str:
    """Why a device is not used, with the runtime's own words where they help."""
    if provider.chosen or not provider.rejection:
        return ""
    sentence = sentences.REJECTIONS[provider.rejection]
    return f"{sentence} ({provider.detail})" if provider.detail else sentence
