"""Which phrases are looked for in many pictures, and by which model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QPlainTextEdit, QWidget

from vlm_desktop.base.grounding import AUTOMATIC, STARTER
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.phrasing import phrases_in
from vlm_desktop.gui.strings import ground as ground_strings
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.strings import ground_phrases as phrase_strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog


@dataclass(frozen=True, slots=True)
class LabelWish:
    """What to look for, by which model: AUTOMATIC, STARTER, or an id."""

    phrases: tuple[str, ...]
    model: str
    with_masks: bool


class LabelDialog(PlainDialog):
    """Main thread."""

    def __init__(
        self,
        where: str,
        models: Sequence[tuple[str, str]],
        chosen: str,
        take: Callable[[LabelWish], object],
        parent: QWidget,
        automatic: str = "",
    ) -> None:
        """`automatic` is the name of the model that is taken where nobody chooses."""
        super().__init__(strings.LABEL_TITLE, strings.LABEL_HINT, parent)
        self._take = take
        self.where = QLabel(where, self)
        self.where.setWordWrap(True)
        self.phrases = QPlainTextEdit(self)
        self.phrases.setPlaceholderText(strings.LABEL_PHRASES_HINT)
        self.phrases.setAccessibleName(strings.LABEL_PHRASES.replace("&", ""))
        self.phrases.setTabChangesFocus(True)
        self.phrases.setFixedHeight(measures().tile // 2 + measures().space[4])
        self.phrases.textChanged.connect(self._refresh)
        self.models = QComboBox(self)
        self.models.setAccessibleName(strings.LABEL_MODEL.replace("&", ""))
        name = automatic or phrase_strings.FIND_STARTER
        self.models.addItem(fill(ground_strings.AUTOMATIC, name=name), AUTOMATIC)
        self.models.addItem(phrase_strings.FIND_STARTER, STARTER)
        for model, name in models:
            self.models.addItem(name, model)
        self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
        self.masks = QCheckBox(strings.LABEL_MASKS, self)
        self.masks.setToolTip(strings.LABEL_MASKS_TIP)
        self.masks.setChecked(True)
        form = QFormLayout()
        form.setSpacing(measures().space[1])
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(strings.LABEL_PHRASES, self.phrases)
        form.addRow(strings.LABEL_MODEL, self.models)
        self.lay_out((form, self.where, self.masks), strings.LABEL_GO, self.take)
        self._refresh()
        TallEnough(self, measures().tile * 3)
        self.phrases.setFocus()

    @property
    def wish(self) -> LabelWish:
        phrases = tuple(phrases_in(self.phrases.toPlainText()))
        return LabelWish(phrases, str(self.models.currentData()), self.masks.isChecked())

    def _refresh(self) -> None:
        self.go.setEnabled(bool(self.wish.phrases))

    def take(self) -> None:
        self._take(self.wish)
        self.accept()
