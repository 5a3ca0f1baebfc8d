"""Many pictures: labelling by phrases, the queue to review, export and import, what others send."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from tests.gui.ground.fake_ground import FakeGround
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.groundexports import ObjectsFormat
from vlm_desktop.base.grounding import GroundObject, ObjectState, PictureObjects
from vlm_desktop.base.types import Box
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.ground.export_dialog import ExportWish
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
from vlm_desktop.gui.panes.ground.label_dialog import LabelWish
from vlm_desktop.gui.strings import ground_files as strings

KEY = Qt.Key
OpenPane = Callable[[], GroundPane]


def label(qtbot: QtBot, pane: GroundPane, folder: Path) -> None:
    pane.labels.begin([folder], (), LabelWish(("red cup", "dogs"), "", with_masks=True))
    qtbot.waitUntil(lambda: not pane.labels.is_running)
    qtbot.waitUntil(lambda: len(pane.review.pictures) == 3)


def states(ground: FakeGround, path: Path) -> list[ObjectState]:
    kept = ground.keeping.at(path)
    return [one.state for one in kept.objects] if kept is not None else []


def test_a_folder_is_labelled_and_reviewed_by_keys(
    open_pane: OpenPane, ground: FakeGround, pictures: list[Path], qtbot: QtBot
) -> None:
    pane = open_pane()
    said: list[str] = []
    pane.desk.work.ended.connect(said.append)
    label(qtbot, pane, pictures[0].parent)
    assert said == ["Found and waiting to be reviewed: 9."]
    assert pane.pictures.next.isEnabled()
    pane.review.go_on()
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    first = pane.session.path
    assert first is not None
    qtbot.waitUntil(lambda: pane.current is not None)
    assert pane.review_strip.words.text() == "3 proposed objects to review"
    pane.focus_picture()
    qtbot.keyClick(pane.canvas, KEY.Key_A)
    qtbot.keyClick(pane.canvas, KEY.Key_R)
    assert pane.review_strip.words.text() == "1 proposed object to review"
    qtbot.keyClick(pane.canvas, KEY.Key_A)
    qtbot.waitUntil(lambda: pane.session.path != first and pane.session.picture is not None)
    accepted, rejected = ObjectState.ACCEPTED, ObjectState.REJECTED
    qtbot.waitUntil(lambda: states(ground, first) == [accepted, rejected, accepted])
    # The next one: all at once; it can be taken back.
    second = pane.session.path
    assert second is not None
    qtbot.waitUntil(lambda: bool(pane.review.proposed))
    pane.review_strip.accept_all.click()
    qtbot.waitUntil(lambda: states(ground, second) == [accepted] * 3)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: states(ground, second) == [ObjectState.PROPOSED] * 3)
    # Labelled once more, nothing that was rejected is proposed again.
    label(qtbot, pane, pictures[0].parent)
    assert said[-1] == strings.LABEL_DONE_NONE
    assert states(ground, first) == [accepted, rejected, accepted]


def test_a_stopped_batch_goes_on_where_it_was(
    open_pane: OpenPane, ground: FakeGround, pictures: list[Path], qtbot: QtBot
) -> None:
    pane = open_pane()
    made = ground.labelling.add([pictures[0].parent], ["red cup"], CancelToken())
    list(made)
    assert [one.waiting for one in ground.labelling.unfinished()] == [3]
    pane.labels.resume.trigger()
    qtbot.waitUntil(lambda: ground.labelling.unfinished() == ())
    qtbot.waitUntil(lambda: not pane.labels.is_running)
    qtbot.waitUntil(lambda: len(pane.review.pictures) == 3)


def test_the_label_dialog_begins_with_what_is_typed(pane: GroundPane, qtbot: QtBot) -> None:
    pane.bar.line.setText("dogs, red cup")
    dialog = pane.labels.ask("Pictures of Here", [Path("Here")], ())
    assert dialog.wish == LabelWish(("dogs", "red cup"), "", with_masks=True)
    dialog.phrases.clear()
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_objects_go_out_and_come_back(
    pane: GroundPane, ground: FakeGround, tmp_path: Path, qtbot: QtBot
) -> None:
    pane.phrasing.asked = ()
    pane.phrasing.ask(["red cup"])
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    pane.phrasing.keep(0, 0)
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text != "")
    said: list[str] = []
    pane.desk.work.ended.connect(said.append)
    target = tmp_path / "objects.json"
    wish = ExportWish(ObjectsFormat.COCO, only_this=True, with_pictures=False)
    pane.exports.export_now(wish, target)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["Exported to objects.json. Objects: 1, pictures: 1."]
    pane.session.remove(1)
    picture = pane.session.picture
    assert picture is not None
    qtbot.waitUntil(lambda: not ground.keeping.objects(picture).objects)
    pane.exports.take_in(target)
    qtbot.waitUntil(lambda: len(pane.session.objects) == 1)
    assert pane.session.objects[0].label == "red cup"
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.session.objects == ())


def test_forgetting_takes_objects_away_for_good(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    pane.phrasing.ask(["red cup"])
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    pane.phrasing.keep_all()
    qtbot.waitUntil(lambda: bool(ground.keeping.pictures()))
    pane.exports.forget_now(None)
    qtbot.waitUntil(lambda: pane.session.objects == () and ground.keeping.pictures() == ())


def test_photos_files_and_parts_come_from_elsewhere(
    pane: GroundPane, services: FakeServices, pictures: list[Path], qtbot: QtBot
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(one)) for one in pictures[1:]])
    pane.opening.take(mime)
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.session.path == pictures[1]
    pane.desk.navigator.pane_wanted.emit("search")
    box = Box(10, 10, 60, 60)
    pane.desk.navigator.sent.emit(Sending("ground", pictures[2], box=box))
    qtbot.waitUntil(lambda: pane.isVisible() and pane.pointing.prompt.box == box)
    assert pane.session.path == pictures[2]


def test_the_open_picture_shows_what_a_batch_proposes(
    pane: GroundPane, ground: FakeGround, pictures: list[Path], qtbot: QtBot
) -> None:
    assert pane.session.objects == ()
    label(qtbot, pane, pictures[0].parent)
    qtbot.waitUntil(lambda: len(pane.review.proposed) == 3)


def test_what_was_kept_before_is_in_the_list_of_pictures(
    open_pane: OpenPane, ground: FakeGround, pictures: list[Path], qtbot: QtBot
) -> None:
    picture = ground.pictures.load(pictures[0], CancelToken())
    pane = open_pane()
    pane.session.open(pictures[0])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.pictures.sentence.text() == strings.NO_PICTURES
    pane.pointing.set_box(Box(10, 10, 60, 60))
    qtbot.waitUntil(lambda: pane.pointing.mask is not None)
    pane.hands.keep()
    qtbot.waitUntil(lambda: pane.pictures.list.rows.rowCount() == 1)
    index = pane.pictures.list.rows.index(0)
    said = index.data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert said == "picture 1.png, 1 object"
    ground.keeping.save(PictureObjects(pictures[0], picture.content_hash, picture.size, ()))
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.pictures.list.rows.rowCount() == 0)


def test_the_most_doubtful_object_is_reviewed_first(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    proposed = [
        GroundObject(number, f"cup {number}", Box(10.0 * number, 10, 10.0 * number + 8, 20),
                     confidence=sure, state=ObjectState.PROPOSED)
        for number, sure in ((1, 0.9), (2, 0.3), (3, 0.6))
    ]  # fmt: skip
    pane.session.put("proposed", *proposed)
    assert [one.number for one in pane.review.proposed] == [2, 3, 1]
    pane.review.judge(True)
    assert [one.number for one in pane.review.proposed] == [3, 1]
    assert pane.session.chosen_object is not None
    assert pane.session.chosen_object.number == 3


def test_an_undo_shows_the_picture_it_changed(
    pane: GroundPane, pictures: list[Path], qtbot: QtBot
) -> None:
    pane.phrasing.ask(["red cup"])
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    with qtbot.waitSignal(pane.desk.changes.performed):
        pane.phrasing.keep(0, 0)
    pane.session.open(pictures[1])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.session.path == pictures[0])
    qtbot.waitUntil(lambda: pane.session.picture is not None)
    assert pane.session.objects == ()
    pane.desk.changes.redo()
    qtbot.waitUntil(lambda: [one.label for one in pane.session.objects] == ["red cup"])


def test_colours_stay_when_something_found_is_kept(pane: GroundPane, qtbot: QtBot) -> None:
    pane.phrasing.ask(["red cup", "dogs"])
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    before = {item.label: item.colour for item in pane.canvas.items}
    assert len(set(before.values())) == 2
    pane.phrasing.keep(0, 0)
    assert {item.label: item.colour for item in pane.canvas.items} == before


def test_while_heat_shows_nothing_else_that_was_found_lies_over_it(
    pane: GroundPane, qtbot: QtBot
) -> None:
    pane.phrasing.ask(["red cup", "dogs"])
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    pane.phrases.show_heat(1, True)
    qtbot.waitUntil(lambda: any(item.heat is not None for item in pane.canvas.items))
    assert {item.label for item in pane.canvas.items if item.heat is None} == {"dogs"}
    pane.phrases.show_heat(1, False)
    assert {item.label for item in pane.canvas.items} == {"red cup", "dogs"}
