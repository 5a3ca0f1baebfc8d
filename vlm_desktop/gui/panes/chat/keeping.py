"""What can be done with whole conversations: rename, pin, delete, export."""

from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chatwork import ConversationExport, ConversationFormat
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.conversation_list import ConversationList
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick

_KINDS = (ConversationFormat.MARKDOWN, ConversationFormat.HTML, ConversationFormat.JSON)
_FORBIDDEN = '<>:"/\\|?*'


class Keeping(QObject):
    """By a conversation's id; for the open one without. Changes can be undone."""

    def __init__(
        self, desk: Desk, session: ChatSession, column: ConversationList, over: QWidget
    ) -> None:
        super().__init__(over)
        self._desk, self._session, self._column, self._over = desk, session, column, over
        self._was_open: tuple[Change, int] | None = None
        column.menu_wanted.connect(lambda number, at: self._popup(number, at))
        column.rename_wanted.connect(self.rename)
        column.delete_wanted.connect(self.delete)
        add = desk.actions.add
        self.actions = [
            add("chat.rename", strings.RENAME, self.rename, where=over),
            add("chat.pin", strings.PIN, self.pin, where=over),
            add("chat.export", strings.EXPORT, self.export, where=over),
            add("chat.delete", strings.DELETE, self.delete, where=over),
        ]
        for signal in (session.opened, session.changed):
            signal.connect(self._refresh)
        for signal in (desk.changes.performed, desk.changes.undone, desk.changes.redone):
            signal.connect(lambda *_: self._changed())
        desk.changes.undone.connect(self._undone)
        self._refresh()

    def _refresh(self) -> None:
        there = self._session.conversation is not None
        for action in self.actions:
            action.setEnabled(there)
        pinned = there and self._session.conversation.pinned  # type: ignore[union-attr]
        self.actions[1].setText(strings.UNPIN if pinned else strings.PIN)

    def _changed(self) -> None:
        """Something was done, undone or redone: what is shown may be another."""
        self._column.refresh()
        if not self._session.is_busy:
            self._session.refresh()

    def _open_id(self) -> int | None:
        conversation = self._session.conversation
        return conversation.id if conversation else None

    def _title(self, number: int) -> str:
        summary, conversation = self._column.summary(number), self._session.conversation
        if conversation is not None and conversation.id == number:
            return conversation.title
        return summary.title if summary else ""

    # --- what it does --------------------------------------------------------------------

    def rename(self, number: int | None = None) -> None:
        """Ask for a title."""
        number = number or self._open_id()
        if number is None:
            return
        before = self._title(number)
        dialog = QInputDialog(self._over)
        dialog.setWindowTitle(strings.RENAME_TITLE)
        dialog.setLabelText(strings.RENAME_LABEL)
        dialog.setOkButtonText(strings.RENAME_GO)
        dialog.setTextValue(before)
        dialog.textValueSelected.connect(lambda title: self._rename(number, before, title.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _rename(self, number: int, before: str, title: str) -> None:
        services = self._desk.services
        if title == before:
            return
        change = Change(
            strings.CHANGE_TITLE,
            quick(lambda: services.chat.rename(number, title)),
            lambda _: quick(lambda: services.chat.rename(number, before)),
        )
        self._desk.changes.perform(change)

    def pin(self, number: int | None = None) -> None:
        """To the top of the list, or back among the others."""
        number = number or self._open_id()
        if number is None:
            return
        summary = self._column.summary(number)
        pinned = not (summary is not None and summary.pinned)
        services = self._desk.services
        self._desk.fetch(lambda: services.chat.pin(number, pinned), lambda _: self._changed())

    def delete(self, number: int | None = None) -> None:
        """Undo brings it back."""
        number = number or self._open_id()
        if number is None:
            return
        title = self._title(number) or strings.UNTITLED
        services = self._desk.services
        change = Change(
            fill(strings.CHANGE_DELETE, title=title),
            quick(lambda: services.chat.delete(number)),
            lambda _: quick(lambda: services.chat.restore(number)),
        )
        if number == self._open_id():
            self._session.stop()
            self._session.close()
            self._was_open = (change, number)
        self._desk.changes.perform(
            change, lambda _: self._desk.say(fill(strings.DELETED, title=title))
        )

    def _undone(self, change: Change) -> None:
        """A conversation that was open when it was deleted is open again, if nothing else is."""
        was_open, number = self._was_open or (None, 0)
        if change is was_open:
            self._was_open = None
            if self._session.conversation is None and not self._session.is_busy:
                self._session.open(number)

    def export(self, number: int | None = None) -> None:
        """Ask for a file; its ending says what it will be."""
        number = number or self._open_id()
        if number is None:
            return
        filters = {f"{strings.EXPORT_KINDS[kind.value]} (*.{kind.value})": kind for kind in _KINDS}
        title = "".join(one for one in self._title(number) if one not in _FORBIDDEN).strip(". ")
        name = f"{title or strings.UNTITLED}.{_KINDS[0].value}"
        chosen, used = QFileDialog.getSaveFileName(
            self._over, strings.EXPORT_TITLE, name, ";;".join(filters)
        )
        if chosen:
            self.export_to(number, *_target(Path(chosen), filters.get(used, _KINDS[0])))

    def export_to(self, number: int, target: Path, kind: ConversationFormat) -> None:
        """Write a conversation to a file."""
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, ConversationExport]:
            return services.chat.export(number, target, kind, cancel)

        self._desk.ask(
            verb, lambda made: self._desk.say(fill(strings.SAVED_AS, name=made.target.name))
        )

    def menu(self, number: int) -> QMenu:
        """For a row of the list."""
        menu = QMenu(self._over)
        summary = self._column.summary(number)
        pin = strings.UNPIN if summary is not None and summary.pinned else strings.PIN
        entries: tuple[tuple[str, Callable[[int], object]], ...] = (
            (strings.RENAME, self.rename),
            (pin, self.pin),
            (strings.EXPORT, self.export),
            (strings.DELETE, self.delete),
        )
        for words, slot in entries:
            menu.addAction(words, lambda slot=slot: slot(number))
        return menu

    def _popup(self, number: int, at: object) -> None:
        menu = self.menu(number)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def _target(chosen: Path, kind: ConversationFormat) -> tuple[Path, ConversationFormat]:
    """The file and its kind: an ending that was typed counts more than the filter."""
    for one in _KINDS:
        if chosen.suffix.lower() == f".{one.value}":
            return chosen, one
    return chosen.with_name(f"{chosen.name}.{kind.value}"), kind
