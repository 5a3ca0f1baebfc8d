"""Files set aside in the window."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.gui.fake_folders import set_aside_files
from tests.gui.fake_services import FakeServices
from tests.gui.watchdog import MOST_SECONDS, longest_stall
from vlm_desktop.base.errors import Refusal
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.library.set_aside_section import SetAsideSection
from vlm_desktop.gui.strings import library as strings

FOLDER = Path("/photos/2023")
FILES = [
    (FOLDER / "a.jpg", Refusal.CORRUPT),
    (FOLDER / "b.jpg", Refusal.EMPTY),
    (Path("/photos/x") / "c.jpg", Refusal.EMPTY),
]


def set_aside_of(window: MainWindow) -> SetAsideSection:
    window.shell.tools.open_section("set-aside")
    section = window.pane("library").section("set-aside")
    assert isinstance(section, SetAsideSection)
    return section


@pytest.fixture
def section(qtbot: QtBot, window: MainWindow, services: FakeServices) -> SetAsideSection:
    services.folders.aside = set_aside_files(FILES)
    shown = set_aside_of(window)
    qtbot.waitUntil(lambda: shown.model.rowCount() == 3)
    return shown


def rows(section: SetAsideSection) -> list[str]:
    return [section.model.index(row, 0).data() for row in range(section.model.rowCount())]


def test_files_are_listed_with_their_reason_and_narrowed_by_it(
    qtbot: QtBot, section: SetAsideSection
) -> None:
    assert rows(section) == ["a.jpg", "b.jpg", "c.jpg"]
    assert section.model.index(0, 2).data() == "it is damaged or incomplete"
    shown = [section.reasons.itemText(row) for row in range(section.reasons.count())]
    assert shown == [
        "All reasons (3)",
        "The file is empty (2)",
        "It is damaged or incomplete (1)",
    ]
    section.reasons.setCurrentIndex(1)
    assert rows(section) == ["b.jpg", "c.jpg"]
    assert section.retry_all.text() == strings.RETRY_SHOWN
    section.reasons.setCurrentIndex(0)
    assert len(rows(section)) == 3


def test_chosen_files_and_all_of_a_reason_are_tried_again(
    qtbot: QtBot, section: SetAsideSection, services: FakeServices, window: MainWindow
) -> None:
    section.table.setCurrentIndex(section.model.index(0, 0))
    qtbot.mouseClick(section.retry_chosen, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: services.folders.retried == [(1,)])
    qtbot.waitUntil(lambda: services.indexed_folders == [(FOLDER,)])
    qtbot.waitUntil(lambda: not window.indexing.is_running, timeout=5000)
    section.reasons.setCurrentIndex(1)
    qtbot.mouseClick(section.retry_all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: services.folders.retried == [(1,), (2, 3)])
    window.desk.actions.get("set-aside.retry-all").trigger()
    qtbot.waitUntil(lambda: services.folders.retried[-1] == (1, 2, 3))


def test_nothing_set_aside_is_good_news(qtbot: QtBot, window: MainWindow) -> None:
    section = set_aside_of(window)
    qtbot.waitUntil(lambda: section.page.title.text() == strings.SET_ASIDE_EMPTY_TITLE)
    assert not section.save.isVisible()
    assert not section.reasons.isVisible()


def test_ten_thousand_files_cost_no_stall(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    files = [
        (Path(f"/photos/{n % 97}/broken {n:05}.jpg"), (Refusal.CORRUPT, Refusal.EMPTY)[n % 2])
        for n in range(20_000)
    ]
    services.folders.aside = set_aside_files(files)
    set_aside_of(window)
    qtbot.waitUntil(lambda: window.pane("library").section("set-aside").model.rowCount() > 0)
    section = set_aside_of(window)

    def look_through() -> None:
        section.refresh()
        qtbot.wait(150)
        section.reasons.setCurrentIndex(1)
        qtbot.wait(100)
        section.table.scrollToBottom()
        qtbot.wait(100)
        section.table.setFocus()
        qtbot.keyClick(section.table, Qt.Key.Key_Home)
        qtbot.wait(100)
        assert section.model.rowCount() == 10_000
        section.reasons.setCurrentIndex(0)

    assert longest_stall(look_through) < MOST_SECONDS
    section.reasons.setCurrentIndex(1)
    section.table.selectAll()
    assert len(section.table.selectionModel().selection()) == 1, "not one range: slow"
    assert len(section.chosen_rows()) == 10_000


def test_the_list_is_saved_as_a_table_and_real_files_are_mended(
    qtbot: QtBot,
    live_window: Callable[[], MainWindow],
    index: Callable[[Path], None],
    tmp_path: Path,
    opened: list[Path],
) -> None:
    photos = tmp_path / "photos"
    make_photo(photos / "good.jpg", "red", seed=1)
    (photos / "=1+1.jpg").write_bytes(b"")
    (photos / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    index(photos)
    window = live_window()
    section = set_aside_of(window)
    qtbot.waitUntil(lambda: section.model.rowCount() == 2)
    target = tmp_path / "aside.csv"
    section.save_to(target)
    qtbot.waitUntil(lambda: str(target) in window.status.text.text())
    with target.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == [strings.SET_ASIDE_FILE, strings.SET_ASIDE_REASON]
    assert {row[0] for row in table[1:]} == {str(photos / "=1+1.jpg"), str(photos / "bad.png")}
    section.table.setCurrentIndex(section.model.index(0, 0))
    section.show_in_folder()
    assert opened == [photos]
    section.save_to(tmp_path / "nowhere" / "aside.csv")
    qtbot.waitUntil(lambda: "nowhere" in window.status.text.text())

    make_photo(photos / "bad.png", "green", seed=2)
    section.try_shown()
    qtbot.waitUntil(lambda: section.model.rowCount() == 1, timeout=20_000)
    assert rows(section) == ["=1+1.jpg"]
