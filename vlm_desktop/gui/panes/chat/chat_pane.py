"""The Chat pane: conversations at the left, the open one in the middle, options at the right."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.chat import ChatCapabilities, GenerationOptions, Role
from vlm_desktop.base.conversations import Attachment, Turn
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.answering import Answering
from vlm_desktop.gui.panes.chat.chat_actions import ChatActions
from vlm_desktop.gui.panes.chat.chat_state import restore, state_of
from vlm_desktop.gui.panes.chat.composer import Composer
from vlm_desktop.gui.panes.chat.context_bar import ContextBar
from vlm_desktop.gui.panes.chat.context_corner import ContextCorner
from vlm_desktop.gui.panes.chat.conversation_list import ConversationList
from vlm_desktop.gui.panes.chat.doubts import Doubts
from vlm_desktop.gui.panes.chat.head import ChatHead
from vlm_desktop.gui.panes.chat.keeping import Keeping
from vlm_desktop.gui.panes.chat.model_choice import ModelChoice
from vlm_desktop.gui.panes.chat.options_corner import OptionsCorner
from vlm_desktop.gui.panes.chat.options_panel import OptionsPanel
from vlm_desktop.gui.panes.chat.picture_chips import THUMBNAIL_SIDE
from vlm_desktop.gui.panes.chat.picture_strip import PictureStrip, SeenView
from vlm_desktop.gui.panes.chat.rows import Names
from vlm_desktop.gui.panes.chat.seen_corner import SeenCorner
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.panes.chat.sources import PictureSources
from vlm_desktop.gui.panes.chat.thumbnails import AttachmentThumbnails
from vlm_desktop.gui.panes.chat.transcript import Transcript, centred
from vlm_desktop.gui.panes.chat.turn_actions import TurnActions
from vlm_desktop.gui.panes.chat.welcome import Example, WelcomePage, examples
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.search.query_line import holds_picture
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

_COLUMN = 220
_OPTIONS = 260


class ChatPane(Pane):
    """Wires the parts. The session asks the engine; the parts show what it says."""

    key = "chat"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAcceptDrops(True)
        self._samples = sample_photos()
        self._editing: Turn | None = None
        self._sent: tuple[str, tuple[Attachment, ...]] = ("", ())
        self._begun = False
        self.session = ChatSession(desk, self)
        self.choice = ModelChoice(desk, self.session, self)
        self.doubts = Doubts(self.session, self)
        self._build()
        self._build_corners()
        self._connect()
        self._show_middle()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.column = ConversationList(self.desk, self)
        self.head = ChatHead(self)
        self.strip = PictureStrip(self)
        self.seen = SeenView(self)
        self.transcript = Transcript(self)
        self.welcome = WelcomePage(self)
        self.page = MessagePage(self)
        self.middle = QStackedWidget(self)
        for one in (self.page, self.welcome, self.transcript):
            self.middle.addWidget(one)
        self.head.show_title(strings.UNTITLED)
        thumbnails = AttachmentThumbnails(self.desk, THUMBNAIL_SIDE, self)
        self.composer = Composer(thumbnails, self)
        self.context = ContextBar(self)
        self.panel = OptionsPanel(self)
        self.panel.hide()
        talk = QWidget(self)
        column = QVBoxLayout(talk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for one in (self.head, self.strip, self.seen):
            column.addWidget(one)
        column.addWidget(self.middle, 1)
        column.addLayout(centred((self.composer, self.context), measures().space[2]))
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self.beside.setChildrenCollapsible(False)
        self.beside.setHandleWidth(measures().hairline)
        for one in (self.column, talk, self.panel):
            self.beside.addWidget(one)
        self.beside.setStretchFactor(1, 1)
        self.beside.setSizes([_COLUMN, 1_000, _OPTIONS])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)

    def _build_corners(self) -> None:
        pictures = self.composer.pictures
        self.sources = PictureSources(self.desk, pictures, self)
        self.answering = Answering(
            self.session,
            self.transcript,
            self.doubts,
            pictures,
            self._names,
            lambda: self.desk.indexing.is_running,
        )
        self.turns = TurnActions(
            self.desk,
            self.session,
            self.transcript,
            self.answering,
            self.doubts,
            self,
            self.begin_edit,
            lambda: self.choice.capabilities is not None and self.choice.capabilities.multi_turn,
        )
        self.keeping = Keeping(self.desk, self.session, self.column, self)
        self.options = OptionsCorner(self.desk, self.session, self.panel, self)
        self.bar = ContextCorner(
            self.session,
            self.choice,
            self.composer,
            self.context,
            self.generation,
            self._begin_conversation,
        )
        self.looking = SeenCorner(
            self.session,
            self.choice,
            self.strip,
            self.seen,
            self.sources,
            self.generation,
            self,
        )
        self.actions_of_pane = ChatActions(self)

    def _connect(self) -> None:
        session, composer, choice = self.session, self.composer, self.choice
        composer.sent.connect(self.send)
        composer.stop_wanted.connect(self.stop_answer)
        composer.pictures_received.connect(self.sources.take)
        composer.schema_dropped.connect(lambda: self.options.use_schema(""))
        composer.up_wanted.connect(self.transcript.focus_turn)
        composer.editing_dropped.connect(self.end_edit)
        composer.pictures.changed.connect(self._show_examples)
        self.seen.left.connect(lambda: self.strip.focus_strip() or composer.focus_line())
        self.sources.part_chosen.connect(composer.focus_line)
        self.transcript.left.connect(composer.focus_line)
        self.transcript.typed.connect(composer.type_on)
        self.options.form_changed.connect(composer.show_schema)
        self.panel.settings_changed.connect(self.bar.ask_soon)
        self.welcome.asked.connect(self.ask_example)
        self.column.chosen.connect(session.open)
        self.column.new_wanted.connect(self.begin_new)
        session.opened.connect(self._opened)
        session.changed.connect(self._changed)
        session.asking.connect(self._asking)
        session.ended.connect(self._ended)
        session.listed.connect(self.column.refresh)
        session.failed.connect(self._failed)
        choice.changed.connect(self._show_models)
        choice.capable.connect(self._show_capabilities)
        choice.failed.connect(self.desk.say)
        self.head.model_chosen.connect(choice.choose)
        self.head.models_wanted.connect(self.show_shelf)
        self.page.primary.clicked.connect(self.show_shelf)
        self.desk.navigator.library_changed.connect(self._shelf_changed)

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        self.composer.focus_line()

    def back(self) -> bool:
        """Stop the answer; else one step out: of a fold, of an edit, to the question."""
        if self.stop_answer():
            return True
        if self.seen.isVisible():
            self.seen.close_view()
        elif self._editing is not None:
            self.end_edit()
        elif not self.composer.line.hasFocus():
            self.composer.focus_line()
        else:
            return False
        return True

    def stop(self) -> None:
        self.bar.stop()
        self.session.stop()

    def state(self) -> dict[str, Any]:
        return state_of(self, draft="" if self._editing else self.composer.line.toPlainText())

    def restore(self, state: dict[str, Any]) -> None:
        restore(self, state)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.choice.refresh()
            self.column.refresh()
            self.options.load_presets()
            services = self.desk.services
            self.desk.fetch(lambda: services.chat.sweep(), lambda _: None, failed=lambda _: None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Pictures may be dropped anywhere in the pane."""
        if holds_picture(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.sources.take(event.mimeData())
        self.composer.focus_line()

    # --- what the user does --------------------------------------------------------------

    def generation(self) -> GenerationOptions:
        """How the next answer is to be written."""
        return self.panel.options(self.composer.budget.max_image_tokens)

    def send(self) -> None:
        """Ask what stands in the composer."""
        text, pictures = self.composer.text, self.composer.pictures.items
        options, editing = self.generation(), self._editing
        if editing is not None:
            self.end_edit()
            self.session.edit(editing, text, options, model_id=self.choice.current)
            return
        self.session.ask(
            text,
            pictures,
            options,
            model_id=self.choice.current,
            system_prompt=self.options.prompt,
        )
        self.composer.clear()
        self._sent = (text, pictures)

    def _begin_conversation(self, then: Callable[[int], object]) -> None:
        self.session.ensure(then, model_id=self.choice.current, system_prompt=self.options.prompt)

    def ask_example(self, example: Example) -> None:
        """One of the questions of the empty page."""
        if example.picture is not None:
            self.composer.pictures.put([example.picture])
        self.composer.put(example.question)
        if self.composer.has_question:  # else there are too many pictures, and it says so
            self.send()
        self.composer.focus_line()

    def stop_answer(self) -> bool:
        if not self.session.stop():
            return False
        self.composer.show_busy(True, stopping=True)
        return True

    def begin_new(self) -> None:
        """An empty conversation; the one that is open stays in the list."""
        self.end_edit()
        self.session.close()
        self.composer.focus_line()

    def begin_edit(self, question: Turn) -> None:
        """Put a question into the composer; sent, it becomes a branch beside what it was."""
        if question.role is not Role.USER:
            return
        self._draft = self.composer.line.toPlainText()
        self._editing = question
        self.composer.put(question.text)
        self.composer.show_editing(True)
        self.composer.focus_line()
        announce(self.composer, strings.EDITING)

    def end_edit(self) -> None:
        if self._editing is not None:
            self._editing = None
            self.composer.show_editing(False)
            self.composer.put(self._draft)

    def show_shelf(self) -> None:
        self.desk.navigator.pane_wanted.emit("models")

    # --- what comes back -----------------------------------------------------------------

    def _names(self) -> Names:
        return Names(self.choice.names, self.session.error_of)

    def _opened(self) -> None:
        conversation = self.session.conversation
        self.end_edit()
        self.column.show_open(conversation.id if conversation else 0)
        self._show_models()
        self._changed()

    def _changed(self) -> None:
        conversation = self.session.conversation
        self.choice.look()
        if self.choice.is_known and self.head.model_id != self.choice.current:
            self.head.show_models(self.choice.ready, self.choice.current)
        self.composer.pictures.know(conversation)
        title = conversation.title if conversation else ""
        self.head.show_title(title or strings.UNTITLED)
        self.column.show_open(conversation.id if conversation else 0)
        self._show_middle()

    def _asking(self) -> None:
        self.composer.show_busy(True)
        self._show_middle()

    def _ended(self) -> None:
        self.composer.show_busy(False)
        self._give_back()
        self._show_middle()

    def _give_back(self) -> None:
        """A question that never became a turn goes back where it was typed."""
        (text, pictures), self._sent = self._sent, ("", ())
        conversation = self.session.conversation
        kept = conversation.turns[-4:] if conversation else ()
        if text and not self.composer.text and text not in [turn.text for turn in kept]:
            self.composer.put(text)
            self.composer.pictures.put(pictures)

    def _failed(self, sentence: str) -> None:
        self.desk.say(sentence)

    def _show_models(self) -> None:
        if self.choice.is_known:
            self.head.show_models(self.choice.ready, self.choice.current)
            self.composer.set_able(bool(self.choice.current))
            self.welcome.set_able(bool(self.choice.current))
        if self.session.conversation is not None and not self.session.is_busy:
            self.answering.show_all()
        self._show_middle()

    def _show_capabilities(self) -> None:
        self.panel.show_capabilities(self.choice.capabilities or ChatCapabilities())
        self.actions_of_pane.refresh()
        self.turns.refresh()

    def _shelf_changed(self) -> None:
        if self._begun:
            self.choice.refresh()

    def _show_examples(self) -> None:
        pictured = bool(self.composer.pictures.items)
        self.welcome.show_examples(examples(self._samples, has_pictures=pictured))

    def _show_middle(self) -> None:
        """The turns; without any, what can be asked; without a model, where to get one."""
        conversation = self.session.conversation
        has_turns = conversation is not None and conversation.leaf is not None
        if has_turns or self.session.is_busy:
            self.middle.setCurrentWidget(self.transcript)
        elif self.choice.is_known and not self.choice.ready:
            self.middle.setCurrentWidget(self.page)
            self.page.show_message(
                Message(strings.NO_MODEL_TITLE, strings.NO_MODEL_TEXT, strings.NO_MODEL_GO)
            )
        else:
            self._show_examples()
            self.middle.setCurrentWidget(self.welcome)
