"""The engine for the window, built when a lane first needs it: the window paints before that."""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from vlm_desktop.gui.services import Services


class LateServices:
    """Stands for `Services`; the first use of any attribute builds the real ones.

    Building imports numpy and SQLite, so attributes are to be touched on lane threads only. The
    errors of building reach whoever asked, and the next one who asks tries again.
    """

    def __init__(self, build: "Callable[[], Services]") -> None:
        self._build = build
        self._lock = threading.Lock()
        self._built: Services | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._services(), name)

    def _services(self) -> "Services":
        with self._lock:
            if self._built is None:
                self._built = self._build()
            return self._built

    def close(self) -> None:
        """Close what was built, if anything was."""
        with self._lock:
            built, self._built = self._built, None
        close = getattr(built, "close", None)
        if close is not None:
            close()
