"""Reviewing answers: rules on the left, photos in the middle, a slider and a few keys.

Tags and policies are two of these; they differ in their words and in how a rule is made.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.base.rules import Judgement, RuleKind
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import ContentSet
from vlm_desktop.gui.panes.library.review_parts import ReviewPanel, RuleList
from vlm_desktop.gui.panes.library.section import Section
from vlm_desktop.gui.strings import explore as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

if TYPE_CHECKING:
    from vlm_desktop.engine.reviewing import Review, RuleSummary

_SLIDER_RESTS_MS = 500
_LIBRARY_RESTS_MS = 2000


@dataclass(frozen=True, slots=True)
class ReviewWords:
    """What one kind of review calls things, in the language of the window."""

    title: str
    list_name: str
    empty: Message
    views: dict[str, str]
    states: dict[str, str]
    accept: tuple[str, str]
    """The button's word and its tip; so for the next two."""
    reject: tuple[str, str]
    clear: tuple[str, str]
    accept_all: str
    accept_all_action: str
    changes: dict[int, str]
    """What the Edit menu calls a judgement, by its verdict."""
    nothing: dict[str, str]
    nothing_text: str
    in_grid: str
    remove: str
    remove_change: str


class ReviewSection(Section):
    """Loads rules and their answers, and carries judgements to the library."""

    kind: RuleKind
    prefix: str
    """Of the ids of its actions."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.words = self.make_words()
        self._summaries: tuple[RuleSummary, ...] = ()
        self._name = ""
        self._wanted = ""
        self._row = 0
        self._stale = True
        self._closing = False
        self._slider = QTimer(self)
        self._slider.setSingleShot(True)
        self._slider.setInterval(_SLIDER_RESTS_MS)
        self._slider.timeout.connect(self._keep_cut)
        self._build_widgets()
        self._build_actions()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_LIBRARY_RESTS_MS)
        self._rest.timeout.connect(self._went_stale)
        # Not with each commit of an indexing run: scoring all words anew takes a while.
        desk.navigator.library_changed.connect(self._rest.start)
        desk.library.changed.connect(self._rest.start)
        desk.changes.changed.connect(self._changed)

    # --- what a kind of review says of itself ----------------------------------------------

    def make_words(self) -> ReviewWords:
        raise NotImplementedError

    def list_buttons(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Buttons below the list of rules, before "Remove"."""
        raise NotImplementedError

    def message_primary(self) -> None:
        """The first button of the page that stands where there are no rules."""
        raise NotImplementedError

    def message_second(self) -> None:
        """The second one."""

    def reviewed(self, review: "Review") -> None:
        """Answers of a rule are on the screen."""

    # --- building ------------------------------------------------------------------------

    def _build_widgets(self) -> None:
        space = measures().space
        self.rules = RuleList(self.words.title, self.words.list_name, self)
        self.rules.chosen.connect(self.open_rule)
        for text, slot in (*self.list_buttons(), (self.words.remove, self.remove_rule)):
            self.rules.add_button(text, slot)
        self.panel = ReviewPanel(self.desk, self.words, self)
        self.panel.cut_moved.connect(lambda _: self._slider.start())
        self.panel.accept_all.clicked.connect(self.accept_all)
        self.panel.in_grid.clicked.connect(self.show_in_grid)
        self.panel.grid.accept_wanted.connect(lambda: self.judge(1))
        self.panel.grid.photo_wanted.connect(self.desk.navigator.photo_wanted.emit)
        self.panel.grid.visible_changed.connect(self._name_photos)
        for button, verdict in zip(self.panel.buttons, (1, -1, 0), strict=True):
            button.clicked.connect(lambda _=False, verdict=verdict: self.judge(verdict))
        self.message = MessagePage(self)
        self.message.primary.clicked.connect(self._message_primary)
        self.message.second.clicked.connect(self.message_second)
        self.content = QWidget(self)
        inner = QHBoxLayout(self.content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(space[3])
        inner.addWidget(self.rules)
        inner.addWidget(self.panel, 1)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

    def _build_actions(self) -> None:
        add, words, grid = self.desk.actions.add, self.words, self.panel.grid
        for name, (text, tip), verdict, key in (
            ("accept", words.accept, 1, "A"),
            ("reject", words.reject, -1, "X"),
            ("clear", words.clear, 0, "U"),
        ):
            add(
                f"{self.prefix}.{name}", text, lambda verdict=verdict: self.judge(verdict),
                shortcut=key, tip=tip, where=grid,
            )  # fmt: skip
        add(f"{self.prefix}.accept-all", words.accept_all_action, self.accept_all, where=self)
        add(f"{self.prefix}.in-grid", words.in_grid, self.show_in_grid, where=self)

    # --- the section ---------------------------------------------------------------------

    def shown(self) -> None:
        if self._stale:
            self.load()

    def activate(self) -> None:
        if self.stack.currentWidget() is self.message:
            self.message.primary.setFocus()
        else:
            self.rules.list.setFocus()

    def back(self) -> bool:
        """From the photos back to the list of rules."""
        if self.panel.grid.hasFocus():
            self.rules.list.setFocus()
            return True
        return False

    def stop(self) -> None:
        self._closing = True
        self._slider.stop()
        self._rest.stop()
        self.panel.grid.pictures.close()

    def state(self) -> dict[str, Any]:
        return {"rule": self._name}

    def restore(self, state: dict[str, Any]) -> None:
        if isinstance(state.get("rule"), str):
            self._wanted = state["rule"]

    def _went_stale(self) -> None:
        self._stale = True
        if self.isVisible():
            self.load()

    def _changed(self) -> None:
        """Something was done or undone, maybe here: the current rule alone is read anew."""
        self._stale = self._stale or not self.isVisible()
        if self.isVisible() and not self._closing:
            self.desk.fetch(
                lambda: self.desk.services.explore.names(self.kind),
                self._named,
                failed=lambda _: None,
                latest=f"{self.prefix}.rules",
            )

    def _named(self, names: tuple[str, ...]) -> None:
        if names == tuple(one.name for one in self._summaries):
            self.open_rule(self._name)
        else:
            self.load()

    # --- loading -------------------------------------------------------------------------

    def load(self) -> None:
        """Read the rules and how they stand; what is shown stays meanwhile."""
        if self._closing:
            return
        if self.desk.library.info is not None and not self.desk.library.contents:
            self._show_message(Message(strings.NO_PHOTOS, strings.NO_PHOTOS_TEXT))
            return
        self._stale = False
        if not self._summaries and not self.rules.list.count():
            self._show_message(Message("", strings.LOADING))
        self.desk.ask(
            lambda cancel: self.desk.services.explore.summaries(self.kind, cancel),
            self._loaded,
            failed=self._failed,
            progress=self._progressed,
            latest=f"{self.prefix}.summaries",
        )

    def _progressed(self, event: Event) -> None:
        waiting = self.stack.currentWidget() is self.message and not self._summaries
        if waiting and isinstance(event, Progress) and event.phase is Phase.LABEL and event.total:
            text = fill(strings.LOADING_PART, done=event.done, total=event.total)
            self._show_message(Message("", text))

    def _loaded(self, summaries: "tuple[RuleSummary, ...]") -> None:
        self._summaries = summaries
        names = [one.name for one in summaries]
        wanted = self._wanted if self._wanted in names else self._name
        self._wanted = ""
        if not summaries:
            self._name = ""
            self._show_message(self.words.empty)
            return
        to_look_at = next((one.name for one in summaries if one.proposed), names[0])
        self.rules.show_rules(summaries, wanted if wanted in names else to_look_at)
        on_message = self.message.isAncestorOf(self.focusWidget() or self)
        self.stack.setCurrentWidget(self.content)
        if on_message:
            self.rules.list.setFocus()
        self.open_rule(self.rules.current())

    def _failed(self, sentence: str) -> None:
        self._stale = True
        if self.stack.currentWidget() is self.content:
            self.desk.say(sentence)
        else:
            self._show_message(Message(strings.REVIEW_FAILED, sentence, strings.TRY_AGAIN))

    def _show_message(self, message: Message) -> None:
        self.message.show_message(message)
        self.stack.setCurrentWidget(self.message)

    def _message_primary(self) -> None:
        if self._stale:
            self.load()
        else:
            self.message_primary()

    def open_rule(self, name: str) -> None:
        """Show the answers of a rule."""
        if not name or self._closing:
            return
        self._keep_cut()
        self._row = self.panel.grid.currentIndex().row() if name == self._name else 0
        self._name = name
        self.desk.ask(
            lambda cancel: self.desk.services.explore.review(self.kind, name, cancel),
            self._show_review,
            failed=self._failed,
            lane="search",
            latest=f"{self.prefix}.review",
        )

    def _show_review(self, review: "Review") -> None:
        if review.summary.name.casefold() != self._name.casefold():
            return
        self._summaries = tuple(
            review.summary if one.name == review.summary.name else one for one in self._summaries
        )
        self.panel.show_review(review)
        self.rules.show_summary(review.summary)
        self.panel.grid.go_to_row(self._row)
        self.reviewed(review)

    def _name_photos(self, content_ids: tuple[int, ...]) -> None:
        unnamed = self.panel.model.unnamed(content_ids)
        if unnamed and not self._closing:
            self.desk.fetch(
                lambda: {
                    place.content_id: place.path.name
                    for place in self.desk.services.browsing.places(unnamed)
                },
                self.panel.model.name,
                failed=lambda _: None,
                latest=f"{self.prefix}.names",
            )

    # --- judging -------------------------------------------------------------------------

    def judge(self, verdict: int) -> None:
        """Accept (1), reject (-1) or leave open (0) the selected photos."""
        ids = self.panel.grid.selected_ids()
        model = self.panel.model
        self._judge(
            tuple(
                Judgement(one, verdict, by_person=True, probability=model.probability(one))
                for one in ids
            ),
            verdict,
        )

    def accept_all(self) -> None:
        """Accept whatever is proposed above the slider."""
        self._judge(self.panel.model.undecided_above_cut(), 1)

    def _judge(self, judgements: tuple[Judgement, ...], verdict: int) -> None:
        if not judgements:
            return
        name, kind, explore = self._name, self.kind, lambda: self.desk.services.explore
        row = self.panel.grid.currentIndex().row()
        text = fill(self.words.changes[verdict], name=name, photos=strings.photos(len(judgements)))

        def undo(before: tuple[Judgement, ...]) -> Callable[[CancelToken], Any]:
            return lambda cancel: explore().judge(kind, name, before, cancel)

        self.panel.judge([one.content_id for one in judgements], verdict)
        self.panel.grid.go_to_row(row)
        self._row = row
        self.desk.changes.perform(
            Change(text, lambda cancel: explore().judge(kind, name, judgements, cancel), undo)
        )
        announce(self.panel.grid, text)

    def _keep_cut(self) -> None:
        """The slider rests: keep where it is, as a change that can be taken back."""
        self._slider.stop()
        cut = self.panel.moved_cut()
        if cut is None or not self._name:
            return
        name, kind, explore = self._name, self.kind, lambda: self.desk.services.explore

        def undo(before: object) -> Callable[[CancelToken], Any]:
            return lambda cancel: explore().restore([before], cancel)

        self.desk.changes.perform(
            Change(
                fill(strings.CUT_CHANGE, name=name),
                lambda cancel: explore().set_cut(kind, name, cut, cancel),
                undo,
            )
        )

    def show_in_grid(self) -> None:
        """Show the photos of this view in the grid of the Search pane."""
        ids = self.panel.model.content_ids()
        if ids:
            view = self.words.views[self.panel.model.view]
            title = fill(
                strings.PLACE_SET, name=f"{self._name}: {view}", photos=strings.photos(len(ids))
            )
            self.desk.navigator.contents_wanted.emit(ContentSet(title, ids))

    def remove_rule(self) -> None:
        """Look for the current rule no longer; can be undone."""
        name, kind, explore = self._name, self.kind, lambda: self.desk.services.explore
        if not name:
            return
        self._slider.stop()

        def do(cancel: CancelToken) -> Generator[Event, None, Any]:
            return (yield from explore().remove(kind, [name], cancel))

        def undo(removed: Any) -> Callable[[CancelToken], Any]:
            return lambda cancel: explore().restore(removed, cancel)

        self.desk.changes.perform(Change(fill(self.words.remove_change, name=name), do, undo))
