"""What a data set is made of, as bars with words, and what that suggests."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import Advice, Balance, Share
from vlm_desktop.gui.panes.train.data_model import Index
from vlm_desktop.gui.panes.train.data_narrow import KIND, LABEL, PARTS, Narrow, of_share
from vlm_desktop.gui.panes.train.data_words import share_name, share_words
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import paint_ground, write_line
from vlm_desktop.gui.widgets.word_list import WordList
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_SHARE = int(Qt.ItemDataRole.UserRole)
_PART = _SHARE + 1
_MOST = 200
"""Labels beyond these are too few to matter here; the filter finds them."""
_ADVICE_HIGH = 150


class _Bar(QStyledItemDelegate):
    """A name and its count, a bar, and how it is used; a heading where there is no share."""

    total = 1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        line, space = QFontMetrics(option.font).lineSpacing(), measures().space
        if index.data(_SHARE) is None:
            return QSize(0, line + space[1])
        return QSize(0, 2 * line + space[1] + space[0] + space[0])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        share: Share | None = index.data(_SHARE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QFontMetrics(option.font).lineSpacing()
        box = option.rect.adjusted(size.space[0], 1, -size.space[0], -1)
        if share is None:
            bold = QFont(option.font)
            bold.setWeight(QFont.Weight.DemiBold)
            painter.setPen(QColor(chosen.text_muted))
            box.setTop(box.bottom() - line)
            write_line(painter, box, str(index.data()), bold)
            painter.restore()
            return
        paint_ground(painter, box, option)
        inner = box.adjusted(size.space[0], size.space[0] // 2, -size.space[0], 0)
        inner.setHeight(line)
        count = fill("{count:,}", count=share.total)
        width = QFontMetrics(option.font).horizontalAdvance(count)
        painter.setPen(QColor(chosen.text))
        words = inner.adjusted(0, 0, -width - size.space[1], 0)
        write_line(painter, words, str(index.data()), option.font)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight), count)
        self._paint_bar(painter, QRectF(inner.left(), inner.bottom() + 2, inner.width(),
                                        size.space[0]), share, chosen)  # fmt: skip
        small = QFont(option.font)
        small.setPixelSize(size.type_small)
        painter.setPen(QColor(chosen.text_muted))
        write_line(painter, inner.translated(0, line + size.space[0]), share_words(share), small)
        painter.restore()

    def _paint_bar(self, painter: QPainter, box: QRectF, share: Share, chosen: Colours) -> None:
        """Learned from, held out, left out, in this order."""
        colours = (chosen.accent, chosen.good, chosen.disabled)
        radius = box.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(chosen.sunken))
        painter.drawRoundedRect(box, radius, radius)
        left = box.left()
        counts = (share.train, share.validation, share.left_out)
        for count, colour in zip(counts, colours, strict=True):
            width = box.width() * count / max(1, self.total)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(left, box.top(), width, box.height()), radius, radius)
            left += width


class BarList(QListWidget):
    """Enter, Space and a click take a share."""

    taken = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = _Bar(self)
        self.setItemDelegate(self._bars)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(strings.BALANCE_LIST)
        self.setAccessibleDescription(strings.BALANCE_HINT)
        self.itemClicked.connect(self._take)

    def show_balance(self, found: Balance) -> None:
        before = self.currentRow()
        self.clear()
        self._bars.total = max(1, found.total.total)
        for part, title, shares in (
            (LABEL, strings.BY_LABEL, found.by_label),
            (KIND, strings.BY_KIND, found.by_kind),
            (PARTS[2], strings.BY_SOURCE, found.by_source),
        ):
            if part == LABEL and not any(one.name for one in shares):
                continue
            heading = QListWidgetItem(title, self)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            for share in shares[:_MOST]:
                self._add(part, title, share, found.total.total)
        self.setCurrentRow(min(max(before, 1), self.count() - 1))

    def _add(self, part: str, title: str, share: Share, total: int) -> None:
        name = share_name(part, share)
        item = QListWidgetItem(name, self)
        item.setData(_SHARE, share)
        item.setData(_PART, part)
        said = fill(strings.SHARE_SAID, part=title, name=name, count=share.total, total=total,
                    share=share_words(share))  # fmt: skip
        item.setData(int(Qt.ItemDataRole.AccessibleTextRole), said)
        item.setToolTip(said)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_SHARE) is not None:
            self.taken.emit(item.data(_PART), item.data(_SHARE))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._take(self.currentItem())
            return
        super().keyPressEvent(event)


class BalancePanel(QWidget):
    """Main thread. Says which examples a line is about."""

    wanted = Signal(object)
    """A `Narrow`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self._advice: tuple[Advice, ...] = ()
        self.sentence = WrappedLabel(strings.BALANCE_WORKING, self, name="hint")
        self.advice = WordList(_ADVICE_HIGH, self)
        self.advice.setAccessibleName(strings.ADVICE_NAME)
        self.advice.taken.connect(self._take_advice)
        self.advice.itemClicked.connect(lambda one: self._take_advice(self.advice.row(one)))
        self.heading = QLabel(strings.ADVICE_NAME, self)
        self.heading.setObjectName("section")
        self.heading.setBuddy(self.advice)
        self.bars = BarList(self)
        self.bars.taken.connect(lambda part, share: self.wanted.emit(of_share(part, share)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        for widget in (self.sentence, self.heading, self.advice):
            column.addWidget(widget)
        column.addWidget(self.bars, 1)
        self.show_failure(strings.BALANCE_WORKING)

    def show_balance(self, found: Balance) -> None:
        self._advice = found.advice
        groups = strings.counted(strings.GROUPS_ONE, strings.GROUPS, found.groups)
        together = found.groups < found.total.total
        self._show_parts(groups if together else "" if found.advice else strings.ADVICE_NONE)
        self.bars.show()
        self.bars.show_balance(found)

    def show_failure(self, sentence: str) -> None:
        """Why there is nothing to be seen here."""
        self._advice = ()
        self._show_parts(sentence)
        self.bars.hide()

    def _show_parts(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        said = [trainstrings.advice(one) for one in self._advice]
        self.advice.show_rows(said)
        self.advice.setVisible(bool(said))
        self.heading.setVisible(bool(said))

    def _take_advice(self, row: int) -> None:
        """Show what it is about; some is about the set as a whole."""
        one = self._advice[row]
        if one.keys:
            title = fill(strings.ONLY_ADVICE, advice=trainstrings.advice(one))
            self.wanted.emit(Narrow(keys=frozenset(one.keys), title=title))
