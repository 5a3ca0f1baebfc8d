"""`vlm-desktop evaluate ocr DATA.jsonl`: how well pictures are read, and what mended spaces add."""

import argparse
import dataclasses
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.documents.ocrmetrics import (
    OcrFigures,
    OcrReport,
    measure_reading,
    read_known_pages,
)
from vlm_desktop.engine.services import AppServices

DESCRIPTION = (
    'Each line of DATA.jsonl is {"image", "lines": [{"text", "box"}]}; without "lines" they are '
    "read from box/NAME.csv beside it (x1,y1,...,x4,y4,text). Letter case does not count."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("data", type=Path, metavar="DATA.jsonl")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    pages = read_known_pages(arguments.data)
    cancel = CancelToken()
    report = output.drive(measure_reading(pages, services.documents.reader, cancel), cancel)
    if output.as_json:
        output.json(dataclasses.asdict(report))
    else:
        _show(report, output)
    return 0


def _show(report: OcrReport, output: Output) -> None:
    output.text(
        f"{report.pages:,} pictures, {report.unreadable:,} unreadable, {report.lines:,} lines, "
        f"{report.words:,} words, {report.seconds:,.1f} s; in percent"
    )
    output.text(
        f"lines found {report.lines_found:.1f}; {report.spaces_mended:,} spaces were put back"
    )
    heads = ("", "word F1", "precision", "recall", "lines exact", "CER")
    rows = [_row("as read", report.plain), _row("spaces repaired", report.repaired)]
    output.table(heads, rows)


def _row(name: str, figures: OcrFigures) -> tuple[str, ...]:
    return (
        name,
        f"{figures.word_f1:.2f}",
        f"{figures.word_precision:.2f}",
        f"{figures.word_recall:.2f}",
        f"{figures.lines_exact:.2f}",
        f"{figures.cer:.2f}",
    )
