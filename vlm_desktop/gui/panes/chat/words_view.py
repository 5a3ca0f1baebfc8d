"""A run of Markdown, as high as its words need. Selected and copied like any text."""

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from vlm_desktop.gui.panes.chat.markdown import MarkdownDocument


class WordsView(QTextBrowser):
    """Tab passes it by: its turn is what takes the focus. Links are told, never followed."""

    link_clicked = Signal(str)
    menu_wanted = Signal(object)
    """A global position."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("words")
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._markdown: str | None = None
        self._plain = False
        self._document = MarkdownDocument(self)
        self.setDocument(self._document)
        self.anchorClicked.connect(lambda url: self.link_clicked.emit(url.toString()))

    def show_markdown(self, text: str) -> None:
        if text != self._markdown or self._plain:
            self._markdown, self._plain = text, False
            self._write()

    def show_plain(self, text: str) -> None:
        """Words as they were typed: no mark in them means anything."""
        if text != self._markdown or not self._plain:
            self._markdown, self._plain = text, True
            self._write()

    @property
    def links(self) -> tuple[str, ...]:
        return self._document.links()

    def _write(self) -> None:
        self._document.setDefaultFont(self.font())
        if self._plain:
            self._document.setDocumentMargin(0)
            self._document.setPlainText(self._markdown or "")
        else:
            self._document.write(self._markdown or "")
        self._fit()

    def _fit(self) -> None:
        width = self.viewport().width()
        if width > 0:
            self._document.setTextWidth(width)
        self.setFixedHeight(max(1, round(self._document.size().height() + 0.49)))

    def loadResource(self, kind: int, name: QUrl) -> None:  # noqa: N802, ARG002
        """Nothing from anywhere."""

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Colours are part of a document: another theme, another document."""
        super().changeEvent(event)
        looks = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if looks and self._markdown is not None:
            self._write()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """The transcript scrolls, not its parts."""
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """The turn's menu; with words selected, the menu for these."""
        if self.textCursor().hasSelection():
            super().contextMenuEvent(event)
        else:
            self.menu_wanted.emit(event.globalPos())
