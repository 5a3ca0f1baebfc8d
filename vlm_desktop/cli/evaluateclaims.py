"""`vlm-desktop evaluate claims DATA.jsonl`."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.claimmetrics import ClaimFigures, ClaimReport, save_claims
from vlm_desktop.engine.claimtruth import read_known
from vlm_desktop.engine.evaluating import require_writable
from vlm_desktop.engine.evaluationdata import Selection
from vlm_desktop.engine.services import AppServices

DESCRIPTION = """
Precision and recall of "supported" in the claim ledger of alt texts, against what people said of
the pictures. Rows of DATA: {"image", "labels" and/or "captions"[, "counts"][, "split"]}, images
relative to the file; several files are put together by picture.
"""
SETTINGS = {
    "drafts": "claims of the model's drafts: COCO objects against labels and captions, numbers "
    "against the labels' counts",
    "captions": "claims of people: of this picture (true) and of others (false where they name an "
    "object that is not there)",
    "altered": "claims of people (true), and with a colour, number or verb changed (false)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("data", type=Path, metavar="DATA.jsonl", nargs="+")
    parser.add_argument("--split", default="", metavar="NAME", help='rows of this "split" only')
    parser.add_argument("--model", metavar="ID", help="else the one that chat uses")
    parser.add_argument(
        "--limit", type=positive, default=0, metavar="N", help="N pictures spread over the file"
    )
    parser.add_argument(
        "--samples", type=positive, default=4, metavar="N", help="drafts to compare with"
    )
    parser.add_argument(
        "--save", type=Path, metavar="FILE.jsonl", help="keep every claim with its signals"
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    pictures = read_known(arguments.data, Selection(arguments.split, limit=arguments.limit))
    if arguments.save:
        require_writable(arguments.save)
    cancel = CancelToken()
    verb = services.alttext.checking.measure(
        pictures, cancel, samples=arguments.samples, model_id=arguments.model or ""
    )
    report = output.drive(verb, cancel)
    if arguments.save:
        save_claims(arguments.save, report)
    if output.as_json:
        output.json(_document(report))
    else:
        _show(report, output)
    return 0


def _document(report: ClaimReport) -> dict[str, Any]:
    def by_setting(table: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for (setting, name), one in table.items():
            found.setdefault(setting, {})[name or "all"] = {
                "n": one.claims,
                "base_rate": one.base_rate,
                "supported": one.supported,
                "precision": one.precision,
                "recall": one.recall,
                "disputed": one.disputed,
                "false_among_disputed": one.refuted,
            }
        return found

    return {
        "model": report.model_id,
        "encoder": report.encoder_id,
        "n": report.pictures,
        "unreadable": report.unreadable,
        "seconds": report.seconds,
        "claims": by_setting(report.figures),
        "evidence": by_setting(report.by_evidence),
    }


def _show(report: ClaimReport, output: Output) -> None:
    output.text(
        f"{report.model_id}, search model {report.encoder_id}: {report.pictures:,} pictures, "
        f"{report.unreadable:,} unreadable, {report.seconds:,.1f} s; in percent"
    )
    heads = ("", "claims", "true", "supported", "precision", "recall", "disputed", "of them false")
    for setting, meaning in SETTINGS.items():
        rows = [
            _row(name or "all", one)
            for (which, name), one in report.figures.items()
            if which == setting
        ]
        rows += [
            _row(f"{name} alone", one)
            for (which, name), one in report.by_evidence.items()
            if which == setting
        ]
        if rows:
            output.text(f"{setting}: {meaning}")
            output.table(heads, rows)


def _row(name: str, one: ClaimFigures) -> tuple[str, ...]:
    return (
        name,
        f"{one.claims:,}",
        f"{one.base_rate:.1f}",
        f"{one.supported:,}",
        _percent(one.precision),
        _percent(one.recall),
        f"{one.disputed:,}",
        _percent(one.refuted),
    )


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
