"""`vlm-desktop objects list | label | resume | export | import | forget`: objects of pictures."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelUnknown
from vlm_desktop.base.events import Event
from vlm_desktop.base.groundexports import ObjectsFormat
from vlm_desktop.base.grounding import AUTOMATIC, ObjectState
from vlm_desktop.base.groundkeeping import KeptPicture, LabelBatch, LabelRowDone
from vlm_desktop.cli.ground import PHRASE_MODEL_HELP
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

WRONG_USAGE = 2

DESCRIPTION = """
Objects that were marked in pictures: boxes, outlines and masks with labels. "label" looks for
phrases in many pictures and proposes what it finds, to be reviewed in the window; what was killed
in the middle goes on with "resume". "import" puts objects beside those that are there, never over
what a person accepted.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="pictures with objects, those to review first")
    listed.add_argument(
        "--state", choices=[one.value for one in ObjectState], help="only with such objects"
    )
    label = actions.add_parser(
        "label", help="look for phrases in pictures, and propose what is found"
    )
    label.add_argument("phrase", nargs="+", metavar="PHRASE")
    label.add_argument(
        "--folder", dest="paths", type=Path, nargs="+", required=True, metavar="PATH",
        help="pictures, or folders of pictures",
    )  # fmt: skip
    label.add_argument("--model", default=AUTOMATIC, metavar="ID", help=PHRASE_MODEL_HELP)
    label.add_argument("--masks", action="store_true", help="outline what is found, too")
    resume = actions.add_parser("resume", help="go on with labelling that was not finished")
    resume.add_argument("--again", action="store_true", help="try unreadable pictures once more")
    export = actions.add_parser("export", help="write accepted objects as files")
    export.add_argument("target", type=Path, metavar="OUT", help="a file, or a new folder")
    export.add_argument(
        "--format", required=True, choices=[one.value for one in ObjectsFormat],
        help="coco and jsonl are one file, the others a folder",
    )  # fmt: skip
    export.add_argument("--proposed", action="store_true", help="proposed objects as well")
    export.add_argument("--pictures", action="store_true", help="copies of the pictures as well")
    taken = actions.add_parser("import", help="take in objects of a file or folder")
    taken.add_argument("source", type=Path, metavar="FILE")
    taken.add_argument("--pictures", type=Path, metavar="DIR", help="where the pictures lie")
    forget = actions.add_parser("forget", help="forget objects for good; pictures stay")
    forget.add_argument("path", type=Path, nargs="*", metavar="PICTURE")
    forget.add_argument("--all", action="store_true", help="those of all pictures")


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    actions = {
        "list": _list,
        "label": _label,
        "resume": _resume,
        "export": _export,
        "import": _import,
        "forget": _forget,
    }
    return actions[arguments.action](arguments, services, output)


def _list(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    states = [ObjectState(arguments.state)] if arguments.state else []
    found = services.ground.keeping.pictures(*states)
    for one in sorted(found, key=lambda one: -one.doubt):
        _line(one, output)
    return 0


def _line(one: KeptPicture, output: Output) -> None:
    if output.as_json:
        output.json(
            {
                "path": str(one.path),
                "content_hash": one.content_hash,
                "proposed": one.proposed,
                "accepted": one.accepted,
                "rejected": one.rejected,
                "labels": list(one.labels),
                "expected_errors": round(one.doubt, 4),
            }
        )
        return
    labels = ", ".join(one.labels)
    output.text(f"{one.path}  {one.accepted} accepted, {one.proposed} proposed: {labels}")


def _label(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    verb = services.ground.labelling.add(
        arguments.paths,
        arguments.phrase,
        cancel,
        model_id=arguments.model,
        with_masks=arguments.masks,
    )
    batch = output.drive(verb, cancel)
    try:
        return _run([batch], services, output, again=False)
    except ModelUnknown:
        services.ground.labelling.remove(batch.id)  # else it would be tried for ever
        raise


def _resume(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    owing = [
        one
        for one in reversed(services.ground.labelling.batches())
        if one.waiting or (arguments.again and one.refused)
    ]
    return _run(owing, services, output, again=arguments.again)


def _run(batches: list[LabelBatch], services: AppServices, output: Output, *, again: bool) -> int:
    def show(event: Event) -> None:
        if not isinstance(event, LabelRowDone):
            output.event(event)
        elif event.error is not None:
            output.say(strings.sentence(event.error))
        elif output.as_json:
            output.json({"path": str(event.path), "found": event.found, "known": event.is_known})
        else:
            output.text(f"{event.path}  {event.found} found")

    cancel = CancelToken()
    for batch in batches:
        output.drive(services.ground.labelling.run(batch.id, cancel, again=again), cancel, show)
    return 0


def _export(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    states = [ObjectState.ACCEPTED, *([ObjectState.PROPOSED] if arguments.proposed else [])]
    verb = services.ground.exports.export(
        ObjectsFormat(arguments.format),
        arguments.target,
        cancel,
        states=states,
        with_pictures=arguments.pictures,
    )
    done = output.drive(verb, cancel)
    for note in done.notes:
        output.event(note)
    _answer(
        output,
        f"Wrote {done.objects:,} objects of {done.pictures:,} pictures to {done.target}.",
        path=str(done.target),
        pictures=done.pictures,
        objects=done.objects,
        left_out=done.left_out,
    )
    return 0


def _import(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    verb = services.ground.exports.take_in(arguments.source, cancel, pictures_in=arguments.pictures)
    done = output.drive(verb, cancel)
    for note in done.notes:
        output.event(note)
    offered = f" {done.offered:,} wait to be reviewed beside yours." if done.offered else ""
    _answer(
        output,
        f"Took in {done.added:,} objects of {done.pictures:,} pictures; {done.known:,} were there"
        f" already.{offered}",
        format=done.format.value,
        pictures=done.pictures,
        added=done.added,
        offered=done.offered,
        known=done.known,
        absent=list(done.absent),
    )
    return 0


def _forget(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    if bool(arguments.path) == arguments.all:
        output.say("Name pictures, or say --all.")
        return WRONG_USAGE
    keeping, cancel = services.ground.keeping, CancelToken()
    found = [keeping.at(path.absolute()) for path in arguments.path]
    hashes = [one.content_hash for one in found if one is not None]
    if len(hashes) < len(arguments.path):
        output.say("Nothing is marked in one of these pictures.")
        return 1
    verb = keeping.forget(None if arguments.all else hashes, cancel)
    gone = output.drive(verb, cancel)
    if not output.as_json and not gone.clean:
        output.text("Another program reads the library, so that its log still holds traces.")
    _answer(
        output,
        f"Forgot {gone.objects:,} objects of {gone.pictures:,} pictures.",
        pictures=gone.pictures,
        objects=gone.objects,
        clean=gone.clean,
        other_copies=[str(one) for one in gone.other_copies],
    )
    if not output.as_json:
        for copy in gone.other_copies:
            output.text(f"An older copy of the library may still hold them: {copy}")
    return 0


def _answer(output: Output, sentence: str, **document: Any) -> None:
    if output.as_json:
        output.json(document)
    else:
        output.text(sentence)
