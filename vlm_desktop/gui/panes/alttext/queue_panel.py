"""The column at the left: which set, which of its images, and their list."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.alttext import AltImage, AltSet, AltState
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.alttext.queue_model import Order, QueueModel
from vlm_desktop.gui.panes.alttext.queue_view import SIDE, QueueView
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.strings import alttext_files as file_strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.typing_undo import TypingLine

_PATIENCE_MS = 150
_LEAST_WORDS = 8
_ONLY = "only"


class QueuePanel(QFrame):
    """Says what is chosen; `show_sets` and `show_images` tell it what there is. Main thread."""

    set_chosen = Signal(int)
    chosen = Signal(int)
    """The id of the image that is current now; 0 for none."""
    selection_changed = Signal()
    """More or fewer images are selected beside the current one."""
    retry_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("altColumn")
        self._arranging = False
        ratio = self.devicePixelRatioF()
        self.thumbnails = FileThumbnails(desk, round(SIDE * ratio), self)
        self.model = QueueModel(self)
        self._build_sets()
        self._build_filters()
        self._build_list()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._soon.timeout.connect(self._narrow)
        self.words.textChanged.connect(self._soon.start)
        self.states.activated.connect(lambda _: self._narrow())
        self.orders.activated.connect(lambda _: self._narrow())
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.selectionModel().selectionChanged.connect(
            lambda *_: self.selection_changed.emit()
        )
        self.show_sets((), 0)

    # --- building ------------------------------------------------------------------------

    def _build_sets(self) -> None:
        self.sets_label = QLabel(strings.SET, self)
        self.sets_label.setObjectName("hint")
        self.sets = ElidedBox(self)
        self.sets_label.setBuddy(self.sets)
        self.sets.setAccessibleName(strings.SET_NAME)
        self.sets.setMinimumContentsLength(_LEAST_WORDS)
        self.sets.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.sets.activated.connect(lambda row: self.set_chosen.emit(self.sets.itemData(row)))
        self.add = self._tool("alttext-add", strings.NEW_SET)
        self.more = self._tool("chat-more", strings.SET_MORE)

    def _tool(self, sign: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("headTool")
        button.setIcon(icon(sign))
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def set_menus(self, add: QMenu, more: QMenu) -> None:
        """What can be begun, and what can be done with the set that is open."""
        self.add.setMenu(add)
        self.more.setMenu(more)

    def _build_filters(self) -> None:
        self.words = TypingLine(self)
        self.words.setAccessibleName(strings.SEARCH_NAME)
        self.words.setPlaceholderText(strings.SEARCH_HINT)
        add_clear_button(self.words)
        self.states_label, self.states = self._chooser(strings.SHOW, strings.SHOW_NAME)
        self.orders_label, self.orders = self._chooser(strings.ORDER, strings.ORDER_NAME)
        for order in Order:
            self.orders.addItem(strings.ORDERS[order.value], order.value)

    def _chooser(self, label: str, name: str) -> tuple[QLabel, QComboBox]:
        said, box = QLabel(label, self), QComboBox(self)
        said.setObjectName("hint")
        said.setBuddy(box)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return said, box

    def _build_list(self) -> None:
        self.view = QueueView(self.thumbnails, self)
        self.view.setModel(self.model)
        self.batch = QPushButton(strings.BATCH_BUTTON, self)
        self.batch.setToolTip(strings.BATCH_TIP)
        self.batch.setAccessibleDescription(strings.BATCH_TIP)
        self.batch.hide()
        self.count = QLabel(self)
        self.count.setObjectName("hint")
        self.count.setWordWrap(True)
        self.message = QLabel(self)
        self.message.setObjectName("muted")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.message)
        self.layers.addWidget(self.view)

    def _lay_out(self) -> None:
        space = measures().space
        top = QHBoxLayout()
        top.setSpacing(space[0])
        top.addWidget(self.sets, 1)
        top.addWidget(self.add)
        top.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[0])
        column.addWidget(self.sets_label)
        column.addLayout(top)
        column.addSpacing(space[0])
        column.addWidget(self.words)
        for label, box in (
            (self.states_label, self.states),
            (self.orders_label, self.orders),
        ):
            row = QHBoxLayout()
            row.setSpacing(space[1])
            row.addWidget(label)
            row.addWidget(box, 1)
            column.addLayout(row)
        column.addWidget(self.count)
        column.addWidget(self.layers, 1)
        column.addWidget(self.batch)

    # --- what is shown -------------------------------------------------------------------

    def show_sets(self, sets: Sequence[AltSet], chosen: int) -> None:
        """Sets to choose from; `chosen` 0 for none."""
        with QSignalBlocker(self.sets):
            self.sets.clear()
            for one in sets:
                self.sets.addItem(strings.set_row(one.name, one.images), one.id)
                self.sets.setItemData(self.sets.count() - 1, one.name, Qt.ItemDataRole.ToolTipRole)
            self.sets.setCurrentIndex(self.sets.findData(chosen))
        self.sets.setEnabled(bool(sets))
        self._enable(bool(chosen))

    def _enable(self, is_open: bool) -> None:
        for one in (self.words, self.states, self.orders, self.more):
            one.setEnabled(is_open)

    def show_message(self, sentence: str) -> None:
        """In the place of the list: why it is empty."""
        self.message.setText(sentence)
        self.layers.setCurrentWidget(self.message)
        self.count.hide()
        self.batch.hide()

    def show_images(self, images: Sequence[AltImage], language: str, wanted: int = 0) -> None:
        """The images of the open set; `wanted`, else the current one, is current if it is there."""
        before = self.current_id
        self._arranging = True
        self.model.show_images(images, language)
        self._after_arranging(before, wanted)

    def put(self, image: AltImage) -> None:
        """One image changed: nothing moves."""
        self.model.put(image)
        self._show_counts()

    def put_many(self, images: Sequence[AltImage]) -> None:
        """Many changed: nothing moves either, and it is counted once."""
        for image in images:
            self.model.put(image)
        self._show_counts()

    def _narrow(self) -> None:
        before = self.current_id
        self.model.words = self.words.text().strip()
        self.model.state = self._chosen_state()
        if self.states.currentData() != _ONLY:
            self.model.only = None
        self.model.order = Order(self.orders.currentData())
        self._arranging = True
        self.model.arrange()
        self._after_arranging(before)
        announce(self.view, self.count.text())

    def _chosen_state(self) -> AltState | None:
        chosen = self.states.currentData()
        return AltState(chosen) if chosen and chosen != _ONLY else None

    def show_only(self, ids: Sequence[int]) -> None:
        """These images alone, until another choice is made at "Show"."""
        before = self.current_id
        self.words.clear()
        self._soon.stop()
        self.model.only, self.model.state, self.model.words = frozenset(ids), None, ""
        with QSignalBlocker(self.states):
            self.states.setCurrentIndex(0)
        self._arranging = True
        self.model.arrange()
        self._after_arranging(before)
        announce(self.view, self.count.text())

    def _after_arranging(self, before: int, wanted: int = 0) -> None:
        row = self.model.row_of(wanted or before)
        if row < 0 and self.model.rowCount():
            row = 0
        self._show_counts()
        if self.model.rowCount():
            self.layers.setCurrentWidget(self.view)
            self._make_current(row)
        else:
            self.show_message(strings.NONE_MATCH if self.model.total else strings.SET_EMPTY)
            self.count.setVisible(self.model.total > 0)
        self._arranging = False
        if self.current_id != before:
            self.chosen.emit(self.current_id)

    def _show_counts(self) -> None:
        counts, chosen = self.model.counts(), self._chosen_state()
        rows = [(fill(strings.STATE_ALL, count=self.model.total), "")]
        for state in AltState:
            if counts.get(state) or state is chosen:
                count = counts.get(state, 0)
                words = fill(strings.STATE_ROW, state=strings.STATES[state], count=count)
                rows.append((words, state.value))
        wanted = chosen.value if chosen else ""
        if self.model.only is not None:
            wanted = _ONLY
            rows.append((fill(file_strings.ONLY_THESE, count=len(self.model.only)), _ONLY))
        with QSignalBlocker(self.states):
            self._fill_states(rows, wanted)
        shown, total = self.model.rowCount(), self.model.total
        approved = counts.get(AltState.APPROVED, 0)
        self.count.setText(strings.counted(shown, total, approved))
        self.count.setVisible(total > 0)
        self.batch.setVisible(counts.get(AltState.EMPTY, 0) > 1)

    def _fill_states(self, rows: list[tuple[str, str]], chosen: str) -> None:
        """In place where only numbers changed, so that an open list stays open."""
        known = [self.states.itemData(row) for row in range(self.states.count())]
        if known != [data for _, data in rows]:
            self.states.clear()
            for words, data in rows:
                self.states.addItem(words, data)
            self.states.setCurrentIndex(max(0, self.states.findData(chosen)))
            return
        for row, (words, _) in enumerate(rows):
            self.states.setItemText(row, words)

    # --- the current image ---------------------------------------------------------------

    @property
    def current_id(self) -> int:
        """0 for none."""
        image = self.model.image(self.view.currentIndex().row())
        return image.id if image else 0

    @property
    def selected_ids(self) -> tuple[int, ...]:
        """Of the selected images, in the list's order."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        return tuple(image.id for image in map(self.model.image, rows) if image is not None)

    def choose(self, image_id: int) -> None:
        """Make an image current, if it is shown and is not."""
        row = self.model.row_of(image_id)
        if row >= 0 and row != self.view.currentIndex().row():
            self._make_current(row)

    def step(self, by: int) -> None:
        self.view.step(by)

    def step_to_needing(self) -> bool:
        """The next image that needs a person; False when there is none."""
        row = self.model.next_needing(self.view.currentIndex().row())
        if row >= 0:
            self._make_current(row)
        return row >= 0

    def focus_list(self) -> None:
        wanted = self.view if self.layers.currentWidget() is self.view else self.sets
        if not wanted.isEnabled():
            wanted = self.add
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_words(self) -> None:
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    def _make_current(self, row: int) -> None:
        index = self.model.index(row)
        self.view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.view.scrollTo(index)

    def _current_changed(self, *_: object) -> None:
        if not self._arranging:
            self.chosen.emit(self.current_id)
