"""The answers of one rule as a list: which of them are shown, and what each says of itself."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import explore as strings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vlm_desktop.engine.reviewing import Review

VIEWS = ("proposed", "below", "accepted", "rejected")
CONTENT_ID = int(Qt.ItemDataRole.UserRole) + 1
_NO_INDEX = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class ReviewModel(QAbstractListModel):
    """Rows are photos, the most probable first. Main thread."""

    def __init__(self, states: "Mapping[str, str]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states = states
        self._review: Review | None = None
        self._verdicts = np.zeros(0, dtype=np.int8)
        self._rows = np.zeros(0, dtype=np.int64)
        self._names: dict[int, str] = {}
        self.cut = 0.5
        self.view = VIEWS[0]

    def show_review(self, review: "Review") -> None:
        """The answers as they are now, above the rule's own cut."""
        self._review = review
        self._verdicts = review.verdicts.copy()
        self.cut = review.summary.cut
        self._choose()

    def set_cut(self, cut: float) -> None:
        self.cut = cut
        self._choose()

    def set_view(self, view: str) -> None:
        """One of `VIEWS`."""
        self.view = view
        self._choose()

    def judge(self, content_ids: "Sequence[int]", verdict: int) -> None:
        """Show a judgement before the library has it."""
        if self._review is not None:
            self._verdicts[np.isin(self._review.content_ids, content_ids)] = verdict
            self._choose()

    def counts(self) -> dict[str, int]:
        """How many photos each view holds."""
        return {view: int(self._mask(view).sum()) for view in VIEWS}

    def content_ids(self) -> tuple[int, ...]:
        """Those shown, in their order."""
        if self._review is None:
            return ()
        return tuple(self._review.content_ids[self._rows].tolist())

    def probability(self, content_id: int) -> float | None:
        if self._review is None:
            return None
        rows = np.flatnonzero(self._review.content_ids == content_id)
        return float(self._review.probabilities[rows[0]]) if len(rows) else None

    def undecided_above_cut(self) -> tuple[Any, ...]:
        """`Judgement`s that accept all that is proposed now."""
        return self._review.undecided_above(self.cut) if self._review is not None else ()

    def unnamed(self, content_ids: "Sequence[int]") -> tuple[int, ...]:
        """Those whose file names are not known yet."""
        return tuple(one for one in content_ids if one not in self._names)

    def name(self, names: "Mapping[int, str]") -> None:
        """Learn file names, for tooltips and screen readers."""
        self._names.update(names)

    # --- the model -----------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._review is None or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        content_id = int(self._review.content_ids[row])
        percent = int(100 * float(self._review.probabilities[row]))
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return fill(strings.PERCENT, percent=percent)
            case Qt.ItemDataRole.AccessibleTextRole:
                return fill(
                    strings.PHOTO_SAID,
                    name=self._name(content_id, index.row()),
                    percent=percent,
                    state=self._states[self.view],
                )
            case Qt.ItemDataRole.ToolTipRole:
                return self._names.get(content_id)
        return content_id if role == CONTENT_ID else None

    # --- parts ---------------------------------------------------------------------------

    def _name(self, content_id: int, row: int) -> str:
        unnamed = fill(strings.PHOTO_UNNAMED, number=row + 1, total=len(self._rows))
        return self._names.get(content_id, unnamed)

    def _mask(self, view: str) -> Any:
        if self._review is None:
            return np.zeros(0, dtype=bool)
        match view:
            case "accepted":
                return self._verdicts > 0
            case "rejected":
                return self._verdicts < 0
            case "below":
                return (self._verdicts == 0) & (self._review.probabilities < self.cut)
        return (self._verdicts == 0) & (self._review.probabilities >= self.cut)

    def _choose(self) -> None:
        rows = np.flatnonzero(self._mask(self.view))
        if not np.array_equal(rows, self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
