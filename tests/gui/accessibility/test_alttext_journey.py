"""Alt text from the queue to the file, told by what a screen reader says: keys alone, real models.

Then every part of the pane that can be opened: what is in it has a name and a role.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui.accessibility.desktop import Program, wait_for
from tests.gui.accessibility.test_keyboard_journey import focus_on
from tests.gui.accessibility.test_tree import SAYS_NOTHING, is_current, settled
from tests.gui.real_library import set_up
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.compose import build_services
from vlm_desktop.gui.panes import PANES
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.strings import alttext_brief as brief
from vlm_desktop.gui.strings import alttext_checks as checks
from vlm_desktop.gui.strings import alttext_files as files

_PANE = next(one for one in PANES if one.key == "alttext")
_TEXT = "A cat looks at the camera."
_PATIENCE = 90
"""Seconds for the models to be loaded and to answer."""


@pytest.fixture
def photo(real_photos: Path, tmp_path: Path) -> Path:
    """A photo that may be written to."""
    (tmp_path / "own").mkdir()
    return Path(shutil.copy(real_photos / "chelsea.png", tmp_path / "own" / "chelsea.png"))


@pytest.fixture
def program(start: Callable[..., Program], photo: Path, tmp_path: Path) -> Program:
    """The program with a set of one photo, its Alt text pane in front."""
    home = tmp_path / "prepared"
    set_up(home)
    services = build_services(home)
    made = services.alttext.sets.new_set("Museum")
    for _ in services.alttext.sets.add_folder(made.id, photo.parent, CancelToken()):
        pass
    services.close()
    program = start(home)
    program.key("ctrl+3")
    wait_for(lambda: is_current(program.tree(), _PANE), "the Alt text pane")
    program.wait_for("list item", "chelsea.png, Empty")
    return program


def text_of(program: Program) -> str:
    """What the field of the alt text holds."""
    fields = [one for one in program.tree().walk() if one.name == strings.ALT]
    return next((one.text for one in fields if "editable" in one.states), "")


def test_from_the_queue_to_the_file(program: Program, photo: Path) -> None:
    program.key("ctrl+g")
    assert focus_on(program, "chelsea.png").role == "list item"
    program.key("1")
    program.wait_for("list item", "chelsea.png, Empty, Informative")
    program.key("d")
    program.wait_for_announcement(strings.DRAFTED.split("{")[0], _PATIENCE)
    wait_for(lambda: text_of(program).strip(), "the draft in the field")
    program.wait_for("list item", "chelsea.png, Draft, Informative")

    program.key("ctrl+l")
    focus_on(program, strings.ALT)
    program.key("ctrl+a")
    program.type("Image of a cat looks at the camera")
    program.wait_for_announcement("finding")
    program.wait_for("list item", "Warning: ")
    program.key("ctrl+shift+period")
    wait_for(lambda: text_of(program) == _TEXT, "the text put right")
    program.wait_for_announcement("Fixed. No findings")

    program.key("ctrl+shift+k")
    program.wait_for_announcement("claims:", _PATIENCE)
    program.key("ctrl+shift+j")
    claim = focus_on(program, "There is a cat.")
    assert claim.name.split(":")[0] in checks.CLAIM_STATES.values()
    assert "For: " in claim.name or "Against: " in claim.name
    program.key("a")
    program.wait_for_announcement("Approved: There is a cat.")
    program.wait_for("list item", f"{checks.CLAIM_APPROVED}: There is a cat.")

    program.key("ctrl+Return")
    program.wait_for("list item", "chelsea.png, Approved, Informative")
    program.key("ctrl+shift+w")
    program.wait_for("dialog", files.WRITE_TITLE)
    assert focus_on(program, "This image: chelsea.png").role == "radio button"
    program.key("Return")
    program.wait_for_announcement(files.WRITTEN_ONE)
    assert _TEXT.encode() in photo.read_bytes()
    assert program.close() == 0


def wrong_controls(program: Program) -> list[str]:
    """What has the focus sometimes, and says nothing or not what it is."""
    controls = [node for node in settled(program).walk() if "focusable" in node.states]
    assert controls
    return [
        str(node) for node in controls if not node.name.strip() or node.role in SAYS_NOTHING
    ]  # fmt: skip


def test_every_panel_that_can_be_opened_has_names(program: Program) -> None:
    program.key("ctrl+l")
    focus_on(program, strings.ALT)
    program.type("Image of a cat")
    program.wait_for("list item", "chelsea.png, Draft")
    program.key("ctrl+shift+h")  # the history
    program.key("ctrl+shift+c")  # what stands around the image
    program.key("ctrl+shift+j")  # the claims
    focus_on(program, checks.CHECK.replace("&", ""))
    assert wrong_controls(program) == []


def test_every_dialog_has_names(program: Program) -> None:
    for keys, title in (
        ("ctrl+b", brief.BRIEF_TITLE.split("{")[0]),
        ("ctrl+shift+n", strings.NEEDS_FACTS_TITLE),
        ("ctrl+shift+x", files.EXPORT_TITLE.split("{")[0]),
    ):
        program.key(keys)
        program.wait_for("dialog", title)
        assert wrong_controls(program) == [], title
        program.key("Escape")
        wait_for(lambda title=title: program.tree().find("dialog", title) is None, "it to close")


def test_the_dialogs_about_a_text_have_names(program: Program) -> None:
    """While their model looks, and with what it found."""
    program.key("ctrl+g")
    program.key("1")
    program.wait_for("list item", "chelsea.png, Empty, Informative")
    program.key("ctrl+l")
    focus_on(program, strings.ALT)
    program.type(_TEXT)
    program.wait_for("list item", "chelsea.png, Draft")
    for keys, title, rows in (
        ("ctrl+shift+q", checks.QUIZ_TITLE.split("{")[0], checks.QUIZ_LIST),
        ("ctrl+shift+p", checks.STRUCTURE_TITLE.split("{")[0], checks.STRUCTURE_LIST),
    ):
        program.key(keys)
        program.wait_for("dialog", title)
        assert wrong_controls(program) == [], title
        found = program.wait_for("list", rows, _PATIENCE)
        assert found.children, title
        assert wrong_controls(program) == [], title
        program.key("Escape")
        wait_for(lambda title=title: program.tree().find("dialog", title) is None, "it to close")
    program.key("ctrl+Return")
    program.wait_for("list item", "chelsea.png, Approved, Informative")
    program.key("ctrl+shift+w")
    program.wait_for("dialog", files.WRITE_TITLE)
    assert wrong_controls(program) == []
