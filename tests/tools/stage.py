"""The window over the real engine, brought into one situation after the other. Main thread."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.settings import Settings, save_settings
from vlm_desktop.compose import build_services
from vlm_desktop.gui import theme
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.state import WindowState
from vlm_desktop.jobs import JobRunner

_STEP_MS = 80
_QUIET_STEP_MS = 25
_TURNS = 5
"""Boxes in boxes are laid out in several turns of the event loop, however long those take."""
_SOON_MS = 1_000
"""A timer that fires later than this is not waited for."""
_LONGEST_SECONDS = 8.0
_OVER = (Qt.WindowType.Dialog, Qt.WindowType.Sheet, Qt.WindowType.Popup, Qt.WindowType.Tool)


def make_library(home: Path, folder: Path) -> Path:
    """Index `folder` into the library of `home`. Returns `home`."""
    save_settings(home / "settings.json", Settings(language="en", ocr=False, watch_folders=False))
    services = build_services(home)
    for _ in services.index((folder,), CancelToken()):
        pass
    services.close()
    return home


class Stage:
    """The window and the means to wait until it stands still."""

    def __init__(self, window: MainWindow, runner: JobRunner) -> None:
        self.window = window
        self._runner = runner

    def settle(self, seconds: float = _LONGEST_SECONDS) -> None:
        """Let events and jobs go on until the window stands still: looks at it are alike three
        times in a row, or twice, sooner after each other, while nothing is under way."""
        deadline = time.monotonic() + seconds
        alike, last = 0, QImage()
        while time.monotonic() < deadline:
            quiet = self._is_quiet()
            self.wait(_QUIET_STEP_MS if quiet else _STEP_MS)
            for _ in range(_TURNS):
                QApplication.processEvents()
            now = self._look()
            alike = alike + 1 if now == last else 0
            last = now
            if alike >= 3 or (alike == 2 and quiet and self._is_quiet()):
                break

    def _look(self) -> QImage:
        """What shows, at the scale of one whatever the window's is: only to be compared."""
        front = self.front
        image = QImage(front.size(), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.black)
        front.render(image, QPoint())
        return image

    def _is_quiet(self) -> bool:
        """Whether no job is under way and no timer will soon fire for once."""
        lanes = [lane for name, lane in self._runner._lanes.items() if name != "watch"]
        return not any(lane._running or lane._waiting for lane in lanes) and not any(
            timer.isActive() and timer.isSingleShot() and timer.remainingTime() < _SOON_MS
            for timer in self.window.findChildren(QTimer)
        )

    def wait(self, milliseconds: int) -> None:
        end = time.monotonic() + milliseconds / 1000
        while time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            time.sleep(0.005)

    def until(self, true: Callable[[], object], seconds: float = 20) -> None:
        """Wait for something; nothing happens when it does not come true in time."""
        deadline = time.monotonic() + seconds
        while not true() and time.monotonic() < deadline:
            self.wait(20)

    @property
    def front(self) -> QWidget:
        """The dialog or popover over the window, or the window."""
        return (self._over() or [self.window])[-1]

    def _over(self) -> list[QWidget]:
        return [
            one
            for one in QApplication.topLevelWidgets()
            if one.isVisible() and one is not self.window and one.windowType() in _OVER
        ]

    def close_dialogs(self) -> None:
        over = self._over()
        for one in reversed(over):
            one.close()
        if over:
            self.wait(_STEP_MS)


@contextlib.contextmanager
def staged(home: Path, size: QSize, theme_name: str = "light") -> Iterator[Stage]:
    """The window over the library of `home`, shown at `size`; closed at the end.

    The application must be there, and its language chosen.
    """
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setCursorFlashTime(0)
    theme.apply(application, theme_name)
    bridge = Bridge(application)
    runner = JobRunner(bridge.post)
    services = build_services(home)
    window = MainWindow(
        services,
        runner,
        lambda _: True,
        state=WindowState(None),
        set_theme=lambda name: theme.apply(application, name),
    )
    try:
        window.resize(size)
        window.show()
        stage = Stage(window, runner)
        stage.settle()
        yield stage
    finally:
        window.indexing.stop()
        window._closing = True
        window.close()
        bridge.close()
        assert runner.shutdown(60)
        services.close()
        window.deleteLater()
        QApplication.processEvents()
