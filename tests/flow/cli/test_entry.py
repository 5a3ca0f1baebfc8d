"""What the program's entry makes of its arguments: the window, a command, or a worker."""

import pytest

from vlm_desktop import __main__ as entry


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Calls of the three ways in."""
    calls: list[tuple[object, ...]] = []

    def opened(*words: object, shut_network: bool) -> int:
        assert not shut_network, "a test has no gate"
        return calls.append(("window", *words)) or 0

    def ran(argv: list[str], *_: object) -> int:
        return calls.append(("command", *argv)) or 0

    monkeypatch.setattr(entry, "open_window", opened)
    monkeypatch.setattr(entry, "run_command", ran)
    monkeypatch.setattr(entry, "run_worker", lambda: calls.append(("worker",)) or 0)
    return calls


@pytest.mark.parametrize(
    ("argv", "call"),
    [
        ([], ("window", "", "")),
        (["--home", "h"], ("window", "h", "")),
        (["--home=h", "--folder", "f"], ("window", "h", "f")),
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


def test_ctrl_c_before_the_command_runs_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "run_command", interrupted)
    assert entry.main(["doctor"]) == 130
    assert capsys.readouterr() == ("", "Stopped.\n")
