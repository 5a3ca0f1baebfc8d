"""`vlm-desktop index DIR... [--model ID] [--no-ocr]`."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.indexing import IndexSummary
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--model", metavar="ID", help="encoder to index with")
    parser.add_argument("--no-ocr", action="store_true", help="do not read text in pictures")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    verb = services.index(
        arguments.folders,
        cancel,
        model=arguments.model,
        ocr=False if arguments.no_ocr else None,
    )
    summary = output.drive(verb, cancel)
    if output.as_json:
        output.json(summary_document(summary))
    else:
        output.text(
            f"{summary.scanned:,} files: {summary.indexed:,} indexed, "
            f"{summary.unchanged:,} unchanged, {len(summary.quarantined):,} in quarantine, "
            f"{summary.removed:,} gone. {summary.seconds:.1f} s, "
            f"{summary.images_per_second:.1f} pictures a second."
        )
    return 0


def summary_document(summary: IndexSummary) -> dict[str, Any]:
    return {
        "scanned": summary.scanned,
        "indexed": summary.indexed,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "quarantined": [
            {"path": str(entry.path), "reason": strings.refusal(entry.reason, entry.detail)}
            for entry in summary.quarantined
        ],
        "seconds": round(summary.seconds, 3),
        "images_per_second": round(summary.images_per_second, 2),
    }
