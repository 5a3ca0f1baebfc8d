"""The first step: the list of examples, what is done with rows, balance and what is next."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import (
    AskReason,
    ExamplesFormat,
    ExamplesRead,
    NextItems,
    TrainSource,
    WorthLabelling,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train.data_edit import EditDialog
from vlm_desktop.gui.panes.train.data_examples import ranges
from vlm_desktop.gui.panes.train.data_export import ExportWish
from vlm_desktop.gui.panes.train.data_model import PAGE, ExampleRow, ExamplesModel
from vlm_desktop.gui.panes.train.data_narrow import Narrow
from vlm_desktop.gui.panes.train.data_next import worth
from vlm_desktop.gui.panes.train.data_page import DataPage
from vlm_desktop.gui.panes.train.session import CHECK
from vlm_desktop.gui.panes.train.train_pane import TrainPane


def put(training: Training, name: str, examples: list[Example]) -> int:
    kept = training.datasets.create(name)
    read = ExamplesRead(TrainSource.JSONL, None, tuple(examples), ())
    list(training.datasets.add(kept.id, read, CancelToken()))
    return kept.id


@pytest.fixture
def page(
    open_pane: Callable[[], TrainPane], training: Training, pictures: list[Path], qtbot: QtBot
) -> DataPage:
    """A data set of six examples: labels in turn, one held out."""
    examples = [
        Example(
            "", str(path), (Exchange("", f"It is {path.stem}."),), label=("warm", "cold")[at % 2],
            split=Split.VALIDATION if at == 5 else Split.TRAIN, source=f"jsonl: line {at}",
        )
        for at, path in enumerate(pictures)
    ]  # fmt: skip
    put(training, "Colours", examples)
    page = open_pane().data
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 6)
    qtbot.waitUntil(lambda: page.examples.current is not None)
    return page


def texts(page: DataPage) -> list[str]:
    model = page.examples.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def choose(page: DataPage, *rows: int) -> None:
    view = page.examples.view
    view.clearSelection()
    for row in rows:
        index = page.examples.model.index(row)
        view.selectionModel().select(index, view.selectionModel().SelectionFlag.Select)
    view.selectionModel().setCurrentIndex(
        page.examples.model.index(rows[0]), view.selectionModel().SelectionFlag.NoUpdate
    )


def splits(training: Training, page: DataPage) -> list[str]:
    return [one.split.value for one in training.datasets.examples(page.session.set_id)]


def test_rows_say_what_they_hold(page: DataPage) -> None:
    assert texts(page)[:2] == ["It is red.", "It is green."]
    said = page.examples.model.index(5).data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert said == "It is white. white.png. Held out. cold"
    assert page.body.counts.text() == ("5 to learn from · 1 held out · 0 left out · 6 pictures")


def test_uses_are_set_by_keys_and_taken_back(
    page: DataPage, training: Training, qtbot: QtBot
) -> None:
    choose(page, 0, 2)
    qtbot.keyClick(page.examples.view, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: "3 held out" in page.body.counts.text())
    assert splits(training, page) == [
        "validation", "train", "validation", "train", "train", "validation"
    ]  # fmt: skip
    assert len(page.examples.keys) == 2
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: "1 held out" in page.body.counts.text())
    qtbot.keyClick(page.examples.view, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: "2 left out" in page.body.counts.text())


def test_what_is_taken_out_comes_back(page: DataPage, training: Training, qtbot: QtBot) -> None:
    choose(page, 1, 3)
    qtbot.keyClick(page.examples.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 4)
    assert page.examples.view.currentIndex().row() == 1
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 6)
    assert len(training.datasets.examples(page.session.set_id)) == 6


def test_examples_are_found_by_words_use_and_bars(page: DataPage, qtbot: QtBot) -> None:
    page.examples.words.setText("YELLOW")
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 1)
    assert page.examples.only.text() == "1 of 6 shown"
    assert page.back()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 6)
    page.examples.sides.setCurrentIndex(2)
    page.examples.sides.activated.emit(2)
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 1)
    bars = page.body.balance.bars
    qtbot.waitUntil(lambda: bars.count() > 0)
    assert [bars.item(row).text() for row in range(3)] == ["By label", "cold", "warm"]
    bars.setCurrentRow(2)
    qtbot.keyClick(bars, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 3)
    assert page.examples.only.text() == "Only the label “warm” · 3 of 6 shown"
    page.examples.words.setText("elephant")
    qtbot.waitUntil(lambda: page.examples.layers.currentWidget() is page.examples.message)
    page.examples.message.primary.click()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 6)


def test_advice_shows_what_it_is_about(page: DataPage, qtbot: QtBot) -> None:
    balance = page.body.balance
    qtbot.waitUntil(lambda: balance.advice.count() > 0)
    said = [balance.advice.item(row).text() for row in range(balance.advice.count())]
    row = next(at for at, words in enumerate(said) if "“warm”" in words or "warm: " in words)
    balance.advice.taken.emit(row)
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 3)
    assert said[row] in page.examples.only.text()


def test_an_example_is_edited_and_stays_in_its_place(
    page: DataPage, training: Training, qtbot: QtBot
) -> None:
    choose(page, 2)
    qtbot.keyClick(page.examples.view, Qt.Key.Key_Return)
    dialog = page.deeds.dialog
    assert isinstance(dialog, EditDialog)
    (form,) = dialog.turns.forms
    form.answer.setPlainText("")
    assert not dialog.go.isEnabled()
    form.ask.setText("Which colour?")
    form.answer.setPlainText("Blue, like the sea.")
    dialog.turns.more.click()
    second = dialog.turns.forms[1]
    second.ask.setText("Is it dark?")
    second.answer.setPlainText("No.")
    dialog.label.setText("sea")
    dialog.go.click()
    qtbot.waitUntil(lambda: page.deeds.dialog is None)
    qtbot.waitUntil(lambda: texts(page)[2] == "Blue, like the sea.")
    changed = training.datasets.examples(page.session.set_id)[2]
    assert changed.turns == (
        Exchange("Which colour?", "Blue, like the sea."), Exchange("Is it dark?", "No.")
    )  # fmt: skip
    assert (changed.kind, changed.label) == (ExampleKind.QUESTION, "sea")
    assert page.examples.view.currentIndex().row() == 2
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: texts(page)[2] == "It is blue.")


def test_an_example_that_is_there_already_is_refused_in_the_dialog(
    page: DataPage, training: Training, pictures: list[Path], qtbot: QtBot
) -> None:
    put_in = Example("", str(pictures[0]), (Exchange("", "It is a red thing."),))
    read = ExamplesRead(TrainSource.JSONL, None, (put_in,), ())
    list(training.datasets.add(page.session.set_id, read, CancelToken()))
    page.session.refresh()
    qtbot.waitUntil(lambda: len(page.examples.model.keys) == 7)
    choose(page, 0)
    qtbot.waitUntil(lambda: page.examples.current is not None)
    page.deeds.edit_current()
    dialog = page.deeds.dialog
    dialog.turns.forms[0].answer.setPlainText("It is a red thing.")
    dialog.go.click()
    qtbot.waitUntil(lambda: "already" in dialog.trouble.text())
    assert dialog.isVisible()
    dialog.reject()


def test_a_box_is_moved_over_its_picture(
    page: DataPage, training: Training, pictures: list[Path], qtbot: QtBot
) -> None:
    box = Example(
        "", str(pictures[0]), (Exchange("stripe", "[1, 2, 30, 40]"),), ExampleKind.BOX,
        box=Box(1, 2, 30, 40),
    )  # fmt: skip
    page.session.open(put(training, "Boxes", [box]))
    page.session.refresh()
    qtbot.waitUntil(lambda: texts(page) == ["stripe"])
    choose(page, 0)
    page.deeds.edit_current()
    dialog = page.deeds.dialog
    qtbot.waitUntil(lambda: len(dialog.picture.canvas.items) == 1)
    assert dialog.picture.canvas.items[0].can_edit
    dialog.picture.box_changed.emit(Box(5, 6, 20, 21))
    dialog.go.click()
    qtbot.waitUntil(lambda: page.deeds.dialog is None)
    (moved,) = training.datasets.examples(page.session.set_id)
    assert (moved.box, moved.turns) == (Box(5, 6, 20, 21), (Exchange("stripe", "[5, 6, 20, 21]"),))


def test_a_share_is_held_out_and_taken_back(
    page: DataPage, training: Training, qtbot: QtBot
) -> None:
    page.splitting.split(50)
    qtbot.waitUntil(lambda: "groups" in page.body.notice.words.text(), timeout=20_000)
    assert "2 to learn from and 4 held out" in page.body.notice.words.text()
    assert splits(training, page).count("validation") == 4
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: splits(training, page).count("validation") == 1)


def test_what_is_next_is_edited_one_after_the_other(
    page: DataPage, training: Training, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def by_search(items, cancel):  # type: ignore[no-untyped-def]
        yield from ()
        told = [
            WorthLabelling(one.key, one.image, 0.9, AskReason.SEARCH_DIFFERS, "It is", "red")
            for one in items[:2]
        ]
        return NextItems(len(items), tuple(told))

    monkeypatch.setattr(training.active, "by_search", by_search)
    part = page.body.next
    page.body.tabs.choose(1)
    part.go.click()
    qtbot.waitUntil(lambda: part.list.count() == 2)
    assert part.list.item(0).text() == "red.png: It says “It is”, but looks more like “red”."
    qtbot.keyClick(part.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.deeds.dialog is not None)
    page.deeds.dialog.turns.forms[0].answer.setPlainText("It is crimson.")
    page.deeds.dialog.go.click()
    qtbot.waitUntil(lambda: part.list.currentRow() == 1)
    assert part.list.item(0).text().endswith("(done)")


def test_an_adapter_is_held_against_its_base(tmp_path: Path) -> None:
    items = [Example(f"k{at}", str(tmp_path / f"{at}.png"), ()) for at in range(450)]
    asked: list[int] = []

    def answers(name, some, cancel):  # type: ignore[no-untyped-def]
        yield from ()
        asked.append(len(some))
        return tuple("a" for _ in some), tuple(one.key for one in some)

    def between(some, base, tuned, cancel):  # type: ignore[no-untyped-def]
        yield from ()
        return [(base(one), tuned(one)) for one in some]

    fake = SimpleNamespace(
        adapters=SimpleNamespace(answers=answers), active=SimpleNamespace(between=between)
    )
    verb = worth(fake, items, "shop", CancelToken())
    with pytest.raises(StopIteration) as ended:
        next(verb)
    assert asked == [150]
    assert ended.value.value[1] == ("a", "k3")


def test_examples_are_written_to_a_file(
    page: DataPage, training: Training, tmp_path: Path, qtbot: QtBot
) -> None:
    choose(page, 0, 1)
    target = tmp_path / "out.jsonl"
    page.corner.write(ExportWish(ExamplesFormat.JSONL, only_selected=True), target)
    qtbot.waitUntil(lambda: target.exists() and not page.corner.task.is_running)
    assert len(target.read_text(encoding="utf-8").splitlines()) == 2


def test_the_next_step_is_a_button_away(page: DataPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.session.step_wanted) as wanted:
        page.body.onwards.click()
    assert wanted.args == [CHECK]


def test_a_hundred_thousand_examples_cost_their_pages(qtbot: QtBot) -> None:
    model = ExamplesModel()
    wanted: list[int] = []
    model.page_wanted.connect(wanted.append)
    keys = [f"k{number}" for number in range(100_000)]
    model.show_keys(keys)
    assert model.rowCount() == 100_000
    assert model.index(50_050).data() == "…"
    assert wanted == [500]
    one = Example("", "a.png", (Exchange("", "Here."),))
    rows = [ExampleRow(replace(one, key=key), Path("a.png")) for key in model.page_keys(500)]
    assert len(rows) == PAGE
    model.put_page(500, rows)
    assert model.index(50_050).data() == "Here."
    assert wanted == [500]
    for page in range(60):
        here = [ExampleRow(replace(one, key=key), Path("a.png")) for key in model.page_keys(page)]
        model.put_page(page, here)
    assert len(model._rows) == 40 * PAGE
    model.show_keys(keys)
    assert model.index(0).data() == "…"
    assert wanted == [500, 0]
    assert model.index(59 * PAGE).data() == "Here."
    assert wanted == [500, 0, 59]


def test_rows_that_lie_together_are_selected_together() -> None:
    assert list(ranges([0, 1, 2, 5, 7, 8])) == [(0, 2), (5, 5), (7, 8)]
    assert list(ranges([3])) == [(3, 3)]
    assert list(ranges([])) == []


def test_narrowing_is_all_or_something() -> None:
    assert Narrow().is_all
    assert not Narrow(words="x").is_all
