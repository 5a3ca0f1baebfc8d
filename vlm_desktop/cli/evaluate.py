"""`vlm-desktop evaluate retrieval|captions|vqa|grounding|... DATA.jsonl`, an option set each."""

import argparse
import dataclasses
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli import (
    evaluatecaptions,
    evaluateclaims,
    evaluatedocuments,
    evaluategrounding,
    evaluateocr,
    evaluatevqa,
)
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.evaluate import CutFigures, RankFigures, RetrievalReport, read_captioned
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="TASK")
    retrieval = actions.add_parser("retrieval", help="recall@1, 5, 10, median rank and the cut")
    retrieval.add_argument("data", type=Path, metavar="DATA.jsonl")
    retrieval.add_argument("--split", default="", metavar="NAME", help='rows of this "split" only')
    retrieval.add_argument("--model", metavar="ID")
    evaluatecaptions.add_arguments(
        actions.add_parser("captions", help="BLEU, CIDEr-D, METEOR, CLIPScore, CHAIR")
    )
    evaluatevqa.add_arguments(
        actions.add_parser("vqa", help="exact match, VQA accuracy, yes and no, without the picture")
    )
    evaluatedocuments.add_arguments(
        actions.add_parser("documents", help="field F1, exact match, ANLS, calibration")
    )
    evaluateclaims.add_arguments(
        actions.add_parser("claims", help="whether claims called supported are true")
    )
    evaluategrounding.add_arguments(
        actions.add_parser("grounding", help="where phrases are, and that they are not; masks")
    )
    evaluateocr.add_arguments(
        actions.add_parser("ocr", help="words and lines read, with and without mended spaces")
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    if arguments.action == "ocr":
        return evaluateocr.run(arguments, services, output)
    if arguments.action == "grounding":
        return evaluategrounding.run(arguments, services, output)
    if arguments.action == "captions":
        return evaluatecaptions.run(arguments, services, output)
    if arguments.action == "vqa":
        return evaluatevqa.run(arguments, services, output)
    if arguments.action == "documents":
        return evaluatedocuments.run(arguments, services, output)
    if arguments.action == "claims":
        return evaluateclaims.run(arguments, services, output)
    return _run_retrieval(arguments, services, output)


def _run_retrieval(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    photos = read_captioned(arguments.data, arguments.split)
    cancel = CancelToken()
    verb = services.evaluate_retrieval(photos, cancel, model=arguments.model)
    report = output.drive(verb, cancel)
    if output.as_json:
        output.json(dataclasses.asdict(report))
    else:
        _show(report, output)
    return 0


def _show(report: RetrievalReport, output: Output) -> None:
    output.text(
        f"{report.model_id}: {report.photos:,} photos, {report.captions:,} captions, "
        f"{report.unreadable:,} unreadable"
    )
    output.table(
        ("", "R@1", "R@5", "R@10", "median rank"),
        [
            _ranks("text to image", report.text_to_image),
            _ranks("image to text", report.image_to_text),
        ],
    )
    output.text(
        f"Null prompts ({report.null_prompts:,}): mean score {report.null_mean:.4f}, "
        f"spread {report.null_spread:.4f}"
    )
    output.table(
        (
            "cut",
            "captions kept",
            f"absent refused ({report.absent_queries})",
            "null refused",
        ),
        [_cut("possible", report.possible), _cut("likely", report.likely)],
    )


def _ranks(name: str, figures: RankFigures) -> tuple[str, ...]:
    return (
        name,
        f"{figures.recall_at_1:.2f}",
        f"{figures.recall_at_5:.2f}",
        f"{figures.recall_at_10:.2f}",
        f"{figures.median_rank:g}",
    )


def _cut(name: str, figures: CutFigures) -> tuple[str, ...]:
    return (
        f"{name} ({figures.probability})",
        f"{figures.captions_kept:.1f} %",
        f"{figures.absent_refused:.1f} %",
        f"{figures.null_prompts_refused:.1f} %",
    )
