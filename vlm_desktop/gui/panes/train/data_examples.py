"""The examples in the middle: narrowed by words and use, a list, and what is done with rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Split
from vlm_desktop.base.trainingdata import DataSet
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train.data_message import ColumnMessage
from vlm_desktop.gui.panes.train.data_model import ExampleRow, ExamplesModel
from vlm_desktop.gui.panes.train.data_narrow import Narrow
from vlm_desktop.gui.panes.train.data_view import SIDE, ExamplesView
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.typing_undo import TypingLine

_PATIENCE_MS = 200


class ExamplesPanel(QWidget):
    """Main thread. Says what is wanted; `show_keys` tells what there is."""

    narrowed = Signal()
    """`narrow` is another."""
    selection_changed = Signal()
    failed_again = Signal()
    """Try again to read them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.narrow = Narrow()
        self._set = DataSet(0, "", 0, 0, 0, 0, "", "")
        self.thumbnails = FileThumbnails(desk, round(SIDE * self.devicePixelRatioF()), self)
        self.model = ExamplesModel(self)
        self._build_filters()
        self._build_list()
        self._build_foot()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._soon.timeout.connect(self._take_filters)
        self.words.textChanged.connect(self._soon.start)
        self.sides.activated.connect(lambda _: self._take_filters())
        self.view.selectionModel().selectionChanged.connect(self._show_selected)

    # --- building ------------------------------------------------------------------------

    def _build_filters(self) -> None:
        self.words = TypingLine(self)
        self.words.setAccessibleName(strings.FIND_NAME)
        self.words.setPlaceholderText(strings.FIND)
        add_clear_button(self.words)
        self.sides = QComboBox(self)
        self.sides.setAccessibleName(strings.SIDE_NAME)
        self.sides.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.only = ElidedLabel(self)
        self.only.setObjectName("hint")
        self.all = QPushButton(strings.SHOW_ALL, self)
        self.all.setObjectName("quiet")
        self.all.setAutoDefault(False)
        self.all.clicked.connect(lambda _: self.show_all())

    def _build_list(self) -> None:
        self.view = ExamplesView(self.thumbnails, self)
        self.view.setModel(self.model)
        self.message = ColumnMessage(self)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.view)
        self.layers.addWidget(self.message)

    def _build_foot(self) -> None:
        self.selected = QLabel(self)
        self.selected.setObjectName("hint")
        self.side_buttons: dict[Split, QPushButton] = {}
        for split, words in (
            (Split.TRAIN, strings.LEARN),
            (Split.VALIDATION, strings.HOLD_OUT),
            (Split.LEFT_OUT, strings.LEAVE_OUT),
        ):
            button = QPushButton(words, self)
            button.setObjectName("quiet")
            button.setAutoDefault(False)
            button.setToolTip(strings.SIDE_TIPS[split])
            button.clicked.connect(lambda _=False, to=split: self.view.side_wanted.emit(to))
            self.side_buttons[split] = button
        self.more = QToolButton(self)
        self.more.setIcon(icon("chat-more"))
        self.more.setObjectName("headTool")
        self.more.setAccessibleName(strings.ROW_MORE)
        self.more.setToolTip(strings.ROW_MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out(self) -> None:
        space = measures().space
        filters = QHBoxLayout()
        filters.setSpacing(space[1])
        filters.addWidget(self.words, 1)
        filters.addWidget(self.sides)
        chosen = QHBoxLayout()
        chosen.setSpacing(space[1])
        chosen.addWidget(self.only, 1)
        chosen.addWidget(self.all)
        self.foot = QWidget(self)
        foot = FlowLayout(self.foot, gap=space[1])
        foot.addWidget(self.selected)
        for button in (*self.side_buttons.values(), self.more):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        column.addLayout(filters)
        column.addLayout(chosen)
        column.addWidget(self.layers, 1)
        column.addWidget(self.foot)

    def set_menu(self, menu: QMenu, rows: Sequence[QAction]) -> None:
        """What can be done with rows; `rows` begin the menu that a right click opens."""
        self.more.setMenu(menu)
        context = QMenu(self)
        context.addActions([*rows, *menu.actions()])
        self.view.customContextMenuRequested.connect(
            lambda at: self.keys and context.popup(self.view.viewport().mapToGlobal(at))
        )

    # --- what is shown -------------------------------------------------------------------

    def show_set(self, one: DataSet) -> None:
        """Counts of the uses; another set is shown whole."""
        if one.id != self._set.id:
            self.narrow = Narrow()
            self._clear_words()
        self._set = one
        counts = {Split.TRAIN: one.train, Split.VALIDATION: one.validation,
                  Split.LEFT_OUT: one.left_out}  # fmt: skip
        with QSignalBlocker(self.sides):
            self.sides.clear()
            self.sides.addItem(strings.ALL_SIDES, "")
            for split, count in counts.items():
                words = fill(strings.CHOICE_COUNT, name=strings.SIDES[split], count=count)
                self.sides.addItem(words, split.value)
            self.sides.setCurrentIndex(max(0, self.sides.findData(self.narrow.split or "")))

    def show_keys(self, keys: Sequence[str]) -> None:
        """These are shown. What is selected stays so while it is there, and so does the place."""
        same = tuple(keys) == self.model.keys
        chosen = set() if same else set(self.keys)
        current = self.view.currentIndex().row()
        key = self.model.keys[current] if 0 <= current < len(self.model.keys) else ""
        place = self.view.verticalScrollBar().value()
        self.model.show_keys(keys)
        if not same:
            self._select(chosen, key, current)
            self.view.verticalScrollBar().setValue(place)
        shown, total = len(self.model.keys), self._set.examples
        narrowed = not self.narrow.is_all
        count = fill(strings.SHOWN, shown=shown, total=total)
        self.only.setText(" · ".join(filter(None, (self.narrow.title, count))))
        self.only.setVisible(narrowed)
        self.all.setVisible(narrowed)
        if shown:
            self.layers.setCurrentWidget(self.view)
        else:
            self._say(strings.NONE_MATCH_TITLE, strings.NONE_MATCH, strings.SHOW_ALL, self.show_all)
        self.foot.setVisible(shown > 0)
        self._show_selected()

    def _say(self, title: str, sentence: str, button: str, do: Callable[[], object]) -> None:
        self.message.tell(title, sentence, button, do)
        self.layers.setCurrentWidget(self.message)

    def show_failure(self, sentence: str) -> None:
        self._say(strings.EXAMPLES_FAILED, sentence, strings.TRY_AGAIN, self.failed_again.emit)

    def _select(self, chosen: set[str], key: str, before: int) -> None:
        """What was selected is again; where nothing of it is left, what stands in its place."""
        model, picked = self.model, QItemSelection()
        rows = [row for row, one in enumerate(model.keys) if one in chosen] if chosen else []
        for first, last in ranges(rows):
            picked.select(model.index(first), model.index(last))
        selection = self.view.selectionModel()
        at = model.keys.index(key) if key in model.keys else min(before, len(model.keys) - 1)
        if model.keys:
            at = max(at, 0)
            selection.setCurrentIndex(model.index(at), QItemSelectionModel.SelectionFlag.NoUpdate)
            if rows:
                selection.select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            else:
                selection.select(model.index(at), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # --- narrowing -----------------------------------------------------------------------

    def _take_filters(self) -> None:
        chosen = self.sides.currentData()
        split = Split(chosen) if chosen else None
        self._narrow_to(replace(self.narrow, words=self.words.text().strip(), split=split))

    def show_only(self, narrow: Narrow) -> None:
        """What a list beside is about, whatever was looked for before."""
        self._clear_words()
        with QSignalBlocker(self.sides):
            self.sides.setCurrentIndex(0)
        self._narrow_to(narrow)

    def _clear_words(self) -> None:
        """Not silently: Qt would leave the button that clears the line where it was."""
        self.words.clear()
        self._soon.stop()

    def show_all(self) -> None:
        self.show_only(Narrow())
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _narrow_to(self, narrow: Narrow) -> None:
        if narrow != self.narrow:
            self.narrow = narrow
            self.narrowed.emit()

    def say_narrowed(self) -> None:
        announce(self.view, self.only.text())

    # --- what is selected ----------------------------------------------------------------

    @property
    def keys(self) -> tuple[str, ...]:
        """Of what is selected, in the list's order."""
        rows = sorted(
            row
            for part in self.view.selectionModel().selection()
            for row in range(part.top(), part.bottom() + 1)
        )
        return tuple(self.model.keys[row] for row in rows if row < len(self.model.keys))

    @property
    def current(self) -> ExampleRow | None:
        """The row with the focus, once it was read."""
        return self.model.row(self.view.currentIndex().row())

    def _show_selected(self, *_: object) -> None:
        count = sum(
            part.bottom() - part.top() + 1 for part in self.view.selectionModel().selection()
        )
        words = strings.counted(strings.SELECTED_ONE, strings.SELECTED, count)
        self.selected.setText(words if count else "")
        for button in (*self.side_buttons.values(), self.more):
            button.setEnabled(count > 0)
        self.selection_changed.emit()


def ranges(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sorted rows as first and last of what lies together: Qt is slow with many single ones."""
    first = last = -1
    for row in rows:
        if row != last + 1 or first < 0:
            if first >= 0:
                yield first, last
            first = row
        last = row
    if first >= 0:
        yield first, last
