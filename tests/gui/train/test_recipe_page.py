"""The recipe step: what is suggested, what a person says, and what that comes to."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from tests.gui.train.recipe_making import CAPTIONS, NAMES, make_set
from vlm_desktop.engine.train.choosing import Choosing
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train.recipe_field_row import FieldRow
from vlm_desktop.gui.panes.train.recipe_fields import GROUPS, Field
from vlm_desktop.gui.panes.train.recipe_page import RecipePage
from vlm_desktop.gui.panes.train.session import DATA, RECIPE
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.training.spec import KINDS, Recipe, recipe_of

OpenRecipe = Callable[..., RecipePage]


@pytest.fixture
def open_recipe(
    pane: TrainPane, training: Training, pictures: list[Path], qtbot: QtBot
) -> OpenRecipe:
    """The step over a new data set of these texts."""
    training.choosing = Choosing(
        training.paths.home, training.registry, training.datasets,
        lambda: training.teaching, lambda: training.runs,
        "tests.gui.train.recipe_making:look_at_parts",
    )  # fmt: skip

    def make(texts: tuple[str, ...] = CAPTIONS, name: str = "Things") -> RecipePage:
        made = make_set(training, pictures, texts, name)
        pane.session.refresh()
        qtbot.waitUntil(lambda: made in [one.id for one in pane.session.sets])
        pane.session.open(made)
        pane.go_to(RECIPE)
        page = pane.pages[RECIPE]
        assert isinstance(page, RecipePage)
        qtbot.waitUntil(lambda: page.layers.currentIndex() == 1)
        return page

    return make


def _row(page: RecipePage, part: str, key: str) -> FieldRow:
    assert page.advanced.go_to(part, key)
    every = [row for group in page.advanced.groups.values() for row in group.rows]
    return next(one for one in every if (one.field.part, one.field.key) == (part, key))


def _type(qtbot: QtBot, row: FieldRow, text: str) -> None:
    line = row.findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


# --- states ------------------------------------------------------------------------------------


def test_without_data_one_button_leads_to_them(pane: TrainPane, qtbot: QtBot) -> None:
    pane.go_to(RECIPE)
    page = pane.pages[RECIPE]
    assert isinstance(page, RecipePage)
    assert page.message.title.text() == strings.EMPTY_TITLE
    assert page.message.primary.hasFocus()
    qtbot.keyClick(page.message.primary, Qt.Key.Key_Space)
    assert pane.step == DATA


def test_an_empty_data_set_says_so(pane: TrainPane, training: Training, qtbot: QtBot) -> None:
    made = training.datasets.create("Nothing")
    pane.session.refresh()
    qtbot.waitUntil(lambda: bool(pane.session.sets))
    pane.session.open(made.id)
    pane.go_to(RECIPE)
    page = pane.pages[RECIPE]
    assert isinstance(page, RecipePage)
    assert "Nothing" in page.message.title.text()


def test_a_recipe_that_does_not_read_is_begun_afresh(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    page.session.take_recipe({"model": {"id": "starter", "kind": "of a later version"}})
    qtbot.waitUntil(lambda: page.message.title.text() == strings.FAILED_TITLE)
    assert "of a later version" in page.message.sentence.text()
    page.message.primary.click()
    qtbot.waitUntil(lambda: page.layers.currentIndex() == 1)
    assert page.book.kind == "assistant"


# --- what shall it learn -----------------------------------------------------------------------


@pytest.mark.parametrize(("texts", "kind"), [(CAPTIONS, "assistant"), (NAMES, "probe")])
def test_what_suits_the_data_is_suggested_first_and_taken(
    open_recipe: OpenRecipe, texts: tuple[str, ...], kind: str
) -> None:
    page = open_recipe(texts)
    assert page.session.said["model"]["kind"] == kind
    assert next(iter(page.cards.cards)) == kind
    card = page.cards.cards[kind]
    assert card.button.isChecked()
    assert card.reason.isVisible()
    assert card.reason.text() in card.button.accessibleDescription()
    assert not page.session.desk.changes.undo_text, "nobody did anything yet"


def test_what_a_person_chose_is_not_suggested_away(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe(CAPTIONS)
    page.cards.cards["encoder"].button.click()
    open_recipe(NAMES, "Names")
    qtbot.waitUntil(lambda: next(iter(page.cards.cards)) == "probe")
    assert page.book.kind == "encoder"
    assert page.cards.cards["encoder"].button.isChecked()


def test_another_kind_is_chosen_undone_and_done_again(
    open_recipe: OpenRecipe, qtbot: QtBot
) -> None:
    page = open_recipe()
    page.book.say("Rank", "method", rank=4)
    page.book.say("Seed", "run", seed=3)
    page.cards.cards["prompts"].button.click()
    assert page.session.said == {
        "model": {"id": "starter", "kind": "prompts"}, "run": {"seed": 3},
    }, "a rank means nothing to it"  # fmt: skip
    changes = page.session.desk.changes
    qtbot.waitUntil(lambda: changes.undo_text == strings.CHANGE_KIND)
    changes.undo()
    qtbot.waitUntil(lambda: page.book.kind == "assistant")
    assert page.session.said["method"] == {"rank": 4}
    qtbot.waitUntil(lambda: page.cards.cards["assistant"].button.isChecked())
    changes.redo()
    qtbot.waitUntil(lambda: page.book.kind == "prompts")


def test_a_click_anywhere_on_a_card_chooses_it(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    card = page.cards.cards["encoder"]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.changes.geometry().center())
    assert page.book.kind == "encoder"
    assert card.button.hasFocus()


def test_offers_of_another_data_set_come_too_late(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe(NAMES)
    late = page.book.offers
    assert late is not None
    page.session.take_recipe({"model": {"id": "starter", "kind": "assistant"}})
    page.book._offered(page.session.set_id + 1, late)
    assert page.book.kind == "assistant"


# --- choices -----------------------------------------------------------------------------------


def test_how_thorough_says_rounds_and_steps(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    lengths = page.choices.lengths.buttons
    assert lengths["usual"].isChecked()
    lengths["thorough"].click()
    assert page.session.said["run"] == {"epochs": 30.0}
    qtbot.waitUntil(lambda: "30 rounds" in page.choices.thorough.facts.text())
    lengths["usual"].click()
    assert "run" not in page.session.said
    page.book.say("Steps", "run", steps=7)
    qtbot.waitUntil(lambda: "7 steps" in page.choices.thorough.facts.text())
    assert not any(one.isChecked() for one in lengths.values())


def test_how_strong_is_a_rank_with_its_weight(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    page.choices.ranks.buttons["strong"].click()
    assert page.session.said["method"] == {"rank": 32, "alpha": 64.0}
    qtbot.waitUntil(lambda: page.choices.strong.facts.text() == "Rank 32")
    page.choices.ranks.buttons["usual"].click()
    assert "method" not in page.session.said
    page.cards.cards["probe"].button.click()
    qtbot.waitUntil(lambda: not page.choices.strong.isVisible())


def test_parts_are_counted_when_they_are_asked_for(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    parts = page.choices.parts
    assert not parts.boxes
    parts.open.click()
    qtbot.waitUntil(lambda: list(parts.boxes) == ["language", "projector"])
    assert "80 of 1,000" in parts.boxes["language"].text()
    assert parts.boxes["language"].isChecked()
    assert not parts.boxes["projector"].isChecked()
    parts.boxes["projector"].click()
    assert page.session.said["method"] == {"targets": ["language", "projector"]}
    page.choices.ranks.buttons["gentle"].click()
    qtbot.waitUntil(lambda: "40 of 1,000" in parts.boxes["language"].text())
    assert parts.boxes["projector"].isChecked()
    for box in parts.boxes.values():
        box.click()
    assert page.session.said["method"]["targets"] == ["projector"], "one has to learn"
    assert parts.trouble.text() == strings.PARTS_ONE


def test_another_model_is_not_opened_unasked(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    parts = page.choices.parts
    parts.open.setFocus()
    parts.open.click()
    qtbot.waitUntil(lambda: bool(parts.boxes))
    assert parts.boxes["language"].hasFocus(), "where the button was"
    page.cards.cards["encoder"].button.click()
    qtbot.waitUntil(parts.open.isVisible)
    assert not parts.boxes


# --- everything else ---------------------------------------------------------------------------


def test_every_key_of_a_recipe_has_a_field_or_a_choice() -> None:
    recipe = recipe_of({"model": {"id": "starter", "kind": "assistant"}}, Path())
    known = {(one.part, one.key) for some in GROUPS.values() for one in some}
    for part in ("method", "loss", "run", "guard"):
        keys = set(type(getattr(recipe, part)).__dataclass_fields__)
        assert {key for key in keys if (part, key) not in known} <= {"targets"}
    assert {kind for some in GROUPS.values() for one in some for kind in one.kinds} >= set(KINDS)


@pytest.mark.parametrize("field", [one for some in GROUPS.values() for one in some])
def test_every_choice_of_a_field_can_be(field: Field) -> None:
    for kind in field.kinds & set(KINDS):
        for value in field.choices:
            model = {"id": "starter", "kind": kind}
            made = recipe_of({"model": model, field.part: {field.key: value}}, Path())
            assert isinstance(made, Recipe)


def test_what_means_nothing_to_a_kind_is_not_shown(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    assert not page.advanced.groups["loss"].isVisible()
    assert not page.advanced.go_to("method", "quantised")
    page.cards.cards["probe"].button.click()
    qtbot.waitUntil(lambda: page.advanced.groups["loss"].isVisible())
    assert not page.advanced.groups["method"].isVisible()


def test_what_a_file_said_is_shown_even_if_it_means_nothing(
    open_recipe: OpenRecipe, qtbot: QtBot
) -> None:
    page = open_recipe()
    page.book.say("Checkpointing", "run", checkpointing=True)
    qtbot.waitUntil(lambda: page.advanced.go_to("run", "checkpointing"))
    row = _row(page, "run", "checkpointing")
    row.reset.click()
    assert "run" not in page.session.said


def test_a_changed_field_is_marked_and_taken_back(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    row = _row(page, "run", "rate")
    assert not row.reset.isVisible()
    _type(qtbot, row, "0.02")
    assert page.session.said["run"] == {"rate": 0.02}
    qtbot.waitUntil(row.reset.isVisible)
    assert row.note.text() == "Changed. Usually: 0.001"
    assert "1 changed" in page.advanced.groups["pace"].head.text()
    assert page.all_usual.isVisible()
    row.reset.click()
    qtbot.waitUntil(lambda: not row.reset.isVisible())
    assert "run" not in page.session.said
    assert row.findChild(QLineEdit).text() == "0.001"
    _type(qtbot, row, "0.02")
    page.all_usual.click()
    assert page.session.said == {"model": {"id": "starter", "kind": "assistant"}}


def test_the_usual_typed_is_nothing_said(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    _type(qtbot, _row(page, "run", "rate"), "0.001")
    assert "run" not in page.session.said


def test_steps_and_rounds_take_each_other_back(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    _type(qtbot, _row(page, "run", "steps"), "9")
    assert page.session.said["run"] == {"steps": 9}
    qtbot.waitUntil(lambda: _row(page, "run", "epochs").findChild(QLineEdit).text() == "")
    _type(qtbot, _row(page, "run", "epochs"), "2")
    assert page.session.said["run"] == {"epochs": 2}


def test_other_editors_say_their_values(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    _row(page, "method", "dora").findChild(QCheckBox).click()
    combo = _row(page, "run", "schedule").findChild(QComboBox)
    combo.setCurrentIndex(combo.findData("linear"))
    combo.activated.emit(combo.currentIndex())
    _type(qtbot, _row(page, "run", "rates"), "projector = 0.01; language = 0.001")
    assert page.session.said["method"] == {"dora": True}
    rates = {"projector": 0.01, "language": 0.001}
    assert page.session.said["run"] == {"schedule": "linear", "rates": rates}
    curve = page.advanced.groups["pace"].curve
    assert curve is not None
    qtbot.waitUntil(lambda: "straight" in curve.accessibleDescription())
    assert page.book.look is not None
    assert page.book.look.wrong == ()


def test_a_wrong_value_has_the_engines_sentence_beside_it(
    open_recipe: OpenRecipe, training: Training, qtbot: QtBot
) -> None:
    page = open_recipe()
    row = _row(page, "run", "batch")
    _type(qtbot, row, "many")
    qtbot.waitUntil(lambda: "[run] batch must be a whole number" in row.trouble.text())
    assert row.trouble.isVisible()
    assert row.findChild(QLineEdit).text() == "many", "what was typed stays"
    page.advanced.groups["portions"].head.click()
    page.foot.start.click()
    assert "[run] batch" in page.foot.trouble.text()
    assert _row(page, "run", "batch").findChild(QLineEdit).hasFocus()
    assert training.runs.all() == ()
    _type(qtbot, row, "4")
    qtbot.waitUntil(lambda: not row.trouble.text())
    assert page.foot.trouble.isHidden()


def test_folds_come_back(open_recipe: OpenRecipe, qtbot: QtBot) -> None:
    page = open_recipe()
    page.advanced.groups["guard"].head.click()
    kept = page.state()
    page.advanced.groups["guard"].head.click()
    page.restore(kept)
    assert page.advanced.groups["guard"].is_open
    assert not page.advanced.groups["pace"].is_open
