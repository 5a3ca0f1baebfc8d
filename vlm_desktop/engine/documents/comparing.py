"""`Documents.comparing`: kept documents against a file of expectations, and the report of it."""

import hashlib
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import Comparison, SignOff, Verification
from vlm_desktop.base.documentkeeping import Sheet
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.verificationwords import VerificationWords
from vlm_desktop.engine.documents.expected import read_expected
from vlm_desktop.engine.documents.verificationreport import write_report
from vlm_desktop.engine.documents.verifying import compare, expectation


class Comparing:
    """For an io lane. `sheet` gives a kept document as it stands."""

    def __init__(self, sheet: Callable[[int], Sheet]) -> None:
        self._sheet = sheet

    def compare(
        self, document_ids: Sequence[int], expectations: Path, cancel: CancelToken
    ) -> Generator[Event, None, Comparison]:
        """Raises BadInputFile, DocumentUnknown, Cancelled."""
        expected = read_expected(expectations)
        digest = hashlib.sha256(expectations.read_bytes()).hexdigest()
        found: list[Verification] = []
        used = set()
        for done, number in enumerate(document_ids):
            yield Progress(Phase.EXPORT, done, len(document_ids))
            cancel.raise_if_cancelled()
            sheet = self._sheet(number)
            wanted = expectation(sheet.document.path, expected, alone=len(document_ids) == 1)
            used.add(id(wanted))
            found.append(compare(sheet.extraction, sheet.schema, wanted))
        unused = tuple(one.file for one in expected if id(one) not in used)
        return Comparison(expectations, digest, tuple(found), unused)

    def write(
        self,
        comparison: Comparison,
        target: Path,
        words: VerificationWords,
        sign_off: SignOff | None = None,
    ) -> Path:
        """The report, over what is there. Raises DestinationNotWritable, DiskFull."""
        return write_report(
            comparison.documents,
            target,
            words,
            expectations_hash=comparison.digest,
            sign_off=sign_off,
        )
