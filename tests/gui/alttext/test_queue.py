"""The list of images: states and decisions in words, filters, orders, keys; thousands of rows."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.gui.alttext.fake_alttext import FakeAltTexts
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.alttext import AltImage, AltState, AltText, Decision
from vlm_desktop.base.types import Size
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.queue_model import Order, QueueModel

Image = Callable[..., AltImage]
ENTER = Qt.Key.Key_Return


def an_image(number: int, state: AltState = AltState.EMPTY, **more: object) -> AltImage:
    text = AltText("en", f"Text {number}", state=state)
    image = AltImage(number, Path(f"/p/{number}.jpg"), None, "", f"{number}.jpg", "", Size(4, 3),
                     texts=(text,))  # fmt: skip
    return replace(image, **more)  # type: ignore[arg-type]


@pytest.fixture
def model(qapp: object) -> QueueModel:
    del qapp
    made = QueueModel()
    made.show_images(
        [
            an_image(10, AltState.APPROVED, risk=0.1),
            an_image(2, AltState.STALE, risk=0.9, decision=Decision.TEXT),
            an_image(1, AltState.EMPTY, name="a cat.jpg"),
        ],
        "en",
    )
    return made


def test_orders(model: QueueModel) -> None:
    found = {}
    for order in Order:
        model.order = order
        model.arrange()
        found[order] = model.ids
    assert found == {
        Order.QUEUE: (10, 2, 1),
        Order.RISK: (2, 10, 1),
        Order.NAME: (2, 10, 1),
        Order.STATE: (2, 1, 10),
    }


def test_filters_by_state_and_by_words_of_name_and_text(model: QueueModel) -> None:
    model.state = AltState.STALE
    model.arrange()
    assert model.ids == (2,)
    model.state, model.words = None, "CAT text"
    model.arrange()
    assert model.ids == (1,)


def test_what_changes_stays_in_its_place_until_one_asks_for_another_order(
    model: QueueModel, qtbot: QtBot
) -> None:
    model.state = AltState.EMPTY
    model.arrange()
    changed = an_image(1, AltState.DRAFT)
    with qtbot.waitSignal(model.dataChanged):
        model.put(changed)
    assert model.ids == (1,), "it does not vanish under the eyes"
    model.arrange()
    assert model.ids == ()


def test_a_row_says_state_decision_and_why_to_look(model: QueueModel) -> None:
    model.put(an_image(2, AltState.STALE, decision=Decision.TEXT, risk_reasons=("people",)))
    said = model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "2.jpg, Stale, Text, to be looked at: people in it"


def test_the_next_that_needs_someone_is_looked_for_all_round(model: QueueModel) -> None:
    assert model.next_needing(2) == 1, "the approved one is passed over"
    model.put(an_image(1, AltState.APPROVED))
    model.put(an_image(2, AltState.APPROVED))
    assert model.next_needing(0) == -1


def test_single_keys_decide_and_walk(pane: AltTextPane, image: Image, qtbot: QtBot) -> None:
    view = pane.queue.view
    pane.queue.focus_list()
    for key, decision in (
        (Qt.Key.Key_2, Decision.DECORATIVE),
        (Qt.Key.Key_5, Decision.COMPLEX),
        (Qt.Key.Key_0, Decision.UNDECIDED),
    ):
        qtbot.keyClick(view, key)
        qtbot.waitUntil(lambda decision=decision: image(0).decision is decision)
        qtbot.waitUntil(lambda decision=decision: pane.session.current.decision is decision)
    qtbot.keyClick(view, Qt.Key.Key_J)
    assert pane.session.current_id == image(1).id
    qtbot.keyClick(view, Qt.Key.Key_K)
    assert pane.session.current_id == image(0).id


def test_enter_in_the_queue_approves_what_is_decorative_and_goes_on(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.queue.focus_list()
    qtbot.keyClick(pane.queue.view, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: pane.session.current.decision is Decision.DECORATIVE)
    qtbot.keyClick(pane.queue.view, ENTER)
    qtbot.waitUntil(lambda: pane.session.current_id == image(1).id)
    assert image(0).text("en").state is AltState.APPROVED
    assert pane.queue.view.hasFocus()


def test_an_image_nobody_decided_about_is_not_approved_and_the_decision_is_asked_for(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.editor.focus_alt()
    qtbot.keyClicks(pane.editor.alt.box, "A bridge.")
    qtbot.keyClick(pane.editor.alt.box, ENTER, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: pane.editor.decision.isAncestorOf(pane.window().focusWidget()))
    assert image(0).text("en").state is AltState.DRAFT
    assert pane.session.current_id == image(0).id


def test_several_are_decided_and_approved_at_once_and_undone_as_one(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    view = pane.queue.view
    pane.queue.focus_list()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert pane.editor.place.text() == "1 of 3 · 3 selected"
    qtbot.keyClick(view, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: image(2).decision is Decision.DECORATIVE)
    qtbot.waitUntil(lambda: pane.session.images[image(2).id].decision is Decision.DECORATIVE)
    assert pane.editor.place.text() == "1 of 3 · 3 selected", "they stay selected"
    qtbot.keyClick(view, ENTER)
    qtbot.waitUntil(lambda: image(2).text("en").state is AltState.APPROVED)
    assert {image(n).text("en").state for n in range(3)} == {AltState.APPROVED}
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text == "Approving 3 images")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(2).text("en").state is AltState.EMPTY)
    assert image(0).text("en").state is AltState.EMPTY


def test_several_become_one_group_led_by_the_first(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    view = pane.queue.view
    pane.queue.focus_list()
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_6)
    qtbot.waitUntil(lambda: image(1).lead_id == image(0).id)
    assert image(0).lead_id == image(0).id
    assert image(2).decision is Decision.UNDECIDED


def test_filter_and_order_are_chosen_in_the_pane(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    alttext.sets.save_text(image(2).id, "en", "Ships", "")
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.queue.states.count() == 3)
    pane.queue.states.setCurrentIndex(pane.queue.states.findData("draft"))
    pane.queue.states.activated.emit(pane.queue.states.currentIndex())
    assert pane.queue.model.ids == (image(2).id,)
    assert pane.session.current_id == image(2).id
    assert pane.queue.count.text() == "1 of 3 images · 0 approved"
    pane.queue.states.setCurrentIndex(0)
    pane.queue.states.activated.emit(0)
    pane.queue.focus_words()
    qtbot.keyClicks(pane.queue.words, "nothing like it")
    qtbot.waitUntil(lambda: pane.queue.model.rowCount() == 0)
    assert pane.queue.layers.currentWidget() is pane.queue.message
    assert pane.session.current is None


def test_ten_thousand_images_are_rows_that_ask_for_the_pictures_in_sight_only(
    pane: AltTextPane, qtbot: QtBot
) -> None:
    images = [an_image(number) for number in range(10_000)]
    asked: set[object] = set()
    pixmap = pane.queue.thumbnails.pixmap
    pane.queue.thumbnails.pixmap = lambda path, _: asked.add(path) or pixmap(path)
    pane.queue.show_images(images, "en")
    qtbot.wait(50)
    view = pane.queue.view
    view.scrollToBottom()
    qtbot.wait(50)
    rows = view.viewport().height() // view.sizeHintForRow(0) + 2
    assert 0 < len(asked) <= 3 * rows


def test_drafts_that_come_in_do_not_move_the_list(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.queue.orders.setCurrentIndex(pane.queue.orders.findData("state"))
    pane.queue.orders.activated.emit(pane.queue.orders.currentIndex())
    before = pane.queue.model.ids
    pane.batch.start()
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=20_000)
    qtbot.waitUntil(lambda: image(2).text("en").state is AltState.DRAFT)
    assert pane.queue.model.ids == before


def test_a_file_that_changed_is_shown_as_it_is_now(
    pane: AltTextPane, services: FakeServices, qtbot: QtBot
) -> None:
    path = pane.session.current.path
    asked = services.peeking.asked
    qtbot.waitUntil(lambda: (path, 1) in asked and pane.queue.thumbnails.pixmap(path) is not None)
    qtbot.waitUntil(lambda: pane.session.current.content_hash != "")
    asked.clear()
    pane.sets.look_at_files()
    qtbot.waitUntil(lambda: pane.sets._looking.ending is not None)
    old = pane.queue.thumbnails.pixmap(path).cacheKey()
    assert (path, 1) not in asked, "the same bytes are not decoded again"
    make_photo(path, "yellow")
    pane.sets.look_at_files()
    qtbot.waitUntil(lambda: (path, 1) in asked)
    qtbot.waitUntil(lambda: pane.queue.thumbnails.pixmap(path).cacheKey() != old)
