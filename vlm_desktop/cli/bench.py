"""`vlm-desktop bench index | search | startup | grid | chat | ocr | click | decode`: figures."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.library import plain
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.benchmarks import (
    bench_chat,
    bench_click,
    bench_decode,
    bench_index,
    bench_ocr,
    bench_search,
)
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="WHAT")
    index = actions.add_parser("index", help="a folder into a fresh library")
    index.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    index.add_argument("--model", metavar="ID")
    search = actions.add_parser("search", help="synthetic vectors against a plain product")
    search.add_argument("--vectors", type=positive, default=1_000_000, metavar="N")
    search.add_argument("--dimension", type=positive, default=512, metavar="D")
    startup = actions.add_parser("startup", help="first paint against a bare PySide6 window")
    startup.add_argument("--runs", type=positive, default=11, metavar="N")
    grid = actions.add_parser("grid", help="photos scrolled from end to end, frame by frame")
    grid.add_argument("--items", type=positive, default=100_000, metavar="N")
    chat = actions.add_parser("chat", help="a second question, and streaming beside a bare one")
    chat.add_argument("--model", metavar="ID", help="else the starter and a 256M stand-in")
    ocr = actions.add_parser("ocr", help="reading a page against rapidocr's bare networks")
    ocr.add_argument("files", nargs="*", type=Path, metavar="FILE", help="else drawn pages")
    click = actions.add_parser("click", help="until the first mask of a click, with no model")
    click.add_argument("file", nargs="?", type=Path, metavar="FILE", help="else a made photo")
    actions.add_parser("decode", help="12 megapixels against libjpeg's own scaled decode")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    match arguments.action:
        case "index":
            folder = arguments.folder and arguments.folder.absolute()
            verb = bench_index(services, folder, cancel, model=arguments.model)
            figures: Any = output.drive(verb, cancel)
        case "search":
            sizes = (arguments.vectors, arguments.dimension)
            figures = output.drive(bench_search(*sizes, cancel), cancel)
        case "startup":
            measure = arguments.window_bench("startup")
            figures = output.drive(measure(arguments.runs, cancel), cancel)
        case "grid":
            measure = arguments.window_bench("grid")
            figures = output.drive(measure(arguments.items, cancel), cancel)
        case "chat":
            figures = output.drive(bench_chat(services, arguments.model, cancel), cancel)
        case "ocr":
            figures = output.drive(bench_ocr(services, arguments.files, cancel), cancel)
        case "click":
            figures = output.drive(bench_click(services, arguments.file, cancel), cancel)
        case _:
            figures = output.drive(bench_decode(cancel), cancel)
    document = plain(dataclasses.asdict(figures))
    if output.as_json:
        output.json({"bench": arguments.action} | document)
        return 0
    for key, value in document.items():
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        output.text(f"{key}: {shown}")
    return 0
