"""The first step of the Train pane in its states: the engine is real, the pictures are samples."""

import json
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from tests.tools.stage import Stage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import (
    AskReason,
    ExamplesRead,
    NextItems,
    OnHand,
    PhotoText,
    PhotoTextCount,
    TrainSource,
    WorthLabelling,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.panes.train.data_page import DataPage
from vlm_desktop.gui.panes.train.data_photos import PhotosDialog, hint_for
from vlm_desktop.gui.panes.train.session import DATA
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.widgets.report_dialog import ReportDialog

Look = Callable[[Stage, DataPage], None]
_LONG = (
    "What is written on the sign above the door of the shop at the corner, and who stands there?"
)
_SOURCES = ("alt texts: image", "library: photo", "jsonl: line")


def _folder() -> Path:
    photos = sample_photos()
    assert photos is not None, "scikit-image is a dependency"
    folder = Path(tempfile.mkdtemp()) / "Our photos"
    shutil.copytree(photos, folder)
    return folder


def _examples(folder: Path) -> list[Example]:
    found = []
    names = sorted(one for one in folder.rglob("*") if one.suffix in (".png", ".jpg"))
    for number, path in enumerate(names):
        split = (Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TRAIN, Split.LEFT_OUT)[
            number % 5
        ]
        label = ("", "animal", "animal", "thing")[number % 4]
        source = f"{_SOURCES[number % 3]} {number}"
        more: dict[str, Any] = {"split": split, "label": label, "source": source}
        said = f"A photo of {path.stem}, as we say it in our house style; short and plain."
        turns = (Exchange("", said),)
        if number % 6 == 2:
            turns = (Exchange(_LONG, f"It is {path.stem}."), Exchange("Is it new?", "No."))
            more["kind"] = ExampleKind.QUESTION
        elif number % 6 == 3:
            turns = (Exchange("Read these.", '{"total": "12.00", "vendor": "ACME GmbH"}'),)
            more["kind"] = ExampleKind.FIELDS
        elif number % 6 == 4:
            turns = (Exchange("the thing in the middle", "[90, 60, 300, 210]"),)
            more |= {"kind": ExampleKind.BOX, "box": Box(90, 60, 300, 210)}
        found.append(Example("", str(path), turns, **more))
    return found


def _fill(stage: Stage, page: DataPage) -> None:
    training = page.session.services
    kept = training.datasets.create("House style")
    read = ExamplesRead(TrainSource.JSONL, None, tuple(_examples(_folder())), ())
    list(training.datasets.add(kept.id, read, CancelToken()))
    training.datasets.create("Fields of our receipts, all of last year and the year before")
    page.session.open(kept.id)
    page.session.refresh()
    stage.until(lambda: page.examples.model.keys)
    stage.settle(3)
    page.body.focus()
    stage.settle(3)


def look(bring: Look, *, filled: bool = True) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        pane = stage.window.pane("train")
        assert isinstance(pane, TrainPane)
        page = pane.data
        page.stop()
        stage.until(lambda: not page.reading.task.is_running)
        list(page.session.services.datasets.forget(None, CancelToken()))
        page.body.notice.hide()
        page.session.is_listed = False
        pane.go_to(DATA)
        page.session.open(0)
        page.session.refresh()
        stage.until(lambda: page.session.is_listed and not page.session.sets)
        page.body.tabs.choose(0)
        if filled:
            _fill(stage, page)
        bring(stage, page)

    return brought


def none(stage: Stage, page: DataPage) -> None:
    stage.until(lambda: page.layers.currentWidget() is page.message)
    page.activate()


def empty(stage: Stage, page: DataPage) -> None:
    page.corner.make("House style")
    stage.until(lambda: page.body.name.text() == "House style")
    stage.settle(2)
    page.ways.on_hand = OnHand((("en", 120), ("de", 34)), 12, 0, 3)
    page.ways._show_on_hand()
    page.body.focus()


def filled(stage: Stage, page: DataPage) -> None:
    page.examples.view.setCurrentIndex(page.examples.model.index(1))


def narrowed(stage: Stage, page: DataPage) -> None:
    bars = page.body.balance.bars
    bars.setCurrentRow(1)
    bars._take(bars.item(1))
    stage.settle(2)
    page.examples.view.selectAll()


def nothing_matches(stage: Stage, page: DataPage) -> None:
    page.examples.words.setText("elephant")
    stage.settle(2)
    page.examples.words.setFocus()


def reading(stage: Stage, page: DataPage) -> None:
    def slow(_: object, cancel: CancelToken) -> Generator[Event, None, ExamplesRead]:
        while not cancel.is_cancelled:
            yield Progress(Phase.INVENTORY, 300, 4_500)
            cancel.wait(0.2)
        return ExamplesRead(TrainSource.FOLDER, None, (), ())

    page.reading.run("Photos", "Reading Photos of the summer", [slow])
    stage.until(lambda: "300" in page.reading.task.words)


def brought(stage: Stage, page: DataPage) -> None:
    """Some was read, some left out."""
    folder = _folder()
    rows = [{"image": one.name, "caption": "x"} for one in sorted(folder.glob("*.png"))[:4]]
    rows += [{"image": f"absent {number}.png", "caption": "y"} for number in range(5)]
    file = folder / "captions.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    page.take_paths([file])
    stage.until(lambda: page.body.notice.buttons[0].isVisible() and "left" in _notice(page), 8)
    stage.settle(3)


def _notice(page: DataPage) -> str:
    words: str = page.body.notice.words.text() + page.body.notice.buttons[0].text()
    return words


def left_out(stage: Stage, page: DataPage) -> None:
    brought(stage, page)
    page.body.notice.buttons[0].click()
    stage.until(lambda: isinstance(stage.front, ReportDialog))


def refused(stage: Stage, page: DataPage) -> None:
    folder = Path(tempfile.mkdtemp()) / "Bare"
    shutil.copytree(_folder(), folder)
    page.take_paths([folder])
    stage.until(lambda: page.body.notice.buttons[1].isVisible())


def asked(stage: Stage, page: DataPage) -> None:
    own = (
        PhotoTextCount(PhotoText.APPROVED, 12, "en"), PhotoTextCount(PhotoText.APPROVED, 8, "de"),
        PhotoTextCount(PhotoText.CAPTION, 3), PhotoTextCount(PhotoText.TAGS, 2),
    )  # fmt: skip
    PhotosDialog(hint_for(20), 20, own, lambda _: None, page).open()


def editing(stage: Stage, page: DataPage) -> None:
    _edit(stage, page, ExampleKind.QUESTION)


def editing_box(stage: Stage, page: DataPage) -> None:
    _edit(stage, page, ExampleKind.BOX)


def _edit(stage: Stage, page: DataPage, kind: ExampleKind) -> None:
    examples = page.session.services.datasets.examples(page.session.set_id)
    page.deeds.edit_key(next(one.key for one in examples if one.kind is kind))
    stage.until(lambda: page.deeds.dialog is not None)
    stage.until(lambda: not page.deeds.dialog.picture.canvas.image.isNull())


def large(stage: Stage, page: DataPage) -> None:
    page.examples.view.setCurrentIndex(page.examples.model.index(4))
    page.deeds.show_large()
    stage.settle(3)


def splitting(stage: Stage, page: DataPage) -> None:
    page.splitting.ask()


def split(stage: Stage, page: DataPage) -> None:
    page.splitting.split(20)
    stage.until(lambda: "groups" in _notice(page) or "Gruppen" in _notice(page))
    stage.settle(3)


def exporting(stage: Stage, page: DataPage) -> None:
    page.examples.view.selectAll()
    page.corner.ask_export()


def next_open(stage: Stage, page: DataPage) -> None:
    page.body.tabs.choose(1)
    page.body.next.go.setFocus(Qt.FocusReason.TabFocusReason)


def next_found(stage: Stage, page: DataPage) -> None:
    page.body.tabs.choose(1)
    examples = page.session.services.datasets.examples(page.session.set_id)
    items = tuple(
        WorthLabelling(
            one.key, one.image, 0.8, AskReason.SEARCH_DIFFERS, one.turns[0].answer,
            "A photo of another thing.",
        )
        for one in examples[:6]
    )  # fmt: skip
    page.body.next.show_items(NextItems(24, items))
    page.body.next.mark_done(items[0].key)


LOOKS: dict[str, Callable[[Stage], None]] = {
    "data-none": look(none, filled=False),
    "data-empty": look(empty, filled=False),
    "data-filled": look(filled),
    "data-narrowed": look(narrowed),
    "data-nothing-matches": look(nothing_matches),
    "data-reading": look(reading),
    "data-brought": look(brought),
    "data-left-out": look(left_out),
    "data-refused": look(refused),
    "data-asked": look(asked),
    "data-editing": look(editing),
    "data-editing-box": look(editing_box),
    "data-large": look(large),
    "data-splitting": look(splitting),
    "data-split": look(split),
    "data-exporting": look(exporting),
    "data-next": look(next_open),
    "data-next-found": look(next_found),
}
