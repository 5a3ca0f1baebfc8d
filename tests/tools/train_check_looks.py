"""The second step of the Train pane in its states: the doctor is real, the model is none."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Generator
from pathlib import Path

from PIL import Image

from tests.gui.train import seen_model
from tests.gui.train.saying import say_recipe
from tests.tools.stage import Stage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DecoderUnavailable
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import DoctorOfData, ExamplesRead, TrainSource
from vlm_desktop.base.types import Box
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.engine.train.teaching import Teaching
from vlm_desktop.gui.panes.train.check_page import CheckPage
from vlm_desktop.gui.panes.train.session import CHECK
from vlm_desktop.gui.panes.train.train_pane import TrainPane

Look = Callable[[Stage, TrainPane, CheckPage], None]
_LONG = "a cup of coffee on a saucer beside a spoon, " * 4


def look(bring: Look) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        pane = stage.window.pane("train")
        assert isinstance(pane, TrainPane)
        page = pane.pages[CHECK]
        assert isinstance(page, CheckPage)
        training = pane.session.services
        training.teaching = Teaching(
            training.paths.home, training.data, training.doctor, training.runs, seen_model.LOOK
        )
        judge, training.doctor.judge = training.doctor.judge, None
        seen_model.asked.clear()
        for one in training.datasets.list():
            training.datasets.remove(one.id)
        pane.session.open(0)
        pane.session.refresh()
        page.right.shown.tabs.choose(0)
        bring(stage, pane, page)
        stage.until(lambda: not page.doctor.is_running or bring in (checking,), 30)
        training.doctor.judge = judge

    return brought


def _said(path: Path) -> str:
    """The doctor would find the name of a file in it."""
    return path.stem.replace("_", " ").lower()


def _examples(*, sick: bool) -> list[Example]:
    photos = sample_photos()
    assert photos is not None, "scikit-image is a dependency"
    folder = Path(tempfile.mkdtemp()) / "Our photos"
    shutil.copytree(photos, folder)
    paths = sorted(one for one in folder.rglob("*") if one.suffix in (".png", ".jpg"))[:12]
    found = [
        Example(
            "", str(path), (Exchange("", f"A photo of {_said(path)}, in our house style."),),
            split=Split.VALIDATION if at % 4 == 3 else Split.TRAIN,
        )
        for at, path in enumerate(paths)
    ]  # fmt: skip
    if not sick:
        return found
    copy = paths[0].with_name(f"copy of {paths[0].name}")
    shutil.copy(paths[0], copy)
    turned = folder / "lying on its side.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(paths[1]) as picture:
        picture.convert("RGB").rotate(90, expand=True).save(turned, exif=exif)
    broken = folder / "a_rather_long_name_of_a_file_that_nobody_can_read_any_more.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture")

    def said(path: Path, words: str, split: Split = Split.TRAIN, box: Box | None = None) -> Example:
        kind = ExampleKind.CAPTION if box is None else ExampleKind.BOX
        return Example("", str(path), (Exchange("", words),), kind, split, box=box)

    return [
        *found,
        said(copy, "The same on the other side.", Split.VALIDATION),
        said(turned, "A picture that lies on its side."),
        said(broken, "A broken one."),
        said(paths[2], "  "),
        said(paths[3], ""),
        said(paths[4], "DSC_0042.JPG"),
        said(paths[5], "[0, 0, 9000, 40]", box=Box(0, 0, 9000, 40)),
    ]


def _fill(stage: Stage, pane: TrainPane, examples: list[Example]) -> None:
    training = pane.session.services
    kept = training.datasets.create("House style")
    read = ExamplesRead(TrainSource.JSONL, None, tuple(examples), ())
    list(training.datasets.add(kept.id, read, CancelToken()))
    pane.session.open(kept.id)
    pane.session.refresh()
    stage.until(lambda: pane.session.set is not None)
    pane.go_to(CHECK)


def _checked(stage: Stage, pane: TrainPane, page: CheckPage, *, sick: bool) -> None:
    _fill(stage, pane, _examples(sick=sick))
    stage.until(lambda: page.doctor.report is not None and not page.doctor.is_running, 60)


def _looked(stage: Stage, page: CheckPage) -> None:
    page.right.go.click()
    stage.until(lambda: not page.seen.is_running, 60)


def nothing(_: Stage, pane: TrainPane, page: CheckPage) -> None:
    pane.go_to(CHECK)


def checking(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    """The doctor is at work, and so is the model."""
    training = pane.session.services
    go = threading.Event()

    def slowly(*_: object, **__: object) -> Generator[Event, None, DoctorOfData]:
        while not go.is_set():
            yield Progress(Phase.ENCODE, 118, 1204)
            go.wait(0.02)
        return DoctorOfData(0, ())

    def loading(*_: object, **__: object) -> Generator[Event, None, None]:
        while not go.is_set():
            yield Progress(Phase.LOAD, 0, None)
            go.wait(0.02)

    doctor, teaching = training.doctor, training.teaching
    doctor.examine, teaching.check = slowly, loading  # type: ignore[method-assign, assignment]
    _fill(stage, pane, _examples(sick=True))
    page.right.go.click()
    stage.until(lambda: "118" in page.left.detail.text() and page.seen.words)
    stage.settle(1)
    del doctor.examine, teaching.check
    page.destroyed.connect(go.set)


def ready(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    _checked(stage, pane, page, sick=False)


def findings(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    _checked(stage, pane, page, sick=True)


def refused(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    """One example only; and the model would learn nothing from it."""
    _fill(stage, pane, _examples(sick=False)[:1])
    stage.until(lambda: page.doctor.report is not None and not page.doctor.is_running, 60)
    _looked(stage, page)


def failed(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    training = pane.session.services

    def breaks(*_: object, **__: object) -> Generator[Event, None, DoctorOfData]:
        yield Progress(Phase.DECODE, 0, 1)
        raise DecoderUnavailable(detail="the process ended with code 9")

    training.doctor.examine = breaks  # type: ignore[method-assign, assignment]
    say_recipe(pane.session, "method", rank=-1)
    _fill(stage, pane, _examples(sick=False))
    stage.until(lambda: page.doctor.trouble, 60)
    _looked(stage, page)
    del training.doctor.examine
    say_recipe(pane.session, "method", rank=None)


def seen(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    """An example as the model is given it; one of the others is too long."""
    examples = _examples(sick=True)
    examples.append(Example("", examples[0].image, (Exchange("", _LONG),)))
    _fill(stage, pane, examples)
    stage.until(lambda: page.doctor.report is not None and not page.doctor.is_running, 60)
    _looked(stage, page)


def _tab(number: int) -> Look:
    def bring(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
        _checked(stage, pane, page, sick=False)
        _looked(stage, page)
        page.right.shown.tabs.choose(number)

    return bring


def tokens(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    """The tokens as a list; the recipe has changed since."""
    _checked(stage, pane, page, sick=False)
    _looked(stage, page)
    page.right.shown.example.tokens.tabs.choose(1)
    say_recipe(pane.session, "method", rank=2)


def unlearned(stage: Stage, pane: TrainPane, page: CheckPage) -> None:
    """No token of two examples would be learned."""
    _checked(stage, pane, page, sick=False)
    seen_model.asked.append("refuse")
    _looked(stage, page)


LOOKS: dict[str, Callable[[Stage], None]] = {
    f"check-{name}": look(bring)
    for name, bring in {
        "nothing": nothing,
        "checking": checking,
        "ready": ready,
        "findings": findings,
        "refused": refused,
        "failed": failed,
        "seen": seen,
        "parts": _tab(1),
        "cost": _tab(2),
        "tokens": tokens,
        "unlearned": unlearned,
    }.items()
}
