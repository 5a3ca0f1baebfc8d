"""`vlm-desktop evaluate grounding DATA.jsonl`."""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import AUTOMATIC, Verdict
from vlm_desktop.cli.ground import PHRASE_MODEL_HELP
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.cli.segment import MASK_MODEL_HELP
from vlm_desktop.engine.ground.phraserows import read_rows
from vlm_desktop.engine.ground.quantising import (
    SIDES,
    USUAL_BINS,
    QuantisationError,
    quantisation_errors,
)
from vlm_desktop.engine.services import AppServices

if TYPE_CHECKING:  # it would load what looks at pixels before any command runs
    from vlm_desktop.engine.ground.measuring import GroundingReport

DESCRIPTION = """
Acc@0.5 and mean IoU of phrases that are in their picture, and beside it how often an absent phrase
is refused; verdicts, calibration, and what answers without a look would reach. Rows of DATA:
{"image", "phrase", "box"[, "kind"][, "area_fraction"]}, images beside the file; where "box" is null
or missing, nothing answers the phrase. A file without such rows is asked phrases of its other
pictures. Masks are measured on the same boxes.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("data", type=Path, metavar="DATA.jsonl")
    parser.add_argument("--model", default=AUTOMATIC, metavar="ID", help=PHRASE_MODEL_HELP)
    parser.add_argument("--mask-model", default=AUTOMATIC, metavar="ID", help=MASK_MODEL_HELP)
    parser.add_argument(
        "--limit", type=positive, default=0, metavar="N", help="N pictures spread over the file"
    )
    parser.add_argument(
        "--fit", type=Path, metavar="FILE.json",
        help="measure nothing: fit the starter's finder on these boxes and write its weights, which"
        " then take the place of resources/grounding/starter_finder.json",
    )  # fmt: skip
    parser.add_argument(
        "--half", type=int, choices=(0, 1),
        help="only one half of the pictures, by their names: fit on one, measure on the other",
    )  # fmt: skip
    parser.add_argument("--no-masks", action="store_true", help="measure phrases only")
    parser.add_argument(
        "--bins", type=positive, nargs="*", metavar="N",
        help="also what is lost by saying places in N bins a side (10 to 1024 unless given)",
    )  # fmt: skip


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    rows = read_rows(arguments.data, arguments.limit, arguments.half)
    cancel = CancelToken()
    if arguments.fit:
        fitted = services.ground.measuring.fit(rows, arguments.fit, cancel)
        count = output.drive(fitted, cancel)
        if output.as_json:
            output.json({"fitted": str(arguments.fit), "pictures": count})
        else:
            output.text(f"Fitted on {count:,} pictures: {arguments.fit}")
        return 0
    verb = services.ground.measuring.measure(
        rows,
        cancel,
        model_id=arguments.model,
        with_masks=not arguments.no_masks,
        mask_model=arguments.mask_model,
    )
    report = output.drive(verb, cancel)
    bins = None if arguments.bins is None else arguments.bins or USUAL_BINS
    errors = quantisation_errors(bins) if bins is not None else ()
    if output.as_json:
        lost = {"quantisation": [dataclasses.asdict(one) for one in errors]} if errors else {}
        output.json(_document(report) | lost)
    else:
        _show(report, output)
        _show_bins(errors, output)
    return 0


def _document(report: "GroundingReport") -> dict[str, Any]:
    """The two figures that belong together first; large boxes are those of 3 % and more."""
    large, everything = report.places["large"], report.places["all"]
    return {
        "model": report.model,
        "acc_at_0.5": _percent(everything.accuracy),
        "acc_at_0.5_large": _percent(large.accuracy),
        "no_target_accuracy": _percent(report.absent_accuracy),
        "mean_iou": _rounded(everything.mean_iou),
        "mean_iou_large": _rounded(large.mean_iou),
        "phrases": everything.phrases,
        "phrases_large": large.phrases,
        "no_target": report.absent,
        "no_target_made": report.absent_made,
        "present_accepted": _percent(report.present_accepted),
        "by_kind": {
            name: {
                "n": one.phrases,
                "acc_at_0.5": _percent(one.accuracy),
                "mean_iou": _rounded(one.mean_iou),
                "acc_at_0.5_where_answered": _percent(one.accuracy_where_answered),
            }
            for name, one in report.places.items()
        },
        "verdicts": report.verdicts,
        "calibration": {
            "n": report.confidence.told,
            "ece": _rounded(report.confidence.error),
            "mean_confidence": _rounded(report.confidence.mean_confidence),
            "share_right": _rounded(report.confidence.share_right),
        },
        "base_rates_large": {name: _percent(share) for name, share in report.bases.items()},
        "masks": report.masks and dataclasses.asdict(report.masks),
        "pictures": report.pictures,
        "unreadable": report.unreadable,
        "seconds": round(report.seconds, 2),
        "seconds_first_phrase": _rounded(report.seconds_first),
        "seconds_further_phrase": _rounded(report.seconds_phrase),
    }


def _show_bins(errors: Sequence[QuantisationError], output: Output) -> None:
    if not errors:
        return
    output.table(
        ("bins a side", "corner", *(f"IoU at {100 * side:.0f} %" for side in SIDES), "worst"),
        [
            (
                f"{one.bins:,}", f"{100 * one.corner:.3f} %",
                *(f"{overlap:.3f}" for overlap in one.overlaps), f"{one.worst:.3f}",
            )
            for one in errors
        ],
    )  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _rounded(value: float) -> float:
    return round(value, 4)


def _show(report: "GroundingReport", output: Output) -> None:
    output.text(
        f"{report.model}: {report.places['all'].phrases:,} phrases with a place, "
        f"{report.absent:,} without, in {report.pictures:,} pictures, {report.unreadable:,} "
        f"unreadable, {report.seconds:,.1f} s ({report.seconds_first:.2f} s a picture, "
        f"{report.seconds_phrase:.3f} s a further phrase)"
    )
    names = {"all": "all", "large": "3 % of the picture or more"}
    output.table(
        ("percent", "phrases", "Acc@0.5", "where answered", "mean IoU"),
        [
            (
                names.get(name, name), f"{one.phrases:,}", f"{100 * one.accuracy:.1f}",
                f"{100 * one.accuracy_where_answered:.1f}", f"{100 * one.mean_iou:.1f}",
            )
            for name, one in report.places.items()
        ],
    )  # fmt: skip
    bases = ", ".join(f"{name} {100 * share:.1f}" for name, share in report.bases.items())
    output.text(f"Without a look, of 3 % or more: {bases}.")
    if report.absent_accuracy is not None:
        made = "; these were made of phrases of other pictures" if report.absent_made else ""
        output.text(
            f"Absent phrases refused: {100 * report.absent_accuracy:.1f} %{made}. "
            f"Present phrases accepted: {100 * (report.present_accepted or 0):.1f} %."
        )
    shown = [verdict.value for verdict in Verdict]
    output.table(
        ("", *shown),
        [
            (name, *(f"{counts.get(verdict, 0):,}" for verdict in shown))
            for name, counts in report.verdicts.items()
        ],
    )
    confidence = report.confidence
    output.text(
        f"Confidence: {100 * confidence.mean_confidence:.1f} % said, "
        f"{100 * confidence.share_right:.1f} % right, calibration error "
        f"{100 * confidence.error:.1f} points over {confidence.told:,} answers."
    )
    if report.masks is not None:
        masks = report.masks
        output.text(
            f"Masks ({masks.model}, {masks.boxes:,} boxes): box prompt IoU {masks.box_iou:.3f}, "
            f"filling {masks.box_fill:.2f} of the box; centre click IoU {masks.click_iou:.3f} "
            f"(best level {masks.click_best_of_levels:.3f}); first mask "
            f"{masks.first_mask_milliseconds:.0f} ms, then {masks.next_mask_milliseconds:.0f} ms"
        )
