"""The Alt text pane in its states, over the library that is shown and a model of a few words."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QRectF

from tests.gui.alttext.fake_alttext import drafting_of
from tests.gui.alttext.fake_checking import FakeChecking
from tests.tools import alttext_more_looks as more
from tests.tools.stage import Stage
from vlm_desktop.base.altchecks import ClaimState
from vlm_desktop.base.alttext import (
    AltState,
    Author,
    Brief,
    Candidate,
    Decision,
    PageContext,
    SetSource,
    WrittenBy,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.claims_corner import box_of_claim
from vlm_desktop.gui.strings import alttext as strings

_PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "rocket.jpg",
           "page.png", "motorcycle_left.png", "brick.png")  # fmt: skip
_ASTRONAUT = "Image of a smiling astronaut in an orange suit, a flag behind her"
_CAT = "A ginger cat looks past the camera with green eyes."
_ARABIC = "قطة برتقالية تنظر إلى الكاميرا."
_MODEL = WrittenBy(Author.MODEL, "starter", "2026-11", "Describe.", 0)

_DECISIONS = (
    Decision.INFORMATIVE, Decision.INFORMATIVE, Decision.INFORMATIVE, Decision.DECORATIVE,
    Decision.UNDECIDED, Decision.COMPLEX, Decision.INFORMATIVE, Decision.INFORMATIVE,
)  # fmt: skip
_made: WeakKeyDictionary[AltTextPane, tuple[int, tuple[int, ...]]] = WeakKeyDictionary()

Look = Callable[[Stage, AltTextPane], None]


def _drive(verb: Any) -> Any:
    while True:
        try:
            next(verb)
        except StopIteration as stop:
            return stop.value


def empty(_: Stage, pane: AltTextPane) -> None:
    sets = pane.desk.services.alttext.sets
    for one in sets.sets():
        sets.remove_set(one.id)
    pane.session.open(0)
    pane.refresh()


def queue(stage: Stage, pane: AltTextPane) -> None:
    """A set half done, its first image with findings."""
    _filled(stage, pane)
    pane.queue.view.setFocus()


def writing(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane)
    pane.editor.focus_alt()


def approved(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=1)


def stale(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=2)


def decorative(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=3)


def suggested(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=4)
    stage.until(lambda: pane.session.current and pane.session.current.suggestion)


def complex_image(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=5)


def drafting(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=6)
    pane.drafting.start()
    fake: Any = pane.desk.services.alttext.drafting
    stage.until(lambda: fake.asked)
    pane.editor.show_drafting(strings.DRAFTING)
    pane.editor.alt.show_growing("A motorcycle stands")  # what came so far


def candidates(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane)
    number = pane.session.current_id
    pane.desk.services.alttext.sets.add_drafts(
        number, "en",
        [Candidate("An astronaut smiles beside a flag.", written_by=_MODEL, notes=("starter",)),
         Candidate("A woman in an orange suit.", written_by=_MODEL, notes=("starter", "cut"))],
    )  # fmt: skip
    pane.session.show_again()
    stage.until(lambda: pane.editor.candidates.isVisible())
    stage.settle(2)
    pane.editor.scroll.show_whole(pane.editor.candidates)


def history(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=1)
    pane.actions_of_pane.show_history()
    stage.until(lambda: pane.editor.history.lines)
    stage.settle(2)
    pane.actions_of_pane.show_history()


def context(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=1)
    pane.picture.context.focus_first()


def evidence(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane)
    stage.settle(3)
    pane.picture.canvas.show_items(
        (
            box_of_claim(0, QRectF(150, 10, 170, 190), "a smiling woman", ClaimState.SUPPORTED),
            box_of_claim(1, QRectF(300, 20, 180, 300), "a rocket", ClaimState.SEEN_ONCE),
            box_of_claim(2, QRectF(10, 10, 120, 330), "a blue flag", ClaimState.DISPUTED),
        )
    )
    pane.picture.canvas.light(0)


def missing(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=7)


def arabic(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane, at=1)
    number = pane.session.current_id
    pane.desk.services.alttext.sets.save_text(number, "ar", _ARABIC, "")
    pane.session.reread()
    stage.settle(2)
    pane.session.choose_language("ar")


def brief(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane)
    pane.sets.edit_brief()


def language(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane)
    pane.ask_language()


def facts(stage: Stage, pane: AltTextPane) -> None:
    _filled(stage, pane)
    pane.corner.ask_facts()


def _filled(stage: Stage, pane: AltTextPane, at: int = 0) -> None:
    """A set of the sample photos, made once; `at` is the image that is shown."""
    if pane not in _made:
        _made[pane] = _make(pane)
    made, ids = _made[pane]
    pane.session.refresh_sets(lambda: pane.session.open(made, ids[at]))
    stage.until(lambda: pane.session.current_id == ids[at] and pane.session.current)
    stage.settle(2)


def _make(pane: AltTextPane) -> tuple[int, tuple[int, ...]]:
    sets = pane.desk.services.alttext.sets
    source = sample_photos()
    assert source is not None, "scikit-image is a dependency"
    folder = Path(tempfile.mkdtemp()) / "Museum"
    folder.mkdir()
    paths = [Path(shutil.copy(source / name, folder / name)) for name in _PHOTOS]
    made = sets.new_set("Museum", SetSource.FOLDER, origin=folder, brief=Brief())
    ids = _drive(sets.add_files(made.id, paths, CancelToken())).images
    _drive(sets.refresh(made.id, CancelToken()))
    for number, decision in zip(ids, _DECISIONS, strict=True):
        sets.decide([number], decision)
    sets.save_text(ids[0], "en", _ASTRONAUT, "")
    sets.add_drafts(ids[1], "en", [Candidate("A cat looks at the camera.", written_by=_MODEL)])
    sets.save_text(ids[1], "en", _CAT, "")
    sets.set_context(
        ids[1], PageContext("Our animals", "Chelsea", "She came to us in May.", "", "Chelsea")
    )
    sets.save_text(ids[2], "en", "A cup of coffee on a saucer.", "")
    _drive(sets.approve(list(ids[1:4]), "en", CancelToken()))
    shutil.copy(source / "camera.png", paths[2])
    sets.save_text(ids[5], "en", "A page about image segmentation.", "")
    sets.set_state([ids[5]], "en", AltState.IN_REVIEW)
    paths[7].unlink()
    _drive(sets.refresh(made.id, CancelToken()))
    return made.id, ids


def look(bring: Look) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        pane = stage.window.pane("alttext")
        assert isinstance(pane, AltTextPane)
        alttext = stage.window.desk.services.alttext
        fake = drafting_of("A motorcycle stands in a workshop.")
        if bring is drafting:
            fake.gate.clear()
        alttext.drafting = fake  # type: ignore[assignment]
        if isinstance(alttext.checking, FakeChecking):
            alttext.checking.gate.set()
        pane.extras.claims.task.stop()
        stage.until(lambda: not pane.extras.claims.task.is_running)
        alttext.checking = FakeChecking()  # type: ignore[assignment]
        pane.extras.listening.end()
        pane.extras.listening.open_voice = lambda _: None
        for section in pane.editor.sections.values():
            section.set_open(False)
        pane.picture.context.section.set_open(False)
        pane.drafting.stop()
        bring(stage, pane)

    return brought


def _after(at: int, bring: Look) -> Look:
    """A look at the set of samples, with this image shown."""

    def brought(stage: Stage, pane: AltTextPane) -> None:
        _filled(stage, pane, at)
        bring(stage, pane)

    return brought


LOOKS: dict[str, Look] = {
    "empty": empty,
    "queue": queue,
    "writing": writing,
    "approved": approved,
    "stale": stale,
    "decorative": decorative,
    "suggested": suggested,
    "complex": complex_image,
    "drafting": drafting,
    "candidates": candidates,
    "history": history,
    "context": context,
    "evidence": evidence,
    "missing": missing,
    "arabic": arabic,
    "brief": brief,
    "language": language,
    "facts": facts,
    **{name: _after(at, bring) for name, (at, bring) in more.LOOKS.items()},
}
