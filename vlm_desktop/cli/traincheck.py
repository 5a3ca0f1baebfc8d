"""`vlm-desktop train check RECIPE.toml`: what a run would be, before it is one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm_desktop import strings, trainstrings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Split
from vlm_desktop.base.trainingdata import TrainFinding
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

if TYPE_CHECKING:
    from vlm_desktop.engine.train.teaching import Inspection, RecipeChecked

FAILED = 1
_SHOWN = 3
_TEMPLATE_LETTERS = 400


def run(path: Path, services: AppServices, output: Output) -> int:
    """Check a recipe; 1 when it would not start."""
    cancel = CancelToken()
    teaching = services.training.teaching
    checked = output.drive(teaching.check(teaching.read(path), cancel), cancel)
    if output.as_json:
        output.json(_document(checked))
    else:
        _write(checked, output)
    return 0 if checked.refusal is None else FAILED


def _document(checked: "RecipeChecked") -> dict[str, Any]:
    sides = [one.split for one in checked.data.examples]
    seen = checked.inspection
    return {
        "can_start": checked.refusal is None,
        "refusal": None if checked.refusal is None else strings.sentence(checked.refusal),
        "data": {
            "name": checked.data.name,
            "train": sides.count(Split.TRAIN),
            "validation": sides.count(Split.VALIDATION),
            "left_out": sides.count(Split.LEFT_OUT),
            "skipped": [trainstrings.skipped(one) for one in checked.data.skipped],
            "general": checked.general,
        },
        "findings": [_finding(one) for one in checked.report.findings],
        "not_checked": [one.value for one in checked.report.not_done],
        **({} if seen is None else _seen(seen)),
    }


def _finding(found: TrainFinding) -> dict[str, Any]:
    return {
        "code": found.code.value,
        "weight": found.weight.value,
        "keys": list(found.keys),
        "sentence": strings.train_finding(found),
        "fix": None if found.fix is None else found.fix.value,
    }


def _seen(seen: "Inspection") -> dict[str, Any]:
    estimate = seen.estimate
    return {
        "device": seen.device,
        "steps": seen.steps,
        "batch": [seen.batch, seen.accumulation],
        "components": [
            {"name": one.name, "parameters": one.parameters, "trainable": one.trainable}
            for one in seen.components
        ],
        "groups": dict(seen.groups),
        "memory": {
            "weights": estimate.weights,
            "adapters": estimate.adapters,
            "gradients": estimate.gradients,
            "optimiser": estimate.optimiser,
            "activations": estimate.activations,
            "logits": estimate.logits,
            "estimated": estimate.total,
            "measured_step": seen.measured_step,
            "factor": round(seen.factor, 3),
            "corrected": seen.memory,
        },
        "xray": [
            {
                "key": one.key,
                "template": one.template,
                "tokens": len(one.tokens),
                "supervised": sum(token.is_supervised for token in one.tokens),
                "learned": "".join(token.text for token in one.tokens if token.is_supervised),
                "image_tokens": sum(token.is_image for token in one.tokens),
                "placeholders": one.placeholders,
                "features": one.features,
                "pixels": list(one.pixels.shape[:2]),
            }
            for one in seen.xrays
        ],
    }


def _write(checked: "RecipeChecked", output: Output) -> None:
    for row in checked.data.skipped:
        output.text(trainstrings.skipped(row))
    for found in checked.report.findings:
        output.text(f"{found.weight.value}: {strings.train_finding(found)}")
    seen, said = checked.inspection, ""
    if seen is not None:
        output.table(
            ("Part", "Parameters", "Trained"),
            [(one.name, f"{one.parameters:,}", f"{one.trainable:,}") for one in seen.components],
        )
        for one in seen.xrays[:_SHOWN]:
            learned = sum(token.is_supervised for token in one.tokens)
            output.text(
                f"{one.key}: {one.pixels.shape[1]} x {one.pixels.shape[0]} pixels, "
                f"{one.features:,} image tokens, {learned:,} of {len(one.tokens):,} tokens learned"
            )
            output.text("  " + one.template[:_TEMPLATE_LETTERS].replace("\n", "\\n"))
        _memory(seen, output)
        said = fill(
            trainstrings.CAN_START,
            steps=f"{seen.steps:,}",
            batch=f"{seen.batch * seen.accumulation:,}",
        )
    if checked.refusal is not None:
        said = fill(trainstrings.CANNOT_START, reason=strings.sentence(checked.refusal))
    output.text(said)


def _memory(seen: "Inspection", output: Output) -> None:
    estimate = seen.estimate
    parts = (
        ("weights", estimate.weights), ("adapters", estimate.adapters),
        ("gradients", estimate.gradients), ("optimiser", estimate.optimiser),
        ("activations", estimate.activations), ("logits", estimate.logits),
    )  # fmt: skip
    output.table(("Memory", "Estimated"), [(name, strings.bytes_text(one)) for name, one in parts])
    output.text(
        fill(
            trainstrings.ESTIMATED_MEMORY,
            total=strings.bytes_text(estimate.total),
            step=strings.bytes_text(estimate.step),
        )
    )
    output.text(
        fill(
            trainstrings.MEASURED_MEMORY,
            measured=strings.bytes_text(seen.measured_step),
            corrected=strings.bytes_text(seen.memory),
        )
    )
