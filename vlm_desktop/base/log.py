"""Logging: warnings to stderr, everything to a file in the home folder where one can be had."""

import logging
import logging.handlers
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MAX_BYTES = 2_000_000


def configure(log_file: Path | None, *, verbose: bool = False) -> None:
    """Set up the root logger once. A log file that cannot be opened is not an error."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    stream = logging.StreamHandler(sys.stderr)
    stream.setLevel(logging.DEBUG if verbose else logging.WARNING)
    stream.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root.addHandler(stream)
    if log_file is None:
        return
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        rotating = logging.handlers.RotatingFileHandler(
            log_file, maxBytes=_MAX_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        return
    rotating.setFormatter(logging.Formatter(FORMAT))
    root.addHandler(rotating)
