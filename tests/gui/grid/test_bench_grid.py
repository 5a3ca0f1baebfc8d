"""`bench grid` on a small library: it ends, and its figures make sense."""

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.events import Progress
from vlm_desktop.gui.bench.grid import GridFigures, bench_grid


def test_a_small_library_is_scrolled_from_end_to_end() -> None:
    verb = bench_grid(600, CancelToken(), steps=50)
    events = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as end:
            figures = end.value
            break
    assert any(isinstance(event, Progress) for event in events)
    assert isinstance(figures, GridFigures)
    assert figures.items == 600
    assert figures.frames > 60
    assert 0 < figures.p50_ms <= figures.p95_ms <= figures.worst_ms
    assert figures.p95_ms < 100, "far from the bound of 8 ms, so that a busy machine passes"
    assert figures.thumbnails_decoded >= figures.cells_in_view
    assert 0 < figures.peak_rss_bytes < 700_000_000


def test_it_can_be_stopped() -> None:
    cancel = CancelToken()
    verb = bench_grid(600, cancel, steps=50)
    next(verb)
    cancel.cancel()
    try:
        while True:
            next(verb)
    except Cancelled:
        pass
    else:
        raise AssertionError("it went on")
