"""A block of code in an answer, with its language and a button that copies it."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures


class _Lines(QPlainTextEdit):
    """Scrolls sideways; up and down the transcript does."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if event.angleDelta().x():
            super().wheelEvent(event)
        else:
            event.ignore()


class CodeView(QFrame):
    """Grows by what is added, so that long code is not laid out anew with each line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code")
        self._code = ""
        self.language = QLabel(self)
        self.language.setObjectName("hint")
        self.copy = QToolButton(self)
        self.copy.setIcon(icon("copy"))
        self.copy.setToolTip(strings.COPY_CODE)
        self.copy.setAccessibleName(strings.COPY_CODE)
        self.copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side = measures().space[3]
        self.copy.setIconSize(QSize(side, side))
        self.copy.clicked.connect(self.copy_code)
        self.lines = _Lines(self)
        self.lines.setObjectName("codeLines")
        self.lines.setReadOnly(True)
        self.lines.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.setAccessibleName(strings.CODE_NAME)
        self.lines.document().setDocumentMargin(0)
        self.lines.horizontalScrollBar().rangeChanged.connect(lambda *_: self._fit())
        self._use_font()
        space = measures().space
        head = QHBoxLayout()
        head.addWidget(self.language, 1)
        head.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[2], space[0], space[1], space[1])
        layout.setSpacing(space[0])
        layout.addLayout(head)
        layout.addWidget(self.lines)

    def show_code(self, code: str, language: str) -> None:
        """Show all of it; what begins with the code before is added to it."""
        self.language.setText(language)
        code = code.removesuffix("\n")
        if code == self._code:
            return
        if self._code and code.startswith(self._code):
            cursor = QTextCursor(self.lines.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(code[len(self._code) :])
        else:
            self.lines.setPlainText(code)
        self._code = code
        self._fit()

    def copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self.copy.setToolTip(strings.COPIED)
        announce(self, strings.COPIED)

    def _fit(self) -> None:
        bar = self.lines.horizontalScrollBar()
        wanted = self.lines.blockCount() * self.lines.fontMetrics().lineSpacing()
        wanted += bar.sizeHint().height() if bar.maximum() > 0 else 0
        self.lines.setFixedHeight(wanted + measures().space[0])

    def _use_font(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(measures().type_body)
        self.lines.setFont(font)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "lines"):
            self._use_font()
            self._fit()
