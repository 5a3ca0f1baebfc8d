"""What a second reader says, row by row; what stands on the page can be taken over."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from vlm_desktop.gui.strings import documents_compare as strings
from vlm_desktop.gui.widgets.report_dialog import ReportDialog


class SecondDialog(ReportDialog):
    """Stays open while values are taken over one by one. Main thread."""

    def __init__(
        self,
        title: str,
        summary: str,
        rows: Sequence[str],
        takes: Sequence[Callable[[], object] | None],
        parent: QWidget,
    ) -> None:
        super().__init__(title, summary, rows, strings.SECOND_ROWS, parent)
        self._takes = list(takes)
        self.take = QPushButton(strings.TAKE_OVER, self)
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self._take)
        self.add_button(self.take)
        self.list.currentRowChanged.connect(lambda _: self._refresh())
        self.list.taken.connect(lambda _: self._take())
        self._refresh()

    @property
    def _chosen(self) -> Callable[[], object] | None:
        row = self.list.currentRow()
        return self._takes[row] if 0 <= row < len(self._takes) else None

    def _refresh(self) -> None:
        self.take.setEnabled(self._chosen is not None)

    def _take(self) -> None:
        take, row = self._chosen, self.list.currentRow()
        if take is not None:
            self._takes[row] = None
            take()
            self._refresh()
