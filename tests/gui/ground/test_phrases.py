"""Phrases with their verdicts, where they look, counting, and the way back to words."""

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.ground.fake_ground import SAM, FakeGround
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.grounding import DescriptionLength
from vlm_desktop.base.types import ImageTerm
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
from vlm_desktop.gui.panes.ground.items import DOT, FOUND, HEAT, OBJECT, OTHER, WORD, key
from vlm_desktop.gui.panes.ground.phrasing import MOST_PHRASES, phrases_in
from vlm_desktop.gui.strings import ground_phrases as strings

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


def find(qtbot: QtBot, pane: GroundPane, text: str) -> None:
    pane.bar.line.setText(text)
    qtbot.keyClick(pane.bar.line, KEY.Key_Return)
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)


def chips(pane: GroundPane, row: int) -> list[str]:
    return [chip.text() for chip in pane.bar.rows.rows[row].chips]


def test_phrases_are_parted_by_commas_and_lines() -> None:
    text = " red  cup,dog;\nbird\n\n, dog ,"
    assert phrases_in(text) == ["red cup", "dog", "bird"]
    assert phrases_in(" ,\n;") == []


def test_every_verdict_with_the_chips_of_its_parts(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    find(qtbot, pane, "red cup, dogs\ngreen cup; unicorn")
    assert chips(pane, 0) == ["found", "cup", "red"]
    assert chips(pane, 1) == ["2 match", "dogs"]
    assert chips(pane, 2) == [
        "“cup” is here, but it is red", "cup", "green", "left of the laptop",
    ]  # fmt: skip
    assert chips(pane, 3) == ["not here", "unicorn"]
    said = pane.bar.rows.rows[2].phrase.accessibleName()
    assert "green: does not hold, it is red, 90 % sure" in said
    assert "left of the laptop: cannot be told" in said
    tones = [chip.property("tone") for chip in pane.bar.rows.rows[2].chips]
    assert tones == ["careful", "good", "bad", "careful"]
    keys = [item.key for item in pane.canvas.items]
    assert keys == [key(FOUND, 0, 0), key(FOUND, 1, 0), key(FOUND, 1, 1), key(OTHER, 2, 0)]
    assert [phrase for _, phrase in ground.phrases.asked] == [
        "red cup", "dogs", "green cup", "unicorn",
    ]  # fmt: skip


def test_a_phrase_that_fails_leaves_the_others_alone(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.phrases.errors["dogs"] = ModelOutOfMemory(model="found-it", detail="")
    find(qtbot, pane, "dogs, red cup")
    assert chips(pane, 0) == [strings.VERDICT_FAILED]
    assert "found-it" in pane.bar.rows.rows[0].phrase.accessibleName()
    assert chips(pane, 1)[0] == "found"


def test_what_was_found_is_kept_one_by_one_or_all(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    find(qtbot, pane, "red cup, dogs")
    pane.bar.rows.rows[0].phrase.click()
    assert pane.current == key(FOUND, 0, 0)
    assert pane.canvas.hasFocus()
    qtbot.keyClick(pane.canvas, KEY.Key_Return)
    (one,) = pane.session.objects
    assert (one.label, one.source, one.expressions) == ("red cup", "starter", ("red cup",))
    assert one.confidence == 0.8
    assert pane.canvas.item(key(FOUND, 0, 0)) is None, "it is an object now"
    pane.bar.keep_all.click()
    assert [one.label for one in pane.session.objects] == ["red cup", "dogs", "dogs"]
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text == "Keeping 2 objects")
    qtbot.keyClick(pane.canvas, KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: len(pane.session.objects) == 1)
    assert pane.canvas.item(key(FOUND, 1, 0)) is not None, "what was undone is found again"
    pane.bar.clear.click()
    assert not pane.bar.rows.isVisible()


def test_too_many_and_no_phrases_are_told(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    find(qtbot, pane, "  ,")
    assert ground.phrases.asked == []
    find(qtbot, pane, ",".join(f"thing {number}" for number in range(MOST_PHRASES + 5)))
    assert len(ground.phrases.asked) == MOST_PHRASES
    find(qtbot, pane, "word " * 500)
    assert len(pane.bar.rows.rows) == 1
    assert pane.bar.rows.rows[0].phrase.width() < pane.bar.width()


def test_where_a_phrase_looks_is_shown_and_said_in_numbers(pane: GroundPane, qtbot: QtBot) -> None:
    find(qtbot, pane, "red cup, dogs")
    pane.bar.rows.rows[1].heat.click()
    qtbot.waitUntil(lambda: pane.canvas.item(key(HEAT, 1)) is not None)
    item = pane.canvas.item(key(HEAT, 1))
    assert item is not None
    assert item.note == "stands out 3.5 times the usual"
    assert pane.current == key(HEAT, 1)
    pane.bar.rows.rows[1].heat.click()
    assert pane.canvas.item(key(HEAT, 1)) is None


def test_words_of_a_caption_show_where_they_look(pane: GroundPane, qtbot: QtBot) -> None:
    pane.captions.begin()
    qtbot.waitUntil(lambda: bool(pane.captions.looks))
    words = pane.caption_strip.words
    assert [one.text() for one in words] == ["a", "cup", "on", "wood"]
    assert words[1].accessibleName() == "cup: 50 % at the strongest place"
    words[1].click()
    assert pane.canvas.item(key(WORD, 1)) is not None
    assert pane.caption_strip.hint.text() == words[1].accessibleName()
    assert pane.back(), "Esc ends it"
    assert not pane.caption_strip.isVisible()


def test_things_are_counted_and_corrected_by_hand(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    pane.bar.line.setText("dogs")
    pane.bar.count.click()
    qtbot.waitUntil(lambda: pane.count_bar.total.text() == "dogs: 3")
    assert "About 2.4 are expected" in pane.count_bar.hint.text()
    pane.hands.click(QPointF(170, 90), True)
    assert pane.counting.total == "dogs: 4"
    assert "About" not in pane.count_bar.hint.text(), "a person has counted"
    pane.hands.click(QPointF(31, 41), False)
    assert pane.counting.total == "dogs: 3"
    pane.canvas.setFocus()
    qtbot.keyClick(pane.canvas, KEY.Key_Z, CONTROL)
    assert pane.counting.total == "dogs: 4"
    pane.go_to(key(DOT, 0))
    qtbot.keyClick(pane.canvas, KEY.Key_Delete)
    assert pane.counting.total == "dogs: 3"
    pane.count_bar.keep.setFocus()
    pane.count_bar.keep.click()
    assert [one.label for one in pane.session.objects] == ["dogs"] * 3
    assert not pane.count_bar.isVisible()
    assert pane.canvas.hasFocus(), "work goes on over the picture"
    assert pane.session.objects[-1].confidence is None, "a person added it"


def test_a_region_is_put_into_words_and_sent_elsewhere(pane: GroundPane, qtbot: QtBot) -> None:
    find(qtbot, pane, "red cup")
    pane.phrasing.keep(0, 0)
    pane.go_to(key(OBJECT, 1))
    pane.speaking.describe(DescriptionLength.MEDIUM)
    qtbot.waitUntil(lambda: pane.words.description.text() == "A red cup.")
    pane.speaking.refer()
    qtbot.waitUntil(lambda: pane.words.list.count() == 2)
    assert pane.words.list.item(0).text() == "red cup — finds it again, 92 % overlap"
    assert pane.words.list.item(1).text() == "cup — 90 % overlap, and 2 others"
    asked: list[object] = []
    pane.desk.navigator.picture_wanted.connect(asked.append)
    pane.words.search.click()
    path, box = pane.session.path, pane.session.objects[0].box
    assert asked == [ImageTerm(path, box=box)]
    pane.go_to(key(OBJECT, 1))
    pane.words.ask.click()
    chat = pane.window().pane("chat")
    (attached,) = chat.composer.pictures.items
    assert (attached.path, attached.box) == (path, pane.session.objects[0].box)


def test_who_finds_phrases_is_automatic_until_a_person_chooses(
    pane: GroundPane, ground: FakeGround, qtbot: QtBot
) -> None:
    ground.phrases.cards, ground.phrases.chosen = (SAM,), "sam"
    pane.phrases.refresh()
    qtbot.waitUntil(lambda: bool(pane.phrases.cards))
    choice = pane.bar.models
    assert [choice.itemText(at) for at in range(choice.count())] == [
        "Automatic (SAM)", strings.FIND_STARTER, "SAM",
    ]  # fmt: skip
    find(qtbot, pane, "red cup")
    pane.phrases.use("starter")
    qtbot.waitUntil(lambda: not pane.phrasing.is_running)
    assert ground.phrases.asked == [("", "red cup"), ("starter", "red cup")]
    assert pane.state()["find"] == "starter"
