"""The pane's commands: what its keys do, and what the palette finds."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction

from vlm_desktop.base.alttext import AltState, Decision
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.alttext.editor_corner import FIXED
from vlm_desktop.gui.panes.alttext.queue_view import DECISION_KEYS
from vlm_desktop.gui.strings import alttext as strings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane


class AltTextActions(QObject):
    """Main thread. Letters are typing's: keys here hold Ctrl or Alt; the queue has single ones."""

    def __init__(self, pane: "AltTextPane") -> None:
        super().__init__(pane)
        self._pane = pane
        self._build()
        self._build_decisions()
        self._build_menu()
        session = pane.session
        for signal in (session.chosen, session.put, session.opened, pane.drafting.changed):
            signal.connect(lambda *_: self.refresh())
        self.refresh()

    def _build(self) -> None:
        pane, add = self._pane, self._add
        corner, drafting = pane.corner, pane.drafting
        self.next = add("next", strings.NEXT_COMMAND, lambda: pane.step(1), "Ctrl+Down")
        self.previous = add("previous", strings.PREVIOUS_COMMAND, lambda: pane.step(-1), "Ctrl+Up")
        self.needing = add("next-needing", strings.NEXT_NEEDING, pane.go_on, "Ctrl+J")
        self.approve = add("approve", strings.APPROVE_COMMAND, corner.approve, "Ctrl+Return")
        self.approve.setShortcuts(["Ctrl+Return", "Ctrl+Enter"])
        self.edit = add("edit", strings.EDIT_COMMAND, corner.edit, "Ctrl+E")
        self.review = add("review", strings.REVIEW_COMMAND, corner.review, "Ctrl+Shift+R")
        self.facts = add("facts", strings.FACTS_COMMAND, corner.ask_facts, "Ctrl+Shift+N")
        self.draft = add("draft", strings.DRAFT_COMMAND, drafting.start, "Ctrl+D")
        self.stop = add("stop-draft", strings.STOP_COMMAND, drafting.stop)
        self.batch = add("batch", strings.BATCH, pane.batch.start, "Ctrl+Shift+D")
        self.batch.setToolTip(strings.BATCH_TIP)
        pane.queue.batch.clicked.connect(pane.queue.focus_list)  # first: the button goes off
        pane.queue.batch.clicked.connect(self.batch.trigger)
        pane.batch.changed.connect(self.refresh)
        self.fix = add("fix", strings.FIX_COMMAND, corner.fix_next, "Ctrl+.")
        self.fix_all = add("fix-all", strings.FIX_ALL_COMMAND, corner.fix_all, "Ctrl+Shift+.")
        add("queue", strings.GO_QUEUE, pane.queue.focus_list, "Ctrl+G")
        add("text", strings.GO_TEXT, pane.editor.focus_alt, "Ctrl+L")
        add("context", strings.GO_CONTEXT, pane.picture.context.focus_first, "Ctrl+Shift+C")
        add("language", strings.GO_LANGUAGE, self._focus_language, "Ctrl+Shift+L")
        add("search", strings.GO_SEARCH, pane.queue.focus_words, "Ctrl+H")
        add("history", strings.GO_HISTORY, self.show_history, "Ctrl+Shift+H")
        add("part", strings.GO_NEXT_PART, self.next_part, "F6")

    def _build_decisions(self) -> None:
        self.decisions: list[QAction] = []
        for key, decision in DECISION_KEYS.items():
            number = key.name.removeprefix("Key_")
            words = (
                strings.UNDECIDE_COMMAND if decision is Decision.UNDECIDED
                else fill(strings.DECIDE_COMMAND, decision=strings.DECISIONS[decision])
            )  # fmt: skip
            self.decisions.append(
                self._add(
                    f"decide-{number}",
                    words,
                    lambda decision=decision: self._pane.corner.decide(decision),
                    f"Alt+{number}",
                )
            )

    def _build_menu(self) -> None:
        """The context menu of the queue."""
        view, book = self._pane.queue.view, self._pane.desk.actions
        groups: tuple[tuple[QAction, ...], ...] = (
            (self.approve, self.edit, self.draft),
            tuple(self.decisions),
            (self.review, self.facts),
            (book.get("alttext.remove-image"),),
        )
        for group in groups:
            view.addActions(list(group))
            between = QAction(view)
            between.setSeparator(True)
            view.addAction(between)

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
        pane = self._pane
        image, state = pane.session.current, pane.session.text.state
        there = image is not None
        for action in (self.next, self.previous, self.needing, self.approve, self.fix,
                       self.fix_all, *self.decisions):  # fmt: skip
            action.setEnabled(there)
        self.edit.setEnabled(there)
        for one in (self.batch, pane.queue.batch):
            one.setEnabled(pane.batch.can_start)
        self.review.setEnabled(there and state not in (*FIXED, AltState.IN_REVIEW))
        self.facts.setEnabled(there and state is not AltState.APPROVED)
        self.draft.setEnabled(pane.drafting.can_start)
        self.stop.setEnabled(pane.drafting.is_writing)

    # --- what they do --------------------------------------------------------------------

    def show_history(self) -> None:
        """Open the history and go there."""
        pane = self._pane
        section = pane.editor.sections["history"]
        section.set_open(True)
        section.heading.setFocus(Qt.FocusReason.ShortcutFocusReason)
        pane.editor.scroll.show_whole(section)
        pane.editor.history.when_read(self._go_to_history)

    def _go_to_history(self) -> None:
        """Into its list, unless one went elsewhere while it was read."""
        editor = self._pane.editor
        section = editor.sections["history"]
        if section.heading.hasFocus():
            editor.history.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            editor.scroll.show_whole(section)

    def _focus_language(self) -> None:
        self._pane.editor.language.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def next_part(self) -> None:
        """Queue, picture, text, and the queue again."""
        pane = self._pane
        focused = pane.window().focusWidget()
        parts: list[tuple[QWidget, Callable[[], object], str]] = [
            (pane.queue, pane.queue.focus_list, strings.QUEUE_NAME),
            (pane.picture, pane.picture.canvas.setFocus, strings.PICTURE),
            (pane.editor, pane.editor.focus_alt, strings.ALT_NAME),
        ]
        at = next(
            (
                number
                for number, (part, _, _) in enumerate(parts)
                if focused is not None and (part is focused or part.isAncestorOf(focused))
            ),
            -1,
        )
        _, go, name = parts[(at + 1) % len(parts)]
        go()
        announce(pane, name)
