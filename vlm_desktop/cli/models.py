"""`vlm-desktop models list | show | download | import | export-onnx | verify | remove | use`."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.library import plain
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.models import PRECISIONS, ModelCard, ModelShelf
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all models, a line each")
    for name, help_text in (
        ("show", "one model"),
        ("verify", "compare every file of a model with its checksum"),
        ("remove", "delete an installed model"),
        ("use", "let a wholly indexed model answer searches from now on"),
    ):
        actions.add_parser(name, help=help_text).add_argument("model", metavar="ID")
    fetching = actions.add_parser(
        "download", help="fetch a model from the hub; run again, it goes on where it stopped"
    )
    fetching.add_argument("model", metavar="ID")
    fetching.add_argument(
        "--accept-licence", default="", metavar="NAME",
        help="accept the licence the hub states where it differs from the list's",
    )  # fmt: skip
    fetching.add_argument(
        "--newest", action="store_true",
        help="take the newest revision rather than that of the first download",
    )  # fmt: skip
    adding = actions.add_parser("import", help="copy a model folder into the home folder")
    adding.add_argument("folder", type=Path, metavar="DIR")
    adding.add_argument("--id", default="", metavar="ID", help="the id it shall have")
    export = actions.add_parser("export-onnx", help="write a model as ONNX and prove it equal")
    export.add_argument("model", metavar="ID")
    export.add_argument("--precision", choices=PRECISIONS, default="fp32")
    export.add_argument("--out", type=Path, metavar="DIR", help="a new folder; else installed")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    shelf = services.models
    match arguments.action:
        case "list":
            _list(output.drive(shelf.list(), cancel), output)
        case "show":
            _one(output.drive(shelf.show(arguments.model), cancel), output)
        case "download":
            _download(arguments, shelf, output)
        case "import":
            verb = shelf.import_folder(arguments.folder.absolute(), arguments.id)
            _one(output.drive(verb, cancel), output)
        case "use":
            services.use_model(arguments.model)
            _document({"model": arguments.model, "state": "active"}, output)
        case "remove":
            _one(output.drive(shelf.remove(arguments.model), cancel), output)
        case "verify":
            checked = output.drive(shelf.verify(arguments.model, cancel), cancel)
            _document(dataclasses.asdict(checked), output)
        case "export-onnx":
            export = shelf.export(
                arguments.model, cancel, precision=arguments.precision,
                destination=arguments.out and arguments.out.absolute(),
            )  # fmt: skip
            _document(dataclasses.asdict(output.drive(export, cancel)), output)
    return 0


def _download(arguments: argparse.Namespace, shelf: ModelShelf, output: Output) -> None:
    cancel = CancelToken()
    card = output.drive(shelf.show(arguments.model), cancel)
    output.say(
        strings.DOWNLOAD_PLAN.format(
            name=card.name,
            size=strings.bytes_text(max(0, card.download_bytes - card.size_bytes)),
            free=strings.bytes_text(shelf.free_bytes()),
            licence=card.licence,
            host=shelf.hub_host,
        )
    )
    if card.notice:
        output.say(card.notice)
    verb = shelf.download(
        card.id, cancel, accept_licence=arguments.accept_licence, newest=arguments.newest
    )
    _one(output.drive(verb, cancel), output)


def _list(cards: tuple[ModelCard, ...], output: Output) -> None:
    if output.as_json:
        for card in cards:
            output.json(plain(_card(card)))
        return
    output.table(
        ("id", "state", "tasks", "size", "licence"),
        [
            (card.id, card.state, " ".join(card.tasks), _megabytes(card), card.licence)
            for card in cards
        ],
    )


def _one(card: ModelCard, output: Output) -> None:
    _document(_card(card), output)


def _card(card: ModelCard) -> dict[str, Any]:
    document = dataclasses.asdict(card)
    document["size"] = document.pop("size_bytes")
    return document


def _document(document: dict[str, Any], output: Output) -> None:
    if output.as_json:
        output.json(plain(document))
        return
    for key, value in plain(document).items():
        if value not in ("", None, [], 0):
            output.text(f"{key}: {value}")


def _megabytes(card: ModelCard) -> str:
    return f"{card.size_bytes / 1e6:.1f} MB" if card.size_bytes else ""
