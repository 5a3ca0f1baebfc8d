"""What is chosen, put into words by the engine, and sent to other panes."""

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import DescriptionLength, Expression
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.ground.items import DRAFT, FOUND, OBJECT, OTHER, ItemKey
from vlm_desktop.gui.panes.ground.words_panel import expression_words, is_proven
from vlm_desktop.gui.strings import ground_words as strings
from vlm_desktop.jobs import GROUND

if TYPE_CHECKING:
    from vlm_desktop.base.masks import Mask
    from vlm_desktop.base.types import Box
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane


class WordsCorner(QObject):
    """Main thread. The newest wish wins; an answer about something else than is chosen is lost."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane, self._panel = pane, pane.words
        self._session, self._desk = pane.session, pane.desk
        self._about: ItemKey | None = None
        panel = pane.words
        panel.describe_wanted.connect(self.describe)
        panel.refer_wanted.connect(self.refer)
        panel.search_wanted.connect(lambda: self.send("search"))
        panel.ask_wanted.connect(lambda: self.send("chat"))
        panel.taken.connect(lambda words: pane.phrases.find_words(words))
        pane.canvas.current_changed.connect(lambda _: self.refresh())
        pane.canvas.items_changed.connect(self.refresh)
        self._session.opened.connect(self.refresh)
        add = self._desk.actions.add
        self.actions = (
            add("ground.describe", strings.DESCRIBE_COMMAND, self.describe, where=pane,
                shortcut="Ctrl+D", while_shown=True),
            add("ground.refer", strings.REFER_COMMAND, self.refer, where=pane,
                shortcut="Ctrl+R", while_shown=True),
            add("ground.search-part", strings.SEARCH_REGION, lambda: self.send("search"),
                where=pane),
            add("ground.ask-part", strings.ASK_REGION, lambda: self.send("chat"), where=pane),
        )  # fmt: skip
        self.refresh()

    # --- what is chosen ------------------------------------------------------------------

    def region(self, at: ItemKey | None) -> "Box | Mask | None":
        """Where something that can be described is; a mask rather than a box."""
        if at is None:
            return None
        if at[0] == DRAFT:
            return self._pane.pointing.mask or self._pane.pointing.prompt.box
        if at[0] == OBJECT:
            one = self._session.object(at[1])
            return (one.mask or one.box) if one is not None else None
        if at[0] in (FOUND, OTHER):
            found = self._pane.phrasing.region(at[1], at[2], fits=at[0] == FOUND)
            return (found.mask or found.box) if found is not None else None
        return None

    def box(self, at: ItemKey | None) -> "Box | None":
        region = self.region(at)
        return getattr(region, "box", region) if region is not None else None

    def refresh(self) -> None:
        """Something else is chosen."""
        at = self._pane.current
        can = self.region(at) is not None
        for action in self.actions:
            action.setEnabled(can)
        item = self._pane.canvas.item(at) if can else None
        words = fill(strings.ABOUT, name=item.label) if item is not None else ""
        is_same = at == self._about and can
        self._about = at if can else None
        self._panel.show_about(words, is_same=is_same)

    # --- into words ----------------------------------------------------------------------

    def describe(self, length: DescriptionLength | None = None) -> None:
        """Say what it is."""
        picture, at = self._session.picture, self._pane.current
        region, services = self.region(at), self._desk.services
        if picture is None or region is None:
            return
        wanted = length or DescriptionLength(self._panel.length.currentData())

        def verb(cancel: CancelToken) -> Generator[Event, None, str]:
            yield from ()
            return services.ground.expressions.describe(picture, region, wanted, cancel)

        def told(words: str) -> None:
            if at == self._about:
                self._panel.show_description(words)
                announce(self._pane, words)

        self._pane.show_words()
        self._panel.show_description(strings.DESCRIBING)
        self._desk.ask(verb, told, failed=told, lane=GROUND, latest="ground-describe")

    def refer(self) -> None:
        """The fewest words that find it and nothing else."""
        picture, at = self._session.picture, self._pane.current
        region, services = self.region(at), self._desk.services
        model = self._pane.phrasing.model
        if picture is None or region is None:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, tuple[Expression, ...]]:
            yield from ()
            return services.ground.expressions.refer(picture, region, cancel, model_id=model)

        def done(found: tuple[Expression, ...]) -> None:
            if at != self._about:
                return
            proven = [one for one in found if is_proven(one)]
            state = "" if proven else strings.NONE_FINDS if found else strings.NO_EXPRESSION
            if proven and at is not None and at[0] == OBJECT:
                self._remember(at[1], proven[0].text)
                state = strings.KEPT_WITH
            self._panel.show_expressions(found, state)
            announce(self._pane, expression_words(found[0]) if found else state)

        def failed(sentence: str) -> None:
            if at == self._about:
                self._panel.show_expressions((), sentence)
                announce(self._pane, sentence)

        self._pane.show_words()
        self._panel.show_expressions((), strings.REFERRING)
        self._desk.ask(verb, done, failed=failed, lane=GROUND, latest="ground-refer")

    def _remember(self, number: int, words: str) -> None:
        """Keep a phrase that names an object with it: exports say it."""
        one = self._session.object(number)
        if one is not None and words not in one.expressions:
            change = fill(strings.CHANGE_EXPRESSION, name=self._session.name_of(one))
            self._session.put(change, replace(one, expressions=(*one.expressions, words)))

    # --- elsewhere -----------------------------------------------------------------------

    def send(self, pane: str) -> None:
        """This part of the picture, to another pane."""
        picture, box = self._session.picture, self.box(self._pane.current)
        if picture is not None:
            self._desk.navigator.sent.emit(Sending(pane, picture.path, page=picture.page, box=box))
