"""What the program's entry makes of its arguments: the window, a command, or a worker."""

from pathlib import Path

import pytest

from vlm_desktop import __main__ as entry


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Calls of the three ways in."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(entry, "open_window", lambda *words: calls.append(("window", *words)) or 0)
    monkeypatch.setattr(entry, "run_command", lambda argv, _: calls.append(("command", *argv)) or 0)
    monkeypatch.setattr(entry, "run_worker", lambda: calls.append(("worker",)) or 0)
    return calls


@pytest.mark.parametrize(
    ("argv", "call"),
    [
        ([], ("window", None, None)),
        (["--home", "h"], ("window", Path("h"), None)),
        (["--home=h", "--folder", "f"], ("window", Path("h"), Path("f"))),
        (["--help"], ("command", "--help")),
        (["--home"], ("command", "--home")),
        (["--home", "h", "search", "x"], ("command", "--home", "h", "search", "x")),
        (["decode-worker"], ("worker",)),
    ],
)
def test_the_way_in(
    opened: list[tuple[object, ...]], argv: list[str], call: tuple[object, ...]
) -> None:
    assert entry.main(argv) == 0
    assert opened == [call]
