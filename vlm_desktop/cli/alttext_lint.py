"""`vlm-desktop alttext lint TEXT`: the same findings as in the window, with a fix each."""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vlm_desktop import altstrings, strings
from vlm_desktop.base.altchecks import Finding
from vlm_desktop.base.alttext import Decision, PageContext
from vlm_desktop.base.errors import BadInputFile, PartMissing
from vlm_desktop.cli.alttext_options import DECISIONS, add_purpose, decision, destination
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.alttext.languages import identifier
from vlm_desktop.engine.alttext.lint import LintContext, lint, put_right, score
from vlm_desktop.engine.alttext.setlint import likely_repeats
from vlm_desktop.engine.services import AppServices

_WRONG_USAGE = 2
_MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Row:
    """A text to be looked at; `line` is its place in a file, 0 where it was given as a word."""

    alt: str
    extended: str
    context: LintContext
    line: int = 0


def add_lint_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", metavar="TEXT", help="the alt text")
    parser.add_argument("--extended", default="", metavar="TEXT", help="its long description")
    add_purpose(parser)
    parser.add_argument("--image", default="", metavar="NAME", help="the image's file name")
    parser.add_argument(
        "--file", type=Path, metavar="FILE",
        help="many: a text a line, or JSON lines with alt, extended, caption, title, image, link, "
        "language, decision",
    )  # fmt: skip


def run_lint(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del services
    if (arguments.text is None) == (arguments.file is None):
        output.say(altstrings.LINT_WHAT)
        return _WRONG_USAGE
    context = LintContext(
        destination=destination(arguments),
        language=arguments.language,
        decision=decision(arguments),
        page=PageContext(
            caption=arguments.caption, title=arguments.title, link_target=arguments.link
        ),
        file_name=arguments.image,
    )
    try:
        context = replace(context, identify=identifier())
    except PartMissing as error:
        output.say(altstrings.LANGUAGES_NOT_TOLD.format(detail=strings.sentence(error)))
    if arguments.file is None:
        rows = [Row(arguments.text, arguments.extended, context)]
    else:
        rows = list(_rows(arguments.file, context))
    for row in _beside_each_other(rows):
        _show(row, arguments.file, output)
    return 0


def _show(row: Row, path: Path | None, output: Output) -> None:
    findings = lint(row.alt, row.extended, row.context)
    if output.as_json:
        output.json(_document(row, findings))
        return
    where = "" if path is None else f"{path.name}:{row.line}: "
    for one in findings:
        output.text(where + altstrings.finding_line(one))
        if one.fix is not None:
            output.text(altstrings.FIX_LINE.format(fix=one.fix))
    if path is None:
        summary = altstrings.SCORE_LINE if findings else altstrings.NO_FINDINGS
        output.text(summary.format(score=score(findings)))


def _document(row: Row, findings: Sequence[Finding]) -> dict[str, Any]:
    alt, extended, _ = put_right(row.alt, row.extended, row.context)
    document: dict[str, Any] = {
        "text": row.alt,
        "findings": [
            {
                "rule": one.rule,
                "weight": one.weight.value,
                "field": one.field.value,
                "start": one.start,
                "end": one.end,
                "detail": one.detail,
                "message": altstrings.finding(one),
                "fix": one.fix,
            }
            for one in findings
        ],
        "score": score(findings),
        "fixed": alt,
    }
    if row.extended:
        document |= {"extended": row.extended, "fixed_extended": extended}
    if row.line:
        document["line"] = row.line
    return document


# --- files ---------------------------------------------------------------------------------


def _rows(path: Path, context: LintContext) -> Iterable[Row]:
    """The rows of a file; empty lines are passed over. Raises BadInputFile."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInputFile(path=path, line=None, detail="it is larger than 64 MB")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise BadInputFile(path=path, line=None, detail=detail) from error
    as_json = next((line for line in lines if line.strip()), "").lstrip().startswith("{")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        yield _json_row(path, number, line, context) if as_json else Row(line, "", context, number)


def _json_row(path: Path, number: int, line: str, context: LintContext) -> Row:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInputFile(path=path, line=number, detail=f"it is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise BadInputFile(path=path, line=number, detail="it is no JSON object")
    words = {name: value for name, value in values.items() if isinstance(value, str)}
    chosen = words.get("decision", context.decision.value)
    if chosen and chosen not in DECISIONS:
        detail = f"the decision is none of {', '.join(DECISIONS)}"
        raise BadInputFile(path=path, line=number, detail=detail)
    page = replace(
        context.page,
        caption=words.get("caption", context.page.caption),
        title=words.get("title", context.page.title),
        link_target=words.get("link", context.page.link_target),
    )
    own = replace(
        context,
        language=words.get("language", context.language),
        decision=Decision(chosen),
        page=page,
        file_name=Path(words.get("image", context.file_name)).name,
    )
    return Row(words.get("alt", ""), words.get("extended", ""), own, number)


def _beside_each_other(rows: Sequence[Row]) -> Iterable[Row]:
    """Each row with the texts of the others, among which it may repeat one."""
    for row, others in zip(rows, likely_repeats([row.alt for row in rows]), strict=True):
        yield replace(row, context=replace(row.context, others=others))
