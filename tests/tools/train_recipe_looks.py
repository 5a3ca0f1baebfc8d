"""The recipe step of the Train pane in its states, over a data set of the real engine."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from tests.tools.stage import Stage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.base.trainingdata import ExamplesRead, TrainSource
from vlm_desktop.gui.panes.train.recipe_page import RecipePage
from vlm_desktop.gui.panes.train.session import FIRST_RECIPE, RECIPE
from vlm_desktop.gui.panes.train.train_pane import TrainPane

NAMES = ("Rocky", "Mia's mug", "the old clock", "Grandpa Oskar's singing box", "Zelmira")


def make_set(training: object, name: str, texts: Sequence[str]) -> int:
    """A data set of small pictures, one a text; a fifth of it is held out."""
    folder = Path(tempfile.mkdtemp())
    examples = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.png"
        Image.new("RGB", (32, 24), (number * 5 % 256, 90, 160)).save(path)
        split = Split.VALIDATION if number % 5 == 4 else Split.TRAIN
        examples.append(Example("", str(path), (Exchange("", text),), split=split))
    datasets = training.datasets  # type: ignore[attr-defined]
    for known in datasets.list():
        if known.name == name:
            datasets.remove(known.id)
    made: int = datasets.create(name).id
    for _ in datasets.add(made, ExamplesRead(TrainSource.JSONL, None, tuple(examples), ()),
                          CancelToken()):  # fmt: skip
        pass
    return made


def _page(stage: Stage) -> tuple[TrainPane, RecipePage]:
    pane = stage.window.pane("train")
    assert isinstance(pane, TrainPane)
    page = pane.pages[RECIPE]
    assert isinstance(page, RecipePage)
    return pane, page


def _opened(stage: Stage, texts: Sequence[str], name: str = "My things") -> RecipePage:
    pane, page = _page(stage)
    training = stage.window.desk.services.training
    pane.session.open(0)
    pane.session.take_recipe(FIRST_RECIPE)
    training.choosing._look = "tests.gui.train.recipe_making:look_at_parts"  # no network is loaded
    made = make_set(training, name, texts)
    pane.session.is_listed = False
    pane.session.refresh()
    stage.until(lambda: pane.session.is_listed)
    pane.session.open(made)
    pane.go_to(RECIPE)
    stage.until(lambda: page.book.look is not None and page.book.offers is not None)
    page.scroll.verticalScrollBar().setValue(0)
    for group in page.advanced.groups.values():
        group.head.setChecked(False)
    return page


def empty(stage: Stage) -> None:
    pane, _ = _page(stage)
    pane.session.open(0)
    pane.go_to(RECIPE)


def names(stage: Stage) -> None:
    """Names are suggested to be learned quickly."""
    _opened(stage, [one for one in NAMES for _ in range(8)])


def captions(stage: Stage) -> None:
    _opened(stage, [f"A clay pot number {one} on a wooden table by a window" for one in range(40)])


def choices(stage: Stage) -> None:
    """The choices, one of them a person's own, and the parts of the model."""
    captions(stage)
    _, page = _page(stage)
    page.book.say("Rank", "method", rank=12)
    page.choices.lengths.buttons["quick"].click()
    page.choices.parts.open.click()
    stage.until(lambda: page.choices.parts.boxes, 60)
    page.scroll.verticalScrollBar().setValue(10_000)


def advanced(stage: Stage) -> None:
    """A fold with its curve; one value is changed, one cannot be."""
    captions(stage)
    _, page = _page(stage)
    page.book.say("Rate", "run", rate=0.002, warmup=3)
    stage.settle(2)
    page.advanced.go_to("run", "rate")
    stage.settle(2)


def guard(stage: Stage) -> None:
    captions(stage)
    _, page = _page(stage)
    page.advanced.go_to("guard", "file")
    page.advanced.go_to("method", "rank")
    stage.settle(2)
    page.scroll.verticalScrollBar().setValue(10_000)


def refused(stage: Stage) -> None:
    """A data set that is too small."""
    page = _opened(stage, ["Rocky"])
    page.foot.begin()
    stage.until(lambda: page.foot.trouble.isVisible())


def text(stage: Stage) -> None:
    names(stage)
    _, page = _page(stage)
    page.files.show_text()


LOOKS: dict[str, Callable[[Stage], None]] = {
    "recipe-empty": empty,
    "recipe-names": names,
    "recipe-captions": captions,
    "recipe-choices": choices,
    "recipe-advanced": advanced,
    "recipe-guard": guard,
    "recipe-refused": refused,
    "recipe-text": text,
}
