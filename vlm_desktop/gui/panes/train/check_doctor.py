"""What the doctor says of the data set in hand: asked for, kept, and mended."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from vlm_desktop import trainstrings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import (
    DataSet,
    DoctorOfData,
    ExamplesChange,
    FindingCode,
    TrainFinding,
    Weight,
)
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.widgets.long_task import LongTask

if TYPE_CHECKING:
    from vlm_desktop.base.training import Example

Mark: TypeAlias = tuple[int, str, int, int, int]
_LANE = "model"
"""The search model doubts labels, and it belongs there."""


class DoctorOffice(QObject):
    """Main thread; looking runs on a lane, one look at a time."""

    changed = Signal()
    """Report, trouble or progress are others."""
    mended = Signal(str)
    """A sentence: findings were mended, or there was nothing to mend."""

    def __init__(self, session: TrainSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._task = LongTask(session.desk, self)
        self._begun: Mark | None = None
        self._set_id = 0
        self._lengths: Mapping[str, int] = {}
        self._most_tokens = 0
        self.report: DoctorOfData | None = None
        """The last of this data set; it may be of before the last change."""
        self.words = ""
        """How far a look is, "" while there is none."""
        self.trouble = ""
        self.was_stopped = False

    @property
    def is_running(self) -> bool:
        return self._task.is_running

    # --- looking ---------------------------------------------------------------------------

    def look_if_changed(self) -> None:
        """Look where data are in hand that nobody looked at as they are now."""
        kept = self._session.set
        if kept is not None and mark_of(kept) != self._begun:
            self.look()

    def look(self) -> None:
        """Look anew; a look that is under way is given up."""
        kept = self._session.set
        if kept is None:
            return
        self.forget_other(kept.id)
        self._task.drop()
        self._begun, self.trouble, self.was_stopped = mark_of(kept), "", False
        self.words = strings.WAITS if self._session.desk.indexing.is_running else strings.BEGINS
        services, set_id = self._session.desk.services, kept.id
        lengths, most = self._lengths, self._most_tokens

        def tokens(example: "Example") -> int:
            return lengths.get(example.key, 0)

        def verb(cancel: CancelToken) -> Generator[Event, None, DoctorOfData]:
            return (
                yield from services.training.doctor.examine(
                    set_id, cancel, tokens=tokens if most else None, most_tokens=most
                )
            )

        self._task.run(
            strings.WORK_DATA, verb, self._done, lane=_LANE, failed=self._failed,
            stopped=self._stopped, heard=self._heard,
        )  # fmt: skip
        self.changed.emit()

    def stop(self) -> None:
        self._task.stop()

    def close(self) -> None:
        """Nobody wants to know any more."""
        self._task.drop()

    def forget_other(self, set_id: int) -> None:
        """What was found in another data set is nothing of this one's."""
        if set_id != self._set_id:
            self._task.drop()
            self._set_id, self._begun, self.report = set_id, None, None
            self.words = self.trouble = ""
            self.was_stopped = False
            self.forget_lengths()
            self.changed.emit()

    def take_lengths(
        self, lengths: Mapping[str, int], most_tokens: int, told: DoctorOfData
    ) -> None:
        """A model was opened and counted: `told` says what is too long for it."""
        self._lengths, self._most_tokens = lengths, most_tokens
        if self.report is not None and most_tokens:
            self.report = with_too_long(self.report, told)
            self.changed.emit()

    def forget_lengths(self) -> None:
        """Another model counts otherwise."""
        self._lengths, self._most_tokens = {}, 0

    # --- mending ---------------------------------------------------------------------------

    def of_kind(self, finding: TrainFinding) -> tuple[TrainFinding, ...]:
        """All findings that one and the same change would end."""
        report = self.report
        if report is None or finding.fix is None:
            return ()
        return tuple(one for one in report.of(finding.code) if one.fix is finding.fix)

    def mend(self, findings: Sequence[TrainFinding]) -> None:
        """Apply the fix that these share; it can be undone, and the data are looked at again."""
        if not findings or findings[0].fix is None or not self._set_id:
            return
        services, set_id = self._session.desk.services, self._set_id
        wanted = tuple(findings)

        def do(cancel: CancelToken) -> Generator[Event, None, ExamplesChange]:
            return (yield from services.training.doctor.mend_all(set_id, wanted, cancel))

        def undo(change: ExamplesChange) -> Verb:
            def verb(_: CancelToken) -> Generator[Event, None, None]:
                yield from ()
                services.training.datasets.apply(change)

            return verb

        fix = trainstrings.fix_name(wanted[0])
        count = len({key for one in wanted for key in one.keys})
        text = fill(strings.CHANGE, fix=fix, count=count) if count > 1 else fix
        self._session.desk.changes.perform(
            Change(text, do, undo),
            lambda change: self._was_mended(set_id, wanted, change),
            self._refused,
        )

    def _was_mended(
        self, set_id: int, findings: tuple[TrainFinding, ...], change: ExamplesChange
    ) -> None:
        if self.report is not None and set_id == self._set_id:
            left = tuple(one for one in self.report.findings if one not in findings)
            self.report = replace(self.report, findings=left)
            self.changed.emit()
        self.mended.emit(strings.NOTHING_MENDED if change.is_empty else strings.MENDED)

    def _refused(self, sentence: str) -> None:
        self.mended.emit(sentence)

    # --- hearing ---------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        if isinstance(event, Progress) and event.phase.value in strings.PHASES:
            form = strings.PHASES[event.phase.value]
            self.words = fill(form, done=event.done, total=event.total or 0)
            self.changed.emit()

    def _done(self, report: DoctorOfData) -> str:
        self.report, self.words = report, ""
        self.changed.emit()
        return headline_of(report)

    def _failed(self, sentence: str) -> str:
        self.trouble, self.words = sentence, ""
        self.changed.emit()
        return sentence

    def _stopped(self) -> str:
        self.was_stopped, self.words = True, ""
        self.changed.emit()
        return strings.STOPPED


def mark_of(kept: DataSet) -> Mark:
    """Another one whenever a data set was changed."""
    return (kept.id, kept.changed_at, kept.train, kept.validation, kept.left_out)


def to_mend(report: DoctorOfData) -> int:
    """How many findings are more than notes; those told as a rest are as many as their keys."""
    some = [one for one in report.findings if one.weight is not Weight.NOTE]
    return sum(max(1, count_of(one)) for one in some)


def count_of(finding: TrainFinding) -> int:
    """How many findings one stands for."""
    return len(finding.keys) if trainstrings.is_rest(finding) else 1


def headline_of(report: DoctorOfData) -> str:
    """What came of it, in a few words."""
    return strings.REFUSED if report.refused else strings.headline(to_mend(report))


def with_too_long(report: DoctorOfData, told: DoctorOfData) -> DoctorOfData:
    """The report, with what another one says of lengths."""
    code = FindingCode.TOO_LONG
    others = tuple(one for one in report.findings if one.code is not code)
    found = sorted((*others, *told.of(code)), key=lambda one: list(Weight).index(one.weight))
    not_done = tuple(one for one in report.not_done if one is not code)
    return DoctorOfData(report.looked, tuple(found), not_done)
