"""Ground from opening a picture to exported objects, told by what a screen reader says: keys alone,
the real program. Then its dialogs: what is in them has a name and a role."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui.accessibility.desktop import Program, wait_for
from tests.gui.accessibility.test_alttext_journey import wrong_controls
from tests.gui.accessibility.test_keyboard_journey import enter, focus_on
from tests.gui.accessibility.test_tree import is_current
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes import PANES
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.strings import ground_files as files
from vlm_desktop.gui.strings import ground_phrases as phrases
from vlm_desktop.gui.strings import ground_words as words
from vlm_desktop.gui.strings import overlay

_PANE = next(one for one in PANES if one.key == "ground")
_PICTURE = fill(strings.PICTURE_OF, name="chelsea.png")
_PATIENCE = 60


@pytest.fixture
def program(start: Callable[..., Program], real_photos: Path, tmp_path: Path) -> Program:
    """The program with a picture in its Ground pane. Its path can be typed on any keyboard."""
    photo = shutil.copy(real_photos / "chelsea.png", tmp_path / "chelsea.png")
    program = start()
    program.key("ctrl+5")
    wait_for(lambda: is_current(program.tree(), _PANE), "the Ground pane")
    program.key("ctrl+n")
    focus_on(program, "File name")
    enter(program, str(photo))
    assert focus_on(program, _PICTURE).role == "image"
    return program


def keep_one(program: Program) -> None:
    """Point with the crosshair, and keep what is outlined."""
    program.key("Insert")
    program.wait_for_announcement(overlay.AIM_BEGUN)
    program.wait_for("label", strings.HINT_AIM)
    program.key("Up")
    program.wait_for_announcement("from the left")
    program.key("Return")
    program.wait_for_announcement(strings.NEW_OBJECT)
    program.wait_for("list item", strings.NEW_OBJECT)
    program.key("ctrl+Return")
    program.wait_for_announcement(fill(strings.ADDED, name="Object 1"))
    program.wait_for("list item", "Object 1")


def test_from_a_picture_to_exported_objects(program: Program, tmp_path: Path) -> None:
    keep_one(program)
    program.key("ctrl+l")
    focus_on(program, "Label")
    program.type("cat")
    program.key("Return")
    focus_on(program, _PICTURE)
    program.wait_for("list item", "cat, ")

    program.key("ctrl+z")
    program.wait_for("list item", "Object 1, ")
    program.key("ctrl+shift+z")
    program.wait_for("list item", "cat, ")

    program.key("ctrl+e")
    focus_on(program, phrases.PHRASES)
    program.type("cat, elephant")
    program.key("Return")
    program.wait_for_announcement(f"elephant: {phrases.VERDICT_ABSENT}", _PATIENCE)
    cat = next(one for one in program.tree().walk() if one.name.startswith("cat: "))
    assert phrases.VERDICT_FOUND in cat.name
    assert "holds" in cat.name

    program.key("ctrl+g")
    focus_on(program, "cat")
    program.key("Home")
    program.key("ctrl+d")
    described = program.wait_for_announcement(".", _PATIENCE)[-1]
    program.wait_for("label", fill(words.ABOUT, name="cat"))
    program.wait_for("label", described)

    program.key("ctrl+shift+x")
    program.wait_for("dialog", files.EXPORT_TITLE)
    assert wrong_controls(program) == []
    program.key("Return")
    focus_on(program, "File name")
    target = tmp_path / "objects.json"
    program.key("ctrl+a")
    enter(program, str(target))
    found = wait_for(lambda: target.exists() and json.loads(target.read_bytes()), "the export")
    assert [one["name"] for one in found["categories"]] == ["cat"]
    assert program.close() == 0


def test_every_part_and_dialog_has_names(program: Program) -> None:
    keep_one(program)
    program.key("ctrl+r")  # the words of what is chosen
    program.wait_for("label", words.ABOUT.split("{")[0])
    assert wrong_controls(program) == []
    program.key("ctrl+shift+x")
    program.wait_for("dialog", files.EXPORT_TITLE)
    program.key("Escape")
    wait_for(lambda: program.tree().find("dialog", files.EXPORT_TITLE) is None, "it to close")
    program.key("F6")
    program.wait_for_announcement(strings.GO_LIST.replace("&", ""))
    program.key("F6")
    focus_on(program, phrases.PHRASES)
    program.type("cats")
    program.key("alt+c")
    program.wait_for_announcement("cats: ", _PATIENCE)
    assert wrong_controls(program) == []
    program.key("Escape")
    wait_for(
        lambda: program.tree().find("push button", phrases.COUNT_DONE.replace("&", "")) is None,
        "counting to end",
    )
    focus_on(program, _PICTURE)
