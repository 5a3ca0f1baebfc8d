"""The grid's item model."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from tests.gui.grid.conftest import OpenPanel
from vlm_desktop.base.types import Hit, Verdict
from vlm_desktop.gui.panes.search.grid_model import Roles
from vlm_desktop.gui.panes.search.grid_panel import GridPanel

ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


def spoken(panel: GridPanel, row: int) -> str:
    text: str = panel.model.index(row).data(ACCESSIBLE)
    return text


def test_it_is_a_correct_item_model(panel: GridPanel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(panel.model)


def test_the_newest_are_first_and_rows_are_found(panel: GridPanel) -> None:
    model = panel.model
    assert model.rowCount() == 300
    assert model.index(0).data(Roles.CONTENT_ID) == 299
    assert model.row_of(299) == 0
    assert model.row_of(9_999) is None
    assert model.content_ids(1, 3) == [298, 297, 296]
    assert model.index(0).data(Roles.HIT) is None
    assert model.index(300).data() is None
    assert model.rowCount(model.index(0)) == 0


def test_paths_are_located_by_the_page_once(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    model, library = panel.model, services.browsing.library
    index = model.index(250)
    qtbot.waitUntil(lambda: bool(model.index(0).data()))
    before = len(library.located)
    assert index.data(Roles.PATH) is None
    assert index.data() == ""
    qtbot.waitUntil(lambda: index.data(Roles.PATH) is not None)
    assert index.data(Roles.PATH) == library.path(49)
    assert index.data() == "photo 049.jpg"
    assert len(library.located) == before + 128, "rows 128 to 255 are one page"
    assert model.index(249).data() == "photo 050.jpg"
    assert len(library.located) == before + 128


def test_a_cell_says_what_it_is(
    open_panel: OpenPanel, services: FakeServices, qtbot: QtBot
) -> None:
    ratings = np.array([-1, 4, -1, -1])
    copies = np.array([1, 2, 1, 1])
    dated = np.array([True, True, False, True])
    online = np.array([True, True, True, False])
    for number in (0, 1, 2):
        (services.folder / f"photo {number:03}.jpg").touch()
    panel = open_panel(4, ratings=ratings, copies=copies, dated=dated, online=online)
    qtbot.waitUntil(lambda: bool(panel.model.index(0).data()))
    assert spoken(panel, 0) == (
        "photo 1 of 4, photo 003.jpg, 26 August 2012, its drive is not connected, the file is gone"
    )
    assert spoken(panel, 1) == "photo 2 of 4, photo 002.jpg, file of 19 August 2012"
    assert spoken(panel, 2) == (
        "photo 3 of 4, photo 001.jpg, 12 August 2012, rated 4 of 5, there are copies"
    )
    assert panel.model.is_missing(0)
    assert not panel.model.is_missing(1)


def test_hits_say_how_sure_and_which_page(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    page = Hit(5, Path("/scans/letter.pdf"), 3, 0.5, 0.3, ())
    hits = [services.hit(1), page, services.hit(2, 0.2)]
    panel.show_hits(hits, "x")
    qtbot.waitUntil(lambda: panel.is_ready)
    model = panel.model
    assert [model.index(row).data(Roles.HIT) for row in range(3)] == hits
    assert [model.index(row).data(Roles.VERDICT) for row in range(3)] == [
        Verdict.LIKELY, Verdict.POSSIBLE, Verdict.NONE,
    ]  # fmt: skip
    assert "letter.pdf" in model.index(1).data() or model.index(1).data().startswith("photo")
    assert model.index(0).data() == "photo 001.jpg", "a hit's name is known at once"
    assert ", likely match, 99.9 %, " in spoken(panel, 0)
    assert ", possible match, 30.0 %, " in spoken(panel, 1)
    assert "page 3" in spoken(panel, 1)
    assert ", weak match, 20.0 %, " in spoken(panel, 2)


def test_selected_files_can_be_dragged_out(panel: GridPanel, qtbot: QtBot) -> None:
    model = panel.model
    qtbot.waitUntil(lambda: model.index(0).data(Roles.PATH) is not None)
    data = model.mimeData([model.index(0), model.index(1)])
    names = [Path(url.toLocalFile()).name for url in data.urls()]
    assert names == ["photo 299.jpg", "photo 298.jpg"]


@pytest.mark.parametrize("row", [0, 299])
def test_data_reaches_neither_disk_nor_decoder(
    panel: GridPanel, row: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("data() went to the disk")

    monkeypatch.setattr(Path, "exists", fail)
    monkeypatch.setattr(Path, "stat", fail)
    for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, ACCESSIBLE):
        panel.model.index(row).data(role)
