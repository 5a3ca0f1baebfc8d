"""The program's window as a process of its own: what it loads, how it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from tests.gui.fake_services import FakeServices
from vlm_desktop.gui import app, main_window

services = FakeServices(Path(sys.argv[1]))
{before}
shown = main_window.MainWindow.showEvent
def show_event(window, event):
    shown(window, event)
    def act():
        {act}
        window.close_now()
    QTimer.singleShot(150, act)
main_window.MainWindow.showEvent = show_event
code = app.run(lambda: services, Path(sys.argv[1]), {folder})
heavy = {{"torch", "transformers", "open_clip", "onnxruntime", "cv2", "skimage", "pyqtgraph"}}
print("loaded", sorted(heavy & set(sys.modules)))
sys.exit(code)
"""


def run(
    tmp_path: Path, *, act: str = "pass", before: str = "", folder: str = "None"
) -> subprocess.CompletedProcess[str]:
    """Open the window in a process of its own, do `act` shortly after, and close it."""
    script = SCRIPT.format(act=act, before=before, folder=folder)
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What the process wrote to stderr, without the remark of the plugin for no display."""
    return [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]


def test_the_window_opens_and_closes_cleanly_without_a_network(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert complaints(done) == []
    assert done.stdout == "loaded []\n"


def test_closing_while_a_verb_is_deaf_still_ends_soon(tmp_path: Path) -> None:
    """Indexing that does not stop within two seconds does not keep the process."""
    before = (
        "import time\n"
        "def deaf(folders, cancel):\n"
        "    time.sleep(30)\n"
        "    yield\n"
        "services.index = deaf\n"
    )
    done = run(tmp_path, before=before, folder="Path('/photos')")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "act",
    [
        pytest.param("window.search.bar.line.setText('dog')", id="a search starts"),
        pytest.param("window.add_folder(Path('/photos'))", id="indexing starts"),
        pytest.param(
            "services.search_gate.clear(); window.search.bar.line.setText('dog'); "
            "window.search.searching.search_now()",
            id="a search hangs",
        ),
    ],
)
def test_closing_in_the_middle_of_work_ends_cleanly(tmp_path: Path, act: str) -> None:
    done = run(tmp_path, act=act)
    assert done.returncode == 0, done.stderr
    assert complaints(done) == []


def test_a_folder_given_at_the_start_is_indexed(tmp_path: Path) -> None:
    done = run(tmp_path, act="print(services.indexed_folders[0])", folder="Path('/photos')")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "(PosixPath('/photos'),)".replace(
        "PosixPath", type(tmp_path).__name__
    )


def test_a_second_start_brings_the_first_window_to_front(tmp_path: Path) -> None:
    """It hands over its folder and ends; the first window indexes it."""
    second = (
        "import subprocess; "
        "other = subprocess.Popen([sys.executable, '-m', 'vlm_desktop', '--home', sys.argv[1], "
        "'--folder', '/photos/more'])"
    )
    act = (
        f"{second}\n"
        "        from PySide6.QtTest import QTest\n"
        "        while not services.indexed_folders: QTest.qWait(20)\n"
        "        print(services.indexed_folders[0][0], other.wait(20))"
    )
    done = run(tmp_path, act=act)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"{Path('/photos/more')} 0"
