"""The column at the right: language, decision, texts, findings, drafts, history; the state below.

Every part is a widget of its own; this one puts them together. What they do is wired in
`editor_corner`.
"""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.alttext import Destination
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.candidates_panel import CandidatesPanel
from vlm_desktop.gui.panes.alttext.decision_bar import DecisionBar
from vlm_desktop.gui.panes.alttext.history_panel import HistoryPanel
from vlm_desktop.gui.panes.alttext.languages import language_name
from vlm_desktop.gui.panes.alttext.lint_panel import LintPanel
from vlm_desktop.gui.panes.alttext.state_line import StateLine
from vlm_desktop.gui.panes.alttext.text_field import TextField
from vlm_desktop.gui.panes.search.details_parts import Section
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll

_ALT_LINES, _EXTENDED_LINES = 3, 2
_MORE = "+"
_LEAST_WORDS = 10


class EditorPanel(QFrame):
    """Everything about one image's text in one language. Main thread."""

    language_chosen = Signal(str)
    language_wanted = Signal()
    """A language that is not in the list yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("altEditor")
        space = measures().space
        self.decision = DecisionBar(self)
        self.alt = TextField(strings.ALT, strings.ALT_NAME, _ALT_LINES, self)
        self.lint = LintPanel(self)
        self.candidates = CandidatesPanel(self)
        self.extended = TextField(strings.EXTENDED, strings.EXTENDED_NAME, _EXTENDED_LINES, self)
        self.extended.set_destination(Destination("", 0))
        self.history = HistoryPanel(self)
        self.state = StateLine(self)
        self.sections: dict[str, Section] = {}
        self.note = QLabel(self)
        self.note.setObjectName("muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.hide()
        self._build_head()
        self._build_drafting()
        self._build_column()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.scroll, 1)
        column.addWidget(self.state)
        self.setMinimumWidth(9 * space[5])

    def _build_head(self) -> None:
        self.name = ElidedLabel(self)
        self.name.setObjectName("heading")
        self.place = QLabel(self)
        self.place.setObjectName("hint")
        self.language_label = QLabel(strings.LANGUAGE, self)
        self.language_label.setObjectName("fact")
        self.language = QComboBox(self)
        self.language.setAccessibleName(strings.LANGUAGE_NAME)
        self.language.setMinimumContentsLength(_LEAST_WORDS)
        self.language.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.language_label.setBuddy(self.language)
        self.language.activated.connect(self._language_chosen)
        self.translate = QPushButton(self)
        self.translate.setObjectName("quiet")
        self.translate.setToolTip(strings.TRANSLATE_TIP)
        self.translate.hide()

    def _build_drafting(self) -> None:
        space = measures().space
        self.drafting = QWidget(self)
        row = FlowLayout(self.drafting, space[0])
        self.draft = QPushButton(strings.DRAFT, self.drafting)
        self.draft.setToolTip(strings.DRAFT_TIP)
        self.draft.setAccessibleDescription(strings.DRAFT_TIP)
        self.stop = QPushButton(strings.STOP_DRAFT, self.drafting)
        self.stop.hide()
        self.brief = QPushButton(strings.BRIEF, self.drafting)
        self.brief.setObjectName("quiet")
        self.brief.setToolTip(strings.BRIEF_TIP)
        self.progress = QLabel(self)
        self.progress.setObjectName("hint")
        self.progress.setTextFormat(Qt.TextFormat.PlainText)
        self.progress.setWordWrap(True)
        self.progress.hide()
        for one in (self.draft, self.stop, self.brief, self._build_models()):
            row.addWidget(one)

    def _build_models(self) -> QWidget:
        """Label and box stay together wherever the line breaks."""
        both = QWidget(self.drafting)
        label = QLabel(strings.MODEL, both)
        label.setObjectName("hint")
        self.models = ElidedBox(both, strings.MODEL_TIP)
        self.models.setAccessibleName(strings.MODEL_NAME)
        self.models.setMinimumContentsLength(_LEAST_WORDS)
        self.models.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        label.setBuddy(self.models)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[1])
        row.addWidget(label)
        row.addWidget(self.models)
        return both

    def _build_column(self) -> None:
        space = measures().space
        inner = QWidget(self)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(space[2], space[1], space[2], space[2])
        self._column.setSpacing(space[2])
        top = QHBoxLayout()
        top.setSpacing(space[1])
        top.addWidget(self.name, 1)
        top.addWidget(self.place)
        spoken = QHBoxLayout()
        spoken.setSpacing(space[1])
        spoken.addWidget(self.language_label)
        spoken.addWidget(self.language, 1)
        self._column.addLayout(top)
        self._column.addLayout(spoken)
        self._column.addWidget(self.translate, 0, Qt.AlignmentFlag.AlignLeft)
        for one in (self.decision, self.note, self.alt, self.drafting, self.progress, self.lint,
                    self.candidates, self.extended):  # fmt: skip
            self._column.addWidget(one)
        self._column.addStretch(1)
        self.add_section("history", strings.HISTORY, self.history)
        self.scroll = FollowingScroll(self)
        self.scroll.setWidget(inner)

    def add_section(
        self, key: str, title: str, widget: QWidget, *, before: str = "", is_open: bool = False
    ) -> Section:
        """A fold below the texts with a panel in it, above that of the key `before`."""
        section = Section(title, self, is_open=is_open)
        section.add(widget)
        self.sections[key] = section
        at = self._column.count() - 1  # the stretch stays last
        if before in self.sections:
            at = self._column.indexOf(self.sections[before])
        self._column.insertWidget(at, section)
        return section

    # --- what is shown -------------------------------------------------------------------

    def show_place(self, name: str, number: int, total: int, selected: int = 1) -> None:
        """Which image it is: its name, and the how manieth of those in the list.

        With several `selected`, decisions and approval count for all of them, and that is said.
        """
        self.name.setText(name)
        words = fill(strings.PLACE, number=number, total=total) if number else ""
        if selected > 1:
            words = fill(strings.PLACE_SELECTED, place=words, count=selected)
        self.place.setText(words)
        self.place.setToolTip(strings.SELECTED_TIP if selected > 1 else "")

    def show_languages(self, tags: tuple[str, ...], chosen: str) -> None:
        """Languages there are texts in, and a way to another."""
        with QSignalBlocker(self.language):
            self.language.clear()
            for tag in tags:
                self.language.addItem(language_name(tag), tag)
            self.language.addItem(strings.ADD_LANGUAGE, _MORE)
            self.language.setCurrentIndex(max(0, self.language.findData(chosen)))
        self._chosen = chosen

    def show_translation(self, source: str) -> None:
        """Offer to translate from an approved text in that language; "" for none."""
        self.translate.setVisible(bool(source))
        if source:
            self.translate.setText(fill(strings.TRANSLATE, language=language_name(source)))

    def show_note(self, text: str) -> None:
        """Why there is nothing to write here; "" where there is."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_drafting(self, words: str) -> None:
        """What the model is doing; "" for nothing."""
        self.progress.setText(words)
        self.progress.setVisible(bool(words))
        shown, hidden = (self.stop, self.draft) if words else (self.draft, self.stop)
        self._show_instead(shown, hidden)

    def _show_instead(self, one: QPushButton, other: QPushButton) -> None:
        """In its place, so that nothing beside it moves; the focus goes along."""
        had_focus = other.hasFocus()
        other.hide()
        one.show()
        if had_focus:
            one.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_alt(self) -> None:
        self.alt.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _language_chosen(self, row: int) -> None:
        tag = self.language.itemData(row)
        if tag == _MORE:
            with QSignalBlocker(self.language):
                self.language.setCurrentIndex(max(0, self.language.findData(self._chosen)))
            self.language_wanted.emit()
        else:
            self.language_chosen.emit(tag)
