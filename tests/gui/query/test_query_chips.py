"""Chips of the query bar: typed filters, chosen ones, pictures; by keyboard and mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.types import Box, Filters, ImageTerm
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.search.filter_form import FilterForm
from vlm_desktop.gui.panes.search.picture_chip import PictureChip, WordsChip
from vlm_desktop.gui.panes.search.query_bar import QueryBar

Key = Qt.Key


@pytest.fixture
def bar(window: MainWindow) -> QueryBar:
    return window.search.bar


def asked(qtbot: QtBot, window: MainWindow, services: FakeServices, count: int) -> None:
    qtbot.waitUntil(lambda: len(services.queries) >= count)
    qtbot.waitUntil(lambda: window.search.panel.is_ready)


def words(bar: QueryBar) -> list[str]:
    return [chip.body.toolTip() for chip in bar.chips.chips]


def opened_form(bar: QueryBar) -> FilterForm:
    (form,) = [one for one in bar.findChildren(FilterForm) if one.isVisible()]
    return form


# --- typed filters -------------------------------------------------------------------------


def test_a_finished_filter_becomes_a_chip_and_narrows(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar
) -> None:
    bar.line.setFocus()
    qtbot.keyClicks(bar.line, 'dog date:2021..2023 -cat camera:"Canon EOS"')
    assert bar.line.text() == 'dog -cat camera:"Canon EOS"'
    assert words(bar) == ["2021 to 2023"]
    qtbot.keyClick(bar.line, Key.Key_Return)
    assert bar.line.text() == "dog -cat "
    assert words(bar) == ["2021 to 2023", "camera Canon EOS"]
    asked(qtbot, window, services, 1)
    query = services.queries[-1]
    assert (query.text, query.exclude) == ("dog", ("cat",))
    assert query.filters == Filters(date_from="2021", date_to="2023", camera="Canon EOS")


def test_while_a_filter_is_typed_the_words_are_searched_for_without_it(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar
) -> None:
    qtbot.keyClicks(bar.line, "dog date:20")
    asked(qtbot, window, services, 1)
    assert services.queries[-1].text == "dog"
    assert services.queries[-1].filters.is_empty
    assert window.search.searching.state.failed == ""


def test_a_wrong_filter_stays_in_the_line_and_is_explained(
    qtbot: QtBot, window: MainWindow, bar: QueryBar
) -> None:
    qtbot.keyClicks(bar.line, "rating:9 ")
    assert words(bar) == []
    assert bar.line.text() == "rating:9 "
    qtbot.waitUntil(lambda: "rating:9" in window.search.searching.state.failed)


def test_a_space_inside_quotes_finishes_nothing(qtbot: QtBot, bar: QueryBar) -> None:
    qtbot.keyClicks(bar.line, 'type:pdf "exact ')
    assert words(bar) == ["PDF pages"]
    assert bar.line.text() == '"exact '


def test_a_second_date_takes_the_first_ones_place_but_types_add_up(
    qtbot: QtBot, bar: QueryBar
) -> None:
    qtbot.keyClicks(bar.line, "date:2020 type:pdf date:2021 type:raw ")
    assert words(bar) == ["2021", "PDF pages", "RAW photos"]


# --- walking, changing, removing -------------------------------------------------------------


def test_chips_are_walked_changed_and_removed_by_keyboard(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar
) -> None:
    bar.set_text("dog date:2021 rating:3")
    asked(qtbot, window, services, 1)
    first, second = bar.chips.chips
    bar.line.setFocus()
    bar.line.setCursorPosition(0)
    qtbot.keyClick(bar.line, Key.Key_Left)
    assert window.focusWidget() is second.body
    qtbot.keyClick(second.body, Key.Key_Left)
    assert window.focusWidget() is first.body
    qtbot.keyClick(first.body, Key.Key_Return)
    form = opened_form(bar)
    field = form.fields["date"]
    field.set_value("2019..")
    qtbot.keyClick(form, Key.Key_Return)
    assert words(bar) == ["from 2019", "3 stars or more"]
    assert bar.text == "dog date:2019.. rating:3"
    bar.chips.focus_chip(0)
    qtbot.keyClick(window.focusWidget(), Key.Key_Delete)
    assert words(bar) == ["3 stars or more"]
    assert window.focusWidget() is bar.chips.chips[0].body
    qtbot.keyClick(window.focusWidget(), Key.Key_Backspace)
    assert words(bar) == []
    assert window.focusWidget() is bar.line


def test_a_chip_is_removed_by_its_cross(qtbot: QtBot, bar: QueryBar) -> None:
    bar.set_text("dog date:2021 rating:3")
    qtbot.mouseClick(bar.chips.chips[0].cross, Qt.MouseButton.LeftButton)
    assert bar.text == "dog rating:3"


def test_a_wrong_value_cannot_be_used_and_says_why(qtbot: QtBot, bar: QueryBar) -> None:
    bar.set_text("date:2021")
    qtbot.mouseClick(bar.chips.chips[0].body, Qt.MouseButton.LeftButton)
    form = opened_form(bar)
    form.fields["date"].set_value("yesterday..")
    assert not form.use.isEnabled()
    assert "2021-06" in form.trouble.text()
    qtbot.keyClick(form, Key.Key_Return)
    assert bar.text == "date:2021"
    form.close()


def test_escape_empties_the_whole_query(qtbot: QtBot, window: MainWindow, bar: QueryBar) -> None:
    bar.set_text("dog date:2021")
    bar.line.setFocus()
    qtbot.keyClick(bar.line, Key.Key_Escape)
    assert bar.query.is_empty


# --- the form ------------------------------------------------------------------------------


def test_the_form_offers_what_the_library_has_and_makes_chips(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar
) -> None:
    bar.set_text("dog rating:2")
    qtbot.mouseClick(bar.filters, Qt.MouseButton.LeftButton)
    form = opened_form(bar)
    camera, place = form.fields["camera"], form.fields["place"]
    qtbot.waitUntil(lambda: camera.box.count() == 3)
    assert form.fields["rating"].value() == "2"
    camera.box.setCurrentText("X100V")
    place.box.setCurrentIndex(1)
    form.fields["size"].set_value("1000..")
    form.fields["type"].set_value("raw")
    with qtbot.waitSignal(bar.query_changed):
        form.use.click()
    assert words(bar) == [
        "near 41.9° N, 12.5° E",
        "camera X100V",
        "2 stars or more",
        "RAW photos",
        "1,000 pixels or more",
    ]
    asked(qtbot, window, services, 1)
    qtbot.waitUntil(lambda: services.queries[-1].filters.camera == "X100V")
    filters = services.queries[-1].filters
    assert filters.place is not None
    assert filters.place.south < 41.9 < filters.place.north
    qtbot.mouseClick(bar.filters, Qt.MouseButton.LeftButton)
    opened_form(bar).clear.click()
    assert words(bar) == []


def test_using_the_form_without_changes_loses_nothing(qtbot: QtBot, bar: QueryBar) -> None:
    typed = 'dog camera:"My ""best"" one" type:pdf type:raw size:..500 date:2012-08..'
    bar.set_text(typed)
    before = sorted(bar.text.split())
    qtbot.mouseClick(bar.filters, Qt.MouseButton.LeftButton)
    opened_form(bar).use.click()
    assert sorted(bar.text.split()) == before


# --- pictures --------------------------------------------------------------------------------


def test_pictures_and_words_are_weighed(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar, tmp_path: Path
) -> None:
    bar.set_query(WrittenQuery("dog", (ImageTerm(tmp_path / "a.jpg"),)))
    words_chip, picture = bar.chips.chips
    assert isinstance(words_chip, WordsChip)
    assert isinstance(picture, PictureChip)
    assert picture.slider.isVisibleTo(bar)
    picture.slider.setValue(5)
    words_chip.slider.setValue(20)
    assert bar.query == WrittenQuery("dog", (ImageTerm(tmp_path / "a.jpg", 0.5),), 2.0)
    qtbot.waitUntil(lambda: bool(services.queries) and services.queries[-1].text_weight == 2.0)
    assert services.queries[-1].images[0].weight == 0.5
    bar.line.clear()
    (alone,) = bar.chips.chips
    assert isinstance(alone, PictureChip)
    assert not alone.slider.isVisibleTo(bar)


def test_a_part_of_a_photo_comes_from_elsewhere_and_says_so(
    window: MainWindow, bar: QueryBar, tmp_path: Path
) -> None:
    term = ImageTerm(tmp_path / "a.jpg", 1.0, Box(1, 2, 3, 4))
    window.desk.navigator.picture_wanted.emit(term)
    window.desk.navigator.picture_wanted.emit(term)
    assert bar.query.images == (term,)
    assert words(bar) == ["Part of a.jpg"]
    window.desk.navigator.similar_wanted.emit(tmp_path / "b.jpg")
    assert bar.query == WrittenQuery(images=(ImageTerm(tmp_path / "b.jpg"),))


def test_files_are_dropped_on_the_bar(bar: QueryBar, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.jpg", "folder")])
    bar.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, mime,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    assert [term.path.name for term in bar.query.images] == ["a.jpg"]


def test_a_pasted_picture_is_kept_and_searched_for(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar
) -> None:
    image = QImage(3_000, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    QGuiApplication.clipboard().setImage(image)
    bar.line.setFocus()
    for _ in range(2):
        qtbot.keyClick(bar.line, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: bool(bar.query.images))
    (term,) = bar.query.images
    assert term.path.parent == services.keeping.pasted
    assert QImage(str(term.path)).width() == 2_048
    assert words(bar) == ["pasted picture"]
    qtbot.waitUntil(lambda: len(list(services.keeping.pasted.iterdir())) == 1)
    assert bar.line.text() == ""


def test_pasted_words_are_words(qtbot: QtBot, bar: QueryBar) -> None:
    QGuiApplication.clipboard().setText("a dog")
    bar.line.setFocus()
    qtbot.keyClick(bar.line, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (bar.line.text(), bar.query.images) == ("a dog", ())


def test_pictures_are_picked(
    window: MainWindow, bar: QueryBar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [str(tmp_path / "a.jpg"), str(tmp_path / "b.png")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    window.desk.actions.get("search.add-picture").trigger()
    assert words(bar) == ["a.jpg", "b.png"]


# --- limits ----------------------------------------------------------------------------------


def test_ten_thousand_characters_do_not_hold_the_window_up(
    qtbot: QtBot, window: MainWindow, services: FakeServices, bar: QueryBar
) -> None:
    bar.line.setText("word " * 2_000)
    asked(qtbot, window, services, 1)
    assert len(services.queries[-1].text) == 9_999
    bar.set_text("rating:3 " * 1_100)
    assert words(bar) == ["3 stars or more"]


def test_everything_has_a_name(window: MainWindow, bar: QueryBar, tmp_path: Path) -> None:
    bar.set_query(WrittenQuery("dog date:2012 place:1,2,3,4", (ImageTerm(tmp_path / "a.jpg"),)))
    assert bar.chips.accessibleName()
    for chip in bar.chips.chips:
        for stop in chip.stops:
            assert stop.accessibleName()
            assert stop.accessibleDescription()
    for button in (bar.pictures, bar.filters, bar.history, bar.saved):
        assert button.accessibleName()
        assert button.toolTip()
