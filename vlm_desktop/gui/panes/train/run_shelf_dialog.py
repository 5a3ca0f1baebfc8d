"""What an adapter is to be called, and which checkpoint of its run it is made of."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Validated
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

_WIDE = 440


class ShelfDialog(PlainDialog):
    """`take` is given the name and the step, None for the best checkpoint. Main thread."""

    def __init__(
        self,
        suggested: str,
        best: int | None,
        steps: Sequence[int],
        evaluated: Sequence[Validated],
        take: Callable[[str, int | None], object],
        parent: QWidget,
    ) -> None:
        """`steps` are those whose weights are there."""
        super().__init__(strings.SHELF_TITLE, strings.SHELF_HINT, parent)
        self._take = take
        self.name = QLineEdit(suggested, self)
        self.name.selectAll()
        self.name.textChanged.connect(self._allow)
        self.checkpoint = QComboBox(self)
        for words, step in _choices(best, steps, evaluated):
            self.checkpoint.addItem(words, step)
        form = QFormLayout()
        form.setVerticalSpacing(measures().space[1])
        for words, field in (
            (strings.SHELF_LABEL, self.name), (strings.SHELF_CHECKPOINT, self.checkpoint),
        ):  # fmt: skip
            label = QLabel(words, self)
            label.setBuddy(field)
            field.setAccessibleName(words.replace("&", ""))
            form.addRow(label, field)
        self.lay_out((form,), strings.SHELF_GO, self._go)
        TallEnough(self, _WIDE)
        self._allow()
        self.name.setFocus()

    def _allow(self) -> None:
        self.go.setEnabled(bool(self.name.text().strip()))

    def _go(self) -> None:
        name, step = self.name.text().strip(), self.checkpoint.currentData()
        self.accept()
        self._take(name, step)


def _choices(
    best: int | None, steps: Sequence[int], evaluated: Sequence[Validated]
) -> list[tuple[str, int | None]]:
    """The best one first, then the others, the latest first."""
    said = {one.step: one for one in evaluated}
    found: list[tuple[str, int | None]] = [(_named(best, said, is_best=True), None)]
    others = (one for one in sorted(steps, reverse=True) if one not in (0, best))
    return found + [(_named(one, said, is_best=False), one) for one in others]


def _named(step: int | None, said: dict[int, Validated], *, is_best: bool) -> str:
    if step is None:
        return strings.CHECKPOINT_BEST_ONLY
    one = said.get(step)
    if one is None:
        return fill(strings.CHECKPOINT_BARE, step=step)
    form = strings.CHECKPOINT_BEST if is_best else strings.CHECKPOINT_OTHER
    return fill(form, step=step, metric=strings.metric_name(one.metric), value=one.score.value)
