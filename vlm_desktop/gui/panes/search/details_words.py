"""What a person may say of photos: stars, title, caption, keywords."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.typing_undo import TypingLine, is_for_window

_STARS = 5
_LEAST_LINES, _MOST_LINES = 2, 8


class Stars(QWidget):
    """Five buttons; pressing the rating there is takes it away."""

    rated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rating = 0
        self.setAccessibleName(strings.RATING_NAME)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons = [self._button(stars) for stars in range(1, _STARS + 1)]
        self.said = ElidedLabel(self)
        self.said.setObjectName("verdict")
        for button in self.buttons:
            row.addWidget(button)
        row.addSpacing(measures().space[1])
        row.addWidget(self.said, 1)

    def _button(self, stars: int) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("star")
        name = strings.RATE_ONE if stars == 1 else fill(strings.RATE, rating=stars)
        button.setAccessibleName(name)
        button.setToolTip(name)
        side = measures().space[3] + 2
        button.setIconSize(QSize(side, side))
        button.clicked.connect(lambda: self.rated.emit(0 if stars == self._rating else stars))
        return button

    def show_rating(self, rating: int | None, *, differ: bool = False) -> None:
        """`differ`: several photos with different ratings."""
        self._rating = 0 if differ else max(0, rating or 0)
        for number, button in enumerate(self.buttons, 1):
            filled = number <= self._rating
            button.setIcon(icon("star-filled" if filled else "star"))
        if differ:
            text = strings.RATING_MIXED
        elif rating is not None and rating < 0:
            text = strings.RATING_REJECTED
        elif self._rating:
            text = fill(strings.RATING_SAID, rating=self._rating)
        else:
            text = strings.RATING_NONE
        self.said.setText(text)
        self.setAccessibleDescription(text)


class LineField(TypingLine):
    """One line, committed with Enter or when the focus leaves; Esc takes back what was typed."""

    committed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored = ""
        self.editingFinished.connect(self.commit)

    def show_stored(self, text: str) -> None:
        """What is stored now; what a person is typing is left alone."""
        was_untouched = self.text() == self._stored
        self._stored = text
        if was_untouched or not self.hasFocus():
            self.setText(text)

    def commit(self) -> None:
        text = self.text().strip()
        if text != self._stored:
            self._stored = text
            self.setText(text)  # from here on undoing is the window's, not the line's
            self.committed.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text() != self._stored:
            self.setText(self._stored)
            return
        super().keyPressEvent(event)


class TextField(QPlainTextEdit):
    """Some lines, as high as needed; Enter commits, Shift+Enter begins a new line."""

    committed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored = ""
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(self._fit)
        self._fit()

    def show_stored(self, text: str) -> None:
        was_untouched = self.toPlainText() == self._stored
        self._stored = text
        if (was_untouched or not self.hasFocus()) and self.toPlainText() != text:
            self.setPlainText(text)

    def commit(self) -> None:
        text = self.toPlainText().strip()
        if text != self._stored.strip():
            self._stored = text
            self.document().clearUndoRedoStacks()
            self.committed.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shifted:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape and self.toPlainText() != self._stored:
            self.setPlainText(self._stored)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        document = self.document()
        if is_for_window(event, document.isUndoAvailable(), document.isRedoAvailable()):
            event.ignore()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = round(self.document().size().height())
        shown = min(max(lines, _LEAST_LINES), _MOST_LINES)
        inner = 2 * (self.document().documentMargin() + self.frameWidth() + measures().space[0])
        height = shown * self.fontMetrics().lineSpacing() + round(inner)
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)


class Keywords(QWidget):
    """Keywords as chips that one can take off, and a line to add more (comma or Enter)."""

    added = Signal(object)
    """A tuple of keywords."""
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, int], ...] | None = None
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        self._chips = QWidget(self)
        self._flow = FlowLayout(self._chips, space[0])
        self.line = TypingLine(self)
        self.line.setPlaceholderText(strings.KEYWORD_HINT)
        self.line.editingFinished.connect(self._commit)
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.line.setCompleter(completer)
        column.addWidget(self._chips)
        column.addWidget(self.line)

    def know(self, keywords: Sequence[str]) -> None:
        """Keywords to be offered while one types."""
        self._known.setStringList(list(keywords))

    def show_keywords(self, counted: Sequence[tuple[str, int]], total: int) -> None:
        """(keyword, on how many photos) out of `total`."""
        if self._shown == tuple(counted) and total == 1:
            return
        self._shown = tuple(counted)
        held = self._chips.isAncestorOf(self.focusWidget() or self)
        self._flow.clear()
        for keyword, count in counted:
            self._flow.addWidget(self._chip(keyword, count, total))
        self._chips.setVisible(bool(counted))
        self._chips.updateGeometry()
        if held:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chip(self, keyword: str, count: int, total: int) -> QToolButton:
        chip = QToolButton(self._chips)
        chip.setObjectName("keyword")
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setText(keyword.replace("&", "&&"))
        chip.setIcon(icon("close"))
        side = measures().space[2]
        chip.setIconSize(QSize(side, side))
        chip.setAccessibleName(fill(strings.KEYWORD_REMOVE, keyword=keyword))
        if total > 1:
            form = strings.KEYWORDS_ALL if count == total else strings.KEYWORDS_SOME
            chip.setToolTip(fill(form, keyword=keyword, count=count, total=total))
            chip.setProperty("partial", count < total)
        else:
            chip.setToolTip(fill(strings.KEYWORD_REMOVE, keyword=keyword))
        chip.clicked.connect(lambda: self.removed.emit(keyword))
        return chip

    def _commit(self) -> None:
        words = tuple(word.strip() for word in self.line.text().split(",") if word.strip())
        self.line.setText("")  # not clear(), which typing's undo would bring back
        if words:
            self.added.emit(words)


class WordsEditor(QWidget):
    """All that can be said of one photo, or of several at once."""

    changed = Signal(object)
    """A `PhotoChanges`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        self.stars = Stars(self)
        self.title, self.caption = LineField(self), TextField(self)
        self.keywords = Keywords(self)
        column.addWidget(self.stars)
        for text, widget, buddy in (
            (strings.TITLE_LABEL, self.title, self.title),
            (strings.CAPTION_LABEL, self.caption, self.caption),
            (strings.KEYWORDS_LABEL, self.keywords, self.keywords.line),
        ):
            label = QLabel(text, self)
            label.setObjectName("fact")
            label.setBuddy(buddy)
            buddy.setAccessibleName(text.replace("&", ""))
            column.addSpacing(space[0])
            column.addWidget(label)
            column.addWidget(widget)
        self.stars.rated.connect(lambda stars: self.changed.emit(PhotoChanges(rating=stars)))
        self.title.committed.connect(lambda text: self.changed.emit(PhotoChanges(title=text)))
        self.caption.committed.connect(lambda text: self.changed.emit(PhotoChanges(caption=text)))
        self.keywords.added.connect(lambda w: self.changed.emit(PhotoChanges(add_keywords=w)))
        self.keywords.removed.connect(
            lambda word: self.changed.emit(PhotoChanges(remove_keywords=(word,)))
        )

    def show_words(
        self,
        rating: int | None,
        title: str | None,
        caption: str | None,
        keywords: Sequence[tuple[str, int]],
        total: int = 1,
        *,
        ratings_differ: bool = False,
    ) -> None:
        """None for title or caption: several photos that differ."""
        self.stars.show_rating(rating, differ=ratings_differ)
        for field, text, hint in (
            (self.title, title, strings.TITLE_HINT),
            (self.caption, caption, strings.CAPTION_HINT),
        ):
            field.show_stored(text or "")
            field.setPlaceholderText(strings.SEVERAL_DIFFER if text is None else hint)
        self.keywords.show_keywords(keywords, total)

    def commit(self) -> None:
        """Save what was typed and not yet said to be done."""
        self.title.commit()
        self.caption.commit()
