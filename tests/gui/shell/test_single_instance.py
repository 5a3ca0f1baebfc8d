"""One window per home: handing over, dead predecessors, deaf ones."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vlm_desktop.base.errors import AlreadyRunning
from vlm_desktop.gui.single_instance import SingleInstance, socket_name

ROOT = Path(__file__).parents[3]
FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from vlm_desktop.gui.single_instance import SingleInstance
application = QCoreApplication([])
one = SingleInstance(Path(sys.argv[1]))
assert one.claim()
if "deaf" not in sys.argv:
    one.listen()
one.asked.connect(lambda words: print(words, flush=True))
print("ready", flush=True)
application.exec()
"""

Make = Callable[..., SingleInstance]


@pytest.fixture
def make(qapp: object, tmp_path: Path) -> Iterator[Make]:
    made: list[SingleInstance] = []

    def one(patience: float = 5) -> SingleInstance:
        made.append(SingleInstance(tmp_path / "home", patience=patience))
        return made[-1]

    yield one
    for instance in made:
        instance.close()


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a process that is the one of the home."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", FIRST, str(tmp_path / "home"), *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def test_the_first_is_the_one_and_its_home_is_made(make: Make, tmp_path: Path) -> None:
    assert make().claim()
    assert (tmp_path / "home").is_dir()


def test_a_later_start_hands_over_its_words_and_ends(
    make: Make, first: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = first()
    assert not make().claim(["--folder", "/photos/Côte d'Azur"])
    assert process.stdout is not None
    assert process.stdout.readline() == """['--folder', "/photos/Côte d'Azur"]\n"""
    assert not make().claim()
    assert process.stdout.readline() == "[]\n"


def test_a_killed_process_does_not_stand_in_the_way(
    make: Make, first: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = first()
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    second = make()
    assert second.claim()
    second.listen()
    assert second._server is not None, "the socket of the dead was not taken over"


def test_one_that_does_not_answer_is_said(
    make: Make, first: Callable[..., "subprocess.Popen[str]"]
) -> None:
    first("deaf")
    with pytest.raises(AlreadyRunning):
        make(patience=0.3).claim()


def test_the_one_that_is_ending_is_waited_for(make: Make) -> None:
    one = make()
    assert one.claim()
    one.close()
    assert make().claim()


def test_the_window_hears_and_strangers_do_no_harm(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    from PySide6.QtNetwork import QLocalSocket

    one = make()
    assert one.claim()
    one.listen()
    heard: list[list[str]] = []
    one.asked.connect(heard.append)
    for line in (b"nonsense\n", b'{"a": 1}\n', b"[1]\n", b"x" * 100_000):
        stranger = QLocalSocket()
        stranger.connectToServer(socket_name(tmp_path / "home"))
        assert stranger.waitForConnected(1000)
        stranger.write(line)
        stranger.flush()
        qtbot.waitUntil(
            lambda socket=stranger: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState
        )
    friend = QLocalSocket()
    friend.connectToServer(socket_name(tmp_path / "home"))
    assert friend.waitForConnected(1000)
    friend.write(b'["--folder", ')
    friend.flush()
    qtbot.wait(20)
    friend.write(b'"/photos"]\n')
    friend.flush()
    qtbot.waitUntil(lambda: heard == [["--folder", "/photos"]])
    friend.abort()


def test_every_home_has_a_socket_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert socket_name(tmp_path / "a") == socket_name(tmp_path / "b" / ".." / "a")
    assert socket_name(tmp_path / "a") != socket_name(tmp_path / "b")
    assert len(socket_name(tmp_path / ("long" * 50))) < 60
