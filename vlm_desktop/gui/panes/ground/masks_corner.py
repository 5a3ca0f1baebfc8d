"""Which model outlines, whether it is ready, and what to do when it is not able to."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import AUTOMATIC, CLASSICAL
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.ground.draft_bar import READY, UNKNOWN, WORKING, DraftBar
from vlm_desktop.gui.panes.ground.pointing import Pointing
from vlm_desktop.gui.panes.ground.session import GroundSession
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.jobs import GROUND, POINTING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from vlm_desktop.engine.ground.masking import MaskCard
    from vlm_desktop.jobs import Job

_IDLE_MS = 300


class MasksCorner(QObject):
    """Main thread. A picture is looked at before the first click; the model's look is kept on the
    disk."""

    def __init__(
        self, session: GroundSession, pointing: Pointing, bar: DraftBar, over: "QWidget"
    ) -> None:
        super().__init__(over)
        self._session, self._pointing, self._bar = session, pointing, bar
        self._desk, self._over = session.desk, over
        self.cards: tuple[MaskCard, ...] = ()
        self._automatic = ""
        """The model that AUTOMATIC stands for, "" for none."""
        self._refused: set[str] = set()
        """Models that had too little memory: they are offered no more."""
        self._job: Job | None = None
        self._soon = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._soon.timeout.connect(self._prepare)
        session.opened.connect(self._opened)
        session.loaded.connect(self._soon.start)
        pointing.failed.connect(self._show_failure)
        pointing.ran_out.connect(self._ran_out)
        pointing.passed_over.connect(self.refresh)
        pointing.changed.connect(self._show_ready_again)
        bar.model_chosen.connect(self.use)
        bar.other_model_wanted.connect(self.use)
        bar.level_wanted.connect(lambda: pointing.cycle(1))
        bar.drop_wanted.connect(pointing.throw_away)
        bar.show_ready("")

    @property
    def name_of_model(self) -> str:
        """What the model that outlines is called, "" for none."""
        return self._name(self._pointing.model)

    def stop(self) -> None:
        """The window closes: look at nothing any more."""
        self._soon.stop()

    def refresh(self) -> None:
        """Which models are on the disk."""
        services = self._desk.services

        def read() -> "tuple[tuple[MaskCard, ...], str]":
            masks = services.ground.masks
            return masks.models(), masks.automatic()

        def done(found: "tuple[tuple[MaskCard, ...], str]") -> None:
            self.cards, automatic = found
            self._automatic = "" if automatic == CLASSICAL else automatic
            wanted = self._pointing.wanted
            if wanted not in {AUTOMATIC, CLASSICAL, *(one.id for one in self.cards)}:
                wanted = AUTOMATIC
            self._pointing.use_model(wanted, self._standing_for(wanted))
            self._show_models()
            self._soon.start()

        self._desk.fetch(read, done, failed=lambda _: None, latest="ground-mask-models")

    def use(self, wanted: str) -> None:
        """Have this one outline from now on: AUTOMATIC, CLASSICAL for none, or a model."""
        self._bar.show_trouble("")
        self._pointing.use_model(wanted, self._standing_for(wanted))
        self._show_models()
        self._prepare()

    def _standing_for(self, wanted: str) -> str:
        """The model that outlines by a choice, "" for none."""
        return {AUTOMATIC: self._automatic, CLASSICAL: ""}.get(wanted, wanted)

    def _name(self, model: str) -> str:
        return next((one.name for one in self.cards if one.id == model), model)

    def _show_models(self) -> None:
        models = [(one.id, one.name) for one in self.cards]
        self._bar.show_models(models, self._pointing.wanted, self._name(self._automatic))
        self._bar.show_ready(UNKNOWN if self._pointing.model else "")

    # --- looking before anyone clicks ----------------------------------------------------

    def _opened(self) -> None:
        self._soon.stop()
        job, self._job = self._job, None
        if job is not None:
            job.silence()
            job.cancel()
        self._bar.show_trouble("")
        self._bar.show_ready(UNKNOWN if self._pointing.model else "")

    def _prepare(self) -> None:
        """The picture is looked at, by the segmenter without a model and by the chosen one."""
        picture, model = self._session.picture, self._pointing.model
        wanted = self._pointing.wanted
        services = self._desk.services
        if picture is None:
            return

        def look(cancel: CancelToken) -> Generator[Event, None, None]:
            return services.ground.masks.prepare(picture, CLASSICAL, cancel)

        self._desk.ask(look, lambda _: None, failed=lambda _: None, lane=POINTING,
                       latest="ground-look")  # fmt: skip
        if not model:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, bool]:
            masks = services.ground.masks
            asked = AUTOMATIC if wanted == AUTOMATIC else model
            if not masks.is_ready(picture.content_hash, asked):
                yield from masks.prepare(picture, asked, cancel)
            return bool(asked) or masks.automatic() == model

        def ended(state: str) -> None:
            self._job = None
            if self._session.picture is picture and self._pointing.model == model:
                self._bar.show_ready(state)

        def done(looked: bool) -> None:
            ended(READY)
            if not looked:  # it failed, and nobody chose it: another one is the automatic one
                self.refresh()

        self._bar.show_ready(WORKING)
        self._job = self._desk.ask(
            verb,
            done,
            failed=lambda sentence: (ended(UNKNOWN), self._offer(model, sentence)),
            cancelled=lambda: ended(UNKNOWN),
            lane=GROUND,
            latest="ground-prepare",
        )

    def _show_ready_again(self) -> None:
        """A model that has just answered has looked at the picture."""
        answer, model = self._pointing.answer, self._pointing.model
        if model and answer is not None and answer.model == model:
            self._bar.show_ready(READY)

    # --- what goes wrong -----------------------------------------------------------------

    def _show_failure(self, sentence: str) -> None:
        self._bar.show_trouble(sentence)
        announce(self._over, sentence)

    def _ran_out(self, model: str, sentence: str) -> None:
        self._offer(model, fill(strings.RAN_OUT, sentence=sentence))

    def _offer(self, model: str, sentence: str) -> None:
        """Other models in its place, and none."""
        self._refused.add(model)
        others = [one for one in self.cards if one.id not in self._refused]
        offers = [(one.id, fill(strings.USE_OTHER, model=one.name)) for one in others[:3]]
        self._bar.show_trouble(sentence, [*offers, (CLASSICAL, strings.USE_NONE)])
        announce(self._over, sentence)
