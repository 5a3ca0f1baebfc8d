"""kill -9 at random moments: what was committed stays, and no row is half there."""

import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.fakes import COLOURS, make_photo
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.filling import COMMIT_SECONDS
from vlm_desktop.store.library import Library

KILLS = 20
_REPO = Path(__file__).parents[3]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_twenty_kills_lose_no_committed_work(tmp_path: Path) -> None:
    assert COMMIT_SECONDS < 5
    folder, home = tmp_path / "photos", tmp_path / "home"
    colours = list(COLOURS)
    for number in range(600):
        make_photo(folder / f"{number:03}.jpg", colours[number % 6], (64, 48), seed=number)
    moments = random.Random(11)
    committed = indexed = 0
    for _ in range(KILLS):
        committed += _run_and_kill(home, folder, moments.uniform(0.0, 0.5))
        if not (home / "library.sqlite3").exists():
            continue
        with Library.open(HomePaths(home)) as library:
            report = library.verify()
            assert [one for one in report.problems if one.code != "pending"] == []
            assert report.indexed >= committed
            assert report.indexed >= indexed
            indexed = report.indexed
            if library.active_model() is not None:
                assert len(library.vectors("colours")) == report.indexed
    assert indexed > 0
    with _start(home, folder) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    with Library.open(HomePaths(home)) as library:
        assert library.verify().is_complete
        assert library.verify().indexed == 600


def _start(home: Path, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.flow.engine.interrupted_index", str(home), str(folder)],
        cwd=_REPO,
        stdout=subprocess.PIPE,
        text=True,
    )


def _run_and_kill(home: Path, folder: Path, after_first_commit: float) -> int:
    """Files that the child said were committed before it was killed, workers and all."""
    with _start(home, folder) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after_first_commit)
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        said = [first, *process.stdout.read().split("\n")]
    return sum(int(line) for line in said if line.strip())
