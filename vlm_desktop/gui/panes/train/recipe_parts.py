"""How much of the model learns: its real parts, with how many numbers of each would change.

To count them the model is opened, so that is done only when a person wants to choose.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from vlm_desktop.engine.train.choosing import PartsSeen

_LANE = "answers"
_LAST = "vision-last"


class PartsChoice(QWidget):
    """Main thread; models are opened on the lane of models that write."""

    def __init__(self, book: RecipeBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.PARTS)
        self._book = book
        self._seen: PartsSeen | None = None
        self._seen_of: tuple[object, ...] = ()
        self._model: tuple[object, ...] = ()
        self._is_open = self._is_asking = False
        self.boxes: dict[str, QCheckBox] = {}
        self.open = QPushButton(strings.PARTS_OPEN, self)
        self.open.clicked.connect(self._open)
        self.working = WrappedLabel(strings.PARTS_WORKING, self, name="muted")
        self.trouble = WrappedLabel("", self, name="bad")
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(measures().space[0])
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._list)
        for line in (self.working, self.trouble):
            line.hide()
            column.addWidget(line)
        book.changed.connect(self._follow)

    @property
    def facts(self) -> str:
        """What is chosen, in one sentence."""
        targets = self._targets
        if not targets:
            return strings.PARTS_USUAL
        names = ", ".join(part_words(one) for one in targets)
        return fill(strings.PARTS_CHOSEN, names=names)

    @property
    def _targets(self) -> tuple[str, ...]:
        look = self._book.look
        return () if look is None else look.recipe.method.targets

    @property
    def _counts_of(self) -> tuple[object, ...]:
        """What the counts depend on."""
        look = self._book.look
        if look is None:
            return ()
        method = look.recipe.method
        rank = 0 if method.full else method.rank
        return look.recipe.model.id, look.recipe.model.kind, rank, method.dora

    # --- asking --------------------------------------------------------------------------

    def _open(self) -> None:
        self._is_open = True
        self._follow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes

    def _follow(self) -> None:
        """Count anew where the counts would be others; another model is opened only when a person
        asks again."""
        wanted = self._counts_of
        if wanted and self._model != wanted[:2]:
            self._is_open = self._is_open and not self._model
            self._model, self._seen, self._seen_of = wanted[:2], None, ()
        if self._is_open and wanted != self._seen_of and not self._is_asking:
            self._ask(wanted)
        self._show()

    def _ask(self, wanted: tuple[object, ...]) -> None:
        self._is_asking = True
        desk, said = self._book.session.desk, self._book.session.recipe_said()
        method = {key: one for key, one in said.get("method", {}).items() if key != "targets"}
        said = {**said, "method": method}  # so that what learns of itself is told

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            return (yield from desk.services.training.choosing.parts(said, cancel))

        def done(seen: "PartsSeen") -> None:
            self._is_asking = False
            if self._is_open and wanted[:2] == self._model:
                self._seen, self._seen_of = seen, wanted
                announce(self, strings.PARTS_COUNTED)
            self._follow()
            if self.hasFocus() and self.boxes:
                next(iter(self.boxes.values())).setFocus(Qt.FocusReason.OtherFocusReason)

        desk.ask(verb, done, failed=self._failed, lane=_LANE, latest="train-parts")

    def _failed(self, sentence: str) -> None:
        self._is_asking = self._is_open = False
        self._seen, self._seen_of = None, ()
        self._show()
        self.trouble.setText(sentence)
        self.trouble.show()
        self.open.setText(strings.TRY_AGAIN)

    # --- showing -------------------------------------------------------------------------

    def _show(self) -> None:
        seen = self._seen
        self.open.setVisible(not self._is_open)
        self.open.setText(strings.PARTS_OPEN)
        self.working.setVisible(self._is_open and self._is_asking and seen is None)
        self.trouble.hide()
        choices = seen.choices if seen is not None else ()
        if tuple(self.boxes) != choices:
            self._make(choices)
        if seen is None:
            return
        counts = {one.name: one for one in seen.parts}
        learning = {one.name for one in seen.parts if one.trainable}
        for name, box in self.boxes.items():
            part = counts.get(name)
            count = None if part is None else part.would_train or part.trainable
            form = strings.PART_ROW if count else strings.PART_ROW_BARE
            numbers = part.parameters if part is not None else 0
            box.setText(fill(form, name=part_words(name), count=count or 0, all=numbers))
            box.setChecked(name in (self._targets or learning))

    def _make(self, choices: tuple[str, ...]) -> None:
        for old in self.boxes.values():
            old.hide()
            self._list.removeWidget(old)
            old.deleteLater()
        self.boxes = {name: QCheckBox(self) for name in choices}
        for name, box in self.boxes.items():
            box.setToolTip(strings.PART_TIPS.get(name, name))
            box.setAccessibleDescription(strings.PART_TIPS.get(name, ""))
            box.clicked.connect(lambda _: self._choose())
            self._list.addWidget(box)

    def _choose(self) -> None:
        chosen = [name for name, box in self.boxes.items() if box.isChecked()]
        if not chosen:
            self._show()
            announce(self, strings.PARTS_ONE)
            self.trouble.setText(strings.PARTS_ONE)
            self.trouble.show()
            return
        words = fill(strings.CHANGE_OF, name=strings.PARTS)
        self._book.say(words, "method", targets=chosen)


def part_words(name: str) -> str:
    """A part in words; its own name where there are none."""
    beginning, _, count = name.rpartition("-")
    if beginning == _LAST and count.isdecimal():
        return fill(strings.PART_LAST, count=int(count))
    return strings.PART_WORDS.get(name, name)
