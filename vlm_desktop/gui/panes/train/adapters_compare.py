"""A comparison: what it says in sentences, every example in a list, one of them beside it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.adapters import AdapterInfo, ItemCompared, ModelsCompared
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.panes.train.adapters_item import ItemView
from vlm_desktop.gui.panes.train.adapters_items import SIDE, ItemList
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.side_tabs import SideTabs
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_LIST_WIDE = 320


class CompareView(QWidget):
    """Main thread."""

    back_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.info: AdapterInfo | None = None
        self.found: ModelsCompared | None = None
        self.back = QPushButton(f" {strings.BACK}", self)
        self.back.setObjectName("quiet")
        self.back.setIcon(icon("back"))
        self.back.setAccessibleName(strings.BACK)
        self.back.clicked.connect(self.back_wanted)
        self.head = ElidedLabel(self)
        self.head.setObjectName("cardTitle")
        self.save = QPushButton(strings.SAVE, self)
        self.save.clicked.connect(self.save_wanted)
        self.summary = WrappedLabel(parent=self)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tabs = SideTabs(self)
        self.groups: tuple[tuple[ItemCompared, ...], ...] = ((), (), (), ())
        for _ in self.groups:
            self.tabs.add("")
        self.tabs.chosen.connect(self._show_group)
        ratio = self.devicePixelRatioF()
        self.thumbnails = FileThumbnails(desk, round(SIDE * ratio), self)
        self.list = ItemList(self.thumbnails, self)
        self.nothing = WrappedLabel(strings.NOTHING_SUCH, self, name="muted")
        self.item = ItemView(desk, self)
        self.list.chosen.connect(self._show_item)
        self._lay_out()

    def _lay_out(self) -> None:
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[1])
        head.addWidget(self.back)
        head.addWidget(self.head, 1)
        head.addWidget(self.save)
        side = QFrame(self)
        side.setObjectName("trainColumn")
        side.setFixedWidth(_LIST_WIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[1])
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        column.addStretch()
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(side)
        body.addWidget(self.item, 1)
        top = QVBoxLayout()
        top.setContentsMargins(space[2], space[1], space[2], 0)
        top.setSpacing(space[1])
        top.addLayout(head)
        top.addWidget(self.summary)
        top.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(body, 1)
        self.item.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # --- what is shown -----------------------------------------------------------------------

    def show_comparison(self, found: ModelsCompared, info: AdapterInfo) -> None:
        self.found, self.info = found, info
        self.head.setText(fill(strings.HEAD, name=info.name, base=words.base_name(info)))
        self.summary.setText("\n".join(words.summary_words(found, info)))
        same = tuple(one for one in found.items if one.change == 0)
        self.groups = (found.items, found.most_improved, found.most_harmed, same)
        forms = (strings.TAB_ALL, strings.TAB_IMPROVED, strings.TAB_HARMED, strings.TAB_EQUAL)
        for tab, form, group in zip(self.tabs.buttons, forms, self.groups, strict=True):
            tab.setText(fill(form, count=len(group)))
        self.tabs.choose(0)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, as people know them."""
        if self.found is None or self.info is None:
            return ()
        return (
            words.base_name(self.info),
            *(words.column_name(one.name) for one in self.found.columns[1:]),
        )

    def _show_group(self, number: int) -> None:
        items = self.groups[number]
        self.list.setVisible(bool(items))
        self.nothing.setVisible(not items)
        self.list.show_items(items)

    def _show_item(self, item: ItemCompared | None) -> None:
        self.item.show_item(item, self.names)
