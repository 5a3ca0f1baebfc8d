"""`vlm-desktop evaluate captions DATA.jsonl`."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.captionmetrics import CaptionReport
from vlm_desktop.engine.chair import ChairFigures
from vlm_desktop.engine.evaluating import require_writable, save_captions
from vlm_desktop.engine.evaluationdata import Selection, read_described, read_given_captions
from vlm_desktop.engine.services import AppServices

DESCRIPTION = """
BLEU, CIDEr-D, ROUGE-L, METEOR where it can run, CLIPScore, and CHAIR where rows have labels; all
times 100. Rows of DATA: {"image", "captions"[, "labels"][, "split"]}, images relative to the file.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("data", type=Path, metavar="DATA.jsonl")
    parser.add_argument("--split", default="", metavar="NAME", help='rows of this "split" only')
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--model", metavar="ID", help="else the one that chat uses")
    source.add_argument(
        "--answers", type=Path, metavar="FILE.jsonl",
        help='judge these captions, rows {"image", "caption"}, instead of a model\'s',
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=positive, default=0, metavar="N", help="N pictures spread over the file"
    )
    parser.add_argument("--beams", type=positive, default=1, metavar="N", help="1 is greedy")
    parser.add_argument("--save", type=Path, metavar="FILE.jsonl", help="keep the captions")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    pictures = read_described(arguments.data, Selection(arguments.split, limit=arguments.limit))
    if arguments.save:
        require_writable(arguments.save)
    cancel = CancelToken()
    if arguments.answers:
        given = read_given_captions(arguments.answers)
        verb = services.evaluating.given_captions(pictures, given, cancel)
    else:
        verb = services.evaluating.captions(
            pictures, cancel, model=arguments.model, beams=arguments.beams
        )
    report = output.drive(verb, cancel)
    if arguments.save:
        save_captions(arguments.save, report)
    if output.as_json:
        output.json(_document(report))
    else:
        _show(report, output)
    return 0


def _document(report: CaptionReport) -> dict[str, Any]:
    scores, clip = report.scores, report.clip
    bleu = scores.bleu if scores else (None,) * 4
    return {
        "model": report.model_id or None,
        "beams": report.beams or None,
        "n": report.pictures,
        "unreadable": report.unreadable,
        "missing": report.missing,
        "seconds": report.seconds,
        **{f"bleu{order}": score for order, score in enumerate(bleu, start=1)},
        "cider": scores and scores.cider,
        "rouge_l": scores and scores.rouge_l,
        "meteor": scores and scores.meteor.score,
        "meteor_reason": _why_no_meteor(report) or None,
        "clipscore": clip and clip.score,
        "ref_clipscore": clip and clip.with_references,
        "clipscore_encoder": clip and clip.encoder_id,
        "chair": report.chair and _chair_document(report.chair),
    }


def _chair_document(figures: ChairFigures) -> dict[str, Any]:
    return {
        "chair_s": figures.sentences,
        "chair_i": figures.instances,
        "recall": figures.recall,
        "n": figures.captions,
        "named": figures.named,
        "hallucinated": figures.hallucinated,
        "most_hallucinated": dict(figures.most_hallucinated),
    }


def _why_no_meteor(report: CaptionReport) -> str:
    if report.scores is None or report.scores.meteor.absence is None:
        return ""
    return strings.METEOR_ABSENCES[report.scores.meteor.absence.value]


def _show(report: CaptionReport, output: Output) -> None:
    how = (
        ""
        if not report.model_id
        else ", greedy"
        if report.beams == 1
        else f", {report.beams} beams"
    )
    output.text(
        f"{report.model_id or 'given captions'}{how}: {report.pictures:,} pictures, "
        f"{report.unreadable:,} unreadable, {report.missing:,} without a caption, "
        f"{report.seconds:,.1f} s"
    )
    output.table(("measure", "score", ""), _rows(report))
    if report.scores:
        output.text(
            f"The first seven are those of the COCO caption evaluation, over "
            f"{report.scores.pictures:,} pictures with captions by people."
        )
    if report.clip:
        output.text(f"CLIPScore is that of {report.clip.encoder_id}: compare within one encoder.")


def _rows(report: CaptionReport) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    if report.scores:
        scores, meteor = report.scores, report.scores.meteor.score
        rows += [(f"BLEU-{order}", f"{one:.2f}", "") for order, one in enumerate(scores.bleu, 1)]
        rows += [
            ("CIDEr-D", f"{scores.cider:.2f}", ""),
            ("ROUGE-L", f"{scores.rouge_l:.2f}", ""),
            ("METEOR", "-" if meteor is None else f"{meteor:.2f}", _why_no_meteor(report)),
        ]
    if report.clip:
        rows.append(("CLIPScore", f"{report.clip.score:.2f}", ""))
        if report.clip.with_references is not None:
            rows.append(("RefCLIPScore", f"{report.clip.with_references:.2f}", ""))
    if report.chair:
        chair = report.chair
        most = ", ".join(f"{name} ({count})" for name, count in chair.most_hallucinated)
        rows += [
            ("CHAIRs", f"{chair.sentences:.2f}", f"of {chair.captions:,} captions"),
            ("CHAIRi", f"{chair.instances:.2f}", f"most: {most}" if most else ""),
            ("objects named", f"{chair.recall:.2f}", "of those in the picture"),
        ]
    return rows
