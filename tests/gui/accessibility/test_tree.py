"""What a screen reader gets of every pane: names, roles, buddies, order, and where the focus is."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest
from PIL import Image, ImageChops

from tests.gui.accessibility.desktop import Desktop, Node, Program, wait_for
from vlm_desktop.gui.panes import PANES, PaneSpec
from vlm_desktop.gui.strings import shell as words

Box: TypeAlias = tuple[int, int, int, int]
SAYS_NOTHING = {"", "unknown", "invalid", "filler", "redundant object", "layered pane"}
FIELDS = {"text", "entry", "spin button", "slider", "password text"}
CELLS = {"table cell", "list item", "tree item"}
_AROUND, _AROUND_CELL = 4, 40
_FEWEST_TABS = 4
_MOST_TABS = 240
_PAINTED_SECONDS = 0.07
_LEAST_DIFFERENCE = 8
"""Of 255 levels of grey."""


@pytest.fixture(scope="module")
def program(
    desktop: Desktop, real_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """One for all tests here, which only look."""
    home = tmp_path_factory.mktemp("looked-at") / "home"
    shutil.copytree(real_library, home)
    started = Program(desktop, home)
    yield started
    started.kill()
    desktop.programs.remove(started)


@pytest.fixture(scope="module")
def trees(program: Program) -> dict[str, Node]:
    """By the pane's key: all that shows with it in front."""
    return {pane.key: go_to(program, pane) for pane in PANES}


def go_to(program: Program, pane: PaneSpec) -> Node:
    """The tree with this pane in front."""
    program.key(pane.shortcut.lower().replace(",", "comma"))
    wait_for(lambda: is_current(program.tree(), pane), f"the pane {pane.key}")
    if pane.key == "search":
        program.key("ctrl+a")
        program.type("a cat")
        program.wait_for("list item")
    return settled(program)


def is_current(tree: Node, pane: PaneSpec) -> bool:
    button = tree.find("check box", getattr(words, pane.word))
    return button is not None and "checked" in button.states


def settled(program: Program) -> Node:
    """The tree once it is the same twice."""
    seen: list[Node] = []

    def same() -> Node | None:
        seen.append(program.tree())
        return seen[-1] if len(seen) > 2 and seen[-1] == seen[-2] == seen[-3] else None

    return wait_for(same, "a tree that stays as it is")


def test_every_control_of_every_pane_has_a_name_and_a_role(trees: dict[str, Node]) -> None:
    for pane, tree in trees.items():
        controls = [node for node in tree.walk() if "focusable" in node.states]
        assert len(controls) >= _FEWEST_TABS, f"{pane}: {controls}"
        unnamed = [str(node) for node in controls if not node.name.strip()]
        unnamed += [str(node) for node in tree.walk() if "button" in node.role and not node.name]
        assert not unnamed, f"{pane}: without a name: {unnamed}"
        vague = [str(node) for node in controls if node.role in SAYS_NOTHING]
        assert not vague, f"{pane}: without a role: {vague}"


def test_labels_of_fields_are_their_buddies(trees: dict[str, Node]) -> None:
    """A field is named by its label, or stands alone with a name of its own."""
    for pane, tree in trees.items():
        for node in tree.walk():
            if node.role == "label" and "label-for" in node.relations:
                assert all(node.relations["label-for"]), f"{pane}: {node} names nothing"
            if node.role in FIELDS and "focusable" in node.states:
                named = node.relations.get("labelled-by") or node.name
                assert named, f"{pane}: {node}"
            if node.role == "combo box":
                # Its name is what is chosen: only the label says what is to be chosen.
                assert "labelled-by" in node.relations, f"{pane}: {node}"


def test_what_shows_as_text_can_be_read(trees: dict[str, Node]) -> None:
    """No label hides its text behind a general name."""
    said = [node.name for node in trees["search"].walk() if node.role == "label"]
    assert "Network: off" in said
    assert "Status" not in said


def test_tab_walks_in_reading_order_and_the_focus_shows(program: Program) -> None:
    for pane in PANES:
        go_to(program, pane)
        walked = walk(program)
        assert len(walked.stops) >= _FEWEST_TABS, f"{pane.key}: {walked.stops}"
        assert not walked.back, f"{pane.key}: {walked.back}"
        assert not walked.unseen, f"{pane.key}: the focus does not show on {walked.unseen}"


@dataclass
class Walk:
    """All round with Tab: what has the focus one after the other, and what is wrong with it."""

    stops: list[Node] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def walk(program: Program) -> Walk:
    walked = Walk()
    first = focused = wait_for(program.focus, "the focus")
    time.sleep(_PAINTED_SECONDS)
    after = program.desktop.photograph()
    for _ in range(_MOST_TABS):
        walked.stops.append(focused)
        before = after
        program.key("Tab")
        following = wait_for(program.moved_focus, "the focus")
        after = program.desktop.photograph()
        # Where the page was scrolled, the next one may stand where this one stood, and look alike.
        stands_there = same_place(following, focused) or following.box == focused.box
        if not (stands_there or looks_different(before, after, focused)):
            walked.unseen.append(str(focused))
        if lies_before(following.box, following.before) and not is_rail(following):
            walked.back.append(f"{following} comes after {focused}")
        focused = following
        if same_place(focused, first):
            return walked
    raise AssertionError(f"Tab does not come back to {first}: {[str(one) for one in walked.stops]}")


def same_place(one: Node, other: Node) -> bool:
    return (one.role, one.name) == (other.role, other.name)


def is_rail(node: Node) -> bool:
    """Where the round begins anew."""
    return node.name in {getattr(words, pane.word) for pane in PANES}


def lies_before(late: Box, early: Box) -> bool:
    """Whether `late` stands straight above `early`, or straight to its left."""
    x, y, width, height = late
    left, top, wide, high = early
    above = y + height <= top and x < left + wide and left < x + width
    before = x + width <= left and y < top + high and top < y + height
    return above or before


def looks_different(before: Image.Image, after: Image.Image, node: Node) -> bool:
    """More than a blinking caret changed in and around the control; a cell's list may show it."""
    x, y, width, height = node.box
    around = _AROUND_CELL if node.role in CELLS else _AROUND
    area = (max(0, x - around), max(0, y - around), x + width + around, y + height + around)
    difference = ImageChops.difference(
        before.crop(area).convert("L"), after.crop(area).convert("L")
    )
    changed = sum(difference.histogram()[_LEAST_DIFFERENCE:])
    return changed >= (width + height) / 2


def test_cells_of_the_grid_say_what_they_are(trees: dict[str, Node]) -> None:
    cell = trees["search"].find("list item", "photo 1 of 1, chelsea.png, likely match")
    assert cell is not None
    assert "2009" in cell.name, "when it was taken belongs to what it is"
