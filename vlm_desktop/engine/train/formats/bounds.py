"""Reading strangers' files of text, of bounded size."""

import json
from pathlib import Path
from typing import Any

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import TrainFileTooLarge

MOST_BYTES = 512_000_000
"""Of one file. Python needs some ten times as much to hold what a document of JSON says."""


def read_text(path: Path, most: int = MOST_BYTES) -> str:
    """A file as UTF-8, with or without its mark, or UTF-16 with it; other bytes are replaced.

    Raises BadInputFile, TrainFileTooLarge.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise BadInputFile(path=path, line=None, detail=detail) from error
    if len(data) > most:
        raise TrainFileTooLarge(path=path)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def parsed(text: str) -> Any:
    """A document of JSON. Raises ValueError for anything that is none, however deep."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
