"""The tab of pictures with objects, in its three states, and labelling many of them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.groundkeeping import KeptPicture
from vlm_desktop.gui.panes.ground.picture_list import PictureList
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class PicturesPanel(QWidget):
    """Main thread. Shows what it is told."""

    retry_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.list = PictureList(self)
        self.none = QWidget(self)
        self.sentence = WrappedLabel(strings.PICTURES_WORKING, self.none, name="muted")
        self.again = QPushButton(strings.TRY_AGAIN, self.none)
        self.again.clicked.connect(self.retry_wanted)
        column = QVBoxLayout(self.none)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        column.addWidget(self.sentence)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.none)
        self.layers.addWidget(self.list)
        self.layers.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.next = QPushButton(strings.NEXT_PICTURE, self)
        self.next.setToolTip(strings.NEXT_PICTURE_TIP)
        self.label = QPushButton(strings.LABEL_FOLDER, self)
        self.label.setToolTip(strings.LABEL_FOLDER_TIP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[1])
        layout.addWidget(self.layers, 1)
        for button in (self.next, self.label):
            button.setAutoDefault(False)
            layout.addWidget(button)
        self.again.hide()
        self.next.setEnabled(False)

    def show_pictures(
        self, pictures: Sequence[KeptPicture], path: Path | None, page: int = 0
    ) -> None:
        self.list.show_pictures(pictures, path, page)
        self.sentence.setText(strings.NO_PICTURES)
        self.again.hide()
        self.layers.setCurrentWidget(self.list if pictures else self.none)
        self.next.setEnabled(any(one.proposed for one in pictures))

    def show_failure(self, sentence: str) -> None:
        self.sentence.setText(f"{strings.PICTURES_FAILED} {sentence}")
        self.again.show()
        self.layers.setCurrentWidget(self.none)
