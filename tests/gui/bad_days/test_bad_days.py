"""What goes wrong is said with what to do about it, and the window goes on."""

import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.real_library import PHOTOS, set_up
from tests.gui.watchdog import MOST_SECONDS, Watchdog
from tests.tools.stage import Stage, make_library, staged
from vlm_desktop import compose
from vlm_desktop.base.paths import bundled
from vlm_desktop.gui.panes.search.photo_view import PhotoView

SIZE = QSize(1180, 780)


@pytest.fixture
def empty_stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """The window over the real engine, on its first day."""
    set_up(tmp_path / "home")
    with staged(tmp_path / "home", SIZE) as made:
        yield made


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, real_library: Path) -> Iterator[Stage]:
    """The window over a library."""
    shutil.copytree(real_library, tmp_path / "home")
    with staged(tmp_path / "home", SIZE) as made:
        yield made


@pytest.fixture
def broken_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundled model with half of its picture tower: a copy, not the program's own."""
    whole, broken = bundled("models"), tmp_path / "models"
    shutil.copytree(whole, broken, ignore=shutil.ignore_patterns("*.onnx"))
    for name in ("image.onnx", "text.onnx"):
        bytes_ = (whole / "starter" / name).read_bytes()
        (broken / "starter" / name).write_bytes(bytes_[: len(bytes_) // 2])
    monkeypatch.setattr(
        compose, "bundled", lambda part: broken if part == "models" else bundled(part)
    )
    return broken


def said(stage: Stage) -> str:
    return str(stage.window.status.text.text())


def is_alive(stage: Stage) -> bool:
    """The window takes what is typed and answers with a page or photos."""
    window = stage.window
    window.desk.navigator.search_wanted.emit("rating:5")
    stage.until(lambda: window.search.searching.state.asked)
    return bool(window.isVisible() and window.search.searching.state.asked)


def index(stage: Stage, folder: Path) -> None:
    stage.window.add_folder(folder)
    stage.until(lambda: not stage.window.indexing.is_running, 60)
    assert not stage.window.indexing.is_running


@pytest.mark.usefixtures("broken_starter")
def test_an_encoder_that_does_not_load_is_named(empty_stage: Stage, real_photos: Path) -> None:
    with Watchdog() as watchdog:
        index(empty_stage, real_photos)
        assert said(empty_stage).startswith("The model starter cannot be used: ")
        assert said(empty_stage).endswith("Remove it and import it again.")
        assert is_alive(empty_stage)
    assert watchdog.longest < MOST_SECONDS, watchdog.report()


@pytest.mark.usefixtures("broken_starter")
def test_a_library_can_be_looked_at_without_its_encoder(stage: Stage) -> None:
    """A search needs the encoder and says so; filters do not."""
    window = stage.window
    window.desk.navigator.search_wanted.emit("a cat")
    stage.until(lambda: window.search.searching.state.failed)
    assert "The model starter cannot be used" in window.search.page.sentence.text()
    window.desk.navigator.search_wanted.emit("type:photo")
    stage.until(lambda: window.search.searching.state.hits)
    assert len(window.search.searching.state.hits) == len(PHOTOS)


def open_photo(stage: Stage, content_id: int) -> PhotoView:
    """The photo view with its picture, finer than a thumbnail, and its file watched."""
    stage.window.desk.navigator.photo_wanted.emit(content_id)
    stage.settle()
    view = stage.window.findChild(PhotoView)
    assert view is not None
    assert view.isVisible()
    stage.until(lambda: view.loader._kept and view.loader._asked is None)
    stage.until(view._watch._watcher.files)
    return view


def full_disk(real: Callable[[Path, bytes], int], room: int) -> Callable[[Path, bytes], int]:
    """`Path.write_bytes` on a disk with room for so many thumbnails."""
    written = 0

    def write(path: Path, content: bytes) -> int:
        nonlocal written
        if "thumbnails" in path.parts:
            written += 1
            if written > room:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return real(path, content)

    return write


def test_a_full_disk_stops_indexing_with_a_sentence_and_it_goes_on_later(
    empty_stage: Stage, real_photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = empty_stage
    with monkeypatch.context() as patch, Watchdog() as watchdog:
        patch.setattr(Path, "write_bytes", full_disk(Path.write_bytes, room=2))
        index(stage, real_photos)
        thumbnails = tmp_path / "home" / "thumbnails"
        assert said(stage) == (
            f"The disk that holds {thumbnails} is full. Free some space and run this again."
        )
        assert is_alive(stage)
    assert watchdog.longest < MOST_SECONDS, watchdog.report()
    index(stage, real_photos)
    stage.until(lambda: stage.window.desk.library.contents == len(PHOTOS))
    assert stage.window.desk.library.contents == len(PHOTOS)


def test_ten_thousand_characters_are_answered(stage: Stage) -> None:
    window, line = stage.window, stage.window.search.bar.line
    text = ("a cat beside a cup of coffee " * 400)[:10_000]
    with Watchdog() as watchdog:
        line.setText(text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        stage.until(lambda: window.search.searching.state.asked)
        state = window.search.searching.state
        assert state.asked
        assert state.verdict or state.failed
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(line, "a cat")
        stage.until(lambda: window.search.searching.state.hits)
        assert window.search.searching.state.hits[0].path.name == "chelsea.png"
    assert watchdog.longest < MOST_SECONDS, watchdog.report()


def test_a_photo_deleted_while_it_is_open_is_said_to_be_gone(
    qtbot: QtBot, real_photos: Path, tmp_path: Path
) -> None:
    photos = shutil.copytree(real_photos, tmp_path / "photos")
    home = make_library(tmp_path / "home", photos)
    with staged(home, SIZE) as stage:
        window = stage.window
        window.desk.navigator.search_wanted.emit("type:photo")
        stage.until(lambda: len(window.search.searching.state.hits) == len(PHOTOS))
        hits = window.search.searching.state.hits
        first = hits[0]
        view = open_photo(stage, first.content_id)
        with Watchdog() as watchdog:
            first.path.unlink()
            gone = f"{first.path.name} was moved or deleted just now."
            stage.until(lambda: gone in view.message.text())
            assert gone in view.message.text()
            QTest.keyClick(view.canvas, Qt.Key.Key_Right)
            stage.until(lambda: gone not in view.message.text())
            assert gone not in view.message.text(), "the next photo shows"
        assert watchdog.longest < MOST_SECONDS, watchdog.report()
        assert is_alive(stage)
