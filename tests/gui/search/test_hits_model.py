"""The item model of the photos found."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.base.types import Hit, Verdict
from vlm_desktop.gui.panes.search.hits_model import HitsModel, Roles
from vlm_desktop.gui.thumbnails import ThumbnailLoader
from vlm_desktop.jobs import JobRunner


@pytest.fixture
def model(services: FakeServices, runner: JobRunner) -> HitsModel:
    loader = ThumbnailLoader(services, runner)
    loader.set_side(32)
    return HitsModel(loader)


def test_it_is_a_correct_item_model(
    model: HitsModel, services: FakeServices, qtmodeltester: ModelTester
) -> None:
    model.show([services.hit(n) for n in range(5)])
    qtmodeltester.check(model)


def test_rows_follow_the_hits(model: HitsModel, services: FakeServices, qtbot: QtBot) -> None:
    hits = [services.hit(4), services.hit(2, 0.98), services.hit(9, 0.1)]
    with qtbot.waitSignal(model.modelReset):
        model.show(hits)
    assert model.rowCount() == 3
    assert [model.index(row).data(Roles.HIT) for row in range(3)] == hits
    assert [model.index(row).data(Roles.VERDICT) for row in range(3)] == [
        Verdict.LIKELY,
        Verdict.POSSIBLE,
        Verdict.NONE,
    ]
    assert model.row_of(2) == 1
    assert model.row_of(77) is None
    assert model.index(3).data() is None
    assert model.rowCount(model.index(0)) == 0


def test_the_same_hits_again_move_nothing(
    model: HitsModel, services: FakeServices, qtbot: QtBot
) -> None:
    model.show([services.hit(1)])
    with qtbot.assertNotEmitted(model.modelReset):
        model.show([services.hit(1)])


def test_a_cell_says_what_it_is(model: HitsModel, services: FakeServices) -> None:
    page = Hit(5, Path("/scans/letter.pdf"), 3, 0.5, 0.98, ())
    model.show([services.hit(1), page])
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert spoken == [
        "photo 001.jpg, likely match, 1 of 2",
        "letter.pdf, page 3, possible match, 2 of 2",
    ]
    tip = model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == f"{page.path}\nPossible match, 98.0 %"


def test_data_asks_for_a_picture_and_tells_when_it_came(
    model: HitsModel, services: FakeServices, qtbot: QtBot
) -> None:
    model.show([services.hit(1), services.hit(2)])
    with qtbot.waitSignal(model.dataChanged) as told:
        assert model.index(1).data(Qt.ItemDataRole.DecorationRole) is None
    assert told.args[0].row() == 1
    assert model.index(1).data(Qt.ItemDataRole.DecorationRole).width() == 32
    assert services.thumbnails_asked == [2]
