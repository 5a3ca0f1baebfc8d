"""`vlm-desktop library info | verify | forget PATH | rebuild | export FILE | import FILE`."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("info", help="counts by state, models and their coverage")
    actions.add_parser("verify", help="prove that indexed + quarantined = scanned")
    forget = actions.add_parser("forget", help="take a photo or folder out of the library")
    forget.add_argument("path", type=Path, metavar="PATH")
    forget.add_argument(
        "--keep-out", action="store_true", help="never index it again, although its folder is"
    )
    forget.add_argument(
        "--alt-texts", action="store_true", help="forget the alt texts people wrote for it, too"
    )
    export = actions.add_parser("export", help="write the library to one file")
    export.add_argument("path", type=Path, metavar="FILE")
    take_in = actions.add_parser("import", help="put an exported library in the place of this one")
    take_in.add_argument("path", type=Path, metavar="FILE")
    actions.add_parser("rebuild", help="put a damaged library aside and start a new one")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    actions = {
        "info": _info,
        "verify": _verify,
        "forget": _forget,
        "rebuild": _rebuild,
        "export": _export,
        "import": _import,
    }
    return actions[arguments.action](arguments, services, output)


def _info(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    info = services.info()
    if output.as_json:
        document = plain(dataclasses.asdict(info)) | {"home": str(services.paths.home)}
        document["files"]["scanned"] = info.files.scanned
        document["quarantine"] = [
            {"path": str(entry.path), "reason": strings.refusal(entry.reason, entry.detail)}
            for entry in services.quarantine()
        ]
        output.json(document)
        return 0
    output.text(f"Library in {services.paths.home}")
    files = info.files
    output.text(
        f"{files.scanned:,} files: {files.indexed:,} indexed, {files.quarantined:,} in "
        f"quarantine, {files.pending:,} waiting, {files.missing:,} missing; "
        f"{info.contents:,} different photos."
    )
    for root in info.roots:
        state = "" if root.root.online else " (not there at the moment)"
        output.text(f"  {root.root.path}{state}: {root.files.scanned:,} files")
    for model in info.models:
        output.text(f"  {model.model_id} ({model.state}): {model.contents:,} of {model.total:,}")
    return 0


def _verify(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    report = services.verify()
    if output.as_json:
        document = plain(dataclasses.asdict(report))
        document["complete"] = report.is_complete
        output.json(document)
    else:
        output.text(
            f"{report.indexed:,} indexed + {report.quarantined:,} in quarantine = "
            f"{report.indexed + report.quarantined:,} of {report.scanned:,} scanned files."
        )
        for problem in report.problems:
            output.text(f"  {problem.code}: {problem.count:,} ({', '.join(problem.samples)})")
    return 0 if report.is_complete else 1


def _forget(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    path = arguments.path.absolute()
    verb = services.upkeep.forget(
        [path], cancel, keep_out=arguments.keep_out, alt_texts=arguments.alt_texts
    )
    forgotten = output.drive(verb, cancel)
    if output.as_json:
        output.json(
            {
                "files": forgotten.files,
                "contents": forgotten.photos,
                "vectors": forgotten.vectors,
                "alt_texts_kept": forgotten.alt_texts_kept,
                "documents": forgotten.documents,
                "objects": forgotten.objects,
                "examples": forgotten.examples,
            }
        )
    else:
        output.text(f"Forgot {forgotten.files:,} files and {forgotten.photos:,} photos.")
        if forgotten.documents:
            output.text(f"The fields of {forgotten.documents:,} documents went, too.")
        if forgotten.objects:
            output.text(f"What was marked in {forgotten.objects:,} pictures went, too.")
        if forgotten.examples:
            output.text(f"{forgotten.examples:,} examples to train on went, too.")
        if forgotten.alt_texts_kept:
            output.text(
                f"The alt texts that people wrote for {forgotten.alt_texts_kept:,} images are"
                " kept. To forget them, too, add --alt-texts."
            )
        for copy in forgotten.other_copies:
            output.text(f"An older copy of the library may still hold them: {copy}")
    return 0


def _rebuild(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    del arguments
    report = services.rebuild()
    if output.as_json:
        output.json(plain(dataclasses.asdict(report)))
    elif report.kept is None:
        output.text("There was no library to put aside.")
    else:
        output.text(
            f"{report.files:,} files, {report.contents:,} photos and {report.vectors:,} vectors "
            f"were taken over; the old library lies at {report.kept}. Index your folders again."
        )
    return 0


def _export(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    target = output.drive(services.upkeep.export_library(arguments.path.absolute(), cancel), cancel)
    if output.as_json:
        output.json({"path": str(target)})
    else:
        output.text(f"The library was written to {target}.")
    return 0


def _import(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    taken = output.drive(services.upkeep.import_library(arguments.path.absolute(), cancel), cancel)
    if output.as_json:
        output.json(plain(dataclasses.asdict(taken)))
    else:
        output.text(
            f"{taken.files:,} files, {taken.contents:,} photos and {taken.vectors:,} vectors were "
            f"taken in; the library before lies at {taken.kept}."
        )
    return 0


def plain(value: Any) -> Any:
    """Paths as text, tuples as lists, so that JSON can hold them."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value
