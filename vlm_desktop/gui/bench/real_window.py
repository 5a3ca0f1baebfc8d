"""The program itself, told to say when it has painted and what it takes at rest.

Run as a script: `real_window.py first|rest HOME`. Everything between the start of the process and
the window goes its usual way, from `vlm_desktop.__main__` on. On stdout: "painted" after the first
paint; "ready" after the first pane, which is built later, was painted too; with `rest`, once the
memory in use no longer changes, one line of JSON.
"""

import importlib
import json
import sys

_PROGRAM = "vlm_desktop.__main__"
"""Found late: the window's modules may not know what starts them."""

_LOOK_MS = 2
_POLL_MS = 250
_STILL_POLLS = 8
_LONGEST_POLLS = 120
_STILL_BYTES = 1_000_000
HEAVY = (
    "torch", "torchvision", "transformers", "open_clip", "onnxruntime", "skimage", "sklearn",
    "scipy", "cv2", "rapidocr", "PIL", "sqlite3", "numpy", "pyqtgraph",
)  # fmt: skip
"""Packages whose loading is felt."""


def main(mode: str, home: str) -> int:
    """Open the window, listen for its first paint, end it. Returns its exit code."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent

    from vlm_desktop.gui.main_window import MainWindow

    usual = MainWindow.paintEvent
    told: list[bool] = []
    kept: list[object] = []  # a slot alone does not keep its object alive

    def paint(window: MainWindow, event: QPaintEvent) -> None:
        usual(window, event)
        if not told:
            told.append(True)
            loaded = _loaded()
            QTimer.singleShot(0, lambda: tell(window, loaded))

    def tell(window: MainWindow, loaded: list[str]) -> None:
        _say("painted")
        watch = _FirstPane(window, lambda: go_on(window, loaded))
        kept.append(watch)
        watch.begin()

    def go_on(window: MainWindow, loaded: list[str]) -> None:
        _say("ready")
        if mode == "first":
            window.close()
        else:
            rest = _Rest(window, loaded)
            kept.append(rest)
            rest.begin()

    MainWindow.paintEvent = paint  # type: ignore[method-assign]
    sys.argv = ["vlm-desktop", "--home", home]
    code: int = importlib.import_module(_PROGRAM).main()
    return code


class _FirstPane:
    """Waits for the first pane, and for its paint."""

    def __init__(self, window, then) -> None:
        from PySide6.QtCore import QTimer

        self._window = window
        self._then = then
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        self._timer.start(_LOOK_MS)

    def _look(self) -> None:
        from PySide6.QtCore import QTimer

        pane = self._window.stack.currentWidget()
        if pane is None or not pane.isVisible():
            return
        self._timer.stop()
        pane.repaint()
        QTimer.singleShot(0, self._then)


class _Rest:
    """Waits until the window has done all it does by itself, then says what it takes."""

    def __init__(self, window, loaded_at_paint: list[str]) -> None:
        from PySide6.QtCore import QTimer

        self._window = window
        self._loaded_at_paint = loaded_at_paint
        self._polls = self._still = 0
        self._last = 0
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        self._timer.start(_POLL_MS)

    def _look(self) -> None:
        import psutil

        memory = psutil.Process().memory_full_info()
        self._polls += 1
        self._still = self._still + 1 if abs(memory.rss - self._last) < _STILL_BYTES else 0
        self._last = memory.rss
        if self._still < _STILL_POLLS and self._polls < _LONGEST_POLLS:
            return
        self._timer.stop()
        figures = {
            "rss": memory.rss,
            "uss": memory.uss,
            "loaded_at_first_paint": self._loaded_at_paint,
            "loaded_at_rest": _loaded(),
        }
        _say(json.dumps(figures))
        self._window.close()


def _loaded() -> list[str]:
    return [name for name in HEAVY if name in sys.modules]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
