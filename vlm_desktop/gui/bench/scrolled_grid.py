"""The grid over a made library, scrolled by itself.

Run as a script: `scrolled_grid.py ITEMS HOME STEPS`. On stdout, lines of JSON: {"done", "total"}
on the way, the figures at the end.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from vlm_desktop.base.types import Filters
from vlm_desktop.engine.listing import Arrangement, Grouping
from vlm_desktop.engine.made_library import made_library
from vlm_desktop.gui import theme
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.search.grid_model import GridModel
from vlm_desktop.gui.panes.search.grid_pictures import GridPictures
from vlm_desktop.gui.panes.search.grid_view import GridView
from vlm_desktop.jobs import JobRunner

_WINDOW = (1280, 800)
_SMOOTH_STEP = 40
_SETTLE_EVERY = 40
_SETTLE_SECONDS = 2.0
_REPORT_EVERY = 200
# Windows counts a thread's time in steps of 16 ms.
_OWN = time.perf_counter if sys.platform == "win32" else time.thread_time


class TimedGrid(GridView):
    """Adds up what a frame costs in its own code: of the processor, and by the clock."""

    own = wall = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        own, wall = _OWN(), time.perf_counter()
        super().paintEvent(event)
        self._add(own, wall)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        own, wall = _OWN(), time.perf_counter()
        super().scrollContentsBy(dx, dy)
        self._add(own, wall)

    def _add(self, own: float, wall: float) -> None:
        self.own += _OWN() - own
        self.wall += time.perf_counter() - wall


class SmallDesk:
    """What the grid uses of a `Desk`."""

    ask, fetch = Desk.ask, Desk.fetch

    def __init__(self, services: object, runner: JobRunner) -> None:
        self.services, self.runner = services, runner

    def say(self, text: str) -> None:
        """A failure here is the measure's failure."""
        raise RuntimeError(text)


class Scroller:
    """Drives the view frame by frame and keeps the cost of each, in milliseconds."""

    def __init__(self, application: QApplication, view: TimedGrid) -> None:
        self._application = application
        self._view = view
        self.page: list[float] = []
        self.settled: list[float] = []
        self.smooth: list[float] = []
        self.wall: list[float] = []

    def frame(self, change: Callable[[], object]) -> float:
        self._view.own = self._view.wall = 0.0
        change()
        self._application.processEvents()
        self.wall.append(1e3 * self._view.wall)
        return 1e3 * self._view.own

    def scroll_pages(self) -> None:
        """From the first photo to the last."""
        bar, view = self._view.verticalScrollBar(), self._view
        total = bar.maximum() // max(1, bar.pageStep()) + 1
        for number in range(total + 1):
            place = min(bar.maximum(), number * bar.pageStep())
            self.page.append(self.frame(lambda place=place: bar.setValue(place)))
            if number % _SETTLE_EVERY == 0:
                self._settle()
                self.settled.append(self.frame(view.viewport().update))
            if number % _REPORT_EVERY == 0:
                _say({"done": number, "total": total})

    def scroll_smoothly(self, steps: int) -> None:
        """As the wheel does, from the first photo on."""
        bar = self._view.verticalScrollBar()
        bar.setValue(0)
        self._settle()
        for number in range(steps):
            self.smooth.append(self.frame(lambda: bar.setValue(bar.value() + _SMOOTH_STEP)))
            if number % _REPORT_EVERY == 0:
                _say({"done": number, "total": steps})

    def _settle(self) -> None:
        """Until every picture in view is there."""
        view, end = self._view, time.perf_counter() + _SETTLE_SECONDS
        while time.perf_counter() < end:
            self._application.processEvents()
            top = view.verticalOffset()
            spots = list(view.spots_in(top, top + view.viewport().height()))
            if all(view.picture_of(spot.item) is not None for spot in spots):
                return
            time.sleep(0.002)


def main(items: str, home: str, steps: str) -> int:
    """Measure, say the figures; returns the exit code."""
    application = QApplication(sys.argv[:1])
    theme.apply(application, theme.LIGHT)
    bridge = Bridge()
    runner = JobRunner(bridge.post)
    with made_library(Path(home), int(items)) as browsing:
        desk = SmallDesk(SimpleNamespace(browsing=browsing), runner)
        model = GridModel(desk)
        pictures = GridPictures(desk.services, runner)
        decoded: list[int] = []
        pictures.loaded.connect(decoded.append)
        view = TimedGrid(model, pictures)
        view.resize(*_WINDOW)
        view.show()
        arrangement = Arrangement(grouping=Grouping.MONTH)
        browsing.browse(Filters(), arrangement)
        listing, listing_ms = _timed(lambda: browsing.browse(Filters(), arrangement))
        _, layout_ms = _timed(lambda: model.show(listing))
        application.processEvents()
        scroller = Scroller(application, view)
        scroller.scroll_pages()
        scroller.scroll_smoothly(int(steps))
        top = view.verticalOffset()
        figures = {
            "window": _WINDOW,
            "row_height": view.row_height,
            "cells_in_view": len(list(view.spots_in(top, top + view.viewport().height()))),
            "listing_ms": listing_ms,
            "layout_ms": layout_ms,
            **_summary(scroller),
            "thumbnails_decoded": len(decoded),
            "peak_rss_bytes": _peak_rss(),
        }
        pictures.close()
        bridge.close()
        runner.shutdown(5)
    _say(figures)
    return 0


def _summary(scroller: Scroller) -> dict[str, object]:
    every = scroller.page + scroller.settled + scroller.smooth
    return {
        "frames": len(every),
        "p50_ms": _share(every, 0.5),
        "p95_ms": _share(every, 0.95),
        "worst_ms": max(every),
        "page_p95_ms": _share(scroller.page, 0.95),
        "settled_p95_ms": _share(scroller.settled, 0.95),
        "smooth_p95_ms": _share(scroller.smooth, 0.95),
        "p95_by_the_clock_ms": _share(scroller.wall, 0.95),
    }


def _share(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    started = time.perf_counter()
    result = work()
    return result, 1e3 * (time.perf_counter() - started)


def _peak_rss() -> int:
    """The most memory this process held at once, in bytes."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    if sys.platform == "linux":
        # Not ru_maxrss: a child starts with its parent's peak there.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
