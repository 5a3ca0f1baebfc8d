"""`vlm-desktop alttext write | read`: alt text in the picture's own file, or beside it.

`write` answers with what was read back from the disk, not with what was asked for.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlm_desktop import altstrings, strings
from vlm_desktop.base.altfiles import (
    X_DEFAULT,
    AltReading,
    AltSaid,
    AltWords,
    AltWritten,
    Naming,
    Where,
    WriteOptions,
)
from vlm_desktop.base.errors import AppError
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

_NAMINGS = {"full": Naming.FULL, "stem": Naming.STEM}


def add_write_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("--alt", metavar="TEXT", help='the alt text; "" takes it away')
    parser.add_argument("--extended", metavar="TEXT", help='the long description; "" takes it away')
    parser.add_argument(
        "--language", metavar="TAG", default=X_DEFAULT, help="its language, such as en or pt-BR"
    )
    parser.add_argument(
        "--sidecar", action="store_true", help="write beside the file and leave the file alone"
    )
    parser.add_argument(
        "--naming",
        choices=sorted(_NAMINGS),
        help="how a new sidecar is called: photo.jpg.xmp (full) or photo.xmp (stem)",
    )
    parser.add_argument(
        "--backup", action="store_true", help="keep the file as it was, as photo.jpg.original"
    )
    parser.add_argument(
        "--keep-times", action="store_true", help="leave the file's modification time as it is"
    )
    parser.add_argument(
        "--break-signature",
        action="store_true",
        help="write into a file although its Content Credentials are then no longer valid",
    )
    parser.add_argument(
        "--expect", metavar="HASH", default="", help="refuse a file whose content_hash is another"
    )


def run_write(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    if arguments.alt is None and arguments.extended is None:
        output.say(strings.ALT_NOTHING_TO_WRITE)
        return 2
    options = WriteOptions(
        where=Where.SIDECAR if arguments.sidecar else Where.AUTO,
        naming=_NAMINGS.get(arguments.naming),
        backup=arguments.backup,
        keep_times=arguments.keep_times,
        break_signature=arguments.break_signature,
    )
    words = {arguments.language: AltWords(arguments.alt, arguments.extended)}
    written = services.alttext.files.write(
        arguments.image, words, options, expected_hash=arguments.expect
    )
    for note in written.notes:
        output.say(altstrings.alt_file_note(note))
    if output.as_json:
        output.json(_written(written))
        return 0
    for change in written.changes:
        output.text(strings.ALT_WRITTEN_TO.format(path=change.target))
    if written.backup is not None:
        output.text(strings.ALT_BACKUP_AT.format(path=written.backup))
    _tell(written.read_back, output)
    return 0


def add_read_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE")


def run_read(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    """A file that cannot be read is told of; the exit code says so where it was the only one."""
    failed = 0
    for path in arguments.images:
        try:
            reading = services.alttext.files.read(path)
        except AppError as error:
            output.say(strings.sentence(error))
            failed += 1
            continue
        for broken in reading.unreadable:
            output.say(strings.ALT_UNREADABLE.format(path=broken))
        if output.as_json:
            output.json(_reading(reading))
            continue
        output.text(str(path))
        for source in reading.sources:
            if len(reading.sources) > 1:
                output.text(f" {source.path}")
            _tell(source.texts, output)
        if not reading.texts:
            output.text(f"  {strings.ALT_SAYS_NOTHING}")
    return 1 if failed == len(arguments.images) else 0


def _tell(texts: Sequence[AltSaid], output: Output) -> None:
    for said in texts:
        output.text(f"  {said.language}: {said.alt}")
        if said.extended:
            output.text(f"  {' ' * len(said.language)}  {said.extended}")


def _written(written: AltWritten) -> dict[str, Any]:
    return {
        "image": str(written.path),
        "written": [{"path": str(one.target), "embedded": one.embedded} for one in written.changes],
        "texts": _texts(written.read_back),
        "backup": None if written.backup is None else str(written.backup),
        "notes": list(written.notes),
    }


def _reading(reading: AltReading) -> dict[str, Any]:
    return {
        "image": str(reading.path),
        "format": reading.format,
        "content_hash": reading.content_hash,
        "texts": _texts(reading.texts),
        "sources": [
            {"path": str(one.path), "embedded": one.embedded, "texts": _texts(one.texts)}
            for one in reading.sources
        ],
        "differ": reading.differ,
        "signed": reading.signed,
        "unreadable": [str(path) for path in reading.unreadable],
    }


def _texts(texts: Sequence[AltSaid]) -> dict[str, dict[str, str]]:
    return {one.language: {"alt": one.alt, "extended": one.extended} for one in texts}
