"""`bench grid`: scroll a made library from end to end and time each frame's own work.

A child process does it, so that its memory is the grid's alone. What is timed is Python's part of
a frame: the model's cells, the delegate's painting, what the view asks for; decoding happens on
other threads meanwhile, as it does in use.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import WindowNotShown
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.benchmarks import Machine, machine
from vlm_desktop.gui.bench.startup import child_environment

SMOOTH_STEPS = 2_000
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class GridFigures:
    """Milliseconds of a frame's own work over all frames of a way of scrolling.

    Own work is the main thread's processor time; `p95_by_the_clock_ms` also counts waiting for
    the processor, for other threads and for whatever else this machine does meanwhile.

    `page_*`: each frame a page further, from the first photo to the last, nothing kept of the
    frame before. `settled_*`: whole repaints with every picture there. `smooth_*`: the wheel.
    `p95_ms` is that of all of them together. `peak_rss_bytes` is the child's.
    """

    machine: Machine
    platform: str
    items: int
    window: tuple[int, int]
    row_height: int
    cells_in_view: int
    listing_ms: float
    layout_ms: float
    frames: int
    p50_ms: float
    p95_ms: float
    worst_ms: float
    page_p95_ms: float
    settled_p95_ms: float
    smooth_p95_ms: float
    p95_by_the_clock_ms: float
    thumbnails_decoded: int
    peak_rss_bytes: int


def bench_grid(
    items: int, cancel: CancelToken, *, steps: int = SMOOTH_STEPS
) -> Generator[Event, None, GridFigures]:
    """Scroll `items` photos by pages, then `steps` of the wheel.

    Raises `WindowNotShown` with what the child said when it failed.
    """
    environment = child_environment()
    with tempfile.TemporaryDirectory(prefix="vlm-desktop-bench-") as temporary:
        words = [sys.executable, str(_HERE / "scrolled_grid.py"), str(items), temporary, str(steps)]
        with subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            said: dict[str, object] = {}
            try:
                for line in child.stdout:
                    if cancel.is_cancelled:
                        child.kill()
                    cancel.raise_if_cancelled()
                    told = json.loads(line)
                    if "done" in told:
                        yield Progress(Phase.BENCH, told["done"], told["total"])
                    else:
                        said = told
            except ValueError as error:
                child.kill()
                raise WindowNotShown(detail=str(error)) from error
            _, complaint = child.communicate()
    if not said or child.returncode != 0:
        raise WindowNotShown(detail=(complaint or "no reason given").strip()[-400:])
    said["window"] = tuple(said["window"])  # type: ignore[arg-type]
    platform = environment.get("QT_QPA_PLATFORM", "") or "the system's"
    return GridFigures(machine=machine(), platform=platform, items=items, **said)  # type: ignore[arg-type]
