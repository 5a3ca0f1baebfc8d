"""The program's entry: the window without a command, otherwise the command line."""

import argparse
import functools
import importlib
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm_desktop import strings
from vlm_desktop.base import log, network
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.paths import resolve_home
from vlm_desktop.base.reentry import WORKER_ARGUMENT
from vlm_desktop.cli.main import main as run_command

if TYPE_CHECKING:
    from vlm_desktop.engine.services import AppServices

WINDOW_BENCHES = {
    "startup": "vlm_desktop.gui.bench.startup:bench_startup",
}
"""What `vlm-desktop bench` measures of the window: name -> verb."""

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    if argv is None:  # the program itself rather than a test within it
        network.install()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == [WORKER_ARGUMENT]:  # a frozen program re-enters itself here
        return run_worker()
    window, rest = _window_options(arguments)
    try:
        if rest:
            return run_command(arguments, build_services, window_bench)
        return open_window(window.home, window.folder)
    except Exception as error:  # noqa: BLE001
        # The last resort: a mistake of ours ends in a sentence, and the log has the rest.
        _log.info("unexpected error", exc_info=True)
        sys.stderr.write(strings.bug(error) + "\n")
        return 1


def build_services(home: Path | None) -> "AppServices":
    """The composition root's work. Imported when it is needed: `--help` needs none of it."""
    services: AppServices = _late("vlm_desktop.compose:build_services")(home)
    return services


def window_bench(name: str) -> Callable[..., Any]:
    """A measure of the window, for a command that may not know the window itself."""
    return _late(WINDOW_BENCHES[name])


def run_worker() -> int:
    """Be a decoding child process."""
    code: int = _late("vlm_desktop.media.worker:main")()
    return code


def open_window(home: Path | None = None, folder: Path | None = None) -> int:
    """Open the window. Qt is imported here and nowhere before; the engine after the first paint."""
    paths = resolve_home(home)
    log.configure(paths.log)
    run = _late("vlm_desktop.gui.app:run")
    try:
        code: int = run(functools.partial(build_services, home), paths, folder)
    except AppError as error:
        sys.stderr.write(strings.sentence(error) + "\n")
        return 1
    return code


def _late(target: str) -> Callable[..., Any]:
    """Import "module:attr" when it is needed and not before."""
    module, _, attribute = target.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def _window_options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What the window takes, and all else: with that, it is a command."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--folder", type=Path)
    try:
        return parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return argparse.Namespace(), list(arguments)


if __name__ == "__main__":
    sys.exit(main())
