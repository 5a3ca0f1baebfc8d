"""The command line's entry: finds the command, builds the services, turns errors into sentences.

A new command is one line in `COMMANDS` and a module with `add_arguments(parser)` and
`run(arguments, services, output) -> int`. Modules are imported when their command is asked for,
so that `--help` and `search` start quickly.
"""

import argparse
import importlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from vlm_desktop import __version__, strings
from vlm_desktop.base import log
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.paths import resolve_home
from vlm_desktop.cli.output import Output, standard

if TYPE_CHECKING:
    from vlm_desktop.engine.services import AppServices

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

COMMANDS: dict[str, tuple[str, str]] = {
    "index": ("index", "index folders of photos"),
    "search": ("search", "find photos by words, pictures and filters"),
    "similar": ("similar", "find photos that look like one"),
    "tag": ("tag", "label photos with any list of words"),
    "policy": ("policy", "flag photos by a policy in plain sentences"),
    "duplicates": ("duplicates", "find the same photo kept twice"),
    "library": ("library", "look at, verify and prune the library"),
    "models": ("models", "list, import, export, verify and remove models"),
    "ocr": ("ocr", "read the text in a picture or PDF"),
    "document": ("document", "read fields of documents, with evidence"),
    "documents": ("documents", "keep documents to review, list and forget them"),
    "ground": ("ground", "find what phrases name in a picture"),
    "segment": ("segment", "outline what is pointed at in a picture"),
    "objects": ("objects", "label pictures, export and import what is marked in them"),
    "alttext": ("alttext", "draft, check, write and read alt text"),
    "chat": ("chat", "ask a local model about pictures"),
    "train": ("train", "teach a model on your own data, or check what that would do"),
    "adapters": ("adapters", "wear, merge, take in and compare what training learned"),
    "evaluate": ("evaluate", "measure quality on your own data"),
    "bench": ("bench", "measure speed and memory on this machine"),
    "doctor": ("doctor", "what this machine can run, and why"),
    "welcome": ("welcome", "index a folder and show what search finds"),
}
"""Command -> (module in `vlm_desktop.cli`, one line of help)."""

_log = logging.getLogger(__name__)


def main(
    argv: Sequence[str],
    build_services: "Callable[[Path | None], AppServices]",
    window_bench: Callable[[str], Callable[..., Any]] | None = None,
) -> int:
    """Run one command and return its exit code. `window_bench` gives measures of the window."""
    common, rest = _common_parser().parse_known_args(argv)
    parser, module = _parser(rest)
    arguments = parser.parse_args(rest)
    arguments.window_bench = window_bench
    if module is None:
        parser.print_help(sys.stderr)
        return WRONG_USAGE
    output = standard(as_json=common.json)
    log.configure(resolve_home(common.home).log, verbose=common.verbose)
    previous = _let_terminate_interrupt()
    try:
        services = build_services(common.home)
        try:
            code: int = module.run(arguments, services, output)
        finally:
            services.close()
    except AppError as error:
        return _failed(error, output)
    except BrokenPipeError:
        # The reader of stdout went away ("| head"); nothing is left to say.
        sys.stdout = None  # type: ignore[assignment]
        return DONE
    except KeyboardInterrupt:
        output.say(strings.ERROR_SENTENCES[Cancelled])
        return INTERRUPTED
    finally:
        output.close()
        if previous is not None:
            signal.signal(signal.SIGTERM, previous)
    return code


def _failed(error: AppError, output: Output) -> int:
    _log.debug("command failed", exc_info=error)
    output.say(strings.sentence(error))
    return INTERRUPTED if isinstance(error, Cancelled) else FAILED


def _common_parser() -> argparse.ArgumentParser:
    """Options that may stand anywhere, before or after the command."""
    common = argparse.ArgumentParser("vlm-desktop", add_help=False, allow_abbrev=False)
    common.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="folder with the library, thumbnails, models and settings",
    )
    common.add_argument("--json", action="store_true", help="answer in JSON")
    common.add_argument("--verbose", action="store_true", help="log to stderr")
    return common


def _parser(argv: Sequence[str]) -> tuple[argparse.ArgumentParser, ModuleType | None]:
    """The parser, and the module of the command that `argv` names."""
    parser = argparse.ArgumentParser(
        prog="vlm-desktop",
        description="Search your own photos by meaning, on your own machine. "
        "Without a command the window opens.",
        parents=[_common_parser()],
    )
    parser.add_argument("--version", action="version", version=f"vlm-desktop {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    wanted = next((word for word in argv if not word.startswith("-")), None)
    chosen = None
    for name, (module_name, help_text) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text.capitalize())
        if name == wanted:
            chosen = importlib.import_module(f"vlm_desktop.cli.{module_name}")
            chosen.add_arguments(command)
    return parser, chosen


def _let_terminate_interrupt() -> Callable[..., object] | int | None:
    """SIGTERM ends a command the way Ctrl-C does; on the main thread only."""
    try:
        return signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:
        return None
