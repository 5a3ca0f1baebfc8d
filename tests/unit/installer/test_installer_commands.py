"""The two commands: what they accept, what they hand over to, what they say when they fail."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from installer import commands, pip
from installer.environment import Environment, EnvironmentBusy, ForeignEnvironment
from installer.setup import Setup, SetupFailed


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What would have been run in the end; set-up itself does nothing."""
    calls: list[tuple[list[str], dict[str, str]]] = []

    def note(command: list[str], variables: dict[str, str], _folder: Path | None = None) -> int:
        calls.append((command, variables))
        return 7

    monkeypatch.setattr(commands, "_hand_over", note)
    monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
    monkeypatch.setattr(Setup, "install", lambda *_, **__: None)
    monkeypatch.setattr(Setup, "check_window", lambda *_, **__: "")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    return calls


def _display(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr(commands.machine, "has_display", lambda *_: there)


def test_run_opens_the_window_on_a_folder(
    handed: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _display(monkeypatch, True)
    photos = tmp_path / "Söme photos"
    photos.mkdir()
    monkeypatch.chdir(tmp_path)
    assert commands.start(["run", "Söme photos"]) == 7
    command, variables = handed[0]
    assert command[1:] == ["-m", "vlm_desktop", "welcome", str(photos)]
    assert variables["PYTHONPATH"] == str(commands.ROOT)


def test_run_without_display_goes_to_the_terminal(
    handed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _display(monkeypatch, False)
    commands.start(["run"])
    assert handed[0][0][1:] == ["-m", "vlm_desktop", "welcome", "--terminal"]


def test_run_with_a_qt_that_cannot_start_goes_to_the_terminal(
    handed: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _display(monkeypatch, True)
    monkeypatch.setattr(Setup, "check_window", lambda *_, **__: "Qt lacks a library.")
    commands.start(["run"])
    assert "--terminal" in handed[0][0]
    assert "Qt lacks a library." in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_said_before_anything_is_installed(
    handed: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.start(["run", str(tmp_path / "nowhere")]) == 2
    assert handed == []
    assert "There is no folder" in capsys.readouterr().err


def test_test_hands_arguments_to_pytest(handed: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    _display(monkeypatch, False)
    assert commands.start(["test", "--", "tests/unit", "-k", "x"]) == 7
    command, variables = handed[0]
    assert command[1:] == ["-m", "pytest", "tests/unit", "-k", "x"]
    assert variables["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.parametrize(
    ("cores", "said"),
    [(1, []), (2, ["-n", "2", "--dist", "loadfile"]), (64, ["-n", "4", "--dist", "loadfile"])],
)
def test_the_whole_suite_is_spread_over_cores(
    handed: list[Any], monkeypatch: pytest.MonkeyPatch, cores: int, said: list[str]
) -> None:
    _display(monkeypatch, False)
    monkeypatch.setattr(commands.os, "cpu_count", lambda: cores)
    commands.start(["test"])
    assert handed[0][0][1:] == ["-m", "pytest", *said]


def test_test_keeps_a_display(handed: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    _display(monkeypatch, True)
    commands.start(["test"])
    assert "QT_QPA_PLATFORM" not in handed[0][1]


@pytest.mark.parametrize(
    ("trouble", "code", "word"),
    [
        (KeyboardInterrupt(), 130, "Run the same command again"),
        (SetupFailed("The disk is full."), 1, "The disk is full."),
        (EnvironmentBusy(), 1, "Another set-up"),
        (ForeignEnvironment(), 1, "rename or delete it"),
    ],
)
def test_each_ending_is_a_sentence(
    handed: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trouble: BaseException,
    code: int,
    word: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(Setup, "install", fail)
    assert commands.start(["run"]) == code
    assert word in capsys.readouterr().err
    assert handed == []


def test_an_unsupported_python_stops_at_once(
    handed: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands.machine, "unsupported", lambda: "This is PyPy.")
    assert commands.start(["run"]) == 1
    assert capsys.readouterr().err == "This is PyPy.\n"
    assert handed == []


def test_pip_is_followed_and_logged(tmp_path: Path) -> None:
    environment = Environment(tmp_path / ".venv")
    environment.folder.mkdir()
    environment.python = Path(sys.executable)
    result = pip.run_pip(environment, ["--version"], lambda _line: None, False)
    assert result.ok, result.text
    assert "pip" in result.text
    assert environment.log.read_text(encoding="utf-8") == result.text


def test_an_interrupted_pip_is_ended(tmp_path: Path) -> None:
    process = pip.subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], stdin=pip.subprocess.DEVNULL
    )

    class Interrupting:
        """Behaves like the process, but the first wait is interrupted."""

        def __init__(self) -> None:
            self.waits = 0

        def wait(self, timeout: float | None = None) -> int:
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt
            return process.wait(timeout)

        def terminate(self) -> None:
            process.terminate()

    with pytest.raises(KeyboardInterrupt):
        pip._wait(Interrupting())  # type: ignore[arg-type]
    assert process.poll() is not None


def test_temporary_files_go_to_the_disk_of_the_environment(tmp_path: Path) -> None:
    environment = Environment(tmp_path / ".venv")
    variables = pip.pip_environment(environment)
    assert Path(variables["TMPDIR"]).is_relative_to(environment.folder)
    assert Path(variables["TMPDIR"]).is_dir()
    assert variables["PATH"] == os.environ["PATH"]
