"""The program's entry: the window without a command, otherwise the command line.

Nothing is imported here that the window does without until its first paint.
"""

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vlm_desktop.base.reentry import TRAIN_ARGUMENT, WORKER_ARGUMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from vlm_desktop.engine.services import AppServices

WINDOW_BENCHES = {
    "startup": "vlm_desktop.gui.bench.startup:bench_startup",
    "grid": "vlm_desktop.gui.bench.grid:bench_grid",
}
"""What `vlm-desktop bench` measures of the window: name -> verb."""

_INTERRUPTED = 130
_WINDOW_OPTIONS = ("--home", "--folder")


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run the program; returns the exit code. With `argv` it is a test, and no gate is shut."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == [WORKER_ARGUMENT]:  # a frozen program re-enters itself here
        return run_worker()
    if arguments[:1] == [TRAIN_ARGUMENT] and len(arguments) == 2:
        return run_trainer(arguments[1])
    window = window_options(arguments)
    try:
        if window is None:
            if argv is None:
                late("vlm_desktop.base.network:install")()
            return run_command(arguments, build_services, window_bench)
        return open_window(*window, shut_network=argv is None)
    except KeyboardInterrupt:
        # While modules are imported; later the command says so itself.
        sys.stderr.write("Stopped.\n")
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001
        # The last resort: whatever went wrong ends in a sentence, and the log has the rest.
        sys.stderr.write(late("vlm_desktop.strings:last_words")(error) + "\n")
        return 1


def build_services(home: "Path | None") -> "AppServices":
    """The composition root's work. Imported when it is needed: `--help` needs none of it."""
    services: AppServices = late("vlm_desktop.compose:build_services")(home)
    return services


def window_bench(name: str) -> "Callable[..., Any]":
    """A measure of the window, for a command that may not know the window itself."""
    return late(WINDOW_BENCHES[name])


def run_command(*arguments: Any) -> int:
    """Be the command line."""
    code: int = late("vlm_desktop.cli.main:main")(*arguments)
    return code


def run_worker() -> int:
    """Be a decoding child process."""
    code: int = late("vlm_desktop.media.worker:main")()
    return code


def run_trainer(folder: str) -> int:
    """Be the child process that works on a training run."""
    late("vlm_desktop.base.network:install")()
    path = import_module("pathlib").Path(folder)
    words = late("vlm_desktop.strings:last_words")
    code: int = late("vlm_desktop.training.worker:main")(path, words)
    return code


def open_window(home: str = "", folder: str = "", *, shut_network: bool = False) -> int:
    """Open the window. Qt is imported here and nowhere before.

    Importing makes no garbage worth the looking; the window looks again once it is painted.
    """
    gc.disable()
    run = late("vlm_desktop.gui.app:run")
    path = import_module("pathlib").Path  # Qt has imported it anyway
    chosen, wanted = (path(one) if one else None for one in (home, folder))
    code: int = run(lambda: build_services(chosen), chosen, wanted, shut_network=shut_network)
    return code


def late(target: str) -> "Callable[..., Any]":
    """Import "module:attr" when it is needed and not before."""
    module, _, attribute = target.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), attribute)
    return found


def window_options(arguments: "Sequence[str]") -> tuple[str, str] | None:
    """Home and folder ("" for none) when nothing else is asked for; None for a command."""
    found = dict.fromkeys(_WINDOW_OPTIONS, "")
    rest = list(arguments)
    while rest:
        name, sign, value = rest.pop(0).partition("=")
        if name not in found or not (sign or rest):
            return None
        found[name] = value if sign else rest.pop(0)
    home, folder = found.values()
    return home, folder


if __name__ == "__main__":
    sys.exit(main())
