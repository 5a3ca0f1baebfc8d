"""Comparing all documents that were read with a table of expected values."""

from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import (
    Compared,
    Comparison,
    MatchKind,
    SignOff,
    Verification,
)
from vlm_desktop.base.documentkeeping import DocumentState
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import current, fill
from vlm_desktop.base.verificationwords import VerificationWords
from vlm_desktop.gui.panes.documents.entries import label_of
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.strings import documents_compare as strings
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.report_dialog import ReportDialog

if TYPE_CHECKING:
    from vlm_desktop.engine.documents.facade import Documents

_READ = (DocumentState.TO_REVIEW, DocumentState.REVIEWED)
_MOST_NAMES = 5


class CompareCorner(QObject):
    """Main thread; the comparison is made on a lane."""

    def __init__(self, session: DocumentSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._over, self._desk = session, over, session.desk
        self.task = LongTask(self._desk, self)
        self.dialog: ReportDialog | None = None
        self.action = self._desk.actions.add(
            "documents.compare", strings.COMPARE_COMMAND, self.pick, where=over, while_shown=True
        )
        for signal in (session.listed, session.sheet_changed, self.task.changed):
            signal.connect(self._refresh)
        self._refresh()

    @property
    def _documents(self) -> list[int]:
        kept = [one.document for one in self._session.documents]
        return [one.id for one in kept if one is not None and one.state in _READ]

    def _refresh(self) -> None:
        self.action.setEnabled(bool(self._documents) and not self.task.is_running)

    def pick(self) -> None:
        """Ask for the table."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._over, strings.COMPARE_PICK, "", strings.COMPARE_KINDS
        )
        if chosen:
            self.compare(Path(chosen))

    def compare(self, expectations: Path) -> None:
        services, ids = self._desk.services, self._documents

        def verb(cancel: CancelToken) -> Generator[Event, None, Comparison]:
            part: Documents = services.documents
            return part.comparing.compare(ids, expectations, cancel)

        def done(found: Comparison) -> str:
            self._show(found)
            count = len(found.documents)
            return fill(strings.COMPARE_DONE, documents=count, name=expectations.name)

        words = fill(strings.COMPARE_WORK, name=expectations.name)
        self.task.run(words, verb, done, stopped=lambda: strings.COMPARE_STOPPED)

    def _show(self, found: Comparison) -> None:
        rows = list(rows_of(found)) or [strings.COMPARE_ALL_SAME]
        self.dialog = ReportDialog(
            fill(strings.COMPARE_TITLE, name=found.expectations.name),
            summary_of(found),
            rows,
            strings.COMPARE_ROWS,
            self._over,
            (strings.SAVE_REPORT, lambda: self._save(found)),
        )
        self.dialog.open()

    # --- the report ----------------------------------------------------------------------

    def _save(self, found: Comparison) -> None:
        by, agreed = QInputDialog.getText(self._over, strings.SIGN_TITLE, strings.SIGN_LABEL)
        if not agreed:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self._over, strings.SIGN_TITLE, strings.REPORT_FILE, strings.REPORT_KIND
        )
        if chosen:
            self.save(found, Path(chosen), by.strip())

    def save(self, found: Comparison, target: Path, by: str) -> None:
        """Write the report; without a name it says that nobody signed."""
        services = self._desk.services
        words = VerificationWords(
            language=current(),
            kinds={MatchKind(kind): said for kind, said in strings.REPORT_KINDS.items()},
            **strings.REPORT,
        )
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        sign_off = SignOff(by, at) if by else None
        self._desk.fetch(
            lambda: services.documents.comparing.write(found, target, words, sign_off),
            lambda path: self._desk.say(fill(strings.REPORT_SAVED, name=path.name)),
        )


def summary_of(found: Comparison) -> str:
    """All counts, and what the table speaks of beside."""

    def count(kind: MatchKind) -> int:
        return sum(one.count(kind) for one in found.documents)

    said = fill(
        strings.COMPARE_SUMMARY,
        same=count(MatchKind.MATCH),
        otherwise=count(MatchKind.NORMALISED),
        different=count(MatchKind.MISMATCH),
        missing=count(MatchKind.MISSING),
        extra=count(MatchKind.EXTRA),
    )
    if found.unused:
        names = ", ".join(found.unused[:_MOST_NAMES])
        more = "…" if len(found.unused) > _MOST_NAMES else ""
        unused = fill(strings.COMPARE_UNUSED, count=len(found.unused), names=names + more)
        said = f"{said} {unused}"
    return said


def rows_of(found: Comparison) -> Iterator[str]:
    """What differs or is missing, document by document."""
    for one in found.documents:
        if not one.expected:
            yield fill(strings.COMPARE_NOTHING, name=one.path.name)
        for row in one.rows:
            if row.kind in (MatchKind.MISMATCH, MatchKind.MISSING):
                yield _row(one, row)


def _row(one: Verification, row: Compared) -> str:
    field = label_of(row.name)
    if row.row:
        field = f"{field} {row.row + 1}"
    if row.found is None:
        form = strings.COMPARE_MISSING
        return fill(form, file=one.path.name, field=field, expected=row.expected)
    return fill(
        strings.COMPARE_DIFFERENT,
        file=one.path.name,
        field=field,
        found=row.found.value,
        expected=row.expected,
    )
