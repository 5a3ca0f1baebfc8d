"""Results and verdicts reach a screen reader while its user's focus is elsewhere."""

from collections.abc import Callable
from pathlib import Path

from tests.gui.accessibility.desktop import Program


def test_verdicts_are_announced(start: Callable[..., Program], real_library: Path) -> None:
    program = start(real_library)
    program.type("a cat")
    program.wait_for_announcement("1 likely")
    program.key("ctrl+a")
    program.type("qwrtzplk vbnxc")
    program.wait_for_announcement("Nothing here matches")
    program.key("ctrl+a")
    program.type("rating:many")
    program.wait_for_announcement("The filter rating:many is not understood")


def test_the_end_of_a_job_is_announced_once_and_its_steps_are_not(
    start: Callable[..., Program], real_photos: Path
) -> None:
    program = start(None, "--folder", str(real_photos))
    said = program.wait_for_announcement("5 photos indexed", 40)
    assert len(said) <= 2, said
