"""The third step: what is taught, and how."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.recipe_advanced import Advanced
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook
from vlm_desktop.gui.panes.train.recipe_cards import KindCards
from vlm_desktop.gui.panes.train.recipe_choices import Choices
from vlm_desktop.gui.panes.train.recipe_files import RecipeFiles
from vlm_desktop.gui.panes.train.recipe_foot import RecipeFoot
from vlm_desktop.gui.panes.train.session import DATA, FIRST_RECIPE, TrainSession
from vlm_desktop.gui.panes.train.step_page import StepPage
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

if TYPE_CHECKING:
    from collections.abc import Callable

_PARTS = ("method", "loss", "run", "guard")
_WIDEST = 7
"""Tiles; longer lines are hard to read."""


class RecipePage(StepPage):
    """Wires its parts: cards, choices, everything else, and the foot that begins."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.book = RecipeBook(session, self)
        self.files = RecipeFiles(self.book, self)
        self._trouble = ""
        self.message = MessagePage(self)
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.all_usual = self._button(strings.ALL_USUAL, strings.ALL_USUAL_TIP, self._all_usual)
        self.load = self._button(strings.LOAD, strings.LOAD_TIP, self.files.choose_to_load)
        self.save = self._button(strings.SAVE, strings.SAVE_TIP, self.files.choose_to_save)
        self.text = self._button(strings.TEXT, strings.TEXT_TIP, self.files.show_text)
        self.cards = KindCards(self.book, self)
        self.cards.chosen.connect(lambda kind: self.book.choose_kind(strings.CHANGE_KIND, kind))
        self.choices = Choices(self.book, self)
        self.advanced = Advanced(self.book, self)
        self.foot = RecipeFoot(self.book, self)
        self.foot.wrong.connect(self.advanced.go_to)
        self.layers = QStackedWidget(self)
        self._lay_out()
        self._act: Callable[[], object] = lambda: None
        self.message.primary.clicked.connect(lambda: self._act())
        session.opened.connect(self._opened)
        session.listed.connect(self._show)
        self.book.offered.connect(self._known)
        self.book.changed.connect(self._known)
        self.book.failed.connect(self._failed)
        self._show()

    def _button(self, words: str, tip: str, act: "Callable[[], object]") -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.clicked.connect(lambda: act())
        return button

    def _lay_out(self) -> None:
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[0])
        head.addWidget(self.title, 1)
        for button in (self.all_usual, self.load, self.save, self.text):
            head.addWidget(button)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(space[3], space[2], space[3], space[3])
        column.setSpacing(space[2])
        column.addLayout(head)
        for words, part in (
            (strings.WHAT, self.cards),
            (strings.CHOICES, self.choices),
            (strings.ADVANCED, self.advanced),
        ):
            heading = QLabel(words, inside)
            heading.setObjectName("section")
            heading.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(heading)
            column.addWidget(part)
        column.addStretch(1)
        inside.setMaximumWidth(_WIDEST * measures().tile)
        self.scroll = FollowingScroll(self)
        self.scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.scroll.setWidget(inside)
        form = QWidget(self)
        around = QVBoxLayout(form)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(self.scroll, 1)
        around.addWidget(self.foot)
        self.layers.addWidget(self.message)
        self.layers.addWidget(form)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.layers)

    # --- showing -------------------------------------------------------------------------

    def activate(self) -> None:
        self.book.wake()
        self.foot.look_for_runs()
        self._show()
        self._focus()

    def _focus(self) -> None:
        if self.layers.currentIndex() == 1:
            self.cards.take_focus()
        elif self.message.primary.isVisible():
            self.message.primary.setFocus()
        else:
            self.setFocus()

    def _opened(self) -> None:
        self._trouble = ""
        self._show()

    def _known(self) -> None:
        self._trouble = ""
        self._show()

    def _failed(self, sentence: str) -> None:
        self._trouble = sentence
        self._show()

    def _show(self) -> None:
        """The form once there is something to teach and something to teach it with."""
        had_focus = self.isAncestorOf(focused) if (focused := self.focusWidget()) else False
        was = self.layers.currentIndex()
        message = self._message()
        if message is None:
            self._show_form()
        else:
            self.message.show_message(message)
        self.layers.setCurrentIndex(1 if message is None else 0)
        if (
            self.layers.currentIndex() != was
            and self.isVisible()
            and (had_focus or self.hasFocus())
        ):
            self._focus()

    def _message(self) -> Message | None:
        """What stands there instead of the form, and what its button does."""
        kept, book = self.session.set, self.book
        go_to_data = lambda: self.session.step_wanted.emit(DATA)  # noqa: E731
        if kept is None:
            self._act = go_to_data
            return Message(strings.EMPTY_TITLE, strings.EMPTY, strings.EMPTY_GO)
        if not kept.examples:
            self._act = go_to_data
            title = fill(strings.NOTHING_TITLE, name=kept.name)
            return Message(title, strings.NOTHING, strings.EMPTY_GO)
        if self._trouble:
            if book.offers is None:
                self._act = book.refresh
                return Message(strings.FAILED_TITLE, self._trouble, strings.TRY_AGAIN)
            self._act = lambda: book.take(strings.CHANGE_ALL, FIRST_RECIPE)
            return Message(strings.FAILED_TITLE, self._trouble, strings.FRESH)
        if book.offers is not None and not book.offers.offers:
            self._act = lambda: self.desk.navigator.pane_wanted.emit("models")
            return Message(strings.NO_MODEL_TITLE, strings.NO_MODEL, strings.NO_MODEL_GO)
        if book.offers is None or book.look is None:
            return Message(fill(strings.WORKING, name=kept.name))
        return None

    def _show_form(self) -> None:
        kept = self.session.set
        self.title.setText(fill(strings.TITLE, name=kept.name if kept is not None else ""))
        self.all_usual.setVisible(any(self.session.said.get(part) for part in _PARTS))

    def _all_usual(self) -> None:
        model = self.session.said.get("model", {})
        self.book.take(strings.CHANGE_ALL, {"model": model})
        self.cards.take_focus()

    # --- keeping -------------------------------------------------------------------------

    def stop(self) -> None:
        self.foot.task.drop()

    def state(self) -> dict[str, Any]:
        return {"open": [name for name, one in self.advanced.groups.items() if one.is_open]}

    def restore(self, state: dict[str, Any]) -> None:
        wanted = state.get("open")
        for name, group in self.advanced.groups.items():
            group.head.setChecked(isinstance(wanted, list) and name in wanted)
