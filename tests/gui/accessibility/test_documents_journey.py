"""Documents from a photo of a receipt to a table, told by what a screen reader says: keys alone,
the real program, its own reader of text. Then the pane's parts: what is in them has names."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.gui.accessibility.desktop import Program, wait_for
from tests.gui.accessibility.test_alttext_journey import wrong_controls
from tests.gui.accessibility.test_keyboard_journey import enter, focus_on
from tests.gui.accessibility.test_tree import is_current
from vlm_desktop.gui.panes import PANES
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.strings import documents_export as exports

_PANE = next(one for one in PANES if one.key == "documents")
_LINES = (
    ("CORNER SHOP", ""),
    ("12 Market Street", ""),
    ("Date", "2026-03-14"),
    ("Coffee", "3.50"),
    ("Cake", "4.25"),
    ("Total", "7.75"),
)
_PATIENCE = 90
"""Seconds for the reader of text to be loaded and to read."""


@pytest.fixture
def program(start: Callable[..., Program], tmp_path: Path) -> Program:
    """The program with a receipt that was read in its Documents pane."""
    page = Image.new("RGB", (700, 620), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=34)
    for number, (name, value) in enumerate(_LINES):
        draw.text((60, 40 + 85 * number), name, fill="black", font=font)
        draw.text((480, 40 + 85 * number), value, fill="black", font=font)
    page.save(tmp_path / "receipt.png")
    program = start()
    program.key("ctrl+4")
    wait_for(lambda: is_current(program.tree(), _PANE), "the Documents pane")
    program.key("ctrl+n")
    focus_on(program, "File name")
    enter(program, str(tmp_path / "receipt.png"))
    program.wait_for_announcement(strings.SUMMARY_NONE.split("}")[1].split(",")[0], _PATIENCE)
    return program


def value_of(program: Program, name: str) -> str:
    """What the field of that name holds."""
    fields = [one for one in program.tree().walk() if (one.role, one.name) == ("text", name)]
    return fields[0].text if fields else ""


def test_from_a_receipt_to_a_table(program: Program, tmp_path: Path) -> None:
    assert [value_of(program, one) for one in ("Vendor", "Date", "Total")] == [
        "CORNER SHOP", "2026-03-14", "7.75",
    ]  # fmt: skip
    program.key("ctrl+e")
    focus_on(program, "Vendor")
    program.key("ctrl+a")
    program.type("Corner Shop")
    program.key("Tab")
    wait_for(lambda: value_of(program, "Vendor") == "Corner Shop", "the corrected field")

    program.key("ctrl+Return")
    program.wait_for_announcement(strings.ALL_REVIEWED)
    program.wait_for("list item", "receipt.png, Reviewed")

    program.key("ctrl+shift+x")
    program.wait_for("dialog", exports.EXPORT_TITLE)
    assert wrong_controls(program) == []
    program.key("Return")
    focus_on(program, "File name")
    target = tmp_path / "receipts.csv"
    program.key("ctrl+a")
    enter(program, str(target))
    wait_for(target.exists, "the table")
    written = wait_for(lambda: target.read_text(encoding="utf-8-sig"), "its rows")
    assert "Corner Shop" in written
    assert "7.75" in written
    assert program.close() == 0


def test_every_part_has_names(program: Program) -> None:
    program.key("ctrl+l")  # the words of the page
    program.wait_for("list item", "CORNER")
    assert wrong_controls(program) == []
    program.key("ctrl+shift+a")  # questions
    assert wrong_controls(program) == []
    program.key("ctrl+p")
    focus_on(program, "Page 1 of 1: receipt.png")
