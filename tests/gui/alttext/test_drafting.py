"""Drafts: streamed into an empty field, beside a person's text, for a whole set; suggestions."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from tests.gui.fake_services import FakeServices
from tests.gui.models.fake_shelf import FakeModels, FakeSwitching
from vlm_desktop.base.alttext import (
    AltImage,
    AltState,
    Author,
    Brief,
    Candidate,
    Decision,
    Suggestion,
    WrittenBy,
)
from vlm_desktop.base.chaterrors import NoAnswerYet
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane

Image = Callable[..., AltImage]
DRAFT = "A cat on a mat."


def test_a_draft_grows_in_the_locked_field_and_is_kept_as_the_models(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    alttext.drafting.gate.clear()
    pane.editor.draft.click()
    assert pane.editor.alt.box.isReadOnly()
    assert pane.editor.stop.isVisible()
    assert not pane.editor.draft.isEnabled()
    alttext.drafting.gate.set()
    qtbot.waitUntil(lambda: image(0).text("en").alt == DRAFT)
    qtbot.waitUntil(lambda: not pane.editor.alt.box.isReadOnly())
    text = image(0).text("en")
    assert (text.state, text.written_by.author) == (AltState.DRAFT, Author.MODEL)
    assert text.written_by.model_id == "fake-model"
    assert not pane.editor.candidates.isVisible()
    # Its revision is in history.
    qtbot.waitUntil(lambda: pane.editor.state.who.text().startswith("Text: fake-model, "))
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(0).text("en").alt == "")
    qtbot.waitUntil(lambda: pane.editor.alt.text == "")


def test_a_stopped_draft_leaves_nothing(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    alttext.drafting.gate.clear()
    pane.drafting.start()
    qtbot.waitUntil(lambda: bool(alttext.drafting.asked))
    assert pane.back(), "Esc stops it"
    qtbot.waitUntil(lambda: not pane.drafting.is_writing)
    assert pane.editor.alt.text == ""
    assert not pane.editor.alt.box.isReadOnly()
    assert image(0).text("en").alt == ""


def test_beside_a_persons_text_it_is_a_candidate(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.editor.alt.box, "My own words.")
    pane.drafting.start()
    panel = pane.editor.candidates
    qtbot.waitUntil(lambda: len(panel.candidates) == 1)
    assert pane.editor.alt.text == "My own words."
    assert image(0).text("en").alt == "My own words."
    assert "by the small starter model" in panel.list.item(0).text()
    panel.use(0)
    qtbot.waitUntil(lambda: pane.editor.alt.text == DRAFT)
    assert image(0).text("en").alt == DRAFT
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.editor.alt.text == "My own words.")


def test_where_no_text_is_needed_no_drafts_are_offered(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.editor.alt.box, "My own words.")
    pane.drafting.start()
    panel = pane.editor.candidates
    qtbot.waitUntil(panel.isVisible)
    pane.corner.decide(Decision.DECORATIVE)
    qtbot.waitUntil(lambda: not panel.isVisible())
    pane.corner.decide(Decision.INFORMATIVE)
    qtbot.waitUntil(panel.isVisible)


def test_candidates_can_be_dropped(pane: AltTextPane, qtbot: QtBot) -> None:
    qtbot.keyClicks(pane.editor.alt.box, "My own words.")
    pane.drafting.start()
    qtbot.waitUntil(lambda: len(pane.editor.candidates.candidates) == 1)
    pane.editor.candidates.drop.click()
    qtbot.waitUntil(lambda: not pane.editor.candidates.isVisible())


def test_a_draft_goes_on_while_another_image_is_worked_on(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    alttext.drafting.gate.clear()
    pane.drafting.start()
    qtbot.waitUntil(lambda: bool(alttext.drafting.asked))
    pane.step(1)
    qtbot.keyClicks(pane.editor.alt.box, "Ships.")
    alttext.drafting.gate.set()
    qtbot.waitUntil(lambda: image(0).text("en").alt == DRAFT)
    qtbot.waitUntil(lambda: image(1).text("en").alt == "Ships.")
    assert pane.editor.alt.text == "Ships."


def test_trouble_with_the_model_is_said_and_the_field_is_free_again(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    alttext.drafting.error = NoAnswerYet()
    pane.drafting.start()
    qtbot.waitUntil(lambda: bool(pane.window().status.text.text()))
    assert not pane.drafting.is_writing
    assert not pane.editor.alt.box.isReadOnly()
    assert pane.editor.draft.isEnabled()


def test_the_suggestion_is_looked_for_by_itself_and_taken_by_a_button(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    bar = pane.editor.decision
    qtbot.waitUntil(bar.suggestion.isVisible)
    assert bar.suggestion.text() == (
        "Suggested: Informative (quite sure). It is a photo. Words cover 3 % of it."
    )
    assert image(0).suggestion is not None, "it is kept"
    bar.take.click()
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    qtbot.waitUntil(lambda: not bar.take.isVisible())


def test_a_suggested_group_is_led_by_its_first(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    ids = tuple(pane.session.images)
    suggestion = Suggestion(Decision.GROUP, (("near-duplicate", "2"),), 0.6, group=ids[:2])
    alttext.sets.set_suggestion(ids[0], suggestion)
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.session.current.suggestion == suggestion)
    pane.editor.decision.take.click()
    qtbot.waitUntil(lambda: image(1).lead_id == ids[0])
    pane.queue.choose(ids[1])
    qtbot.waitUntil(lambda: not pane.editor.alt.isVisible())
    assert pane.editor.note.text() == f"{image(0).name} carries the text for this group."
    pane.editor.decision.lead.click()
    qtbot.waitUntil(lambda: image(0).lead_id == ids[1])
    qtbot.waitUntil(pane.editor.alt.isVisible)


def test_an_image_joins_the_group_of_the_one_before(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    pane.step(1)
    pane.corner.decide(Decision.GROUP)
    qtbot.waitUntil(pane.editor.decision.grouping.isVisible)
    pane.editor.decision.with_last.click()
    qtbot.waitUntil(lambda: image(1).lead_id == image(0).id)
    assert image(0).decision is Decision.GROUP


def test_translations_are_drafted_from_the_approved_text(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    pane.corner.decide(Decision.INFORMATIVE)
    pane.editor.alt.put_text("A bridge.")
    qtbot.waitUntil(lambda: image(0).decision is Decision.INFORMATIVE)
    first = image(0).id
    pane.corner.approve()
    qtbot.waitUntil(lambda: image(0).text("en").state is AltState.APPROVED)
    qtbot.waitUntil(lambda: pane.session.current_id != first)
    pane.queue.choose(first)
    assert not pane.editor.translate.isVisible()
    pane.session.choose_language("de")
    translate = pane.editor.translate
    qtbot.waitUntil(lambda: translate.text() == "Translate from English (en)")
    pane.editor.translate.click()
    qtbot.waitUntil(lambda: image(0).text("de").alt == "[de] A bridge.")
    assert alttext.drafting.translated == [("A bridge.", "en", "de")]
    assert image(0).text("de").state is AltState.DRAFT


def test_all_that_are_empty_are_drafted_as_work_and_undone_as_one(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.editor.alt.box, "My own words.")
    pane.corner.autosave.flush()
    qtbot.waitUntil(lambda: pane.corner.autosave.is_clean)
    alttext.drafting.gate.clear()
    pane.desk.actions.get("alttext.batch").trigger()
    qtbot.waitUntil(lambda: len(pane.desk.work.running) == 1)
    work = pane.desk.work.running[0]
    assert work.can_pause
    assert not pane.actions_of_pane.batch.isEnabled()
    alttext.drafting.gate.set()
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=20_000)
    qtbot.waitUntil(lambda: image(2).text("en").state is AltState.DRAFT)
    assert image(0).text("en").alt == "My own words."
    assert pane.desk.work.running == ()
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text == "Drafts of a set")
    qtbot.waitUntil(lambda: pane.session.images[image(1).id].text("en").alt != "")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: image(1).text("en").alt == "" and image(2).text("en").alt == "")
    pane.desk.changes.redo()
    qtbot.waitUntil(lambda: image(1).text("en").alt != "")


def test_a_stopped_batch_keeps_what_it_has_and_goes_on(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    alttext.drafting.gate.clear()
    pane.batch.start()
    qtbot.waitUntil(lambda: bool(alttext.drafting.asked), timeout=20_000)
    pane.desk.work.running[0].stop()
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=20_000)
    alttext.drafting.gate.set()
    pane.batch.start()
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=20_000)
    assert all(image(n).text("en").alt for n in range(3))


def test_the_model_that_is_chosen_writes_and_is_remembered(
    pane: AltTextPane, alttext: FakeAltTexts, services: FakeServices, qtbot: QtBot
) -> None:
    models = FakeModels({})
    services.models = models  # type: ignore[assignment]
    services.switching = FakeSwitching(models)  # type: ignore[attr-defined]
    box = pane.editor.models
    qtbot.waitUntil(lambda: box.count() > 1)
    names = [box.itemText(row) for row in range(box.count())]
    assert "Far model" not in names, "it is not on this disk"
    row = box.count() - 2
    box.setCurrentIndex(row)
    box.activated.emit(row)
    pane.drafting.start()
    qtbot.waitUntil(lambda: [one.model_id for one in alttext.drafting.asked] == [box.itemData(row)])
    assert pane.state()["model"] == box.itemData(row)
    box.activated.emit(box.count() - 1)
    assert pane.window().stack.currentWidget() is pane.window().pane("models")


def test_the_brief_reaches_whoever_writes(
    alttext: FakeAltTexts,
    make_set: Callable[..., object],
    open_pane: Callable[[], AltTextPane],
    qtbot: QtBot,
) -> None:
    make_set(brief=Brief(names=("Ada",), language="en", candidates=2))
    pane = open_pane()
    pane.drafting.start()
    qtbot.waitUntil(lambda: bool(alttext.drafting.asked))
    assert alttext.drafting.asked[0].brief.names == ("Ada",)
    qtbot.waitUntil(lambda: pane.editor.alt.text == DRAFT)
    qtbot.waitUntil(lambda: len(pane.editor.candidates.candidates) == 1)


def test_stop_stands_where_draft_stood_and_takes_the_focus(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    alttext.drafting.gate.clear()
    pane.editor.draft.setFocus()
    place = pane.editor.draft.pos()
    pane.editor.draft.click()
    assert not pane.editor.draft.isVisible()
    qtbot.waitUntil(lambda: pane.editor.stop.pos() == place)
    assert pane.window().focusWidget() is pane.editor.stop
    pane.editor.stop.click()
    qtbot.waitUntil(lambda: not pane.drafting.is_writing)
    assert pane.window().focusWidget() is pane.editor.draft


def test_a_batch_that_the_window_closed_upon_goes_on_with_its_model(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: pane.editor.models.count() > 1)
    pane.writer.wanted = pane.editor.models.itemData(pane.editor.models.count() - 2)
    assert pane.state()["batch"] == {}
    alttext.drafting.gate.clear()
    pane.queue.batch.click()
    qtbot.waitUntil(lambda: bool(alttext.drafting.asked), timeout=20_000)
    state = pane.state()
    pane.stop()
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=20_000)
    alttext.drafting.gate.set()
    ids = list(pane.session.images)
    # The next start: the sets are not known yet when the state comes back.
    pane.session.open(0)
    pane.restore(state)
    pane.refresh()
    kept = alttext.sets
    qtbot.waitUntil(lambda: all(kept.image(one).text("en").alt for one in ids), timeout=20_000)
    assert {one.model_id for one in alttext.drafting.asked} == {pane.writer.wanted}
    qtbot.waitUntil(lambda: not pane.batch.is_running)
    assert pane.state()["batch"] == {}


def test_drafting_all_is_offered_below_the_list_while_some_are_empty(
    pane: AltTextPane, qtbot: QtBot
) -> None:
    button = pane.queue.batch
    assert button.isVisible()
    button.setFocus()
    button.click()
    assert not button.isEnabled()
    assert pane.window().focusWidget() is pane.queue.view, "the focus does not fall on what is next"
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=20_000)
    qtbot.waitUntil(lambda: not button.isVisible())


def test_the_state_names_who_wrote_in_words(
    pane: AltTextPane, alttext: FakeAltTexts, image: Image, qtbot: QtBot
) -> None:
    by = WrittenBy(Author.MODEL, "rule", "r1", "", 0)
    alttext.sets.add_drafts(image(0).id, "en", [Candidate("Go to gallery", written_by=by)])
    pane.session.reread()
    qtbot.waitUntil(lambda: pane.editor.state.who.text().startswith("Text: the link, "))
