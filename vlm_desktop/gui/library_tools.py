"""What the library tools do from everywhere in the window: commands, watching, exporting."""

from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library import SECTIONS, SectionSpec
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.strings import library as strings

_PANE = "library"
_WATCH_AFTER_MS = 3_000
"""The first seconds belong to the person who started the program."""


class LibraryTools(QObject):
    """Adds the commands; starts watching, and the forgetting of folders that were removed before.

    The pane itself is built when it is asked for.
    """

    def __init__(self, desk: Desk, pane: Callable[[str], Pane], window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._pane = pane
        self._window = window
        add = desk.actions.add
        add("file.export", strings.EXPORT_ACTION, self.export, shortcut="Ctrl+Shift+E",
            menu="file", tip=strings.EXPORT_TIP)  # fmt: skip
        for spec in SECTIONS:
            word = section_word(spec)
            add(
                f"library.{spec.key}",
                fill(strings.GO_TO_SECTION, section=word),
                lambda key=spec.key: self.open_section(key),
                menu="tools",
            )
        watching = desk.watching
        watching.noticed.connect(desk.say)
        watching.lost.connect(desk.navigator.library_changed)
        self._begin = QTimer(self, singleShot=True, interval=_WATCH_AFTER_MS)
        self._begin.timeout.connect(self._start)
        self._begin.start()

    def _start(self) -> None:
        self._desk.watching.start()
        self._desk.runs.start()
        services = self._desk.services
        # What is left over, whatever the reason, is forgotten at the next start; nobody waits.
        self._desk.ask(lambda cancel: services.folders.purge(cancel), _quiet, failed=_quiet)
        self._desk.fetch(lambda: services.training.adapters.purge(), _quiet, failed=_quiet)

    def open_section(self, key: str) -> None:
        """Show a section of the Library pane and put the focus into it."""
        self._desk.navigator.pane_wanted.emit(_PANE)
        pane = self._pane(_PANE)
        pane.open_section(key)  # type: ignore[attr-defined]  # the Library pane has it

    def export(self) -> None:
        """Ask how the selected photos, or else all that are shown, are to be exported."""
        selected = self._desk.navigator.selection
        shown = self._pane("search").shown_contents()
        if not selected and not shown:
            self._desk.say(strings.EXPORT_NOTHING)
            return
        module = import_module("vlm_desktop.gui.panes.library.export_dialog")
        module.ExportDialog(self._desk, selected, shown, self._window).open()

    def stop(self) -> None:
        self._begin.stop()
        self._desk.watching.stop()


def _quiet(_: object) -> None:
    """Nothing that a person can see has changed."""


def section_word(spec: SectionSpec) -> str:
    """The name of a section in the language of the window."""
    return str(getattr(import_module(f"vlm_desktop.gui.strings.{spec.words}"), spec.word))
