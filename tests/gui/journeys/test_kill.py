"""kill -9 while the window indexes: what was committed is there at the next start."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.gui.accessibility.desktop import Node, Program, wait_for
from tests.gui.pieces import cut_pieces
from tests.gui.real_library import PHOTOS
from vlm_desktop.compose import build_services

COUNT = 600


def told(tree: Node) -> int:
    """How many photos the window says there are."""
    counts = [re.match(r"([\d,]+) photos(?! indexed)", node.name) for node in tree.walk()]
    return max((int(found[1].replace(",", "")) for found in counts if found), default=0)


def test_a_killed_window_loses_nothing_that_was_committed(
    start: Callable[..., Program], real_photos: Path, tmp_path: Path
) -> None:
    folder = cut_pieces([real_photos / name for name in PHOTOS], tmp_path / "pieces", COUNT)
    program = start(None, "--folder", str(folder))
    home = program.home
    committed = wait_for(lambda: told(program.tree()), "the first photos in the library", 40)
    program.kill()
    assert committed < COUNT, "it was over before it could be killed"

    services = build_services(home)
    report = services.verify()
    services.close()
    assert [one.code for one in report.problems if one.code != "pending"] == []
    assert committed <= report.indexed < COUNT

    again = program.again()
    assert wait_for(lambda: told(again.tree()), "the library") >= report.indexed
    again.key("F5")
    again.wait_for_announcement("photos indexed", 40)
    wait_for(lambda: told(again.tree()) == COUNT, "all photos")
    assert again.close() == 0
