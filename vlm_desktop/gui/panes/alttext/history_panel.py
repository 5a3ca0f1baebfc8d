"""The history of an image's text: who or what wrote it, when, what changed; all can come back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDateTime, QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.altkeeping import AltHistoryLine, DiffKind, DiffPart
from vlm_desktop.base.alttext import AltAct, AltEvent, Author, WrittenBy
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.word_list import WordList

_HIGHEST, _DIFF_LINES = 170, 5


class HistoryPanel(QWidget):
    """The newest first. Nothing in it can be changed or deleted. Main thread."""

    restore_wanted = Signal(object)
    """An `AltEvent` whose text is to come back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[AltHistoryLine, ...] = ()
        self._awaited: Callable[[], object] | None = None
        self.empty = QLabel(strings.NO_HISTORY, self)
        self.empty.setObjectName("hint")
        self.empty.setWordWrap(True)
        self.list = WordList(_HIGHEST, self)
        self.list.setAccessibleName(strings.HISTORY)
        self.list.currentRowChanged.connect(lambda _: self._show_diff())
        self.list.taken.connect(lambda _: self._restore())
        self.diff = QPlainTextEdit(self)
        self.diff.setReadOnly(True)
        self.diff.setTabChangesFocus(True)
        self.diff.viewport().setFocusProxy(None)
        self.diff.setAccessibleName(strings.DIFF)
        self.diff.setFixedHeight(_DIFF_LINES * self.fontMetrics().lineSpacing())
        self.restore = QPushButton(strings.RESTORE, self)
        self.restore.setObjectName("quiet")
        self.restore.setToolTip(strings.RESTORE_TIP)
        self.restore.clicked.connect(self._restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(measures().space[0])
        for one in (self.empty, self.list, self.diff):
            column.addWidget(one)
        column.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_lines(())

    def show_lines(self, lines: Sequence[AltHistoryLine]) -> None:
        """`lines` come as they happened; the newest is shown first."""
        self.lines = tuple(reversed(lines))
        self.list.show_rows([event_words(one.event) for one in self.lines])
        for one in (self.list, self.diff, self.restore):
            one.setVisible(bool(self.lines))
        self.empty.setVisible(not self.lines)
        self._show_diff()
        if self.lines and self._awaited is not None:
            QTimer.singleShot(0, self, self._awaited)  # once they are laid out
            self._awaited = None

    def when_read(self, then: Callable[[], object]) -> None:
        """Call once there are lines, at once if there are."""
        if self.lines:
            then()
        else:
            self._awaited = then

    def _current(self) -> AltHistoryLine | None:
        row = self.list.currentRow()
        return self.lines[row] if 0 <= row < len(self.lines) else None

    def _show_diff(self) -> None:
        """What was removed is struck through, what was added underlined, never only coloured."""
        line = self._current()
        self.restore.setEnabled(line is not None and _can_restore(line.event))
        self.diff.setPlainText("")
        if line is None:
            return
        cursor, chosen = self.diff.textCursor(), colours_of(self.palette())
        parts = parts_of(line)
        for part in parts:
            form = QTextCharFormat()
            if part.kind is DiffKind.ADDED:
                form.setFontUnderline(True)
                form.setForeground(QColor(chosen.good))
            elif part.kind is DiffKind.REMOVED:
                form.setFontStrikeOut(True)
                form.setForeground(QColor(chosen.bad))
            cursor.insertText(part.text, form)
        self.diff.moveCursor(QTextCursor.MoveOperation.Start)
        self.diff.setAccessibleDescription(diff_words(parts))

    def _restore(self) -> None:
        line = self._current()
        if line is not None and _can_restore(line.event):
            self.restore_wanted.emit(line.event)


def _can_restore(event: AltEvent) -> bool:
    """A text can come back; a decision is taken back by deciding, and typing by undoing."""
    return event.id != 0 and event.decided is None


def parts_of(line: AltHistoryLine) -> tuple[DiffPart, ...]:
    """Both fields, the longer below the other."""
    between = (DiffPart(DiffKind.SAME, "\n"),) if line.alt and line.extended else ()
    return (*line.alt, *between, *line.extended)


def diff_words(parts: Sequence[DiffPart]) -> str:
    """What changed, for those who cannot see it struck through or underlined."""
    said = []
    for kind, form in (
        (DiffKind.REMOVED, strings.DIFF_REMOVED),
        (DiffKind.ADDED, strings.DIFF_ADDED),
    ):
        words = " … ".join(one.text.strip() for one in parts if one.kind is kind)
        if words.strip():
            said.append(fill(form, text=words))
    return " ".join(said) or strings.DIFF_NOTHING


def event_words(event: AltEvent) -> str:
    """When, what, and who or which model."""
    words = fill(strings.EVENT, when=when(event.at), what=strings.ACTS[event.act])
    who = author_words(event.written_by)
    if event.decided is not None:
        decision = event.decided[1].decision
        name = strings.DECISIONS.get(decision, strings.NO_DECISION)
        words = fill(strings.WITH_STATE, event=words, state=name)
    elif event.act is AltAct.STATE:
        words = fill(strings.WITH_STATE, event=words, state=strings.STATES[event.after.state])
    if who and event.act is not AltAct.WRITTEN:  # whose words they are, not who put them there
        words = fill(strings.WITH_WHO, event=words, who=who)
    if event.detail:
        words = fill(strings.WITH_DETAIL, event=words, detail=event.detail)
    return words


def author_words(by: WrittenBy, *, briefly: bool = False) -> str:
    """Who wrote a text; of a model its id and, unless `briefly`, its revision."""
    if by.author is Author.MODEL:
        if by.model_id in strings.MODELS:
            return strings.MODELS[by.model_id]
        if briefly:
            return fill(strings.BY_MODEL, model=by.model_id)
        form = strings.BY_MODEL_REVISION if by.revision else strings.BY_MODEL
        return fill(form, model=by.model_id, revision=by.revision[:12])
    return strings.AUTHORS.get(by.author.value, "")


def when(at: str) -> str:
    """A time as a list tells it: the hour today, date and hour before."""
    moment = QDateTime.fromString(at, Qt.DateFormat.ISODate).toLocalTime()
    if not moment.isValid():
        return at
    locale, short = QLocale(), QLocale.FormatType.ShortFormat
    if moment.date() == QDateTime.currentDateTime().date():
        return locale.toString(moment.time(), short)
    return locale.toString(moment, short)
