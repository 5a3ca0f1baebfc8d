"""`vlm-desktop similar PATH [--limit N]`."""

import argparse
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive, show
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--limit", type=positive, default=20, metavar="N")
    parser.add_argument("--model", metavar="ID")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    path = arguments.path.absolute()
    verb = services.similar(path, arguments.limit, cancel, model=arguments.model)
    show(output.drive(verb, cancel), output)
    return 0
