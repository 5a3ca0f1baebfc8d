"""Holding out a share: how much, what it does, and that what belongs together stays together."""

from collections.abc import Callable, Generator

from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import DataSet, SplitMade
from vlm_desktop.gui.panes.train.data_changes import DataChanges
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.number_box import NumberBox
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

_USUAL, _LEAST, _MOST = 20, 1, 90


class SplitDialog(PlainDialog):
    """Main thread."""

    def __init__(self, one: DataSet, take: Callable[[int], object], parent: QWidget) -> None:
        super().__init__(strings.SPLIT_TITLE, strings.SPLIT_HINT, parent)
        self._take, self._used = take, one.train + one.validation
        self.share = NumberBox(self)
        self.share.setRange(_LEAST, _MOST)
        self.share.setSuffix(" %")
        self.share.setValue(_USUAL)
        self.share.setAccessibleName(strings.SPLIT_SHARE.replace("&", ""))
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        why = QLabel(strings.SPLIT_WHY, self)
        why.setObjectName("hint")
        why.setWordWrap(True)
        form = QFormLayout()
        form.setSpacing(measures().space[1])
        form.addRow(strings.SPLIT_SHARE, self.share)
        self.lay_out((form, why, self.about), strings.SPLIT_GO, self.take)
        self.share.valueChanged.connect(lambda _: self._refresh())
        self._refresh()
        TallEnough(self, measures().tile * 2)
        self.share.setFocus()
        self.share.selectAll()

    def _refresh(self) -> None:
        held = round(self.share.value() / 100 * self._used)
        held_words = fill("{held:,}", held=max(1, held))
        words = fill(strings.SPLIT_ABOUT, held=held_words, total=self._used)
        self.about.setText(words)
        self.share.setAccessibleDescription(words)

    def take(self) -> None:
        share = self.share.value()
        self.accept()
        self._take(share)


class Splitting:
    """Looks at pictures as long work, then changes the data set in one step. Main thread."""

    def __init__(self, session: TrainSession, changes: DataChanges, over: QWidget) -> None:
        self._session, self._changes, self._over = session, changes, over
        self.task = LongTask(session.desk, over)
        self.said: Callable[[str], object] = session.desk.say

    def ask(self) -> None:
        kept = self._session.set
        if kept is None or kept.train + kept.validation == 0:
            return
        SplitDialog(kept, self.split, self._over).open()

    def split(self, percent: int) -> None:
        services, set_id = self._session.desk.services, self._session.set_id

        def verb(cancel: CancelToken) -> Generator[Event, None, SplitMade]:
            return (yield from services.training.splits.plan(set_id, cancel, share=percent / 100))

        def done(plan: SplitMade) -> str:
            if set_id != self._session.set_id:
                return ""
            if not plan.validation:
                self.said(strings.SPLIT_NOTHING)
                return strings.SPLIT_NOTHING
            words = fill(
                strings.SPLIT_DONE, learn=plan.train, check=plan.validation, groups=plan.groups
            )
            self._changes.apply(strings.CHANGE_SPLIT, plan.undo, lambda _: self.said(words))
            return ""

        def failed(sentence: str) -> str:
            self.said(sentence)
            return sentence

        begun = self.task.run(
            strings.SPLIT_WORK, verb, done, failed=failed, stopped=lambda: strings.SPLIT_STOPPED
        )
        if not begun:
            self._session.desk.say(strings.BUSY)
