"""kill -9 at random moments: what was committed stays, and no row is half there."""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.fakes import COLOURS, make_photo
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.filling import COMMIT_SECONDS
from vlm_desktop.store.library import Library

KILLS = 20
_MOST_SECONDS = 300
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
    with _Indexing(home, folder) as indexing:
        for _ in range(KILLS):
            committed += indexing.run_and_kill(moments.uniform(0.0, 0.5))
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
        assert indexing.run_to_the_end() == 0
    with Library.open(HomePaths(home)) as library:
        assert library.verify().is_complete
        assert library.verify().indexed == 600


class _Indexing:
    """Starts processes that index `folder`, one after the other. Use as a context."""

    def __init__(self, home: Path, folder: Path) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.flow.engine.interrupted_index", str(home), str(folder)],
            cwd=_REPO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._patience = threading.Timer(_MOST_SECONDS, self._server.kill)

    def __enter__(self) -> "_Indexing":
        self._patience.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._patience.cancel()
        self._patience.join(60)
        self._server.communicate(timeout=20)

    def run_and_kill(self, after_first_commit: float) -> int:
        """Files that the process said were committed before it was killed, workers and all."""
        process = self._start()
        first = self._line()
        time.sleep(after_first_commit)
        for child in process.children(recursive=True):
            child.kill()
        process.kill()
        said = [first]
        while not said[-1].startswith("ended"):
            said.append(self._line())
        self._tell("it is over")
        return sum(int(line) for line in said[:-1])

    def run_to_the_end(self) -> int:
        """The exit code."""
        self._start()
        while True:
            line = self._line()
            if line.startswith("ended"):
                self._tell("it is over")
                return int(line.removeprefix("ended"))

    def _start(self) -> psutil.Process:
        self._tell("begin")
        return psutil.Process(int(self._line()))

    def _tell(self, line: str) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(f"{line}\n")
        self._server.stdin.flush()

    def _line(self) -> str:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        assert line, "it did not come to its end"
        return line.strip()
