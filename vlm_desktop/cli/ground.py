"""`vlm-desktop ground IMAGE PHRASE...`: where phrases are in a picture, or that they are not."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop import groundstrings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import AUTOMATIC, FoundRegion, Grounded, Verdict
from vlm_desktop.base.types import Box
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

PHRASE_MODEL_HELP = (
    "an installed model that finds phrases, or starter for what came with the program (else the "
    "best detector that is installed and fits into memory, the starter where there is none)"
)
_SAID = {Verdict.ATTRIBUTE_WRONG: Verdict.ABSENT}
"""What JSON calls a verdict: nothing in the picture answers such a phrase; `reason` says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("phrase", nargs="+", metavar="PHRASE", help='such as "red cup on the left"')
    parser.add_argument("--model", default=AUTOMATIC, metavar="ID", help=PHRASE_MODEL_HELP)


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    picture = services.ground.pictures.load(arguments.image, cancel)
    verb = services.ground.phrases.ground(
        picture, arguments.phrase, cancel, model_id=arguments.model
    )
    for grounded in output.drive(verb, cancel):
        if output.as_json:
            output.json(_answer(grounded))
        else:
            _say(grounded, output)
    return 0


def _answer(grounded: Grounded) -> dict[str, Any]:
    """The keys of every answer first; those that explain it after."""
    verdict = _SAID.get(grounded.verdict, grounded.verdict)
    return {
        "phrase": grounded.phrase,
        "verdict": verdict.value,
        "boxes": [_region(region) for region in grounded.regions],
        "reason": groundstrings.reason(grounded),
        "clauses": [
            {
                "kind": clause.kind.value,
                "text": clause.text,
                "holds": clause.holds,
                "confidence": round(clause.confidence, 4),
                "instead": clause.instead,
            }
            for clause in grounded.clauses
        ],
        "others": [_region(region) for region in grounded.others],
        "model": grounded.model,
        "seconds": round(grounded.seconds, 3),
    }


def _region(region: FoundRegion) -> dict[str, Any]:
    return {"box": _corners(region.box), "confidence": round(region.confidence, 4)}


def _corners(box: Box) -> list[float]:
    return [round(side, 1) for side in (box.x0, box.y0, box.x1, box.y1)]


def _say(grounded: Grounded, output: Output) -> None:
    output.text(groundstrings.verdict(grounded))
    reason = groundstrings.reason(grounded)
    if reason:
        output.text(f"  {reason}")
    for region in grounded.regions:
        corners = ", ".join(f"{side:.0f}" for side in _corners(region.box))
        output.text(f"  [{corners}]  {region.confidence:.0%}")
