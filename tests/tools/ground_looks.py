"""The Ground pane in its states: the picture is real, what is found in it is set."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

from PIL import Image, ImageDraw
from PySide6.QtCore import QPointF

from tests.gui.ground.fake_ground import EDGE, SAM, FakeGround, grounded
from tests.tools.stage import Stage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.grounding import (
    Clause,
    ClauseKind,
    GroundObject,
    ObjectState,
    PictureObjects,
    Verdict,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
from vlm_desktop.gui.panes.ground.items import FOUND, OBJECT, key

Look = Callable[[Stage, GroundPane, FakeGround], None]
_made: WeakKeyDictionary[GroundPane, FakeGround] = WeakKeyDictionary()
_real: WeakKeyDictionary[GroundPane, object] = WeakKeyDictionary()
_LONG = "the small red cup left of the laptop that stands on the second table from the window"


def _picture(number: int = 0) -> Path:
    """A cup, two dogs and a table, as one draws them without talent."""
    folder = Path(tempfile.mkdtemp()) / "Kitchen"
    folder.mkdir()
    path = folder / f"kitchen {number}.png"
    image = Image.new("RGB", (200, 120), (214 - number, 204, 186))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 80, 200, 120), fill=(140, 100, 70))
    draw.ellipse((10, 10, 60, 60), fill=(170, 40, 30))
    draw.rectangle((100, 20, 140, 60), fill=(90, 80, 75))
    draw.rectangle((150, 20, 190, 60), fill=(110, 95, 85))
    image.save(path)
    return path


def look(bring: Look) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        pane = stage.window.pane("ground")
        assert isinstance(pane, GroundPane)
        services = stage.window.desk.services
        if pane not in _made:
            _made[pane] = FakeGround(Path(tempfile.mkdtemp()))
        _real.setdefault(pane, services.ground)
        ground = _made[pane]
        ground.masks.gate.set()
        ground.masks.errors.clear()
        ground.masks.cards = ground.phrases.cards = ()
        services.ground = ground
        pane.session.open(None)
        pane.bar.line.clear()
        pane.side.show_page(0)
        pane.pointing.model = pane.phrasing.model = ""
        list(ground.keeping.forget(None, CancelToken()))
        for part in (pane.masks, pane.phrases, pane.review):
            part.refresh()
        pane.choose_tool("point")
        stage.wait(150)
        bring(stage, pane, ground)

    return brought


def shown(stage: Stage) -> None:
    """The one of the README: a sample photo, and what the real engine finds in it."""
    pane = stage.window.pane("ground")
    assert isinstance(pane, GroundPane)
    services, photos = stage.window.desk.services, sample_photos()
    assert photos is not None, "scikit-image is a dependency"
    services.ground = _real.get(pane, services.ground)  # type: ignore[assignment]
    _open(stage, pane, photos / "coffee.png")
    for box, label in ((Box(318, 238, 412, 332), "spoon"), (Box(70, 58, 484, 394), "saucer")):
        pane.pointing.set_box(box)
        stage.until(lambda: pane.pointing.mask is not None and not pane.pointing.is_waiting)
        pane.hands.keep()
        stage.wait(1500)
        pane.hands.label(label)
    pane.canvas.set_current(None)
    _find(stage, pane, "blue cup, a laptop")
    pane.focus_picture()


def _open(stage: Stage, pane: GroundPane, path: Path | None = None) -> None:
    pane.session.open(path or _picture())
    stage.until(lambda: pane.session.picture is not None)


def _models(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    ground.masks.cards = ground.phrases.cards = (SAM, EDGE)
    pane.masks.refresh()
    pane.phrases.refresh()
    stage.until(lambda: pane.masks.cards and pane.phrases.cards)


def _find(stage: Stage, pane: GroundPane, text: str) -> None:
    pane.bar.line.setText(text)
    pane.bar.find_now()
    stage.until(lambda: not pane.phrasing.is_running)


def _propose(ground: FakeGround, path: Path) -> None:
    picture = ground.pictures.load(path, CancelToken())
    objects = tuple(
        GroundObject(number, label, box, state=ObjectState.PROPOSED, confidence=0.7, colour=number)
        for number, label, box in (
            (1, "cup", Box(10, 10, 60, 60)),
            (2, "dog", Box(100, 20, 140, 60)),
        )
    )
    ground.keeping.save(PictureObjects(path, picture.content_hash, picture.size, objects))


def empty(_: Stage, pane: GroundPane, ground: FakeGround) -> None:
    pane.side.open.setFocus()


def outlining(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """Two clicks, a model that has not answered yet."""
    _models(stage, pane, ground)
    _open(stage, pane)
    ground.masks.gate.clear()
    pane.masks.use("sam")
    pane.hands.click(QPointF(35, 35), True)
    pane.hands.click(QPointF(70, 70), False)
    stage.until(lambda: pane.pointing.answer is not None)


def objects(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """Two objects that were kept, one of them with a name."""
    _open(stage, pane)
    for x, name in ((35, "red cup"), (120, "")):
        pane.hands.click(QPointF(x, 38), True)
        stage.until(lambda: pane.pointing.mask is not None and not pane.pointing.is_waiting)
        pane.hands.keep()
        if name:
            pane.hands.label(name)
    stage.settle(2)
    pane.go_to(key(OBJECT, 1))


def verdicts(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """Every verdict, and the chips of their parts."""
    _models(stage, pane, ground)
    _open(stage, pane)
    _find(stage, pane, "red cup, dogs, green cup, unicorn")
    pane.go_to(key(FOUND, 0, 0))


def long_phrase(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    clauses = [Clause(ClauseKind.OBJECT, "cup", True, 0.9)]
    clauses += [
        Clause(ClauseKind.RELATION, words, None, 0.5)
        for words in ("left of the laptop", "on the second table from the window")
    ]
    ground.phrases.answers[_LONG] = grounded(_LONG, Verdict.UNSURE, [Box(10, 10, 60, 60)], clauses)
    _open(stage, pane)
    _find(stage, pane, _LONG)


def heat(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    _open(stage, pane)
    _find(stage, pane, "red cup")
    pane.phrases.show_heat(0, True)
    stage.settle(2)


def caption(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """Where a word of a caption looked."""
    _open(stage, pane)
    pane.captions.begin()
    stage.until(lambda: pane.captions.looks)
    pane.captions.choose(1)


def count(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    _open(stage, pane)
    pane.bar.line.setText("dogs")
    pane.bar.count.click()
    stage.until(lambda: not pane.counting.is_running)
    pane.hands.click(QPointF(170, 90), True)


def words(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """A description and the fewest words that find it."""
    objects(stage, pane, ground)
    pane.speaking.describe()
    stage.settle(2)
    pane.speaking.refer()
    stage.settle(2)


def review(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """Proposed objects of a picture."""
    path = _picture()
    _propose(ground, path)
    pane.review.refresh()
    _open(stage, pane, path)


def listed(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """Pictures with objects, one to review."""
    for number in (1, 2):
        _propose(ground, _picture(number))
    objects(stage, pane, ground)
    pane.review.refresh()
    pane.side.show_page(2)


def memory(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    """A model had too little memory in mid-click."""
    _models(stage, pane, ground)
    ground.masks.errors["sam"] = ModelOutOfMemory(model="sam", detail="")
    _open(stage, pane)
    pane.masks.use("sam")
    pane.hands.click(QPointF(35, 35), True)
    stage.until(lambda: pane.picture.draft.trouble.isVisible())


def vanished(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    path = _picture()
    _open(stage, pane, path)
    path.unlink()
    pane.session.look_again()
    stage.until(lambda: pane.picture.notice.isVisible())


def failed(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    pane.session.open(Path("Kitchen") / "cup.jpg")
    stage.until(lambda: pane.session.trouble)


def label(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    _models(stage, pane, ground)
    pane.labels.ask("Pictures of Kitchen", [Path("Kitchen")], ())


def export(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    objects(stage, pane, ground)
    pane.exports.ask()


def forget(stage: Stage, pane: GroundPane, ground: FakeGround) -> None:
    objects(stage, pane, ground)
    pane.exports.ask_to_forget()


LOOKS: dict[str, Look] = {
    "empty": empty,
    "outlining": outlining,
    "objects": objects,
    "verdicts": verdicts,
    "long-phrase": long_phrase,
    "heat": heat,
    "caption": caption,
    "count": count,
    "words": words,
    "review": review,
    "pictures": listed,
    "memory": memory,
    "vanished": vanished,
    "failed": failed,
    "label": label,
    "export": export,
    "forget": forget,
}
