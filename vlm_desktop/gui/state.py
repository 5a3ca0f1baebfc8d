"""What the window remembers from one start to the next, as JSON in the home folder."""

import json
import logging
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)


class WindowState:
    """Values by key, read at once and written by `save`. A file that does not read counts as none.

    Losing it loses comfort, never data, so trouble in writing is logged and not shown.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        if path is not None:
            try:
                read = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                read = {}
            self._values = read if isinstance(read, dict) else {}

    def text(self, key: str, default: str = "") -> str:
        value = self._values.get(key, default)
        return value if isinstance(value, str) else default

    def table(self, key: str) -> dict[str, Any]:
        value = self._values.get(key)
        return value if isinstance(value, dict) else {}

    def put(self, key: str, value: str | dict[str, Any]) -> None:
        self._values[key] = value

    def save(self) -> None:
        """Write all values; the old file stays whole until the new one is."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_suffix(".new")
            beside.write_text(json.dumps(self._values, indent=1), encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            _log.warning("The window's state was not saved: %s", error)
