"""About: version, licences of all parts and models, where things lie, a report for problems."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vlm_desktop import __version__
from vlm_desktop.base.language import fill
from vlm_desktop.base.paths import program_folder
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.settings.report import system_report
from vlm_desktop.gui.panes.settings.section import Section
from vlm_desktop.gui.panes.settings.tables import FactTable
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.engine.upkeep import AboutParts, SystemFacts

_DOCUMENTS = (
    ("OPEN_README", "README.md"),
    ("OPEN_CHANGES", "CHANGELOG.md"),
    ("OPEN_LICENCE", "LICENSE"),
)


class AboutSection(Section):
    """What this program is made of."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("about", parent)
        self._desk = desk
        self._asked = False
        version = QLabel(fill(strings.ABOUT_VERSION, version=__version__), self)
        self.add(version)
        self.add_text(strings.ABOUT_TEXT)
        self.add_text(strings.ABOUT_LICENCE)
        there = [(word, program_folder() / name) for word, name in _DOCUMENTS]
        self.add_buttons(
            *(
                (getattr(strings, word), lambda path=path: self._open(path))
                for word, path in there
                if path.is_file()
            )
        )
        self.data = self.add_text("")
        self.add_buttons(
            (strings.OPEN_DATA, lambda: self._open_home("home")),
            (strings.OPEN_LOG, lambda: self._open_home("log")),
        )
        (self.report,) = self.add_buttons((strings.COPY_REPORT, self.copy_report))
        self.report.setToolTip(strings.COPY_REPORT_TIP)
        self.report.setAccessibleDescription(strings.COPY_REPORT_TIP)
        self.add(self._build_parts(), strings.PARTS)

    def _build_parts(self) -> QWidget:
        block = QWidget(self)
        title = QLabel(strings.PARTS, block)
        heads = (strings.PART_NAME, strings.PART_VERSION, strings.PART_LICENCE)
        self.parts = FactTable(heads, strings.PARTS, block)
        title.setBuddy(self.parts)
        layout = QVBoxLayout(block)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        layout.addWidget(title)
        layout.addWidget(self.parts)
        return block

    def refresh(self) -> None:
        """Read the licences, once."""
        if self._asked:
            return
        self._asked = True
        self._desk.fetch(
            lambda: self._desk.services.upkeep.about(), self._show, latest="settings-about"
        )

    def _show(self, about: "AboutParts") -> None:
        self.data.setText(fill(strings.ABOUT_DATA, path=about.home))
        self.parts.clear()
        for part in (*about.parts, *about.models):
            self.parts.add_row((part.name, part.version, part.licence or strings.LICENCE_UNKNOWN))
        self.parts.fit_height()

    # --- what a person does --------------------------------------------------------------

    def _open(self, path: Path) -> None:
        if not self._desk.open_file(path):
            self._desk.say(fill(strings.NOT_OPENED, path=path))

    def _open_home(self, what: str) -> None:
        def show(about: "AboutParts") -> None:
            self._open(about.home if what == "home" else about.log_folder)

        self._desk.fetch(lambda: self._desk.services.upkeep.about(), show)

    def copy_report(self) -> None:
        """Put a report of this computer into the clipboard."""
        self.report.setEnabled(False)
        self._desk.say(strings.REPORT_WORKING)
        self._desk.ask(
            lambda cancel: self._desk.services.upkeep.system_facts(cancel),
            self._copied,
            failed=self._not_copied,
            latest="settings-report",
        )

    def _copied(self, facts: "SystemFacts") -> None:
        self.report.setEnabled(True)
        QGuiApplication.clipboard().setText(system_report(facts))
        self._desk.say(strings.REPORT_COPIED)

    def _not_copied(self, sentence: str) -> None:
        self.report.setEnabled(True)
        self._desk.say(sentence)
