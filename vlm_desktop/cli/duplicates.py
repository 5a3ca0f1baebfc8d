"""`vlm-desktop duplicates`: groups of the same photo."""

import argparse

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.duplicates import DuplicateGroup
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes none


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    for event in services.duplicates(CancelToken()):
        if not isinstance(event, DuplicateGroup):
            output.event(event)
        elif output.as_json:
            output.json({"kind": event.kind, "paths": [str(path) for path in event.paths]})
        else:
            output.text(event.kind)
            for path in event.paths:
                output.text(f"  {path}")
    return 0
