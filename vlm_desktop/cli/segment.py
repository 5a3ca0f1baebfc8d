"""`vlm-desktop segment IMAGE --point X,Y --mask OUT.png`: the outline of what is pointed at."""

import argparse
import math
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounderrors import NothingOutlined
from vlm_desktop.base.grounding import AUTOMATIC, ObjectPrompt, PromptPoint
from vlm_desktop.base.types import Box
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

MASK_MODEL_HELP = (
    "an installed promptable model, or classical for none (else the quickest one that is installed "
    "and fits into memory, none where there is none)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument(
        "--point", type=point, action="append", default=[], metavar="X,Y",
        help="a place that belongs to the object, in pixels; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--not", dest="excluded", type=point, action="append", default=[], metavar="X,Y",
        help="a place that does not belong to it",
    )  # fmt: skip
    parser.add_argument("--box", type=box, metavar="X0,Y0,X1,Y1", help="a box around the object")
    parser.add_argument(
        "--mask", type=Path, required=True, metavar="OUT.png",
        help="the mask, white where a pixel belongs",
    )  # fmt: skip
    parser.add_argument("--model", default=AUTOMATIC, metavar="ID", help=MASK_MODEL_HELP)
    parser.add_argument(
        "--fine", action="store_true", help="draw the outline along the picture's own pixels"
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    points = (
        *(PromptPoint(x, y) for x, y in arguments.point),
        *(PromptPoint(x, y, adds=False) for x, y in arguments.excluded),
    )
    prompt = ObjectPrompt(points, arguments.box)
    masks = services.ground.masks
    picture = services.ground.pictures.load(arguments.image, cancel)
    answer = masks.segment(picture, prompt, cancel, model_id=arguments.model)
    if not answer.choices:
        raise NothingOutlined(path=arguments.image)
    choice = answer.choices[answer.best]
    mask = choice.mask
    if arguments.fine and answer.is_rough:
        mask = masks.refine(picture, prompt, mask, cancel)
    if mask.box is None:
        raise NothingOutlined(path=arguments.image)
    masks.save(mask, arguments.mask)
    corners = [mask.box.x0, mask.box.y0, mask.box.x1, mask.box.y1]
    if output.as_json:
        output.json(
            {
                "mask": str(arguments.mask),
                "box": corners,
                "area": mask.area,
                "score": round(choice.score, 4),
                "model": answer.model,
                "seconds": round(answer.seconds, 3),
            }
        )
        return 0
    shown = ", ".join(f"{side:.0f}" for side in corners)
    output.text(f"{arguments.mask}  [{shown}]  {mask.area:,}")
    return 0


def point(text: str) -> tuple[float, float]:
    """X,Y."""
    x, y = _numbers(text, "X,Y", 2)
    return x, y


def box(text: str) -> Box:
    """X0,Y0,X1,Y1; which corners they are does not matter."""
    x0, y0, x1, y1 = _numbers(text, "X0,Y0,X1,Y1", 4)
    if x0 == x1 or y0 == y1:
        raise argparse.ArgumentTypeError("X0 and X1 must differ, and so must Y0 and Y1")
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _numbers(text: str, form: str, count: int) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != count or not all(map(math.isfinite, values)):
        raise argparse.ArgumentTypeError(f"must be numbers: {form}")
    return values
