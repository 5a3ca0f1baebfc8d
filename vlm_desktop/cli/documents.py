"""`vlm-desktop documents add | resume | list | show | lessons | unlearn | forget`: what is kept.

The command `document` reads without keeping; this one keeps: a queue to review in the window, and
what corrections taught.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import DocumentUnknown
from vlm_desktop.base.documentkeeping import DocumentRowDone, KeptDocument
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.events import Event
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.documents.plain import as_json
from vlm_desktop.engine.services import AppServices

WRONG_USAGE = 2

DESCRIPTION = """
Keeps documents: paths, values and the words that carry them, never copies of pages. What was
killed in the middle goes on with "resume". "forget" leaves no trace of them in the library.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="read files and folders, and keep what they say")
    add.add_argument("path", type=Path, metavar="PATH", nargs="+")
    add.add_argument(
        "--schema", required=True, metavar="NAME|FILE",
        help="receipt, invoice, form ..., one of your own, or a JSON file with fields",
    )  # fmt: skip
    resume = actions.add_parser("resume", help="go on with what was not finished")
    resume.add_argument("--again", action="store_true", help="try refused files once more")
    actions.add_parser("list", help="all that are kept, those to review first, by expected error")
    show = actions.add_parser("show", help="one as it stands, corrections included")
    show.add_argument("id", type=int, metavar="ID")
    actions.add_parser("lessons", help="what corrections taught about layouts")
    unlearn = actions.add_parser("unlearn", help="go by lessons no more")
    unlearn.add_argument("id", type=int, metavar="ID", nargs="*")
    unlearn.add_argument(
        "--like", type=int, metavar="DOCUMENT", help="all that was learned of its layout"
    )
    forget = actions.add_parser("forget", help="forget documents for good; files stay")
    forget.add_argument("id", type=int, metavar="ID", nargs="*")
    forget.add_argument("--all", action="store_true", help="all documents, batches and lessons")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    actions = {
        "add": _add,
        "resume": _resume,
        "list": _list,
        "show": _show,
        "lessons": _lessons,
        "unlearn": _unlearn,
        "forget": _forget,
    }
    return actions[arguments.action](arguments, services, output)


def _add(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    documents, cancel = services.documents, CancelToken()
    schema = documents.schemas.load(arguments.schema)
    batch = output.drive(documents.batch.add(arguments.path, schema, cancel), cancel)
    return _run([batch.id], services, output, again=False)


def _resume(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    batches = services.documents.batch.batches()
    owing = [
        one.id for one in reversed(batches) if one.waiting or (arguments.again and one.refused)
    ]
    return _run(owing, services, output, again=arguments.again)


def _run(batches: Sequence[int], services: AppServices, output: Output, *, again: bool) -> int:
    def show(event: Event) -> None:
        if not isinstance(event, DocumentRowDone):
            output.event(event)
        elif event.document is not None:
            _line(event.document, output)

    cancel = CancelToken()
    for batch_id in batches:
        output.drive(services.documents.batch.run(batch_id, cancel, again=again), cancel, show)
    return 0


def _list(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    keeping = services.documents.keeping
    queue = keeping.queue()
    owing = {one.id for one in queue}
    for one in (*queue, *(one for one in keeping.documents() if one.id not in owing)):
        _line(one, output)
    return 0


def _show(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    sheet = services.documents.keeping.sheet(arguments.id)
    if output.as_json:
        output.json(_plain(sheet.document) | as_json(sheet.extraction))
        return 0
    _line(sheet.document, output)
    rows = [
        (one.name, one.value, one.raw, one.origin.value, one.learned_from)
        for one in sheet.extraction.values
    ]
    output.table(("field", "value", "as printed", "by", "learned from"), rows)
    return 0


def _lessons(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    for one in services.documents.keeping.lessons():
        if output.as_json:
            output.json(
                {
                    "id": one.id,
                    "schema": one.schema,
                    "field": one.name,
                    "kind": one.kind,
                    "learned_from": one.document,
                    "vendor": one.vendor,
                    "anchors": list(one.anchors),
                }
            )
        else:
            output.text(
                f"{one.id}  {one.schema}: {one.name} ({one.kind}), learned from {one.document}"
            )
    return 0


def _unlearn(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    keeping = services.documents.keeping
    if bool(arguments.id) == (arguments.like is not None):
        output.say("Name lessons by id, or a document by --like.")
        return WRONG_USAGE
    if arguments.like is not None:
        keeping.unlearn_layout(arguments.like)
    else:
        keeping.unlearn(arguments.id)
    return _lessons(arguments, services, output)


def _forget(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    if bool(arguments.id) == arguments.all:
        output.say("Name documents by id, or say --all.")
        return WRONG_USAGE
    keeping, cancel = services.documents.keeping, CancelToken()
    if arguments.id:
        known = {one.id for one in keeping.documents()}
        if not known.issuperset(arguments.id):
            raise DocumentUnknown
    verb = keeping.forget(None if arguments.all else arguments.id, cancel)
    forgotten = output.drive(verb, cancel)
    if output.as_json:
        output.json(
            {
                "documents": forgotten.documents,
                "lessons": forgotten.lessons,
                "clean": forgotten.clean,
                "other_copies": [str(one) for one in forgotten.other_copies],
            }
        )
        return 0
    output.text(f"Forgot {forgotten.documents:,} documents and {forgotten.lessons:,} lessons.")
    if not forgotten.clean:
        output.text("Another program reads the library, so that its log still holds traces.")
    for copy in forgotten.other_copies:
        output.text(f"An older copy of the library may still hold them: {copy}")
    return 0


def _line(document: KeptDocument, output: Output) -> None:
    if output.as_json:
        output.json(_plain(document))
        return
    why = f": {_problem(document)}" if document.problem else ""
    output.text(
        f"{document.id}  {document.path}  {document.schema}, {document.state.value},"
        f" {document.doubt:.2f} errors expected{why}"
    )


def _plain(document: KeptDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "file": str(document.path),
        "schema": document.schema,
        "state": document.state.value,
        "expected_errors": round(document.doubt, 4),
        "vendor": document.vendor,
        "problem": _problem(document),
    }


def _problem(document: KeptDocument) -> str:
    if not document.problem:
        return ""
    return strings.refusal(Refusal(document.problem), document.problem_detail)
