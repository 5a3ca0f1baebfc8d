"""Policies: what is to be flagged and what is fine, in sentences; flagged photos reviewed."""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.rules import RuleKind
from vlm_desktop.gui.panes.library.review_section import ReviewSection, ReviewWords
from vlm_desktop.gui.strings import explore as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.widgets.message_page import Message

if TYPE_CHECKING:
    from vlm_desktop.engine.reviewing import Review, RuleSummary

_DIALOG = QSize(520, 460)


class PoliciesSection(ReviewSection):
    """Policies on the left; "rightly flagged" and "fine" teach them."""

    kind = RuleKind.POLICY
    prefix = "policies"

    def make_words(self) -> ReviewWords:
        return ReviewWords(
            title=strings.POLICIES_TITLE,
            list_name=strings.POLICIES_LIST,
            empty=Message(
                strings.POLICIES_EMPTY, strings.POLICIES_EMPTY_TEXT, strings.POLICIES_ADD
            ),
            views=strings.POLICIES_VIEWS,
            states=strings.POLICIES_STATES,
            accept=(strings.POLICIES_ACCEPT, strings.POLICIES_ACCEPT_TIP),
            reject=(strings.POLICIES_REJECT, strings.POLICIES_REJECT_TIP),
            clear=(strings.POLICIES_CLEAR, strings.POLICIES_CLEAR_TIP),
            accept_all=strings.POLICIES_ALL,
            accept_all_action=strings.POLICIES_ALL_ACTION,
            changes={
                1: strings.POLICIES_ACCEPT_CHANGE,
                -1: strings.POLICIES_REJECT_CHANGE,
                0: strings.POLICIES_CLEAR_CHANGE,
            },
            nothing=strings.POLICIES_NOTHING,
            nothing_text=strings.POLICIES_NOTHING_TEXT,
            in_grid=strings.POLICIES_IN_GRID,
            remove=strings.POLICIES_REMOVE,
            remove_change=strings.POLICIES_REMOVE_CHANGE,
        )

    def list_buttons(self) -> Sequence[tuple[str, Callable[[], None]]]:
        self.desk.actions.add("policies.add", strings.POLICIES_ADD, self.new_policy, menu="tools")
        return ((strings.POLICIES_ADD, self.new_policy), (strings.POLICIES_EDIT, self.edit_policy))

    def message_primary(self) -> None:
        self.new_policy()

    def new_policy(self) -> None:
        """Open the editor for a new policy."""
        self._edit(PolicyDialog(self))

    def edit_policy(self) -> None:
        """Open the editor for the current one."""
        for summary in self._summaries:
            if summary.name == self._name:
                self._edit(PolicyDialog(self, summary))

    def _edit(self, dialog: "PolicyDialog") -> None:
        dialog.accepted.connect(
            lambda: self.save(
                dialog.name.text(),
                dialog.sentences(dialog.flag),
                dialog.sentences(dialog.fine),
                renames=dialog.before,
            )
        )
        dialog.open()

    def save(
        self, name: str, flag: Sequence[str], fine: Sequence[str], *, renames: str = ""
    ) -> None:
        """Keep a policy and check every photo; can be undone. `renames`: what it was called."""
        explore = lambda: self.desk.services.explore  # noqa: E731
        name = name.strip()

        def do(cancel: CancelToken) -> Generator[Event, None, Any]:
            return (yield from explore().save_policy(name, flag, fine, cancel, renames=renames))

        def undo(before: Any) -> Callable[[CancelToken], Any]:
            if before is None:
                return lambda cancel: explore().remove(self.kind, [name], cancel)
            if before.name != name:
                return lambda cancel: explore().save_policy(
                    before.name, before.flag, before.fine, cancel, renames=name
                )
            return lambda cancel: explore().restore([before], cancel)

        self._wanted = name
        self.desk.changes.perform(Change(fill(strings.POLICIES_SAVE_CHANGE, name=name), do, undo))

    def reviewed(self, review: "Review") -> None:
        """What is on the screen is news no more."""
        if review.summary.new:
            self.desk.ask(
                lambda cancel: self.desk.services.explore.mark_seen(
                    self.kind, review.summary.name, cancel
                ),
                lambda _: None,
            )


class PolicyDialog(QDialog):
    """Name and sentences of a policy; it can be kept when it says what to flag."""

    def __init__(self, parent: PoliciesSection, summary: "RuleSummary | None" = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.POLICY_TITLE)
        self.resize(_DIALOG)
        space = measures().space
        self.before = summary.name if summary is not None else ""
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(strings.POLICY_NAME_HINT)
        self.flag = self._sentences(strings.POLICY_FLAG_HINT)
        self.fine = self._sentences(strings.POLICY_FINE_HINT)
        if summary is not None:
            self.name.setText(summary.name)
            self.flag.setPlainText("\n".join(summary.flag))
            self.fine.setPlainText("\n".join(summary.fine))
        self.keep = QPushButton(strings.POLICY_SAVE, self)
        self.keep.setObjectName("primary")
        self.keep.setDefault(True)
        self.keep.clicked.connect(self.accept)
        cancel = QPushButton(strings.POLICY_CANCEL, self)
        cancel.clicked.connect(self.reject)
        self.hint = QLabel(strings.POLICY_INCOMPLETE, self)
        self.hint.setObjectName("hint")
        self.hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(space[1])
        for text, field in (
            (strings.POLICY_NAME, self.name),
            (strings.POLICY_FLAG, self.flag),
            (strings.POLICY_FINE, self.fine),
        ):
            label = QLabel(text, self)
            label.setWordWrap(True)
            label.setBuddy(field)
            field.setAccessibleName(text)
            layout.addWidget(label)
            layout.addWidget(field)
        layout.addWidget(self.hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(space[1])
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.keep)
        layout.addLayout(buttons)
        self.name.textChanged.connect(self._typed)
        self.flag.textChanged.connect(self._typed)
        self._typed()

    @staticmethod
    def sentences(field: QPlainTextEdit) -> tuple[str, ...]:
        """The lines of a field that say something."""
        lines = field.toPlainText().splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    def _sentences(self, hint: str) -> QPlainTextEdit:
        field = QPlainTextEdit(self)
        field.setPlaceholderText(hint)
        field.setTabChangesFocus(True)
        return field

    def _typed(self) -> None:
        whole = bool(self.name.text().strip() and self.sentences(self.flag))
        self.keep.setEnabled(whole)
        self.hint.setVisible(not whole)
