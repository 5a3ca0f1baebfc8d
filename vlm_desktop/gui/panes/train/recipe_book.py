"""What the recipe comes to, and what could be taught at all: asked of the engine as they change."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.train.recipe_fields import meant_for
from vlm_desktop.gui.panes.train.session import FIRST_RECIPE, TrainSession
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.words import failure

if TYPE_CHECKING:
    from vlm_desktop.engine.train.choosing import Offer, Offers, RecipeLook

Said = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RecipeChange(Change):
    """A change of the recipe. It is taken at once; the window's undo takes it back."""

    before: Said
    after: Said


class RecipeBook(QObject):
    """Main thread. Nothing is asked before `wake`."""

    offered = Signal()
    """What could be taught is known, or another."""
    changed = Signal()
    """What the recipe comes to is another."""
    failed = Signal(str)
    """A sentence: neither could be told."""

    def __init__(self, session: TrainSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.offers: Offers | None = None
        self.look: RecipeLook | None = None
        self._awake = False
        desk = session.desk
        session.opened.connect(self._other_set)
        session.listed.connect(self.refresh)
        session.recipe_changed.connect(self._read)
        desk.changes.undone.connect(lambda change: self._again(change, back=True))
        desk.changes.redone.connect(lambda change: self._again(change, back=False))

    # --- what is known -------------------------------------------------------------------

    @property
    def kind(self) -> str:
        return str(self.session.said.get("model", {}).get("kind", ""))

    @property
    def model(self) -> str:
        return str(self.session.said.get("model", {}).get("id", ""))

    @property
    def offer(self) -> "Offer | None":
        """The one chosen; None while that is not known."""
        offers = self.offers.offers if self.offers else ()
        return next((one for one in offers if one.kind == self.kind), None)

    @property
    def train(self) -> int:
        """Examples to learn from."""
        kept = self.session.set
        return kept.train if kept is not None else 0

    def value(self, part: str, key: str) -> Any:
        """What holds: what was said even if it cannot be, else the usual."""
        said = self.session.said.get(part, {})
        return said[key] if key in said else self._of(part, key, usual=False)

    def usual(self, part: str, key: str) -> Any:
        """What holds where nobody says otherwise; None while that is not known."""
        return self._of(part, key, usual=True)

    def is_said(self, part: str, key: str) -> bool:
        """Whether a person said something else than the usual."""
        said = self.session.said.get(part, {})
        return key in said and said[key] != self.usual(part, key)

    def trouble(self, part: str, key: str) -> str:
        """What is wrong with a value, "" for nothing."""
        found = self.look.wrong if self.look else ()
        wrong = next((one for one in found if (one.part, one.key) == (part, key)), None)
        return "" if wrong is None else failure(wrong.error)

    def _of(self, part: str, key: str, *, usual: bool) -> Any:
        if self.look is None:
            return None
        return getattr(getattr(self.look.usual if usual else self.look.recipe, part), key)

    # --- asking --------------------------------------------------------------------------

    def wake(self) -> None:
        """The step is looked at: ask from now on."""
        self._awake = True
        self.refresh()

    def refresh(self) -> None:
        """Look anew what could be taught, then what the recipe comes to."""
        kept = self.session.set
        if not self._awake or kept is None:
            return
        services, set_id = self.session.desk.services, kept.id
        self.session.desk.fetch(
            lambda: services.training.choosing.offers(set_id),
            lambda offers: self._offered(set_id, offers),
            failed=self.failed.emit,
            latest="train-offers",
        )

    def _other_set(self) -> None:
        self.offers = self.look = None
        self.refresh()

    def _offered(self, set_id: int, offers: "Offers") -> None:
        if set_id != self.session.set_id:  # of a set that is not in hand any more
            return
        self.offers = offers
        if offers.suggested and self.session.said == FIRST_RECIPE:
            self.session.take_recipe(self._with_kind(offers.suggested))
        self.offered.emit()
        self._read()

    def _read(self) -> None:
        if not self._awake or self.session.set is None:
            return
        services, train = self.session.desk.services, self.train
        said = self.session.recipe_said()

        def done(look: "RecipeLook") -> None:
            if said == self.session.recipe_said():
                self.look = look
                self.changed.emit()

        self.session.desk.fetch(
            lambda: services.training.choosing.look(said, train),
            done,
            failed=self.failed.emit,
            latest="train-recipe",
        )

    # --- saying --------------------------------------------------------------------------

    def say(self, words: str, part: str, **values: Any) -> None:
        """Say keys of a table, None for the usual; `words` name the change in the Edit menu."""
        table = {**self.session.said.get(part, {}), **values}
        kept = {key: value for key, value in table.items() if value is not None}
        self.take(words, {**self.session.said, part: kept})

    def choose_kind(self, words: str, kind: str) -> None:
        """Teach something else. What means nothing to that is not said any more."""
        if kind != self.kind:
            self.take(words, self._with_kind(kind))

    def take(self, words: str, said: Said) -> None:
        """This is the recipe from now on, and that can be undone."""
        before = self.session.said
        self.session.take_recipe(said)
        if self.session.said != before:
            change = RecipeChange(words, _nothing, lambda _: _nothing, before, self.session.said)
            self.session.desk.changes.perform(change)

    def _with_kind(self, kind: str) -> dict[str, dict[str, Any]]:
        offers = self.offers.offers if self.offers else ()
        models = [card.id for one in offers if one.kind == kind for card in one.models]
        model = self.model if self.model in models or not models else models[0]
        said = {
            part: {key: value for key, value in table.items() if meant_for(kind, part, key)}
            for part, table in self.session.said.items()
            if part != "model"
        }
        # Parts are called otherwise in other models, and names of metrics belong to a kind.
        said.get("method", {}).pop("targets", None)
        for key in ("metric", "rates"):
            said.get("run", {}).pop(key, None)
        return {"model": {"id": model, "kind": kind}, **said}

    def _again(self, change: object, *, back: bool) -> None:
        if isinstance(change, RecipeChange):
            self.session.take_recipe(change.before if back else change.after)


def _nothing(_: CancelToken) -> Generator[Event, None, None]:
    """What is changed is in the window; the engine has nothing to do."""
    yield from ()
