"""The doctor's findings as a list, the weightiest group first: picture, sentence, what ends it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import TrainFinding
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.panes.train.check_doctor import count_of
from vlm_desktop.gui.panes.train.check_rows import FINDING, WEIGHT, FindingDelegate, said, spoken
from vlm_desktop.gui.strings import train_check as strings


class FindingsView(QListWidget):
    """Enter means the current finding, F its fix, Shift+F that of all of its kind."""

    shown = Signal(object)
    """A `TrainFinding` whose examples are wanted."""
    mend_wanted = Signal(object)
    mend_all_wanted = Signal(object)
    current_changed = Signal()

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings: tuple[TrainFinding, ...] = ()
        self.setObjectName("findings")
        delegate = FindingDelegate(thumbnails, self)
        delegate.mend_wanted.connect(self.mend_wanted)
        self.setItemDelegate(delegate)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.FINDINGS)
        self.setAccessibleDescription(strings.FINDINGS_HINT)
        thumbnails.made.connect(lambda _: self.viewport().update())
        self.currentRowChanged.connect(lambda _: self.current_changed.emit())
        self.itemDoubleClicked.connect(lambda _: self._tell(self.shown.emit))

    @property
    def current(self) -> TrainFinding | None:
        item = self.currentItem()
        found: TrainFinding | None = item.data(FINDING) if item is not None else None
        return found

    def show_findings(self, findings: Sequence[TrainFinding]) -> None:
        """The current one stays, or what takes its place does."""
        if self.count() and tuple(findings) == self.findings:
            return
        before, row = self.current, self.currentRow()
        self.findings = tuple(findings)
        self.clear()
        for item in _items(self.findings):
            self.addItem(item)
        rows = [at for at in range(self.count()) if self.item(at).data(FINDING) is not None]
        same = [at for at in rows if self.item(at).data(FINDING) == before]
        if rows:
            self.setCurrentRow(same[0] if same else min(rows, key=lambda at: abs(at - row)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        shift = Qt.KeyboardModifier.ShiftModifier
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not held and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.shown.emit)
        elif not held & ~shift and event.key() == Qt.Key.Key_F:
            self._tell((self.mend_all_wanted if held else self.mend_wanted).emit)
        else:
            super().keyPressEvent(event)

    def _tell(self, emit: Callable[[TrainFinding], None]) -> None:
        if self.current is not None:
            emit(self.current)


def _items(findings: Sequence[TrainFinding]) -> Iterator[QListWidgetItem]:
    for weight, group in groupby(findings, key=lambda one: one.weight):
        some = list(group)
        count = sum(count_of(one) for one in some)
        head = QListWidgetItem(fill(strings.GROUP, weight=strings.WEIGHTS[weight], count=count))
        head.setData(WEIGHT, weight)
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        yield head
        for one in some:
            item = QListWidgetItem(said(one))
            item.setData(FINDING, one)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken(one))
            yield item
