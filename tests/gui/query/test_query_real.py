"""The query bar over the real engine and real photos."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.types import Box, ImageTerm
from vlm_desktop.compose import build_services
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.search.why_panel import WhyPanel
from vlm_desktop.jobs import JobRunner

LONG = 20_000


@pytest.fixture
def real_services(tmp_path: Path, real_library: Path) -> Iterator[AppServices]:
    home = Path(shutil.copytree(real_library, tmp_path / "home"))
    services = build_services(home)
    yield services
    services.close()


def test_pictures_parts_votes_and_reasons(
    qtbot: QtBot, real_photos: Path, real_services: AppServices, runner: JobRunner
) -> None:
    window = MainWindow(real_services, runner, lambda _: True)
    qtbot.addWidget(window)
    window.show()
    pane = window.search
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 5, timeout=LONG)
    pane.bar.show_all.setChecked(True)

    # A pasted picture finds itself.
    QGuiApplication.clipboard().setImage(QImage(str(real_photos / "coffee.png")))
    pane.bar.line.setFocus()
    qtbot.keyClick(pane.bar.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(pane.searching.state.hits), timeout=LONG)
    assert pane.searching.state.hits[0].path == real_photos / "coffee.png"
    (chip,) = pane.bar.chips.chips
    qtbot.waitUntil(lambda: chip.body.icon().availableSizes() != [], timeout=LONG)
    (kept,) = real_services.keeping.pasted.iterdir()
    assert kept.suffix == ".png"

    # A part of a photo, beside words, and a filter that leaves one out.
    part = ImageTerm(real_photos / "chelsea.png", box=Box(100, 50, 350, 250))
    pane.bar.set_query(WrittenQuery("a cat size:..310", (part,)))
    qtbot.waitUntil(
        lambda: bool(pane.searching.state.query and pane.searching.state.query.filters.max_side),
        timeout=LONG,
    )
    assert [hit.path.name for hit in pane.searching.state.hits] == ["chelsea.png"]

    # What a person says outranks the model, is remembered, and is undone.
    pane.bar.set_text("a cat")
    qtbot.waitUntil(lambda: len(pane.searching.state.hits) == 5, timeout=LONG)
    best = pane.searching.state.hits[0]
    assert best.path.name == "chelsea.png"
    qtbot.waitUntil(lambda: pane.panel.is_ready)
    index = pane.hits.index(0)
    pane.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    qtbot.waitUntil(lambda: window.desk.navigator.selection == (best.content_id,))
    pane.asking.votes.down.trigger()
    qtbot.waitUntil(lambda: pane.searching.state.hits[-1].content_id == best.content_id)
    assert (pane.searching.state.hits[-1].vote, pane.searching.state.hits[-1].probability) == (
        -1,
        0,
    )
    why = WhyPanel(window.desk, pane.searching)
    qtbot.addWidget(why)
    why.show_photo(best.content_id)
    qtbot.waitUntil(lambda: "You judged it wrong" in why.text, timeout=LONG)
    assert "“a cat”: matches" in why.text
    window.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.searching.state.hits[0].content_id == best.content_id)
    assert pane.searching.state.hits[0].vote == 0
    window.close()
