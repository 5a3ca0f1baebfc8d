"""What `document` says beyond fields: answers, a second reader, comparison with expectations."""

import argparse
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import (
    DocumentAnswer,
    ExpectedDocument,
    SecondReading,
    SignOff,
    Verification,
)
from vlm_desktop.base.documents import Evidence, Extraction, Schema
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.pagereading import DocumentReading
from vlm_desktop.base.verificationwords import VerificationWords
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.documents.expected import read_expected
from vlm_desktop.engine.documents.opinions import merged
from vlm_desktop.engine.documents.plain import box_list
from vlm_desktop.engine.documents.verificationreport import write_report
from vlm_desktop.engine.documents.verifying import compare, expectation
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ask", metavar="TEXT", action="append", default=[],
        help="a question, answered by what stands there or not at all; again for more",
    )  # fmt: skip
    parser.add_argument(
        "--expect", metavar="FILE", type=Path,
        help="compare with a CSV, JSON or XLSX file of expected values",
    )  # fmt: skip
    parser.add_argument(
        "--report", metavar="FILE.html", type=Path, help="write the comparison as a page"
    )
    parser.add_argument("--signed-by", metavar="NAME", default="", help="sign that report")
    parser.add_argument(
        "--second", metavar="MODEL", default="", help="have a model of the shelf read it, too"
    )


class Comparison:
    """Expectations over all files of a command."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._path: Path | None = arguments.expect
        self._alone = len(arguments.file) == 1
        self._report: Path | None = arguments.report
        self._signed_by: str = arguments.signed_by
        self._expected: Sequence[ExpectedDocument] = ()
        self._done: list[Verification] = []
        if self._path is not None:
            self._expected = read_expected(self._path)
        elif self._report is not None:
            raise BadInputFile(path=self._report, line=None, detail="--report needs --expect")

    def take(self, extraction: Extraction, schema: Schema) -> Verification | None:
        if self._path is None:
            return None
        wanted = expectation(extraction.path, self._expected, alone=self._alone)
        found = compare(extraction, schema, wanted)
        self._done.append(found)
        return found

    def write(self) -> Path | None:
        """The report, when one is asked for. Raises DestinationNotWritable, DiskFull."""
        if self._report is None or self._path is None:
            return None
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        return write_report(
            self._done,
            self._report,
            VerificationWords(),
            expectations_hash=hashlib.sha256(self._path.read_bytes()).hexdigest(),
            sign_off=SignOff(self._signed_by, now) if self._signed_by else None,
        )


def read_again(
    model_id: str,
    reading: DocumentReading,
    extraction: Extraction,
    schema: Schema,
    services: AppServices,
    output: Output,
) -> tuple[Extraction, SecondReading | None]:
    """With a second reader's word in it, when one is asked for."""
    if not model_id:
        return extraction, None
    cancel = CancelToken()
    verb = services.documents.second.read(reading, extraction, schema, model_id, cancel)
    second = output.drive(verb, cancel)
    return merged(extraction, second), second


# --- as JSON -----------------------------------------------------------------------------


def more_json(
    answers: Sequence[DocumentAnswer], compared: Verification | None, second: SecondReading | None
) -> dict[str, Any]:
    """What comes beside the fields; nothing that was not asked for."""
    told: dict[str, Any] = {}
    if answers:
        told["answers"] = [_answer(one) for one in answers]
    if compared is not None:
        told["expected"] = [
            {
                "field": row.name,
                "row": row.row,
                "result": row.kind.value,
                "expected": row.expected,
                "found": row.found.value if row.found else None,
            }
            for row in compared.rows
        ]
    if second is not None:
        told["second"] = {
            "model": second.model,
            "revision": second.revision,
            "fields": [
                {
                    "field": one.name,
                    "said": one.said,
                    "agreement": one.agreement.value,
                    "grounded": bool(one.evidence),
                    "differences": [[each.expected, each.found] for each in one.differences],
                }
                for one in second.opinions
            ],
        }
    return told


def _answer(answer: DocumentAnswer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "stated": answer.stated,
        "answer": " ".join(one.text for one in answer.statements) or None,
        "value": answer.value or None,
        "confidence": answer.confidence,
        "evidence": [_place(one) for said in answer.statements for one in said.evidence],
    }


def _place(evidence: Evidence) -> dict[str, Any]:
    return {"page": evidence.page, "box": box_list(evidence.box), "text": evidence.text}


# --- as text -----------------------------------------------------------------------------


def show(
    answers: Sequence[DocumentAnswer],
    compared: Verification | None,
    second: SecondReading | None,
    output: Output,
) -> None:
    for answer in answers:
        said = " ".join(one.text for one in answer.statements)
        pages = {one.page for each in answer.statements for one in each.evidence}
        where = ", ".join(map(str, sorted(pages)))
        told = f"{said} (page {where})" if answer.stated else "not stated in this document"
        output.text(f"{answer.question} {told}")
    if compared is not None:
        rows = [
            (row.name, row.kind.value, row.expected, row.found.value if row.found else "")
            for row in compared.rows
        ]
        output.table(("field", "result", "expected", "found"), rows)
    if second is not None:
        rows = [
            (one.name, one.agreement.value, one.said, "yes" if one.evidence else "no")
            for one in second.opinions
        ]
        output.table(("field", second.model, "says", "stands there"), rows)
