"""Settings from and to a file, and what else concerns them as a whole."""

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.paths import portable_home, program_folder
from vlm_desktop.gui import motion
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.undo import Change


class SettingsTransfer(QObject):
    """Export, import. Main thread."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._window = parent

    def export(self) -> None:
        """Ask where to, and write all settings there."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            strings.EXPORT_SETTINGS.replace("&", ""),
            str(documents() / strings.SETTINGS_FILE),
            strings.SETTINGS_FILTER,
        )
        if chosen:
            self._desk.ask(
                lambda _: self._desk.services.upkeep.export_settings(Path(chosen)),
                lambda path: self._desk.say(fill(strings.SETTINGS_EXPORTED, path=path)),
            )

    def take_in(self) -> None:
        """Ask for a file, and take its settings over as one change."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            strings.IMPORT_SETTINGS.replace("&", ""),
            str(documents()),
            strings.SETTINGS_FILTER,
        )
        if not chosen:
            return
        services = self._desk.services
        self._desk.changes.perform(
            Change(
                strings.CHANGE_IMPORT,
                do=lambda _: services.upkeep.import_settings(Path(chosen)),
                undo=lambda taken: lambda _: services.upkeep.change(taken.change.reverted),
            ),
            done=lambda taken: self._taken_in(taken.left_out),
            failed=self._desk.say,
        )

    def _taken_in(self, left_out: tuple[str, ...]) -> None:
        names = ", ".join(strings.LABELS.get(name, name) for name in left_out)
        words = strings.SETTINGS_LEFT_OUT if left_out else strings.SETTINGS_IMPORTED
        self._desk.say(fill(words, names=names))

    def use_motion(self, reduced: bool) -> None:
        """Let the window move, or not."""
        motion.reduce(reduced)

    @staticmethod
    def portable_words() -> str:
        """Whether the program is portable, or how it becomes so."""
        program = program_folder()
        home = portable_home(program)
        if home is not None:
            return fill(strings.PORTABLE_ON, path=home)
        return fill(strings.PORTABLE_OFF, program=program)


def documents() -> Path:
    """Where a person expects files to be written."""
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place))
