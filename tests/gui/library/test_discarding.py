"""Photos of the grid and of the photo view to the trash and back, over the real engine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.media.trash import CAN_RESTORE

pytestmark = pytest.mark.skipif(not CAN_RESTORE, reason="undo is the system's own here")

COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, colour in enumerate(COLOURS):
        make_photo(folder / f"{number}.jpg", colour)
    (folder / "0 copy.jpg").write_bytes((folder / "0.jpg").read_bytes())
    return folder


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_del_takes_the_selected_photo_with_its_copy_and_undo_brings_both(
    qtbot: QtBot,
    photos: Path,
    index: Callable[[Path], None],
    live_window: Callable[[], MainWindow],
) -> None:
    index(photos)
    window = live_window()
    search = window.search
    qtbot.waitUntil(lambda: search.hits.rowCount() == 3)
    qtbot.waitUntil(lambda: not search.discarding.action.isEnabled())
    rows = {path: row for row in range(3) if (path := path_of(qtbot, search, row).name)}
    row = next(row for name, row in rows.items() if name.startswith("0"))
    search.grid.setFocus()
    search.grid.setCurrentIndex(search.hits.index(row))
    qtbot.waitUntil(search.discarding.action.isEnabled)
    qtbot.keyClick(search.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: search.hits.rowCount() == 2)
    assert there(photos) == ["1.jpg", "2.jpg"]
    assert window.desk.changes.undo_text == strings.to_trash_change(2)
    window.desk.actions.get("edit.undo").trigger()
    qtbot.waitUntil(lambda: search.hits.rowCount() == 3)
    assert there(photos) == ["0 copy.jpg", "0.jpg", "1.jpg", "2.jpg"]


def path_of(qtbot: QtBot, search: object, row: int) -> Path:
    found: list[Path] = []
    search.hits.with_place(row, lambda place: found.append(place.path))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def test_an_open_photo_that_went_gives_way_to_the_next_and_the_last_to_the_grid(
    qtbot: QtBot,
    photos: Path,
    index: Callable[[Path], None],
    live_window: Callable[[], MainWindow],
) -> None:
    index(photos)
    window = live_window()
    search = window.search
    qtbot.waitUntil(lambda: search.hits.rowCount() == 3)
    search.photo.open(search.hits.content_id(0))
    view = search.photo.view
    for left in (2, 1, 0):
        before = view.content_id
        qtbot.waitUntil(lambda: view.path != Path())
        qtbot.keyClick(view.canvas, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda before=before: view.content_id != before)  # type: ignore[misc]
        qtbot.waitUntil(lambda left=left: search.hits.rowCount() == left)  # type: ignore[misc]
    assert there(photos) == []
    assert not search.photo.is_open
    qtbot.waitUntil(lambda: not search.discarding.action.isEnabled())
