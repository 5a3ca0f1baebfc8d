"""Who answers beside whom: the same question for two models, or for two settings of one."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QWidget,
)

from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chatwork import ChatChoice, Side
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.number_box import FractionBox
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

_SIDES = 2
_WARM = 0.7


class CompareDialog(PlainDialog):
    """Two sides: model and chance. The words and pictures are those of the composer."""

    sides_chosen = Signal(object)
    """Two `Side`s."""

    def __init__(
        self,
        models: Sequence[ChatChoice],
        model_id: str,
        options: GenerationOptions,
        parent: QWidget,
    ) -> None:
        super().__init__(strings.COMPARE_TITLE, strings.COMPARE_INTRO, parent)
        self._options = options
        space = measures().space
        grid = QGridLayout()
        grid.setHorizontalSpacing(space[2])
        grid.setVerticalSpacing(space[1])
        self.models: list[QComboBox] = []
        self.chances: list[FractionBox] = []
        for side in range(_SIDES):
            self._add_side(grid, side, models)
        ids = [one.model_id for one in models]
        here = ids.index(model_id) if model_id in ids else 0
        self.models[0].setCurrentIndex(here)
        other = next((at for at in range(len(ids)) if at != here), here)
        self.models[1].setCurrentIndex(other)
        self.chances[0].setValue(options.temperature)
        self.chances[1].setValue(options.temperature if other != here else _WARM)
        self.lay_out((grid,), strings.COMPARE_GO, self._take)

    def _add_side(self, grid: QGridLayout, side: int, models: Sequence[ChatChoice]) -> None:
        names = (strings.COMPARE_LEFT, strings.COMPARE_RIGHT)
        label = QLabel(names[side], self)
        box = QComboBox(self)
        for one in models:
            box.addItem(one.name, one.model_id)
        box.setAccessibleName(fill(strings.COMPARE_MODEL, side=names[side].replace("&", "")))
        label.setBuddy(box)
        chance = FractionBox(self)
        chance.setRange(0, 2)
        chance.setSingleStep(0.1)
        chance.setDecimals(1)
        chance.setPrefix(strings.COMPARE_CHANCE)
        chance.setAccessibleName(
            fill(strings.COMPARE_CHANCE_NAME, side=names[side].replace("&", ""))
        )
        for place, one in enumerate((label, box, chance)):
            grid.addWidget(one, side, place)
        grid.setColumnStretch(1, 1)
        self.models.append(box)
        self.chances.append(chance)

    @property
    def sides(self) -> tuple[Side, ...]:
        return tuple(
            Side(box.currentData(), replace(self._options, temperature=round(chance.value(), 1)))
            for box, chance in zip(self.models, self.chances, strict=True)
        )

    def _take(self) -> None:
        self.sides_chosen.emit(self.sides)
        self.accept()
