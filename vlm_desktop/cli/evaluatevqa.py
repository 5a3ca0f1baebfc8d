"""`vlm-desktop evaluate vqa DATA.jsonl`."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.evaluating import require_writable, save_answers
from vlm_desktop.engine.evaluationdata import Selection, read_given_answers, read_questions
from vlm_desktop.engine.pope import YesNoFigures
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.vqametrics import VqaFigures, VqaReport

DESCRIPTION = """
Exact match for questions with one answer, VQA accuracy for those with ten, and for yes/no questions
accuracy, precision, recall and yes-rate; in percent, with the pictures and with grey ones. Rows of
DATA: {"image", "question", "answer" or "answers"[, "type"][, "split"]}, images beside the file.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("data", type=Path, metavar="DATA.jsonl")
    parser.add_argument("--split", default="", metavar="NAME", help='rows of this "split" only')
    parser.add_argument(
        "--held-out", action="store_true",
        help="the fifth of the pictures that the starter was not trained on",
    )  # fmt: skip
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--model", metavar="ID", help="else the one that chat uses")
    source.add_argument(
        "--answers", type=Path, metavar="FILE.jsonl",
        help='judge these answers, rows {"image", "question", "answer"}, instead of a model\'s',
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=positive, default=0, metavar="N", help="N questions spread over the file"
    )
    parser.add_argument("--no-blank", action="store_true", help="ask nothing of grey pictures")
    parser.add_argument("--save", type=Path, metavar="FILE.jsonl", help="keep the answers")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    selection = Selection(arguments.split, arguments.held_out, arguments.limit)
    questions = read_questions(arguments.data, selection)
    if arguments.save:
        require_writable(arguments.save)
    if arguments.answers:
        given = read_given_answers(arguments.answers)
        report = services.evaluating.given_answers(questions, given)
    else:
        cancel = CancelToken()
        verb = services.evaluating.answers(
            questions, cancel, model=arguments.model, blank=not arguments.no_blank
        )
        report = output.drive(verb, cancel)
    if arguments.save:
        save_answers(arguments.save, report)
    if output.as_json:
        output.json(_document(report))
    else:
        _show(report, output)
    return 0


def _document(report: VqaReport) -> dict[str, Any]:
    return {
        "model": report.model_id or None,
        "seconds": report.seconds,
        "unreadable": report.unreadable,
        "missing": report.missing,
        **_figures(report.figures),
        "blank": report.blank and _figures(report.blank),
        "gap": report.gap and dataclasses.asdict(report.gap),
    }


def _figures(figures: VqaFigures) -> dict[str, Any]:
    return {
        "n": figures.questions,
        "exact_match": figures.exact_match,
        "exact_match_n": figures.exact_match_questions,
        "vqa_accuracy": figures.vqa_accuracy,
        "vqa_accuracy_n": figures.vqa_accuracy_questions,
        "exact_match_all": figures.exact_match_all,
        "by_type": {one.kind: {"n": one.questions, "score": one.score} for one in figures.by_kind},
        "yes_no": figures.yes_no and dataclasses.asdict(figures.yes_no),
    }


def _show(report: VqaReport, output: Output) -> None:
    figures, blank, gap = report.figures, report.blank, report.gap
    output.text(
        f"{report.model_id or 'given answers'}: {figures.questions:,} questions, "
        f"{report.unreadable:,} pictures unreadable, {report.missing:,} questions without an "
        f"answer, {report.seconds:,.1f} s"
    )
    rows = [
        _row(
            f"exact match, one answer ({figures.exact_match_questions:,})",
            figures.exact_match,
            blank and blank.exact_match,
            gap and gap.exact_match,
        ),
        _row(
            f"VQA accuracy, ten answers ({figures.vqa_accuracy_questions:,})",
            figures.vqa_accuracy,
            blank and blank.vqa_accuracy,
            gap and gap.vqa_accuracy,
        ),
    ]
    without = {one.kind: one.score for one in blank.by_kind} if blank else {}
    for one in figures.by_kind:
        grey = without.get(one.kind)
        points = None if grey is None else one.score - grey
        rows.append(_row(f"  {one.kind or 'no type'} ({one.questions:,})", one.score, grey, points))
    output.table(("percent", "with the picture", "with a grey one", "gap"), rows)
    if figures.yes_no:
        _show_yes_no(figures.yes_no, blank.yes_no if blank else None, output)


def _row(
    name: str, score: float | None, blank: float | None, gap: float | None
) -> tuple[str, str, str, str]:
    return name, _number(score), _number(blank), _number(gap)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _show_yes_no(figures: YesNoFigures, blank: YesNoFigures | None, output: Output) -> None:
    output.table(
        (f"yes or no ({figures.questions:,})", "accuracy", "precision", "recall", "F1", "yes-rate"),
        [
            _yes_no_row(name, one)
            for name, one in (("with the picture", figures), ("with a grey one", blank))
            if one
        ],
    )
    output.text(f"Of the true answers {figures.true_yes_rate:.2f} % are yes.")


def _yes_no_row(name: str, figures: YesNoFigures) -> tuple[str, ...]:
    shares = (
        figures.accuracy, figures.precision, figures.recall, figures.f1, figures.yes_rate,
    )  # fmt: skip
    return name, *(f"{share:.2f}" for share in shares)
