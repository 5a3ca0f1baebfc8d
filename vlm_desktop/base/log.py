"""Logging: warnings to stderr, everything to a file in the home folder where one can be had."""

import contextlib
import logging
import logging.handlers
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MAX_BYTES = 2_000_000


_ours: list[logging.Handler] = []


def configure(log_file: Path | None, *, verbose: bool = False) -> None:
    """Set up the root logger; called again, anew. A log file that cannot be opened is no error."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    while _ours:
        handler = _ours.pop()
        root.removeHandler(handler)
        handler.close()
    stream = logging.StreamHandler(sys.stderr)
    stream.setLevel(logging.DEBUG if verbose else logging.WARNING)
    stream.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    _ours.append(stream)
    if log_file is not None:
        with contextlib.suppress(OSError):
            log_file.parent.mkdir(parents=True, exist_ok=True)
            rotating = logging.handlers.RotatingFileHandler(
                log_file, maxBytes=_MAX_BYTES, backupCount=2, encoding="utf-8", delay=True
            )
            rotating.setFormatter(logging.Formatter(FORMAT))
            _ours.append(rotating)
    for handler in _ours:
        root.addHandler(handler)
