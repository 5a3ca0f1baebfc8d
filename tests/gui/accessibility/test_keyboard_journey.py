"""The whole way by keyboard alone, told by what a screen reader says: no mouse, no picture."""

import filecmp
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.gui.accessibility.desktop import Node, Program, wait_for


def tab_to(program: Program, name: str, *, most: int = 40) -> Node:
    """Press Tab until what is called so has the focus."""
    for _ in range(most):
        program.key("Tab")
        focused = wait_for(program.focus, "the focus")
        if focused.name.startswith(name):
            return focused
    raise AssertionError(f"Tab does not come to “{name}”")


def focus_on(program: Program, name: str) -> Node:
    """Wait until what has the focus is called so."""

    def look() -> Node | None:
        focused = program.focus()
        return focused if focused is not None and name in focused.name else None

    return wait_for(look, f"the focus on “{name}”")


def enter(program: Program, text: str) -> None:
    """Type into what has the focus, and Return once all of it stands there."""
    program.type(text)
    wait_for(lambda: text in [node.text for node in program.tree().walk()], f"“{text}” in its line")
    program.key("Return")


def test_from_an_empty_library_to_exported_files(
    start: Callable[..., Program], real_photos: Path, tmp_path: Path
) -> None:
    photos = shutil.copytree(real_photos, tmp_path / "photos")
    program = start()
    focus_on(program, "Search photos")

    program.key("ctrl+o")
    focus_on(program, "Directory")
    enter(program, str(photos))
    program.wait_for_announcement("5 photos indexed", 40)

    program.key("ctrl+f")
    program.type("a cat")
    program.wait_for_announcement("1 likely")
    program.key("Down")
    cell = focus_on(program, "chelsea.png")
    assert cell.role == "list item"
    program.key("plus")
    program.wait_for_announcement("1 photo judged right for this search")

    program.key("Return")
    assert focus_on(program, "chelsea.png, 1 of").role == "image"
    program.key("ctrl+i")
    program.wait_for("label", "451 × 300 pixels")
    tab_to(program, "Rate with 4 stars")
    program.key("space")
    sidecar = wait_for(lambda: next(photos.glob("chelsea*.xmp"), None), "the sidecar")
    wait_for(lambda: "Rating>4<" in sidecar.read_text(encoding="utf-8"), "the rating in it")

    program.key("Escape")
    focus_on(program, "chelsea.png")
    program.key("ctrl+shift+e")
    program.wait_for("dialog", "Export")
    tab_to(program, "Where to")
    program.key("ctrl+a")
    target = tmp_path / "given away"
    enter(program, str(target))
    exported = wait_for(lambda: next(target.glob("*chelsea.png"), None), "the exported photo")
    program.wait_for_announcement("1 photo")
    assert filecmp.cmp(exported, photos / "chelsea.png", shallow=False)
    assert program.close() == 0
