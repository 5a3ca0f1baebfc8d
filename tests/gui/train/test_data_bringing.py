"""The first step: examples brought from files, pictures and the library."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DatabaseBusy
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.training import Exchange
from vlm_desktop.base.trainingdata import (
    ExamplesRead,
    OnHand,
    PhotoText,
    PhotoTextCount,
    TrainSource,
)
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train.data_page import DataPage
from vlm_desktop.gui.panes.train.data_photos import PhotosDialog
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.widgets.report_dialog import ReportDialog


@pytest.fixture
def page(pane: TrainPane) -> DataPage:
    return pane.data


@pytest.fixture
def captions(pictures: list[Path]) -> Path:
    """JSON lines about five of the pictures, and one about none."""
    rows = [{"image": one.name, "caption": f"It is {one.stem}."} for one in pictures[:5]]
    rows.append({"image": "absent.png", "caption": "It is not there."})
    file = pictures[0].parent / "captions.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return file


def drop(page: DataPage, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(one)) for one in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    page.dropEvent(event)


def dialog_of(qtbot: QtBot, kind: type) -> object:
    found: list[object] = []

    def there() -> bool:
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind)]
        found[:] = [one for one in found if one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there)
    return found[0]


def test_a_dropped_file_becomes_a_data_set_and_goes_in_one_step(
    page: DataPage, training: Training, captions: Path, qtbot: QtBot
) -> None:
    drop(page, captions)
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 5)
    assert page.body.name.text() == "captions"
    assert page.body.notice.words.text() == "5 examples were added. 1 was left out."
    page.body.notice.buttons[0].click()
    report = dialog_of(qtbot, ReportDialog)
    assert "absent.png" in report.list.item(0).text()
    report.close()
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.message)
    assert training.datasets.list() == ()
    page.desk.changes.redo()
    qtbot.waitUntil(lambda: page.session.set is not None)
    assert [one.examples for one in training.datasets.list()] == [5]


def test_what_is_brought_again_is_told_and_undone_alone(
    page: DataPage, training: Training, captions: Path, qtbot: QtBot
) -> None:
    page.take_paths([captions])
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 5)
    with captions.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"image": "white.png", "caption": "It is white."}))
    page.take_paths([captions])
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 6)
    assert "1 example was added. 5 were there already." in page.body.notice.words.text()
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 5)
    assert training.datasets.get("captions").examples == 5


def test_pictures_without_texts_are_asked_about_once(
    page: DataPage, training: Training, pictures: list[Path], qtbot: QtBot
) -> None:
    page.take_paths(pictures[:3])
    dialog = dialog_of(qtbot, PhotosDialog)
    assert dialog.hint.text() == "What is a model to say of these 3 pictures?"
    dialog.label.setText("Rocky")
    dialog.go.click()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 3)
    (kept,) = training.datasets.list()
    assert kept.name == "Rocky"
    found = training.datasets.examples(kept.id)
    assert {(one.label, one.turns) for one in found} == {("Rocky", (Exchange("", "Rocky"),))}


def test_a_bare_folder_is_refused_with_a_way_on(
    page: DataPage, training: Training, pictures: list[Path], qtbot: QtBot
) -> None:
    page.take_paths([pictures[0].parent])
    notice = page.body.notice
    qtbot.waitUntil(lambda: notice.buttons[1].isVisible())
    assert "holds no examples" in notice.words.text()
    notice.buttons[0].click()
    dialog = dialog_of(qtbot, PhotosDialog)
    assert "the pictures in pictures" in dialog.hint.text()
    dialog.group.button(1).setChecked(True)
    dialog.text.setText("A pattern.")
    dialog.go.click()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 6)
    (kept,) = training.datasets.list()
    answers = {one.turns[0].answer for one in training.datasets.examples(kept.id)}
    assert answers == {"A pattern."}


def test_photos_of_the_library_bring_their_own_texts(
    page: DataPage, training: Training, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked = []

    def photos(ids: object, **said: object) -> ExamplesRead:
        asked.append((ids, said))
        return ExamplesRead(TrainSource.LIBRARY, None, (), ())

    own = (PhotoTextCount(PhotoText.APPROVED, 2, "de"), PhotoTextCount(PhotoText.CAPTION, 1))
    monkeypatch.setattr(training.sources, "photo_texts", lambda _: own)
    monkeypatch.setattr(training.sources, "photos", photos)
    page.desk.navigator.train_wanted.emit((4, 7))
    dialog = dialog_of(qtbot, PhotosDialog)
    assert dialog.group.button(0).text() == "Its approved alt text: 2 of 2 have one"
    assert dialog.wish.language == "de"
    dialog.go.click()
    qtbot.waitUntil(lambda: page.body.notice.words.text() == "No example was added.")
    assert asked[0][0] == (4, 7)
    assert asked[0][1]["own"] is PhotoText.APPROVED
    assert asked[0][1]["language"] == "de"


def test_ways_tell_how_much_there_is(
    page: DataPage, training: Training, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    ways, said = page.ways, []
    asked: list[str] = []

    def alt_texts(language: str = "") -> ExamplesRead:
        asked.append(language)
        return ExamplesRead(TrainSource.ALT_TEXTS, None, (), ())

    monkeypatch.setattr(training.sources, "alt_texts", alt_texts)
    monkeypatch.setattr(training.sources, "on_hand", lambda: OnHand((("en", 3), ("de", 2))))
    monkeypatch.setattr(type(page.desk), "say", lambda _, words: said.append(words), raising=False)
    ways.refresh()
    alt = ways.kept[TrainSource.ALT_TEXTS]
    qtbot.waitUntil(lambda: alt.text() == "Approved alt &texts (5)")
    assert [one.text() for one in ways.languages.actions()] == [
        "&All languages (5)", "English (en) (3)", "Deutsch (de) (2)"
    ]  # fmt: skip
    ways.languages.actions()[2].trigger()
    qtbot.waitUntil(lambda: asked == ["de"])
    assert ways.kept[TrainSource.CHAT].text().endswith("(none yet)")


def test_reading_tells_how_far_it_is_and_can_be_stopped(
    page: DataPage, training: Training, qtbot: QtBot
) -> None:
    def slow(_: object, cancel: CancelToken):  # type: ignore[no-untyped-def]
        while True:
            yield Progress(Phase.INVENTORY, 3, 40)
            cancel.raise_if_cancelled()
            cancel.wait(0.01)

    page.reading.run("Slow", "Reading slowly", [slow])
    notice = page.body.notice
    qtbot.waitUntil(lambda: "3 of 40" in notice.words.text())
    assert page.layers.currentWidget() is page.body
    notice.buttons[0].click()
    qtbot.waitUntil(lambda: not page.reading.task.is_running)
    assert notice.isHidden()
    assert page.layers.currentWidget() is page.message
    assert training.datasets.list() == ()


def test_what_cannot_be_read_is_said_and_goes_away(
    page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("just a line", encoding="utf-8")
    page.take_paths([file])
    notice = page.body.notice
    qtbot.waitUntil(lambda: "holds no examples" in notice.words.text())
    assert notice.buttons[0].text() == "Try again"
    page.session.refresh()
    qtbot.waitUntil(lambda: page.body.layers.currentWidget() is page.body.empty)
    assert page.layers.currentWidget() is page.body
    assert page.back()
    assert page.layers.currentWidget() is page.message


def test_examples_that_cannot_be_put_in_are_tried_again(
    page: DataPage,
    training: Training,
    captions: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    def busy(*_: object) -> None:
        raise DatabaseBusy(path=Path("library.db"))

    notice = page.body.notice
    with monkeypatch.context() as patched:
        patched.setattr(training.datasets, "put", busy)
        page.take_paths([captions])
        qtbot.waitUntil(lambda: notice.buttons[0].text() == "Try again" and not notice.isHidden())
    assert not page.reading.is_busy
    notice.buttons[0].click()
    qtbot.waitUntil(lambda: "5 examples were added" in notice.words.text())


def test_a_library_that_is_there_is_counted(engine: AppServices, training: Training) -> None:
    engine.library.train_sets()  # makes one
    assert training.sources.on_hand() == OnHand()
