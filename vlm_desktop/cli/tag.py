"""`vlm-desktop tag --labels FILE [--templates 1|12|80] [--limit N] [PATH...]`."""

import argparse
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.labels import TEMPLATE_COUNTS, Labelled, read_labels
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--labels", type=Path, required=True, metavar="FILE")
    parser.add_argument("--templates", type=int, choices=TEMPLATE_COUNTS, default=12)
    parser.add_argument("--limit", type=positive, default=5, metavar="N")
    parser.add_argument("--model", metavar="ID")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    verb = services.tag(
        read_labels(arguments.labels),
        CancelToken(),
        templates=arguments.templates,
        limit=arguments.limit,
        paths=[path.absolute() for path in arguments.paths],
        model=arguments.model,
    )
    for event in verb:
        if not isinstance(event, Labelled):
            output.event(event)
        elif output.as_json:
            output.json(
                {
                    "path": str(event.path),
                    "labels": [
                        {"label": one.label, "probability": round(one.probability, 6)}
                        for one in event.labels
                    ],
                }
            )
        else:
            labels = ", ".join(f"{one.label} {one.probability:.2f}" for one in event.labels)
            output.text(f"{event.path}: {labels}")
    return 0
