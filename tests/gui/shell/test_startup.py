"""What the program loads by itself: nothing heavy before it is needed, little at rest."""

import dataclasses
import json
from collections.abc import Generator
from pathlib import Path

import pytest

from vlm_desktop.__main__ import window_bench
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import WindowNotShown
from vlm_desktop.base.events import Event
from vlm_desktop.gui.bench import startup
from vlm_desktop.gui.bench.startup import Said, StartupFigures

NETWORKS = {"torch", "torchvision", "transformers", "open_clip", "onnxruntime"}
AT_REST_BYTES = 220_000_000


def test_the_window_paints_before_anything_heavy_and_rests_small(tmp_path: Path) -> None:
    """The real program in a process of its own, until it has done all it does by itself."""
    probe = str(Path(startup.__file__).with_name("real_window.py"))
    said = startup.open_window([probe, "rest", str(tmp_path)], startup.child_environment())
    assert [one.line for one in said[:2]] == ["painted", "ready"]
    assert said[0].seconds < said[1].seconds
    rest = json.loads(said[-1].line)
    assert rest["loaded_at_first_paint"] == []
    assert not NETWORKS & set(rest["loaded_at_rest"])
    assert "sqlite3" in rest["loaded_at_rest"], "the engine was not built, so nothing was measured"
    assert rest["rss"] < AT_REST_BYTES


def finish(verb: Generator[Event, None, StartupFigures]) -> StartupFigures:
    try:
        while True:
            next(verb)
    except StopIteration as end:
        return end.value


def test_both_windows_are_measured_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    seconds = iter([9.0, 9.0, 0.1, 0.2, 0.3, 0.4, 0.2, 0.1])

    def open_window(words: list[str], _: dict[str, str]) -> list[Said]:
        opened.append(Path(words[0]).stem + (words[1] if len(words) > 1 else ""))
        if words[-2:-1] == ["rest"]:
            modules = {"loaded_at_first_paint": [], "loaded_at_rest": ["numpy"]}
            return [Said(9, "painted"), Said(9, json.dumps({"rss": 5, "uss": 3} | modules))]
        first = next(seconds)
        return [Said(first, "painted"), Said(first + 1, "ready")]

    monkeypatch.setattr(startup, "open_window", open_window)
    figures = finish(startup.bench_startup(3, CancelToken()))
    assert opened == ["bare_window", "real_windowfirst"] * 4 + ["real_windowrest"]
    assert (figures.bare_seconds, figures.window_seconds) == (0.2, 0.2)
    assert figures.ratio == 1.0
    assert figures.ready_seconds == 1.2
    assert (figures.resident_bytes, figures.private_bytes) == (5, 3)
    assert dataclasses.asdict(figures)["loaded_at_rest"] == ("numpy",)


def test_a_window_that_cannot_be_shown_is_said(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text("raise SystemExit('no display here')", encoding="utf-8")
    with pytest.raises(WindowNotShown, match="no display here"):
        startup.open_window([str(script)], startup.child_environment())


def test_the_command_finds_the_measure() -> None:
    assert window_bench("startup") is startup.bench_startup
