"""Markdown as a document of Qt's: nothing is ever fetched, HTML is text, addresses are shown."""

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QGuiApplication,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import colours_of, measures

_FEATURES = QTextDocument.MarkdownFeature(
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_OPENABLE = ("http", "https", "mailto")
_LONGEST_ADDRESS = 100


class MarkdownDocument(QTextDocument):
    """Shows what a model wrote. It has no resources, wherever they are said to lie."""

    def loadResource(self, kind: int, name: QUrl) -> None:  # noqa: N802, ARG002
        """Nothing: a model's words must not reach the disk or the network."""

    def write(self, text: str) -> None:
        """Replace everything by the Markdown `text`, in the look of the window."""
        # The application's: a sheet makes the palette of a transparent widget another.
        chosen = colours_of(QGuiApplication.palette())
        muted = chosen.text_muted
        self.setDocumentMargin(0)
        self.setMarkdown(text, _FEATURES)
        self._replace_pictures()
        self._show_addresses(muted)
        self._set_headings()
        self._set_quotations(muted)
        self._set_tables(chosen.hairline)

    # --- pictures and links --------------------------------------------------------------

    def _replace_pictures(self) -> None:
        """A picture in an answer is an address somewhere: its name stands there instead."""
        for start, length, form in reversed(self._fragments(QTextCharFormat.isImageFormat)):
            name = form.toImageFormat().name()
            cursor = self._select(start, length)
            cursor.insertText(
                fill(strings.PICTURE_LEFT_OUT, address=shortened(name)), QTextCharFormat()
            )

    def _show_addresses(self, muted: str) -> None:
        """Links say where they lead; what cannot be opened is no link."""
        for start, length, form in reversed(self._fragments(QTextCharFormat.isAnchor)):
            href = form.anchorHref()
            cursor = self._select(start, length)
            words = cursor.selectedText()
            plain = QTextCharFormat(form)
            plain.setAnchor(False)
            plain.setAnchorHref("")
            plain.setFontUnderline(False)
            plain.clearForeground()
            if not is_openable(href):
                cursor.setCharFormat(plain)
            if words.strip() not in (href, shown_address(href)):
                cursor.setPosition(start + length)
                plain.setForeground(QColor(muted))
                cursor.insertText(fill(strings.LINK_ADDRESS, address=shown_address(href)), plain)

    def links(self) -> tuple[str, ...]:
        """Addresses that can be opened, in order, each once."""
        hrefs = (form.anchorHref() for _, _, form in self._fragments(QTextCharFormat.isAnchor))
        return tuple(dict.fromkeys(hrefs))

    # --- looks ---------------------------------------------------------------------------

    def _set_headings(self) -> None:
        """Headings in the two sizes that the window has for them."""
        sizes = (measures().type_title, measures().type_large)
        for start, length, form in self._fragments(_is_adjusted):
            level = self.findBlock(start).blockFormat().headingLevel()
            # Qt would make a size of its own of this, whatever size is set.
            form.clearProperty(QTextCharFormat.Property.FontSizeAdjustment)
            form.setProperty(QTextCharFormat.Property.FontPixelSize, sizes[level > 1])
            form.setFontWeight(QFont.Weight.DemiBold)
            self._select(start, length).setCharFormat(form)
        block = self.begin()
        while block.isValid():
            self._set_margins(block, measures().space[1])
            block = block.next()

    def _set_quotations(self, muted: str) -> None:
        form = QTextCharFormat()
        form.setForeground(QColor(muted))
        block = self.begin()
        while block.isValid():
            if block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel):
                self._select(block.position(), block.length() - 1).mergeCharFormat(form)
            block = block.next()

    def _set_margins(self, block: QTextBlock, gap: int) -> None:
        spaced = QTextBlockFormat()
        in_list = block.textList() is not None
        first = block == self.begin()
        in_table = QTextCursor(block).currentTable() is not None
        spaced.setTopMargin(0 if first or in_table else gap / 2 if in_list else gap)
        spaced.setBottomMargin(0)
        QTextCursor(block).mergeBlockFormat(spaced)

    def _set_tables(self, hairline: str) -> None:
        line = QBrush(QColor(hairline))
        for frame in self.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format().toTableFormat()
                form.setBorderCollapse(True)
                form.setBorder(measures().hairline)
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setBorderBrush(line)
                form.setCellPadding(measures().space[0])
                form.setCellSpacing(0)
                form.setTopMargin(measures().space[1])
                form.setWidth(QTextLength())
                frame.setFormat(form)

    # --- parts ---------------------------------------------------------------------------

    def _fragments(
        self, wanted: Callable[[QTextCharFormat], bool]
    ) -> list[tuple[int, int, QTextCharFormat]]:
        """(position, length, format) of all runs of text whose format is `wanted`."""
        found = []
        block = self.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                if wanted(piece.charFormat()):
                    found.append((piece.position(), piece.length(), piece.charFormat()))
                pieces += 1
            block = block.next()
        return found

    def _select(self, start: int, length: int) -> QTextCursor:
        cursor = QTextCursor(self)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def _is_adjusted(form: QTextCharFormat) -> bool:
    """Whether a run is of a heading: Qt gives it another size."""
    return form.hasProperty(QTextCharFormat.Property.FontSizeAdjustment)


def is_openable(href: str) -> bool:
    """Whether an address leads to the web or to mail, and not into this computer."""
    url = QUrl(href, QUrl.ParsingMode.StrictMode)
    return url.isValid() and url.scheme().lower() in _OPENABLE


def shown_address(href: str) -> str:
    """An address as it really is: no letters that look like others, not too long to be read."""
    url = QUrl(href)
    encoded = bytes(url.toEncoded().data()).decode("ascii", "replace") if url.isValid() else href
    return shortened(encoded)


def shortened(address: str) -> str:
    if len(address) <= _LONGEST_ADDRESS:
        return address
    return address[: _LONGEST_ADDRESS - 1] + "…"
