"""The pane's commands: what its keys do, and what the palette finds."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.strings import documents as strings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane


class DocumentsActions(QObject):
    """Main thread. Letters are typing's: keys here hold Ctrl or Alt."""

    def __init__(self, pane: "DocumentsPane") -> None:
        super().__init__(pane)
        self._pane = pane
        add = self._add
        self.next = add("next", strings.NEXT_COMMAND, lambda: pane.queue.step(1), "Ctrl+Down")
        self.previous = add(
            "previous", strings.PREVIOUS_COMMAND, lambda: pane.queue.step(-1), "Ctrl+Up"
        )
        self.review = add("next-review", strings.NEXT_REVIEW, pane.go_on, "Ctrl+J")
        self.doubt = add("next-doubt", strings.NEXT_DOUBT_COMMAND, pane.next_doubt, "Ctrl+D")
        self.reviewed = add("reviewed", strings.REVIEWED_COMMAND, pane.finish, "Ctrl+Return")
        self.reviewed.setShortcuts(["Ctrl+Return", "Ctrl+Enter"])
        self.clear = add("clear", strings.CLEAR_COMMAND, pane.clear_field, "Ctrl+Shift+D")
        add("queue", strings.GO_QUEUE, pane.focus_queue, "Ctrl+G")
        add("page", strings.GO_PAGE, pane.focus_page, "Ctrl+P")
        add("words", strings.GO_WORDS, pane.focus_words, "Ctrl+L")
        add("fields", strings.GO_FIELDS, pane.focus_fields, "Ctrl+E")
        add("part", strings.GO_NEXT_PART, self.next_part, "F6")
        session = pane.session
        for signal in (session.opened, session.listed, session.sheet_changed,
                       session.focus_changed):  # fmt: skip
            signal.connect(lambda *_: self.refresh())
        self.refresh()

    def _add(self, name: str, text: str, slot: Callable[[], object], shortcut: str) -> QAction:
        def do() -> None:
            self._pane.desk.navigator.pane_wanted.emit(self._pane.key)
            slot()

        return self._pane.desk.actions.add(
            f"documents.{name}", text, do, shortcut=shortcut, where=self._pane, while_shown=True
        )

    def refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        session = self._pane.session
        several, there = len(session.documents) > 1, session.sheet is not None
        for action in (self.next, self.previous, self.review):
            action.setEnabled(several)
        for action in (self.doubt, self.reviewed):
            action.setEnabled(there)
        self.clear.setEnabled(there and session.focused is not None)

    def next_part(self) -> None:
        """Documents, page, fields, and the documents again."""
        pane = self._pane
        focused = pane.window().focusWidget()
        parts: list[tuple[QWidget, Callable[[], object], str]] = [
            (pane.column, pane.focus_queue, strings.QUEUE_NAME),
            (pane.page_panel, pane.focus_page, strings.PAGE),
            (pane.fields, pane.focus_fields, strings.FIELDS_NAME),
        ]
        at = next(
            (
                number
                for number, (part, _, _) in enumerate(parts)
                if focused is not None and (part is focused or part.isAncestorOf(focused))
            ),
            -1,
        )
        for step in range(1, len(parts) + 1):
            part, go, name = parts[(at + step) % len(parts)]
            if part.isVisible():
                go()
                announce(pane, name)
                return
