"""`vlm-desktop policy FILE.toml`: the photos that a policy flags."""

import argparse
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.labels import PolicyHit, read_policies
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.toml")
    parser.add_argument("--model", metavar="ID")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    policies = read_policies(arguments.file)
    for event in services.check_policies(policies, CancelToken(), model=arguments.model):
        if not isinstance(event, PolicyHit):
            output.event(event)
        elif output.as_json:
            output.json(
                {
                    "path": str(event.path),
                    "policy": event.policy,
                    "score": round(event.score, 6),
                    "flagged": event.flagged,
                }
            )
        else:
            output.text(f"{event.policy}  {event.score:.2f}  {event.path}")
    return 0
