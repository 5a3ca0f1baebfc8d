"""What stands beside writing: claims, quiz, listening, files, pages, exports; and their commands."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from vlm_desktop.gui.panes.alttext.claims_corner import ClaimsCorner
from vlm_desktop.gui.strings import alttext_checks as checks

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane


class AltTextExtras(QObject):
    """Each part is an object of its own over the session. Main thread."""

    def __init__(self, pane: "AltTextPane") -> None:
        super().__init__(pane)
        self._pane = pane
        session, editor, canvas = pane.session, pane.editor, pane.picture.canvas
        self.claims = ClaimsCorner(session, editor, canvas, pane)
        self._build_actions()
        for signal in (session.chosen, session.put, session.opened, self.claims.task.changed):
            signal.connect(lambda *_: self.refresh())
        self.refresh()

    def _build_actions(self) -> None:
        claims = self.claims
        self.check = self._add("check", checks.CHECK_COMMAND, claims.check, "Ctrl+Shift+K")
        self._add("claims", checks.CLAIMS_COMMAND, claims.focus, "Ctrl+Shift+J")

    def _add(self, name: str, text: str, slot: Callable[[], object], shortcut: str = "") -> QAction:
        def do() -> None:
            self._pane.desk.navigator.pane_wanted.emit(self._pane.key)
            slot()

        return self._pane.desk.actions.add(
            f"alttext.{name}",
            text,
            do,
            shortcut=shortcut or None,
            where=self._pane,
            while_shown=True,
        )

    def refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        self.check.setEnabled(self.claims.can_check)

    def back(self) -> bool:
        """Esc: stop what runs in the pane."""
        return self.claims.task.stop()

    def stop(self) -> None:
        """The window closes."""
        self.claims.task.stop()
