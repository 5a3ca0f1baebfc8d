"""`vlm-desktop document FILE... --schema NAME|FILE`: fields of documents with their evidence."""

import argparse
from dataclasses import replace
from pathlib import Path

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documents import Extraction, FieldValue, MissingField, Schema
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.pagereading import DocumentReading
from vlm_desktop.cli import documentanswers
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.plain import as_json
from vlm_desktop.engine.services import AppServices

DESCRIPTION = """
Reads the fields of a schema in pictures and PDFs. Every value comes with the words that carry it:
boxes in pixels of the upright picture, or in points of the PDF's page. With --json one line a file.
Nothing is kept.
"""
DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("file", type=Path, metavar="FILE", nargs="+")
    parser.add_argument(
        "--schema", required=True, metavar="NAME|FILE",
        help="receipt, invoice, form ..., one of your own, or a JSON file with fields",
    )  # fmt: skip
    parser.add_argument(
        "--pages", type=_pages, default=None, metavar="N[-M]", help="these pages alone, from 1"
    )
    documentanswers.add_arguments(parser)


def _pages(text: str) -> range:
    first, _, last = text.partition("-")
    try:
        found = range(int(first), int(last or first) + 1)
    except ValueError:
        raise argparse.ArgumentTypeError(text) from None
    if not found or found[0] < 1:
        raise argparse.ArgumentTypeError(text)
    return found


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    schema = services.documents.schemas.load(arguments.schema)
    comparison = documentanswers.Comparison(arguments)
    done = 0
    for path in arguments.file:
        try:
            reading, found = _extracted(path, schema, arguments.pages, services, output)
            found, second = documentanswers.read_again(
                arguments.second, reading, found, schema, services, output
            )
        except Cancelled:
            raise
        except AppError as error:
            if len(arguments.file) == 1:
                raise
            output.say(strings.sentence(error))
            continue
        done += 1
        answers = [services.documents.asking.ask(reading, text) for text in arguments.ask]
        compared = comparison.take(found, schema)
        if output.as_json:
            more = documentanswers.more_json(answers, compared, second)
            output.json(as_json(found) | more)
        else:
            _show(found, output)
            documentanswers.show(answers, compared, second, output)
    comparison.write()
    return DONE if done else FAILED


def _extracted(
    path: Path, schema: Schema, pages: range | None, services: AppServices, output: Output
) -> tuple[DocumentReading, Extraction]:
    cancel = CancelToken()
    documents = services.documents
    reading = output.drive(documents.reader.read(path, cancel, pages), cancel)
    extraction = documents.extractor.extract(reading, schema)
    extraction = replace(extraction, checks=check(extraction, schema, reading))
    return reading, documents.exports.with_embedded(extraction, schema, cancel)


def _show(extraction: Extraction, output: Output) -> None:
    output.text(str(extraction.path))
    rows = [_row(value) for value in extraction.values]
    if rows:
        output.table(("field", "value", "as printed", "sure", "page"), rows)
    for missing in extraction.missing:
        output.text(f"{missing.name}: not found{_where(missing)}")
    for one in extraction.checks:
        if one.ok is False:
            names = ", ".join(dict.fromkeys(name for name, _ in one.fields))
            output.text(f"{one.kind.value} of {names} fails: {one.found} instead of {one.expected}")


def _row(value: FieldValue) -> tuple[str, ...]:
    name = f"{value.name} {value.row + 1}" if value.row else value.name
    pages = ", ".join(str(page) for page in dict.fromkeys(one.page for one in value.evidence))
    doubt = f" or {', '.join(value.ambiguous)}" if value.ambiguous else ""
    return (
        name,
        f"{value.value} {value.currency}".strip() + doubt,
        value.raw,
        f"{100 * value.confidence:.0f} %",
        pages or "nowhere",
    )


def _where(missing: MissingField) -> str:
    """The first label where it was looked for, in brackets."""
    seen = [one for one in missing.looked if one.text]
    return f' (looked at "{seen[0].text}", page {seen[0].page})' if seen else ""
