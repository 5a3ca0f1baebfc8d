"""A picture in a query: its thumbnail, whether it is a part, and how much it counts."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QSlider, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import ImageTerm
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search.chips import Chip, short
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures

PICTURE_SIDE = 64
"""Pixels of a chip's thumbnail, drawn at half of it on an ordinary screen."""

_STEPS = 20
_LONGEST_NAME = 16
_MOST_WEIGHT = 2.0


class WeightSlider(QSlider):
    """How much a part of a query counts, 0 to 2."""

    weighted = Signal(float)

    def __init__(self, name: str, weight: float, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _STEPS)
        self.setPageStep(5)
        self.setFixedWidth(3 * measures().space[4])
        self.setAccessibleName(fill(strings.PICTURE_WEIGHT, name=name))
        self.setValue(round(weight / _MOST_WEIGHT * _STEPS))
        self._tell(self.value())
        self.valueChanged.connect(self._changed)

    @property
    def weight(self) -> float:
        return self.value() / _STEPS * _MOST_WEIGHT

    def _changed(self, value: int) -> None:
        self._tell(value)
        self.weighted.emit(self.weight)

    def _tell(self, _: int) -> None:
        words = fill(strings.PICTURE_WEIGHT_TIP, weight=self.weight)
        self.setToolTip(words)
        self.setAccessibleDescription(words)


class PictureChip(Chip):
    """One `ImageTerm`. The slider is there when there is something to weigh it against."""

    weighted = Signal(float)

    def __init__(self, term: ImageTerm, parent: QWidget | None = None) -> None:
        name = picture_name(term)
        super().__init__(name, fill(strings.PICTURE_NAME, name=name), parent)
        self.term = term
        self.body.setAccessibleDescription(strings.PICTURE_DESCRIPTION)
        self.body.setText(short(name, _LONGEST_NAME).replace("&", "&&"))
        self.body.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.body.setIconSize(QSize(PICTURE_SIDE // 2, PICTURE_SIDE // 2))
        self.body.setIcon(icon("search-part" if term.box else "picture"))
        self.slider = WeightSlider(name, term.weight, self)
        self.slider.weighted.connect(self.weighted)
        self.row.insertWidget(1, self.slider)

    @property
    def stops(self) -> list[QWidget]:
        return [self.body, self.slider]

    def show_picture(self, jpeg: bytes) -> None:
        """The thumbnail, as soon as it is made."""
        pixmap = QPixmap()
        if pixmap.loadFromData(jpeg):
            self.body.setIcon(QIcon(pixmap))


class WordsChip(Chip):
    """The words beside pictures, and how much they count."""

    weighted = Signal(float)

    def __init__(self, weight: float, parent: QWidget | None = None) -> None:
        super().__init__(strings.WORDS_CHIP, strings.WORDS_CHIP, parent)
        self.cross.hide()
        self.slider = WeightSlider(strings.WORDS_CHIP, weight, self)
        self.slider.weighted.connect(self.weighted)
        self.row.insertWidget(1, self.slider)

    @property
    def stops(self) -> list[QWidget]:
        return [self.body, self.slider]


def picture_name(term: ImageTerm) -> str:
    """What a person calls it: its file name, a part of it, or that it was pasted."""
    name = strings.PASTED_NAME if term.path.parent.name == "pasted" else term.path.name
    return fill(strings.PICTURE_PART, name=name) if term.box else name
