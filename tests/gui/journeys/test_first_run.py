"""The first minutes with the program as it comes: no settings, nothing to read, a mouse."""

import filecmp
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from tests.gui.accessibility.desktop import Program, wait_for
from vlm_desktop.engine.samples import sample_photos


def test_from_the_first_start_to_exported_hits(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    program = start(fresh=True)
    program.click(program.wait_for("push button", "Try it with sample photos"))

    program.wait_for("label", "Search")
    found = wait_for(lambda: hit_of(program, "a cat"), "the cat", 60)
    assert "chelsea.png" in found

    program.double_click(program.wait_for("list item", "photo 1 of"))
    program.wait_for("image", "chelsea.png")
    program.click(program.wait_for("check box", "Details"))
    program.wait_for("label", "451 × 300 pixels")
    program.click(program.wait_for("push button", "Back to the photos"))

    program.click(program.wait_for("menu item", "File"))
    program.click(program.wait_for("menu item", "Export"))
    program.wait_for("dialog", "Export")
    target = tmp_path / "exported"
    program.click(program.wait_for("text", "Where to"))
    program.key("ctrl+a")
    program.type(str(target))
    program.click(program.wait_for("push button", "Export"))
    exported = wait_for(lambda: next(target.glob("*chelsea.png"), None), "the exported photo")
    samples = sample_photos()
    assert samples is not None
    assert filecmp.cmp(exported, samples / "chelsea.png", shallow=False)

    assert program.close() == 0
    with sqlite3.connect(program.home / "library.sqlite3") as database:
        (count,) = database.execute("SELECT COUNT(*) FROM contents").fetchone()
    assert count > 20


def hit_of(program: Program, words: str) -> str:
    """The name of the first hit's cell, "" while there is none; asked again each time."""
    program.click(program.wait_for("text", "Search photos"))
    program.key("ctrl+a")
    program.type(words)
    time.sleep(0.7)
    cell = program.tree().find("list item", "photo 1 of")
    return cell.name if cell is not None and "likely" in cell.name else ""
