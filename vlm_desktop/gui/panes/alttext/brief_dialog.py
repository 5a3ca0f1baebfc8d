"""What whoever writes is told: style, destination, language, names, words, people."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from vlm_desktop.base.alttext import DESTINATIONS, AltStyle, Brief, Destination
from vlm_desktop.gui.panes.alttext.languages import LanguageBox
from vlm_desktop.gui.strings import alttext_brief as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

_CUSTOM = "custom"
_MOST_CHARACTERS, _MOST_CANDIDATES = 100_000, 5
_POLICIES = ("neutral", "as-told")
_LINES = 3
_WIDTH, _HEIGHT = 660, 620


class BriefDialog(PlainDialog):
    """Edits a copy; `saved` tells it. Nothing that is written already changes by it."""

    saved = Signal(object)
    """The `Brief` from now on."""

    def __init__(self, name: str, brief: Brief, parent: QWidget) -> None:
        super().__init__(strings.brief_title(name), strings.BRIEF_HINT, parent)
        self._brief = brief
        self._form = QWidget(self)
        self._grid = QGridLayout(self._form)
        space = measures().space
        self._grid.setContentsMargins(0, 0, space[1], 0)
        self._grid.setHorizontalSpacing(space[2])
        self._grid.setVerticalSpacing(space[1])
        self._grid.setColumnStretch(1, 1)
        self._build_choices()
        self._build_words()
        self._show(brief)
        scroll = FollowingScroll(self)
        scroll.setWidget(self._form)
        self.lay_out((scroll,), strings.BRIEF_SAVE, self._take)
        room = parent.window().size()
        self.resize(min(room.width() - space[5], _WIDTH), min(room.height() - space[5], _HEIGHT))
        self.language.currentTextChanged.connect(self._check)
        self.destination.currentIndexChanged.connect(self._show_custom)
        self._show_custom()
        self._check()

    # --- building ------------------------------------------------------------------------

    def _build_choices(self) -> None:
        self.style_box = QComboBox(self._form)
        for style in AltStyle:
            self.style_box.addItem(strings.STYLES[style], style.value)
        self._row(strings.BRIEF_STYLE, self.style_box)
        self.destination = QComboBox(self._form)
        for one in DESTINATIONS:
            self.destination.addItem(strings.destination(one.key, one.limit), one.key)
        self.destination.addItem(strings.DESTINATIONS[_CUSTOM], _CUSTOM)
        self._row(strings.BRIEF_DESTINATION, self.destination)
        self.limit = QSpinBox(self._form)
        self.limit.setRange(0, _MOST_CHARACTERS)
        self.limit.setSpecialValueText(strings.NO_LIMIT)
        self._limit_label = self._row(strings.BRIEF_LIMIT, self.limit)
        self.as_seen = QCheckBox(strings.BRIEF_AS_SEEN, self._form)
        self.as_seen.setToolTip(strings.BRIEF_AS_SEEN_TIP)
        self._grid.addWidget(self.as_seen, self._grid.rowCount(), 1)
        self.language = LanguageBox(self._form)
        self._row(strings.BRIEF_LANGUAGE, self.language)
        self.policy = QComboBox(self._form)
        for policy in _POLICIES:
            self.policy.addItem(strings.POLICIES[policy], policy)
        self._row(strings.BRIEF_PEOPLE, self.policy)
        self.candidates = QSpinBox(self._form)
        self.candidates.setRange(1, _MOST_CANDIDATES)
        self._row(strings.BRIEF_CANDIDATES, self.candidates)
        for box in (self.style_box, self.destination, self.language, self.policy):
            box.setMinimumContentsLength(12)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )

    def _build_words(self) -> None:
        self.audience = QLineEdit(self._form)
        self.audience.setPlaceholderText(strings.BRIEF_AUDIENCE_HINT)
        self._row(strings.BRIEF_AUDIENCE, self.audience)
        self.names = self._text_rows(strings.BRIEF_NAMES, strings.BRIEF_NAMES_HINT)
        self.glossary = self._text_rows(strings.BRIEF_GLOSSARY, strings.BRIEF_GLOSSARY_HINT)
        self.notes = self._text_rows(strings.BRIEF_NOTES, strings.BRIEF_NOTES_HINT)

    def _text_rows(self, label: str, hint: str) -> QPlainTextEdit:
        box = QPlainTextEdit(self._form)
        box.setTabChangesFocus(True)
        box.viewport().setFocusProxy(None)
        box.setPlaceholderText(hint)
        box.setFixedHeight((_LINES + 1) * self.fontMetrics().lineSpacing())
        self._row(label, box)
        return box

    def _row(self, words: str, field: QWidget) -> QLabel:
        at = self._grid.rowCount()
        label = QLabel(words, self._form)
        label.setBuddy(field)
        field.setAccessibleName(words)
        if isinstance(field, QComboBox) and field.isEditable():
            field.lineEdit().setAccessibleName(words)  # it has the focus, not the box
        self._grid.addWidget(label, at, 0)
        self._grid.addWidget(field, at, 1)
        return label

    # --- what it holds -------------------------------------------------------------------

    def _show(self, brief: Brief) -> None:
        self.style_box.setCurrentIndex(self.style_box.findData(brief.style.value))
        known = brief.destination in DESTINATIONS
        key = brief.destination.key if known else _CUSTOM
        self.destination.setCurrentIndex(self.destination.findData(key))
        self.limit.setValue(brief.destination.limit)
        self.as_seen.setChecked(brief.destination.graphemes)
        self.language.choose(brief.language)
        self.policy.setCurrentIndex(max(0, self.policy.findData(brief.people_policy)))
        self.candidates.setValue(brief.candidates)
        self.audience.setText(brief.audience)
        self.names.setPlainText("\n".join(brief.names))
        self.glossary.setPlainText("\n".join(f"{a} = {b}" for a, b in brief.glossary))
        self.notes.setPlainText(brief.notes)

    @property
    def brief(self) -> Brief:
        """What is filled in."""
        return replace(
            self._brief,
            style=AltStyle(self.style_box.currentData()),
            destination=self._destination(),
            language=self.language.tag or self._brief.language,
            audience=self.audience.text().strip(),
            names=tuple(_lines(self.names.toPlainText())),
            glossary=tuple(_pairs(self.glossary.toPlainText())),
            notes=self.notes.toPlainText().strip(),
            people_policy=str(self.policy.currentData()),
            candidates=self.candidates.value(),
        )

    def _destination(self) -> Destination:
        key = self.destination.currentData()
        found = [one for one in DESTINATIONS if one.key == key]
        return found[0] if found else Destination(
            _CUSTOM, self.limit.value(), self.as_seen.isChecked()
        )  # fmt: skip

    def _show_custom(self) -> None:
        """Limit and count belong to a destination of one's own."""
        own = self.destination.currentData() == _CUSTOM
        for one in (self._limit_label, self.limit, self.as_seen):
            one.setVisible(own)

    def _check(self) -> None:
        self.go.setEnabled(bool(self.language.tag))

    def _take(self) -> None:
        self.saved.emit(self.brief)
        self.accept()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    """Lines "word = preferred word"; a line without "=" says nothing."""
    pairs = []
    for line in _lines(text):
        word, sign, preferred = line.partition("=")
        if sign and word.strip() and preferred.strip():
            pairs.append((word.strip(), preferred.strip()))
    return pairs
