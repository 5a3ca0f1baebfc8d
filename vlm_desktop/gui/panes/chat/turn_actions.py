"""What can be done with one turn: menu, palette, shortcuts, and the buttons under it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from vlm_desktop.base.chat import Role
from vlm_desktop.base.conversations import AnswerSource, Turn, TurnState, Why
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat import turn_tools as tools
from vlm_desktop.gui.panes.chat.answering import Answering
from vlm_desktop.gui.panes.chat.doubts import BLANK, NOUNS, SAMPLES, Doubts
from vlm_desktop.gui.panes.chat.opening import ask_to_open
from vlm_desktop.gui.panes.chat.places import count_of, places_of
from vlm_desktop.gui.panes.chat.places_corner import PlacesCorner
from vlm_desktop.gui.panes.chat.places_dialog import PlacesDialog
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.panes.chat.transcript import Transcript
from vlm_desktop.gui.panes.chat.votes import DOWN, UP, Votes
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.strings import chat_answers as answers
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick

_REASONS = (Why.ANOTHER, Why.TOO_LONG, Why.TOO_SHORT, Why.WRONG)


class TurnActions(QObject):
    """Acts on the turn that has the focus, else on the last. Main thread."""

    def __init__(
        self,
        desk: Desk,
        session: ChatSession,
        transcript: Transcript,
        answering: Answering,
        doubts: Doubts,
        over: QWidget,
        edit: Callable[[Turn], object],
        takes_examples: Callable[[], bool],
    ) -> None:
        super().__init__(over)
        self._takes_examples = takes_examples
        self._desk, self._session, self._transcript = desk, session, transcript
        self._answering, self._doubts, self._over, self._edit = answering, doubts, over, edit
        self.votes = Votes(desk, session, self._show_again)
        self.places = PlacesCorner(desk, session, over)
        self._made: dict[str, QAction] = {}
        self._build()
        transcript.tool_pressed.connect(self._tool)
        transcript.menu_wanted.connect(self.show_menu)
        transcript.link_clicked.connect(lambda href: ask_to_open(over, href))
        transcript.current_changed.connect(self.refresh)
        for signal in (session.opened, session.changed, session.asking, session.ended):
            signal.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        add = self._add
        add("copy-turn", strings.COPY_TURN, self.copy, "", "copy")
        add("again", strings.AGAIN, lambda: self.again(Why.ANOTHER), "Ctrl+R", "turn-right")
        add("too-long", strings.TOO_LONG, lambda: self.again(Why.TOO_LONG))
        add("too-short", strings.TOO_SHORT, lambda: self.again(Why.TOO_SHORT))
        add("wrong", strings.WRONG, self.ask_what_is_wrong)
        add("edit", strings.EDIT_TURN, self.edit, "Ctrl+U", "chat-edit")
        add("branch-before", strings.BRANCH_BEFORE, lambda: self.step(-1), "Alt+Left")
        add("branch-after", strings.BRANCH_AFTER, lambda: self.step(1), "Alt+Right")
        add("go-on", strings.GO_ON, self.go_on)
        add("branch-here", strings.BRANCH_HERE, self.branch_here)
        add("pin-turn", strings.PIN_TURN, self.pin, "Ctrl+D", "chat-pin")
        add("vote-up", answers.VOTE_UP, lambda: self.vote(UP), "Alt+Up", "right")
        add("vote-down", answers.VOTE_DOWN, lambda: self.vote(DOWN), "Alt+Down", "wrong")
        add("places", answers.PLACES_COMMAND, self.show_places, "Ctrl+Shift+B", "search-part")
        add("example", strings.EXAMPLE_MAKE, self.make_example)
        add("run-again", strings.RUN_AGAIN, self.run_again)
        add("doubt-blank", strings.DOUBT_BLANK, lambda: self.doubt(BLANK))
        add("doubt-samples", strings.DOUBT_SAMPLES, lambda: self.doubt(SAMPLES))
        add("doubt-nouns", strings.DOUBT_NOUNS, lambda: self.doubt(NOUNS))
        add("delete-turn", strings.DELETE_TURN, self.delete)

    def _add(
        self, name: str, text: str, slot: Callable[[], object], shortcut: str = "", icon: str = ""
    ) -> None:
        self._made[name] = self._desk.actions.add(
            f"chat.{name}",
            text,
            slot,
            shortcut=shortcut or None,
            icon=icon,
            where=self._over,
            while_shown=True,
        )

    # --- which turn ----------------------------------------------------------------------

    @property
    def turn(self) -> Turn | None:
        return self._answering.turn(self._transcript.current)

    @property
    def answer(self) -> Turn | None:
        """The turn, or the answer that is shown below it."""
        turn = self.turn
        conversation = self._session.conversation
        if turn is None or conversation is None or turn.role is Role.ASSISTANT:
            return turn
        path = conversation.path()
        below = [one for one in path if one.parent == turn.id]
        return below[0] if below else None

    @property
    def question(self) -> Turn | None:
        """The turn, or the question that it answers."""
        turn = self.turn
        conversation = self._session.conversation
        if turn is None or conversation is None or turn.role is Role.USER:
            return turn
        return None if turn.parent is None else conversation.turn(turn.parent)

    def refresh(self) -> None:
        """Commands without anything to act on are off."""
        busy, turn = self._session.is_busy, self.turn
        answer, question = self.answer, self.question
        by_model = answer is not None and answer.source is AnswerSource.MODEL
        for name in ("copy-turn", "pin-turn", "branch-here"):
            self._made[name].setEnabled(turn is not None)
        self._made["delete-turn"].setEnabled(turn is not None and not busy)
        self._made["edit"].setEnabled(question is not None and not busy)
        for name in ("again", "too-long", "too-short", "wrong", "run-again"):
            self._made[name].setEnabled(answer is not None and not busy)
        unanswered = turn is not None and turn.role is Role.USER and answer is None
        self._made["go-on"].setEnabled(unanswered and not busy)
        for name in ("doubt-blank", "doubt-samples", "doubt-nouns"):
            self._made[name].setEnabled(by_model and not busy)
        pictured = question is not None and bool(question.pictures)
        able = pictured and self._takes_examples()
        self._made["example"].setEnabled(answer is not None and able)
        many = self._branches(turn) > 1
        for name in ("branch-before", "branch-after"):
            self._made[name].setEnabled(many)
        pinned = turn is not None and turn.pinned
        self._made["pin-turn"].setText(strings.UNPIN_TURN if pinned else strings.PIN_TURN)
        self._refresh_answer(answer)

    def _refresh_answer(self, answer: Turn | None) -> None:
        """Thumbs and places: an answer has them once it is whole."""
        is_whole = answer is not None and answer.state is TurnState.DONE
        thumb = answer.vote if answer is not None else 0
        up, down = self._made["vote-up"], self._made["vote-down"]
        up.setText(answers.VOTE_UP_BACK if thumb == UP else answers.VOTE_UP)
        down.setText(answers.VOTE_DOWN_BACK if thumb == DOWN else answers.VOTE_DOWN)
        for action in (up, down):
            action.setEnabled(is_whole)
        conversation = self._session.conversation
        count = count_of(places_of(conversation, answer)) if conversation and answer else 0
        places = self._made["places"]
        places.setEnabled(count > 0)
        places.setText(answers.show_places(count) if count else answers.PLACES_COMMAND)

    def _branches(self, turn: Turn | None) -> int:
        conversation = self._session.conversation
        return len(conversation.siblings(turn)) if turn and conversation else 0

    # --- the menu ------------------------------------------------------------------------

    def _tool(self, key: int, name: str) -> None:
        """A button under a turn."""
        self._select(key)
        match name:
            case tools.COPY:
                self.copy()
            case tools.AGAIN:
                self._popup(self._again_menu(), self._below(key, name))
            case tools.EDIT:
                self.edit()
            case tools.PIN:
                self.pin()
            case tools.UP:
                self.vote(UP)
            case tools.DOWN:
                self.vote(DOWN)
            case tools.PLACES:
                self.show_places()
            case tools.DELETE:
                self.delete()
            case tools.BEFORE:
                self.step(-1)
            case tools.AFTER:
                self.step(1)
            case tools.KEEP:
                self._session.do(lambda chat, number: chat.select(number, key), listed=True)
            case _:
                self._popup(self.menu(), self._below(key, name))

    def _below(self, key: int, name: str) -> QPoint:
        """Under a button, so that the menu covers none of them."""
        view = self._transcript.view(key)
        assert view is not None, "it was just pressed"
        button = view.tools.buttons[name]
        return button.mapToGlobal(button.rect().bottomLeft())

    def show_menu(self, key: int, at: QPoint) -> None:
        self._select(key)
        self._popup(self.menu(), at)

    def _select(self, key: int) -> None:
        self._transcript.select(key)
        self.refresh()

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def menu(self) -> QMenu:
        """Everything that can be done with the turn, as far as it means something for it."""
        menu = QMenu(self._over)
        is_answer = self.turn is not None and self.turn.role is Role.ASSISTANT
        around = ("branch-before", "branch-after", "branch-here")
        self._put(menu, ("copy-turn", "pin-turn"))
        if is_answer:
            self._put(menu, ("vote-up", "vote-down", "places"))
            menu.addMenu(self._again_menu(menu))
            self._put(menu, (*around, "run-again", "example"))
        else:
            self._put(menu, ("edit", "go-on", *around))
        if is_answer and self._made["doubt-blank"].isEnabled():
            inner = menu.addMenu(strings.DOUBT)
            inner.addActions(
                [self._made[one] for one in ("doubt-blank", "doubt-samples", "doubt-nouns")]
            )
        self._add_links(menu)
        menu.addSeparator()
        menu.addAction(self._made["delete-turn"])
        return menu

    def _put(self, menu: QMenu, names: tuple[str, ...]) -> None:
        """Commands that mean something now."""
        menu.addActions([self._made[one] for one in names if self._made[one].isEnabled()])
        menu.addSeparator()

    def _again_menu(self, parent: QWidget | None = None) -> QMenu:
        menu = QMenu(strings.AGAIN_MENU, parent or self._over)
        for name in ("again", "too-long", "too-short", "wrong"):
            menu.addAction(self._made[name])
        return menu

    def _add_links(self, menu: QMenu) -> None:
        """Links for the keyboard: the mouse has them in the words."""
        view = self._transcript.view(self._transcript.current)
        links = view.answer.links if view is not None and not view.is_question else ()
        for href in links:
            words = fill(strings.OPEN_LINK_MENU, address=href.replace("&", "&&"))
            menu.addAction(words, lambda href=href: ask_to_open(self._over, href))

    # --- what it does --------------------------------------------------------------------

    def copy(self) -> None:
        turn = self.turn
        if turn is not None:
            QGuiApplication.clipboard().setText(turn.text)
            self._desk.say(strings.COPIED)

    def again(self, why: Why, note: str = "") -> None:
        """Another answer, for a reason."""
        answer = self.answer
        if answer is not None and not self._session.is_busy:
            self._session.regenerate(answer, why, note)

    def ask_what_is_wrong(self) -> None:
        """A few words on what is wrong help the model; none are needed."""
        dialog = QInputDialog(self._over)
        dialog.setWindowTitle(strings.WRONG_TITLE)
        dialog.setLabelText(strings.WRONG_LABEL)
        dialog.setOkButtonText(strings.WRONG_GO)
        dialog.textValueSelected.connect(lambda note: self.again(Why.WRONG, note.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def edit(self) -> None:
        question = self.question
        if question is not None:
            self._edit(question)

    def step(self, by: int) -> None:
        """Show the next branch at this turn."""
        turn, conversation = self.turn, self._session.conversation
        if turn is None or conversation is None:
            return
        siblings = conversation.siblings(turn)
        at = siblings.index(turn) + by
        if 0 <= at < len(siblings):
            target = siblings[at].id
            self._session.do(lambda chat, number: chat.select(number, target))
            self._desk.say(fill(strings.BRANCH_SAID, number=at + 1, count=len(siblings)))

    def go_on(self) -> None:
        question = self.question
        if question is not None and not self._session.is_busy:
            self._session.go_on(question)

    def branch_here(self) -> None:
        """What is asked next follows this turn."""
        turn = self.turn
        if turn is not None:
            self._session.do(lambda chat, number: chat.branch(number, turn.id))
            self._desk.say(strings.BRANCHED)

    def pin(self) -> None:
        turn = self.turn
        if turn is not None:
            self._session.do(lambda chat, _: chat.pin_turn(turn.id, not turn.pinned))

    def vote(self, thumb: int) -> None:
        """Give the answer a thumb up (1) or down (-1), or take it back."""
        answer = self.answer
        if answer is not None and answer.state is TurnState.DONE:
            self.votes.vote(answer, thumb)

    def _show_again(self) -> None:
        """A thumb that could not be kept is not shown either."""
        for view in self._transcript.views:
            view.show_facts(view.facts)

    def show_places(self) -> PlacesDialog | None:
        """Where the answer says things are, over its pictures."""
        answer = self.answer
        return self.places.open(answer) if answer is not None else None

    def make_example(self) -> None:
        """Put this solved case before every question of the conversation."""
        answer = self.answer
        if answer is not None:
            self._session.do(lambda chat, _: chat.example_from(answer.id))
            self._desk.say(strings.EXAMPLE_MADE)

    def run_again(self) -> None:
        """See whether the same comes out."""
        answer = self.answer
        if answer is None or self._session.is_busy:
            return

        def done(result: object) -> None:
            same = getattr(result, "same_text", False)
            differences = getattr(result, "differences", ())
            words = strings.RUN_SAME if same else strings.RUN_OTHER
            reasons = [strings.DIFFERENCES.get(one, one) for one in differences]
            self._desk.say(strings.BETWEEN.join((words, *reasons)))

        self._session.run_again(answer, done)

    def doubt(self, name: str) -> None:
        answer = self.answer
        if answer is not None:
            self._doubts.test(answer, name)

    def delete(self) -> None:
        """Take the turn and what follows it out, until it is undone."""
        turn, services = self.turn, self._desk.services
        if turn is None or self._session.is_busy:
            return
        change = Change(
            strings.CHANGE_TURN,
            quick(lambda: services.chat.delete_turn(turn.id)),
            lambda _: quick(lambda: services.chat.restore_turn(turn.id)),
        )
        self._desk.changes.perform(change, lambda _: self._desk.say(strings.DELETED_TURN))
