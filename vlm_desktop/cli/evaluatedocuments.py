"""`vlm-desktop evaluate documents DATA.jsonl`."""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.documents.measuring import DocumentReport, KindReport
from vlm_desktop.engine.documents.metrics import FieldFigures, PairFigures
from vlm_desktop.engine.documents.truthrows import KnownDocument, read_known_documents
from vlm_desktop.engine.evaluating import require_writable
from vlm_desktop.engine.services import AppServices

DESCRIPTION = """
Field F1, exact match, ANLS and calibration error. Rows of DATA: {"image" or "pdf", "fields": {name:
text}[, "pairs": [{"key", "value"}]][, "split"]}, files relative to it. Without --schema the names
of the fields say what to ask for: company, date, address and total the preset receipt; pairs a form
whose keys are asked for as they are printed, and the preset form; everything else the invoice.

ANLS of a value is 1 less its edit distance as a share of the longer text, 0 from a half on. Without
being told the keys, each true pair is compared with the found one whose key is most alike in its
letters and digits (alike by a half at least, each used once): the ANLS of that one's value, 0 where
there is none, averaged over the true pairs. The stricter figure asks keys to be alike by 0.8.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("data", type=Path, metavar="DATA.jsonl", nargs="+")
    parser.add_argument("--schema", metavar="NAME|FILE", help="ask for this schema's fields")
    parser.add_argument("--split", default="", metavar="NAME", help='rows of this "split" only')
    parser.add_argument(
        "--limit", type=positive, default=0, metavar="N", help="N documents spread over the files"
    )
    parser.add_argument(
        "--save", type=Path, metavar="FILE.npz", help="keep what speaks for every candidate"
    )
    parser.add_argument(
        "--fit-forms",
        type=Path,
        metavar="FILE.toml",
        help="fit the model that reads forms on forms with FUNSD's annotations, and write it",
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    schema = services.documents.schemas.load(arguments.schema) if arguments.schema else None
    known = [
        one
        for path in arguments.data
        for one in read_known_documents(path, schema, arguments.split)
    ]
    count = min(arguments.limit or len(known), len(known))
    known = [known[number * len(known) // count] for number in range(count)]
    if arguments.save:
        require_writable(arguments.save)
    cancel = CancelToken()
    if arguments.fit_forms:
        return _fit_forms(arguments.fit_forms, known, services, output)
    verb = services.documents.measuring.measure(known, cancel, save=arguments.save)
    report = output.drive(verb, cancel)
    if output.as_json:
        output.json(_document(report))
    else:
        _show(report, output)
    return 0


def _fit_forms(
    target: Path, known: Sequence[KnownDocument], services: AppServices, output: Output
) -> int:
    require_writable(target)
    cancel = CancelToken()
    fitted = output.drive(services.documents.measuring.fit_forms(known, cancel, target), cancel)
    if output.as_json:
        output.json({"file": str(target), "left_out": dataclasses.asdict(fitted.left_out)})
    else:
        output.text(f"Forms that were left out: {_pairs(fitted.left_out)}")
    return 0


def _document(report: DocumentReport) -> dict[str, Any]:
    return {
        "n": report.documents,
        "unreadable": report.unreadable,
        "seconds": report.seconds,
        "seconds_extracting": report.seconds_extracting,
        "kinds": {one.kind: _kind(one) for one in report.kinds},
    }


def _kind(report: KindReport) -> dict[str, Any]:
    figures = {one.name or "all": dataclasses.asdict(one) for one in report.fields}
    for one in figures.values():
        one.pop("name")
    return {
        "n": report.documents,
        "field_f1": figures["all"]["f1"],
        "exact_match": figures["all"]["exact"],
        "anls": figures["all"]["anls"],
        "fields": figures,
        "calibration": dataclasses.asdict(report.calibration),
        "pairs": report.pairs and dataclasses.asdict(report.pairs),
    }


def _show(report: DocumentReport, output: Output) -> None:
    output.text(
        f"{report.documents:,} documents, {report.unreadable:,} unreadable, "
        f"{report.seconds:,.1f} s, of it {1000 * report.seconds_extracting:,.0f} ms a document for "
        "finding the fields"
    )
    for one in report.kinds:
        output.text(f"{one.kind}: {one.documents:,} documents; percent")
        output.table(
            ("field", "n", "told", "precision", "recall", "F1", "letters agree", "ANLS"),
            [_row(field) for field in one.fields],
        )
        held = one.calibration
        output.text(
            f"Confidence {held.mean_confidence:.2f} on average, right {held.accuracy:.1f} %, "
            f"calibration error {held.error:.1f} %"
        )
        if one.pairs:
            output.text(f"Without being told the keys: {_pairs(one.pairs)}")


def _pairs(found: PairFigures) -> str:
    return (
        f"{found.found:,} pairs found of {found.true:,}, precision {found.precision:.1f}, "
        f"recall {found.recall:.1f}, F1 {found.f1:.1f}, "
        f"ANLS {found.anls:.1f} ({found.anls_alike:.1f} where keys must be alike by 0.8)"
    )


def _row(one: FieldFigures) -> tuple[str, ...]:
    shares = (one.precision, one.recall, one.f1, one.lenient, one.anls)
    counts = (one.name or "all", f"{one.fields:,}", f"{one.told:,}")
    return (*counts, *(f"{share:.1f}" for share in shares))
