"""The pane's own commands, and the menus that hold them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.batch_dialog import BatchDialog
from vlm_desktop.gui.panes.chat.compare_dialog import CompareDialog
from vlm_desktop.gui.panes.chat.example_dialog import ExampleDialog
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.widgets.send_menu import send_menu, sending_of

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.chat.chat_pane import ChatPane

_MOST_BATCH = 10_000
_ROOM_FOR_BOTH = 1_080
"""Pixels of the pane from which on list and options can both stand beside the conversation."""


class ChatActions(QObject):
    """Main thread."""

    def __init__(self, pane: "ChatPane") -> None:
        super().__init__(pane)
        self._pane, self._desk = pane, pane.desk
        self._build()
        self._build_menus()
        pane.composer.chip_opened.connect(self._open_chip)
        pane.composer.each_wanted.connect(self.open_batch)
        pane.composer.changed.connect(self.refresh)
        pane.desk.navigator.selection_changed.connect(lambda _: self.refresh())
        for signal in (
            pane.session.opened,
            pane.session.changed,
            pane.session.asking,
            pane.session.ended,
            pane.choice.changed,
        ):
            signal.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        pane, add = self._pane, self._add
        sources = pane.sources
        add("new", strings.NEW_COMMAND, self._front(pane.begin_new), "Ctrl+N")
        add("search", strings.SEARCH_COMMAND, self._front(self.search), "Ctrl+H")
        add("question", strings.GO_QUESTION, self._front(pane.composer.focus_line), "Ctrl+L")
        add("turns", strings.GO_TURNS, self._front(pane.transcript.focus_turn), "Ctrl+J")
        add("pictures", strings.GO_PICTURES, self._front(pane.strip.focus_strip), "Ctrl+G")
        self.stop = add("stop", strings.STOP_COMMAND, pane.stop_answer)
        add("attach", strings.ADD_FILE, self._front(sources.pick), "Ctrl+Shift+P")
        add("paste", strings.ADD_CLIPBOARD, self._front(sources.paste))
        add("screen", strings.ADD_SCREEN, self._front(sources.grab_screen), "Ctrl+Shift+G")
        self.selection = add("selection", strings.ADD_SELECTION, self._front(self.take_selection))
        self.compare = add(
            "compare", strings.COMPARE, self._front(self.open_compare), "Ctrl+Shift+Return"
        )
        self.batch = add("batch", strings.BATCH, self._front(self.open_batch))
        self.form = add("form", strings.FORM_COMMAND, self._front(pane.options.edit_form))
        self.example = add("add-example", strings.EXAMPLE_ADD, self._front(self.open_example))
        pane.options.example_wanted.connect(self.open_example)
        add("models", strings.MORE_MODELS_COMMAND, pane.show_shelf)
        self.folds = {
            "list": self._add_fold("list", strings.SHOW_LIST, "Ctrl+B", "chat-list"),
            "options": self._add_fold("options", strings.SHOW_OPTIONS, "Ctrl+.", "chat-options"),
        }
        self.folds["list"].setChecked(True)
        self.folds["list"].toggled.connect(lambda on: self._fold("list", pane.column, on))
        self.folds["options"].toggled.connect(lambda on: self._fold("options", pane.panel, on))

    def _add(self, name: str, text: str, slot: Callable[[], object], shortcut: str = "") -> QAction:
        return self._desk.actions.add(
            f"chat.{name}",
            text,
            slot,
            shortcut=shortcut or None,
            where=self._pane,
            while_shown=True,
        )

    def _add_fold(self, name: str, text: str, shortcut: str, sign: str) -> QAction:
        return self._desk.actions.add(
            f"chat.{name}",
            text,
            lambda: None,
            shortcut=shortcut,
            icon=sign,
            checkable=True,
            where=self._pane,
            while_shown=True,
        )

    def _fold(self, name: str, part: QWidget, shown: bool) -> None:
        """In a narrow window there is room for one of both beside the conversation."""
        part.setVisible(shown)
        other = self.folds["options" if name == "list" else "list"]
        if shown and other.isChecked() and self._pane.width() < _ROOM_FOR_BOTH:
            other.setChecked(False)

    def _front(self, slot: Callable[[], object]) -> Callable[[], object]:
        """From the palette, the pane comes to the front first."""

        def do() -> None:
            self._desk.navigator.pane_wanted.emit(self._pane.key)
            slot()

        return do

    def _build_menus(self) -> None:
        book, pane = self._desk.actions, self._pane
        self.add_menu = QMenu(pane)
        for name in ("attach", "paste", "screen", "selection"):
            self.add_menu.addAction(book.get(f"chat.{name}"))
        pane.composer.add.setMenu(self.add_menu)
        self.more_menu = QMenu(pane)
        for group in (
            ("compare", "batch", "form"),
            ("rename", "pin", "export", "delete"),
            ("models",),
        ):
            for name in group:
                self.more_menu.addAction(book.get(f"chat.{name}"))
            self.more_menu.addSeparator()
        pane.head.add_toggle(self.folds["list"], first=True)
        pane.head.add_toggle(self.folds["options"])
        pane.head.add_menu(self.more_menu)

    def refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        pane = self._pane
        busy, able = pane.session.is_busy, bool(pane.choice.current)
        selected = len(self._desk.navigator.selection)
        self.stop.setEnabled(busy)
        self.compare.setEnabled(able and not busy)
        can = pane.choice.capabilities
        self.form.setEnabled(can is not None and can.json)
        self.example.setEnabled(can is not None and can.multi_turn and bool(self._pictures()))
        self.selection.setEnabled(selected > 0)
        self.selection.setText(strings.add_selection(selected))
        self.batch.setEnabled(able)

    # --- what they do --------------------------------------------------------------------

    def search(self) -> None:
        if not self.folds["list"].isChecked():
            self.folds["list"].trigger()
        self._pane.column.focus_filter()

    def take_selection(self) -> None:
        self._pane.sources.take_photos(self._desk.navigator.selection)

    def open_compare(self) -> CompareDialog | None:
        """Choose who answers beside whom."""
        pane = self._pane
        if not pane.composer.has_question:
            self._desk.say(strings.COMPARE_NO_QUESTION)
            return None
        dialog = CompareDialog(pane.choice.ready, pane.choice.current, pane.generation(), pane)
        dialog.sides_chosen.connect(self._compare)
        dialog.open()
        return dialog

    def _compare(self, sides: tuple[Side, ...]) -> None:
        pane = self._pane
        pane.session.compare(
            pane.composer.text,
            pane.composer.pictures.items,
            sides,
            model_id=pane.choice.current,
            system_prompt=pane.options.prompt,
        )
        pane.composer.clear()

    def _pictures(self) -> list[tuple[str, Attachment]]:
        """All pictures there are letters for: of the conversation, then of the composer."""
        pane = self._pane
        conversation = pane.session.conversation
        known = conversation.pictures if conversation else ()
        found = {one.attachment: one.letter for one in known}
        found |= {one: letter for letter, one in pane.composer.pictures.lettered}
        return [(letter, one) for one, letter in found.items()]

    def open_example(self) -> ExampleDialog | None:
        """Put a solved case together by hand."""
        pane, pictures = self._pane, self._pictures()
        if not pictures:
            self._desk.say(strings.EXAMPLE_NO_PICTURE)
            return None
        dialog = ExampleDialog(pictures, pane)
        dialog.made.connect(self._add_example)
        dialog.open()
        return dialog

    def _add_example(self, picture: Attachment, question: str, answer: str) -> None:
        session, chat = self._pane.session, self._desk.services

        def add(number: int) -> None:
            self._desk.ask(
                lambda cancel: chat.chat.add_example(number, picture, question, answer, cancel),
                session.take,
            )

        session.ensure(
            add, model_id=self._pane.choice.current, system_prompt=self._pane.options.prompt
        )

    def open_batch(self) -> None:
        """Ask one question of the pictures in the composer, else of the photos selected."""
        pictures = self._pane.composer.pictures.items
        if pictures:
            self.show_batch(pictures)
            return
        services, ids = self._desk.services, self._desk.navigator.selection[:_MOST_BATCH]
        if not ids:
            self._desk.say(strings.BATCH_NO_PHOTOS)
            return
        self._desk.fetch(
            lambda: services.chat.photos(ids), lambda found: self.show_batch(found) and None
        )

    def show_batch(self, pictures: tuple[Attachment, ...]) -> BatchDialog | None:
        if not pictures:
            self._desk.say(strings.PHOTOS_GONE)
            return None
        pane = self._pane
        dialog = BatchDialog(
            self._desk, tuple(pictures), pane.generation(), pane.choice.current, pane
        )
        if pictures == pane.composer.pictures.items:
            dialog.question.setText(pane.composer.text)
        dialog.show()
        return dialog

    # --- a picture in the composer -------------------------------------------------------

    def _open_chip(self, place: int) -> None:
        if place < 0:
            self._pane.options.edit_form()
            return
        menu = self.chip_menu(place)
        menu.aboutToHide.connect(menu.deleteLater)
        chip = self._pane.composer.chips.chips[place]
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def chip_menu(self, place: int) -> QMenu:
        """What can be done with a picture of the next question."""
        pane = self._pane
        pictures = pane.composer.pictures
        letter, picture = pictures.lettered[place]
        menu = QMenu(pane)
        menu.addAction(strings.SEEN_SHOW, lambda: pane.looking.look(picture, letter)).setEnabled(
            bool(pane.choice.current)
        )
        menu.addAction(strings.ASK_PART, lambda: pane.sources.choose_region(picture, place))
        menu.addSeparator()
        menu.addAction(strings.MOVE_FRONT, lambda: pictures.move(place, -1)).setEnabled(place > 0)
        last = len(pictures.items) - 1
        menu.addAction(strings.MOVE_BACK, lambda: pictures.move(place, 1)).setEnabled(place < last)
        menu.addSeparator()
        menu.addMenu(send_menu(pane.desk, "chat", lambda key: sending_of(picture, key), menu))
        menu.addSeparator()
        menu.addAction(fill(strings.PICTURE_REMOVE, letter=letter), lambda: pictures.remove(place))
        return menu
