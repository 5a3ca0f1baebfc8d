"""`vlm-desktop ocr FILE`: the text in a picture or PDF, line by line."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.readtext import PageLines
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    pages = output.drive(services.read_text(arguments.file, cancel), cancel)
    if output.as_json:
        output.json({"pages": [_page(page) for page in pages]})
        return 0
    for page in pages:
        for line in page.lines:
            output.text(line.text)
    return 0


def _page(page: PageLines) -> dict[str, Any]:
    return {
        "page": max(1, page.page),
        "size": [page.size.width, page.size.height],
        "lines": [
            {
                "text": line.text,
                "box": [
                    round(side, 1) for side in (line.box.x0, line.box.y0, line.box.x1, line.box.y1)
                ],
                "confidence": round(line.confidence, 4),
            }
            for line in page.lines
        ],
    }
