"""The line for phrases over what is found, and where a phrase looks."""

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import AUTOMATIC, STARTER, Heatmap
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.ground.items import FOUND, HEAT, OTHER, key
from vlm_desktop.gui.panes.ground.phrasing import MOST_PHRASES
from vlm_desktop.gui.strings import ground_phrases as strings
from vlm_desktop.gui.widgets.overlay_items import OverlayItem
from vlm_desktop.jobs import GROUND

if TYPE_CHECKING:
    from vlm_desktop.engine.ground.masking import MaskCard
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane

NONE = -1


class PhrasesCorner(QObject):
    """Main thread. One heatmap shows at a time."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane = pane
        self._session, self._phrasing, self._bar = pane.session, pane.phrasing, pane.bar
        self._desk = pane.desk
        self.cards: tuple[MaskCard, ...] = ()
        self.automatic = ""
        """The name of the model that finds where nobody chose one, "" for the program's own."""
        self.heated = NONE
        """The phrase whose heat shows."""
        self._heats: dict[str, Heatmap] = {}
        bar = pane.bar
        bar.asked.connect(self.find)
        bar.count_wanted.connect(self.count)
        bar.model_chosen.connect(self.use)
        bar.keep_all.clicked.connect(self._phrasing.keep_all)
        bar.clear.clicked.connect(self._clear)
        bar.rows.chosen.connect(self.go_to)
        bar.rows.heat_wanted.connect(self.show_heat)
        self._phrasing.changed.connect(self._show)
        pane.counting.failed.connect(self._session.say)
        self._session.opened.connect(self._opened)

    def refresh(self) -> None:
        """Which models are on the disk."""
        services = self._desk.services

        def read() -> "tuple[tuple[MaskCard, ...], str]":
            phrases = services.ground.phrases
            return phrases.models(), phrases.automatic()

        def done(found: "tuple[tuple[MaskCard, ...], str]") -> None:
            self.cards, automatic = found
            names = {one.id: one.name for one in self.cards}
            self.automatic = names.get(automatic, "")
            if self._phrasing.model not in {AUTOMATIC, STARTER, *names}:
                self._phrasing.model = AUTOMATIC
            self._bar.show_models(list(names.items()), self._phrasing.model, self.automatic)

        self._desk.fetch(read, done, failed=lambda _: None, latest="ground-phrase-models")

    def use(self, model: str) -> None:
        """Have this one find from now on; what was asked is asked anew."""
        self._phrasing.model = model
        if self._phrasing.asked:
            self.find([one.phrase for one in self._phrasing.asked])

    # --- asking --------------------------------------------------------------------------

    def find(self, phrases: list[str]) -> None:
        if not phrases:
            self._session.say(strings.NOTHING_TYPED)
            self._bar.focus()
            return
        if len(phrases) > MOST_PHRASES:
            self._session.say(fill(strings.TOO_MANY, count=MOST_PHRASES))
        self._pane.counting.end()
        self._drop_heat()
        self._phrasing.ask(phrases)
        announce(self._pane, strings.looking_words(phrases))

    def find_words(self, words: str) -> None:
        """Look for these and nothing else."""
        self._bar.line.setText(words)
        self.find([words])

    def count(self, phrase: str) -> None:
        if not phrase:
            self._session.say(strings.NOTHING_TYPED)
            self._bar.focus()
            return
        self._drop_heat()
        self._pane.counting.begin(phrase, self._phrasing.model)
        self._pane.focus_picture()

    def go_to(self, phrase: int) -> None:
        """The first place found for a phrase comes to hand."""
        for kind in (FOUND, OTHER):
            found = [
                item.key
                for item in self._pane.canvas.items
                if isinstance(item.key, tuple) and item.key[:2] == (kind, phrase)
            ]
            if found:
                self._pane.focus_picture()
                self._pane.canvas.set_current(found[0], say=True)
                return

    def _clear(self) -> None:
        self._drop_heat()
        self._phrasing.clear()
        self._bar.focus()

    def _opened(self) -> None:
        self._heats.clear()
        self.heated = NONE

    def _show(self) -> None:
        self._bar.show_asked(self._phrasing.asked)
        self._bar.rows.show_heat(self.heated)

    # --- where a phrase looks ------------------------------------------------------------

    def show_heat(self, phrase: int, on: bool) -> None:
        """Show where a phrase looks, or show it no more."""
        asked = self._phrasing.asked
        if not on or not 0 <= phrase < len(asked):
            self._drop_heat()
            return
        self.heated = phrase
        words, answer = asked[phrase].phrase, asked[phrase].answer
        if answer is not None and answer.heatmap is not None:
            self._heats.setdefault(words, answer.heatmap)
        if words in self._heats:
            self._heat_here()
        else:
            self._fetch_heat(words)
        self._bar.rows.show_heat(phrase)

    def _fetch_heat(self, words: str) -> None:
        picture, services = self._session.picture, self._desk.services
        if picture is None:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, Heatmap]:
            yield from ()
            return services.ground.looking.heat(picture, words, cancel)

        def done(found: Heatmap) -> None:
            if self._session.picture is picture:
                self._heats[words] = found
                self._heat_here()

        def failed(sentence: str) -> None:
            self._drop_heat()
            self._session.say(sentence)

        self._session.say(fill(strings.HEAT_WORKING, phrase=words))
        self._desk.ask(verb, done, failed=failed, lane=GROUND, latest="ground-heat")

    def _heat_here(self) -> None:
        self._pane.show_items()
        if self.heated != NONE:
            self._pane.canvas.set_current(key(HEAT, self.heated), say=True)

    def _drop_heat(self) -> None:
        if self.heated != NONE:
            self.heated = NONE
            self._bar.rows.show_heat(NONE)
            self._pane.show_items()

    def heat_items(self) -> list[OverlayItem]:
        """The heat that shows."""
        asked = self._phrasing.asked
        if not 0 <= self.heated < len(asked):
            return []
        words = asked[self.heated].phrase
        heat = self._heats.get(words)
        if heat is None:
            return []
        item = OverlayItem(key(HEAT, self.heated), fill(strings.HEAT_LABEL, phrase=words),
                           heat=heat)  # fmt: skip
        if heat.strength > 0:
            item = replace(item, note=fill(strings.HEAT_NOTE, strength=heat.strength))
        return [item]
