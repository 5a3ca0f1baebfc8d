"""`vlm-desktop welcome [FOLDER] [--terminal]`: the first run.

Indexes FOLDER, or the sample photos when nothing is indexed yet, and opens the window; where
there is no display it shows three searches in the terminal.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.types import Query
from vlm_desktop.cli.index import summary_document
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import result_document
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.engine.services import AppServices

SEARCHES = ("people outdoors", "an animal", "food on a table")
SAMPLE_SEARCHES = ("a cat", "a motorcycle", "a cup of coffee on a table")
_HITS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    parser.add_argument("--terminal", action="store_true", help="do not open the window")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    folder = arguments.folder
    if folder is None and not services.info().files.scanned:
        folder = sample_photos()
    if not arguments.terminal and _has_display():
        return _open_window(services, folder)
    cancel = CancelToken()
    if folder is not None:
        output.say(f"Indexing {folder} ...")
        summary = output.drive(services.index([folder], cancel, ocr=False), cancel)
        if output.as_json:
            output.json(summary_document(summary))
        else:
            output.text(
                f"{summary.indexed:,} indexed, {summary.unchanged:,} unchanged, "
                f"{len(summary.quarantined):,} in quarantine."
            )
    rows: list[tuple[str, ...]] = []
    for text in SAMPLE_SEARCHES if folder == sample_photos() else SEARCHES:
        query = Query(text=text, limit=_HITS)
        result = output.drive(services.search(query, cancel), cancel)
        if output.as_json:
            output.json(result_document(result))
            continue
        rows += [(text, f"{hit.probability:.3f}", hit.path.name) for hit in result.hits] or [
            (text, "", strings.NOTHING_MATCHES)
        ]
    if rows:
        output.table(("search", "probability", "photo"), rows)
        output.text('Search on: vlm-desktop search "..."')
    return 0


def _has_display() -> bool:
    """Whether a window can be shown. Only Linux needs a display server to be named."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_window(services: AppServices, folder: Path | None) -> int:
    """The window is a process of its own: this one stays free of Qt."""
    command = [sys.executable, "-m", "vlm_desktop", "--home", str(services.paths.home)]
    if folder is not None:
        command += ["--folder", str(folder)]
    return subprocess.run(command, check=False).returncode
