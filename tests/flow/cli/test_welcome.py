"""The first run in a terminal: index, three searches, a table of hits."""

import json
from pathlib import Path

import pytest

from tests.flow.cli.conftest import Cli
from vlm_desktop.cli import welcome


def test_a_folder_is_indexed_and_searched(cli: Cli, photos: Path) -> None:
    code, out, err = cli("welcome", photos, "--terminal")
    assert code == 0
    assert "24 indexed" in out
    assert str(photos) in err
    for text in welcome.SEARCHES:
        assert text in out
    assert "Nothing here matches." in out, "this folder holds nothing but colours"


def test_without_a_folder_the_samples_are_taken_once(
    cli: Cli,
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(welcome, "sample_photos", lambda: photos)
    monkeypatch.setattr(welcome, "SAMPLE_SEARCHES", ("something red", "something blue"))
    code, out, _ = cli("welcome", "--terminal", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert answers[0]["indexed"] == 24
    assert [one["verdict"] for one in answers[1:]] == ["likely", "likely"]
    code, out, _ = cli("welcome", "--terminal", "--json")
    assert [json.loads(line)["query"] for line in out.splitlines()] == list(welcome.SEARCHES)


def test_with_a_display_the_window_opens_in_a_process_of_its_own(
    cli: Cli,
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    asked: list[list[str]] = []

    class Done:
        returncode = 0

    def run(command: list[str], *, check: bool) -> Done:
        asked.append([*command, str(check)])
        return Done()

    monkeypatch.setattr(welcome, "_has_display", lambda: True)
    monkeypatch.setattr(welcome.subprocess, "run", run)
    assert cli("welcome", photos)[0] == 0
    (command,) = asked
    assert command[1:3] == ["-m", "vlm_desktop"]
    assert command[3:-1] == ["--home", str(tmp_path / "home"), "--folder", str(photos)]
