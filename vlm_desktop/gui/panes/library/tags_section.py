"""Tag everything: words held against every photo, proposals accepted or rejected."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.rules import RuleKind
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.review_section import ReviewSection, ReviewWords
from vlm_desktop.gui.strings import explore as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.widgets.message_page import Message

_DIALOG = QSize(460, 420)


class TagsSection(ReviewSection):
    """Words on the left; what is accepted becomes a tag that can be searched."""

    kind = RuleKind.WORD
    prefix = "tags"

    def make_words(self) -> ReviewWords:
        return ReviewWords(
            title=strings.TAGS_TITLE,
            list_name=strings.TAGS_LIST,
            empty=Message(
                strings.TAGS_EMPTY,
                strings.TAGS_EMPTY_TEXT,
                strings.TAGS_EVERYDAY,
                strings.TAGS_ADD,
            ),
            views=strings.TAGS_VIEWS,
            states=strings.TAGS_STATES,
            accept=(strings.TAGS_ACCEPT, strings.TAGS_ACCEPT_TIP),
            reject=(strings.TAGS_REJECT, strings.TAGS_REJECT_TIP),
            clear=(strings.TAGS_CLEAR, strings.TAGS_CLEAR_TIP),
            accept_all=strings.TAGS_ALL,
            accept_all_action=strings.TAGS_ALL_ACTION,
            changes={
                1: strings.TAGS_ACCEPT_CHANGE,
                -1: strings.TAGS_REJECT_CHANGE,
                0: strings.TAGS_CLEAR_CHANGE,
            },
            nothing=strings.TAGS_NOTHING,
            nothing_text=strings.TAGS_NOTHING_TEXT,
            in_grid=strings.TAGS_IN_GRID,
            remove=strings.TAGS_REMOVE,
            remove_change=strings.TAGS_REMOVE_CHANGE,
        )

    def list_buttons(self) -> Sequence[tuple[str, Callable[[], None]]]:
        self.desk.actions.add("tags.add", strings.TAGS_ADD, self.ask_for_words, menu="tools")
        return ((strings.TAGS_ADD, self.ask_for_words),)

    def message_primary(self) -> None:
        self.desk.fetch(lambda: self.desk.services.explore.everyday_words(), self.look_for)

    def message_second(self) -> None:
        self.ask_for_words()

    def ask_for_words(self) -> None:
        """Open the dialog for new words."""
        dialog = WordsDialog(self.desk, self)
        dialog.accepted.connect(lambda: self._typed(dialog.text.toPlainText()))
        dialog.open()

    def _typed(self, text: str) -> None:
        self.desk.fetch(lambda: self.desk.services.explore.words_in(text), self.look_for)

    def look_for(self, words: Sequence[str]) -> None:
        """Hold these words against every photo from now on; can be undone."""
        if not words:
            return
        explore = lambda: self.desk.services.explore  # noqa: E731

        def do(cancel: CancelToken) -> Generator[Event, None, tuple[str, ...]]:
            return (yield from explore().look_for(words, cancel))

        def undo(added: tuple[str, ...]) -> Callable[[CancelToken], Any]:
            return lambda cancel: explore().remove(self.kind, added, cancel)

        def done(added: tuple[str, ...]) -> None:
            if added:
                self._wanted = added[0]
            self.desk.say(fill(strings.TAGS_ADDED, count=len(added)))

        self.desk.changes.perform(Change(strings.TAGS_ADD_CHANGE, do, undo), done)


class WordsDialog(QDialog):
    """Words typed, pasted, from a file, or those that come with the program."""

    def __init__(self, desk: Desk, parent: TagsSection) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setWindowTitle(strings.TAGS_ADD_TITLE)
        self.resize(_DIALOG)
        space = measures().space
        label = QLabel(strings.TAGS_ADD_LABEL, self)
        label.setWordWrap(True)
        self.text = QPlainTextEdit(self)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(strings.TAGS_ADD_LABEL)
        label.setBuddy(self.text)
        self.everyday = QPushButton(strings.TAGS_ADD_EVERYDAY, self)
        self.everyday.clicked.connect(self._add_everyday)
        self.file = QPushButton(strings.TAGS_ADD_FILE, self)
        self.file.clicked.connect(self._ask_for_file)
        self.keep = QPushButton(strings.TAGS_ADD_DO, self)
        self.keep.setObjectName("primary")
        self.keep.setDefault(True)
        self.keep.clicked.connect(self.accept)
        cancel = QPushButton(strings.TAGS_ADD_CANCEL, self)
        cancel.clicked.connect(self.reject)
        self.failed = QLabel(self)
        self.failed.setObjectName("bad")
        self.failed.setWordWrap(True)
        self.failed.hide()
        sources, buttons = QHBoxLayout(), QHBoxLayout()
        for row in (sources, buttons):
            row.setSpacing(space[1])
        sources.addWidget(self.everyday)
        sources.addWidget(self.file)
        sources.addStretch(1)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setSpacing(space[1])
        layout.addWidget(label)
        layout.addWidget(self.text, 1)
        layout.addLayout(sources)
        layout.addWidget(self.failed)
        layout.addLayout(buttons)
        self.text.textChanged.connect(self._typed)
        self._typed()

    def add_words(self, words: Sequence[str]) -> None:
        """Put words below those that stand there."""
        typed = self.text.toPlainText().rstrip()
        self.text.setPlainText("\n".join([*([typed] if typed else []), *words]))
        self.text.setFocus()

    def _typed(self) -> None:
        self.keep.setEnabled(bool(self.text.toPlainText().strip()))

    def _add_everyday(self) -> None:
        self._desk.fetch(lambda: self._desk.services.explore.everyday_words(), self.add_words)

    def _ask_for_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, strings.TAGS_ADD_FILE_TITLE)
        if chosen:
            self.read_file(chosen)

    def read_file(self, path: str) -> None:
        """Add the words of a text file, or say why that fails."""
        self.failed.hide()

        def failed(sentence: str) -> None:
            self.failed.setText(sentence)
            self.failed.show()

        self._desk.fetch(
            lambda: self._desk.services.explore.words_from_file(Path(path)),
            self.add_words,
            failed=failed,
        )
