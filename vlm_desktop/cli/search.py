"""`vlm-desktop search [TEXT] ...`: words, pictures, exclusions and filters."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.types import Filters, Hit, ImageTerm, Query, SearchResult, Verdict
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.querytext import FILTER_KEYS, add_filter
from vlm_desktop.engine.services import AppServices

_DEFAULT_LIMIT = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", metavar="TEXT", help="what to look for")
    parser.add_argument(
        "--image", action="append", default=[], metavar="PATH[@WEIGHT]", type=image_term,
        help="a picture to look for; several are combined",
    )  # fmt: skip
    parser.add_argument("--exclude", action="append", default=[], metavar="TEXT")
    parser.add_argument(
        "--filter", action="append", default=[], metavar="KEY:VALUE",
        help="keys: " + ", ".join(FILTER_KEYS),
    )  # fmt: skip
    parser.add_argument("--limit", type=positive, default=_DEFAULT_LIMIT, metavar="N")
    parser.add_argument("--model", metavar="ID")
    parser.add_argument("--all", action="store_true", help="also what lies below the cut")
    parser.add_argument(
        "--batch", type=Path, metavar="FILE", help="one query a line, one answer a line"
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    filters = Filters()
    for text in arguments.filter:
        filters = add_filter(filters, text)
    query = Query(
        text=arguments.text,
        images=tuple(arguments.image),
        exclude=tuple(arguments.exclude),
        filters=filters,
        limit=arguments.limit,
        show_all=arguments.all,
    )
    queries = [query]
    if arguments.batch is not None:
        queries = [replace(query, text=line) for line in _lines(arguments.batch)]
    cancel = CancelToken()
    for one in queries:
        if arguments.batch is not None and not one.text.strip():
            model_id = services.model_in_use(arguments.model)
            result = SearchResult(one, model_id, Verdict.NONE, (), likely=0, possible=0)
        else:
            verb = services.search(one, cancel, model=arguments.model)
            result = output.drive(verb, cancel)
        show(result, output)
    return 0


def image_term(text: str) -> ImageTerm:
    """PATH or PATH@WEIGHT; a path that itself holds an @ needs no weight."""
    path, separator, weight = text.rpartition("@")
    if separator:
        try:
            number = float(weight)
        except ValueError:
            return ImageTerm(Path(text).absolute())
        if not 0 < number < float("inf"):
            raise argparse.ArgumentTypeError(f"the weight {weight} must be a positive number")
        return ImageTerm(Path(path).absolute(), number)
    return ImageTerm(Path(text).absolute())


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error


def show(result: SearchResult, output: Output) -> None:
    """One result: a JSON document, or a verdict and a table of hits."""
    if output.as_json:
        output.json(result_document(result))
        return
    output.text(strings.verdict(result.verdict, result.likely, result.possible))
    if result.hits:
        output.table(
            ("probability", "why", "path"),
            [(f"{hit.probability:.3f}", _why(hit), str(hit.path)) for hit in result.hits],
        )


def result_document(result: SearchResult) -> dict[str, Any]:
    return {
        "query": result.query.text,
        "model": result.model_id,
        "verdict": result.verdict.value,
        "likely": result.likely,
        "possible": result.possible,
        "hits": [_hit_document(hit) for hit in result.hits],
    }


def _hit_document(hit: Hit) -> dict[str, Any]:
    document: dict[str, Any] = {
        "path": str(hit.path),
        "score": round(hit.score, 6),
        "probability": round(hit.probability, 6),
        "signals": {signal.name: round(signal.value, 6) for signal in hit.signals},
    }
    if hit.page:
        document["page"] = hit.page
    return document


def _why(hit: Hit) -> str:
    return ", ".join(f"{signal.name} {signal.value:.2f}" for signal in hit.signals)
