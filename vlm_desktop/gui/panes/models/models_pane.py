"""The Models pane: the shelf as a list of cards, a line to filter it, and taking in a folder."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.models.card import ModelCardView
from vlm_desktop.gui.panes.models.entries import Entry, matches
from vlm_desktop.gui.panes.models.questions import DownloadQuestion, removal_question
from vlm_desktop.gui.panes.models.shelf import Shelf
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.strings import models as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

_WIDEST = 70
"""Widest a card gets, in heights of its letters: longer lines are hard to read."""


class ModelsPane(Pane):
    """Cards of models on this computer, then of those to download. Arrows walk along them."""

    key = "models"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.shelf = Shelf(desk, self)
        self.cards: dict[str, ModelCardView] = {}
        self._stale = True
        self.setAcceptDrops(True)
        self._build_widgets()
        self._build_actions()
        self.shelf.loaded.connect(self._show_shelf)
        self.shelf.failed.connect(self._show_failure)
        self.shelf.entry_changed.connect(self._show_entry)
        desk.navigator.library_changed.connect(self._library_changed)

    # --- building ------------------------------------------------------------------------

    def _build_widgets(self) -> None:
        space = measures().space
        self.title = QLabel(strings.TITLE, self)
        self.title.setObjectName("title")
        self.intro = QLabel(strings.INTRO, self)
        self.intro.setObjectName("muted")
        self.intro.setWordWrap(True)
        self.filter = QLineEdit(self)
        self.filter.setAccessibleName(strings.FILTER)
        self.filter.setPlaceholderText(strings.FILTER_HINT)
        add_clear_button(self.filter)
        self.filter.textChanged.connect(self._filter_changed)
        self.filter.installEventFilter(self)
        self.importing = QPushButton(strings.IMPORT, self)
        self.importing.setToolTip(strings.IMPORT_TIP)
        self.importing.clicked.connect(self.choose_folder)
        tools = QHBoxLayout()
        tools.setSpacing(space[1])
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.importing)
        self.page = MessagePage(self)
        self.page.primary.clicked.connect(self._page_pressed)
        self.page.show_message(Message(strings.LOADING_TITLE))
        self.body = QStackedWidget(self)
        self.body.addWidget(self.page)
        self.body.addWidget(self._build_list())
        top = QWidget(self)
        top.setMaximumWidth(_WIDEST * measures().type_body)
        head = QVBoxLayout(top)
        head.setContentsMargins(space[4], space[3], space[4], space[2])
        head.setSpacing(space[1])
        for one in (self.title, self.intro):
            head.addWidget(one)
        head.addSpacing(space[0])
        head.addLayout(tools)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(self.body, 1)

    def _build_list(self) -> QScrollArea:
        space = measures().space
        self.scroll = QScrollArea(self)
        self.scroll.setObjectName("plain")
        self.scroll.setWidgetResizable(True)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self.scroll)
        column = QWidget(self.scroll)
        column.setMaximumWidth(_WIDEST * measures().type_body)
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(space[4], space[1], space[4], space[4])
        self._column.setSpacing(space[2])
        self.heads = tuple(QLabel(text, column) for text in (strings.HERE, strings.SHELF))
        for label in self.heads:
            label.setObjectName("section")
            label.setIndent(0)
        self.scroll.setWidget(column)
        return self.scroll

    def _build_actions(self) -> None:
        add = self.desk.actions.add
        add("models.filter", strings.COMMAND_FILTER, self.focus_filter)
        add("models.import", strings.COMMAND_IMPORT, self.choose_folder, menu="tools")
        self.starter_action = add("models.use-starter", strings.COMMAND_STARTER, self.use_starter)
        self.starter_action.setEnabled(False)

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        self.filter.setFocus()

    def back(self) -> bool:
        """From a card to the filter; then the filter is emptied."""
        if not self.filter.hasFocus():
            self.focus_filter()
        elif self.filter.text():
            self.filter.clear()
        else:
            return False
        return True

    def stop(self) -> None:
        self.shelf.stop_all()

    def state(self) -> dict[str, Any]:
        return {"filter": self.filter.text()}

    def restore(self, state: dict[str, Any]) -> None:
        text = state.get("filter")
        if isinstance(text, str):
            self.filter.setText(text)

    # --- what the user does --------------------------------------------------------------

    def focus_filter(self) -> None:
        self.desk.navigator.pane_wanted.emit(self.key)
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def choose_folder(self) -> None:
        """Ask for a folder with a model's files and take it in."""
        chosen = QFileDialog.getExistingDirectory(self, strings.IMPORT_TITLE)
        if chosen:
            self.shelf.import_folder(Path(chosen))

    def use_starter(self) -> None:
        """Go back to the model that came with the program."""
        starter = self._starter()
        if starter is not None:
            self.shelf.adopt(starter.card.id)

    def ask_download(self, model_id: str) -> None:
        """Say what a download means, and begin it if that is wanted."""
        entry, facts = self.shelf.entry(model_id), self.shelf.facts
        if entry is None or facts is None:
            return
        question = DownloadQuestion(
            entry, free_bytes=facts.free_bytes, host=facts.hub_host, parent=self
        )
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.accepted.connect(lambda: self.shelf.download(model_id))
        question.open()

    def ask_removal(self, model_id: str) -> None:
        """Say what removing means, and do it if that is wanted."""
        entry = self.shelf.entry(model_id)
        if entry is None:
            return
        question = removal_question(entry, self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.accepted.connect(lambda: self.shelf.remove(model_id))
        question.open()

    def _page_pressed(self) -> None:
        if self.shelf.facts is None:
            self.page.show_message(Message(strings.LOADING_TITLE))
            self.shelf.refresh()
        else:
            self.filter.clear()
            self.filter.setFocus()

    # --- what comes back -----------------------------------------------------------------

    def _show_shelf(self) -> None:
        entries = self.shelf.entries
        for entry in entries:
            card = self.cards.get(entry.card.id)
            if card is None:
                self.cards[entry.card.id] = self._make_card(entry)
            else:
                card.show_entry(entry)
        for gone in self.cards.keys() - {entry.card.id for entry in entries}:
            self.cards.pop(gone).deleteLater()
        starter = self._starter()
        self.starter_action.setEnabled(starter is not None and not starter.active)
        self._arrange(entries)

    def _make_card(self, entry: Entry) -> ModelCardView:
        card = ModelCardView(entry, self.scroll.widget())
        shelf = self.shelf
        card.download_asked.connect(self.ask_download)
        card.go_on_asked.connect(shelf.download)
        card.licence_accepted.connect(shelf.download)
        card.token_entered.connect(shelf.save_token)
        card.pause_asked.connect(shelf.pause)
        card.discard_asked.connect(shelf.discard)
        card.use_asked.connect(shelf.adopt)
        card.verify_asked.connect(shelf.verify)
        card.remove_asked.connect(self.ask_removal)
        card.stop_asked.connect(shelf.stop)
        card.installEventFilter(self)
        return card

    def _arrange(self, entries: tuple[Entry, ...]) -> None:
        """Both sections in order, with only the cards that match; Tab follows what is seen."""
        while self._column.count():
            self._column.takeAt(0)
        words, last, shown = self.filter.text(), self.importing, 0
        for head, here in zip(self.heads, (True, False), strict=True):
            section = [one for one in entries if one.is_here is here]
            matching = {one.card.id for one in section if matches(one, words)}
            head.setVisible(bool(matching))
            self._column.addWidget(head)
            for entry in section:
                card = self.cards[entry.card.id]
                card.setVisible(entry.card.id in matching)
                self._column.addWidget(card)
                last = _tab_through(last, card)
            shown += len(matching)
        self._column.addStretch()
        self.body.setCurrentWidget(self.scroll if shown else self.page)
        if not shown:
            self.page.show_message(
                Message(strings.NOTHING_TITLE, strings.NOTHING_TEXT, strings.SHOW_ALL)
            )
        self._shown = shown

    def _show_entry(self, model_id: str) -> None:
        entry, card = self.shelf.entry(model_id), self.cards.get(model_id)
        if entry is not None and card is not None:
            card.show_entry(entry)

    def _show_failure(self, sentence: str) -> None:
        if self.shelf.facts is not None:
            self.desk.say(sentence)
            return
        self.body.setCurrentWidget(self.page)
        self.page.show_message(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))

    def _filter_changed(self) -> None:
        if self.shelf.facts is not None:
            self._arrange(self.shelf.entries)
            announce(self.filter, strings.models(self._shown))

    def _library_changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        self.shelf.refresh()

    def _starter(self) -> Entry | None:
        return next((one for one in self.shelf.entries if one.card.state == "bundled"), None)

    # --- Qt's own ------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A folder that is dropped here is a model's; elsewhere it is one of photos."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        paths = _dropped(event)

        def done(folders: list[Path]) -> None:
            for folder in folders:
                self.shelf.import_folder(folder)
            if not folders:
                self.desk.say(strings.DROP_FOLDER)

        self.desk.fetch(lambda: [path for path in paths if path.is_dir()], done)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows walk from the filter into the cards and along them; what has focus is in view."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self._walk(watched, step):
                return True
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, ModelCardView):
            self.scroll.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def _walk(self, watched: QObject, step: int) -> bool:
        cards = [one for one in self._cards_in_order() if one.isVisibleTo(self.scroll.widget())]
        stops: list[QWidget] = [self.filter, *cards]
        at = stops.index(watched) if watched in stops else -1  # type: ignore[arg-type]
        if at < 0 or not 0 <= at + step < len(stops):
            return False
        stops[at + step].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _cards_in_order(self) -> list[ModelCardView]:
        widgets = (self._column.itemAt(at).widget() for at in range(self._column.count()))
        return [one for one in widgets if isinstance(one, ModelCardView)]


def _dropped(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _tab_through(last: QWidget, card: ModelCardView) -> QWidget:
    """Tab comes from `last` to the card and through what it holds; returns its end."""
    for widget in (card, card.token, card.save_token, *card.buttons):
        QWidget.setTabOrder(last, widget)
        last = widget
    return last
