"""Alt text by a screen reader: a set is heard, decided, written and approved by keys alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui.accessibility.desktop import Program, wait_for
from tests.gui.accessibility.test_keyboard_journey import focus_on
from tests.gui.accessibility.test_tree import SAYS_NOTHING, is_current, settled, walk
from tests.gui.real_library import set_up
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.compose import build_services
from vlm_desktop.gui.panes import PANES

_PANE = next(one for one in PANES if one.key == "alttext")


@pytest.fixture
def program(start: Callable[..., Program], real_photos: Path, tmp_path: Path) -> Program:
    """The program with a set of photos, its Alt text pane in front."""
    home = tmp_path / "prepared"
    set_up(home)
    services = build_services(home)
    made = services.alttext.sets.new_set("Museum")
    for _ in services.alttext.sets.add_folder(made.id, real_photos, CancelToken()):
        pass
    services.close()
    program = start(home)
    program.key("ctrl+3")
    wait_for(lambda: is_current(program.tree(), _PANE), "the Alt text pane")
    program.wait_for("list item", "astronaut.png, Empty")
    return program


def test_every_control_of_an_image_has_a_name_and_a_role(program: Program) -> None:
    tree = settled(program)
    controls = [node for node in tree.walk() if "focusable" in node.states]
    assert len(controls) > 20
    assert [str(node) for node in controls if not node.name.strip()] == []
    assert [str(node) for node in controls if node.role in SAYS_NOTHING] == []
    names = {node.name for node in tree.walk()}
    assert {"Images of the set", "Alt text", "Picture: astronaut.png", "Decorative"} <= names


def test_tab_walks_in_reading_order_and_the_focus_shows(program: Program) -> None:
    settled(program)
    walked = walk(program)
    assert not walked.back
    assert not walked.unseen


def test_an_image_is_decided_written_and_approved_by_keys(program: Program) -> None:
    program.key("ctrl+g")
    program.key("1")
    program.wait_for("list item", "astronaut.png, Empty, Informative")
    program.key("ctrl+l")
    focus_on(program, "Alt text")
    program.type("An astronaut smiles.")
    program.wait_for("list item", "astronaut.png, Draft, Informative")
    program.key("ctrl+Return")
    program.wait_for("list item", "astronaut.png, Approved, Informative")
    program.wait_for("label", "broken.jpg")  # the next one, by its name in the editor
    program.wait_for_announcement("Approved: astronaut.png.")


def test_a_killed_program_has_kept_what_was_typed(program: Program) -> None:
    program.key("ctrl+l")
    focus_on(program, "Alt text")
    program.type("Half a sentence about an astro")
    program.wait_for("list item", "astronaut.png, Draft")
    wait_for(lambda: "saving" not in _said(program), "the text to be kept")
    program.kill()
    again = program.again()
    again.key("ctrl+3")
    again.wait_for("list item", "astronaut.png, Draft")
    wait_for(
        lambda: "Half a sentence about an astro" in [one.text for one in again.tree().walk()],
        "the text",
    )


def _said(program: Program) -> str:
    return " ".join(node.name for node in program.tree().walk() if node.role == "label")
