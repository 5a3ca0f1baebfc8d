"""Which models can answer, and what the chosen one can take."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.chat import ChatCapabilities
from vlm_desktop.base.chatwork import ChatChoice
from vlm_desktop.gui.desk import Desk
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.chat.session import ChatSession


_STARTER = "starter"


def base_of(model_id: str) -> str:
    """The model without the adapters it wears."""
    return model_id.partition("+")[0]


def is_starter(model_id: str) -> bool:
    """Whether a model is the small one that came with the program."""
    return model_id.startswith(_STARTER)


class ModelChoice(QObject):
    """The models on this disk and the one that is asked; "" while there is none. Main thread."""

    changed = Signal()
    """The list or the choice is another."""
    capable = Signal()
    """What the chosen model can take is known, or is not known yet."""
    failed = Signal(str)

    def __init__(self, desk: Desk, session: "ChatSession", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._session = desk, session
        self.ready: tuple[ChatChoice, ...] = ()
        self.names: dict[str, str] = {}
        self.is_known = False
        self.wanted = ""
        """The model of conversations to come; "" follows the setting."""
        self._default = ""
        self._can: dict[str, ChatCapabilities] = {}
        self._asked: set[str] = set()
        self._told = ""
        self._undressed: tuple[int, str] | None = None
        """A conversation whose model's adapters are not to be had any more, as it was found."""
        desk.navigator.adapters_changed.connect(self._adapters_changed)

    @property
    def current(self) -> str:
        """Who answers in the open conversation, or in the next one."""
        conversation = self._session.conversation
        ids = [one.model_id for one in self.ready]
        wishes = (conversation.model_id if conversation else self.wanted, self._default)
        return next((one for one in wishes if one in ids), ids[0] if ids else "")

    @property
    def capabilities(self) -> ChatCapabilities | None:
        """What the current model can take; None while it is not known."""
        return self._can.get(self.current)

    def refresh(self) -> None:
        """Look at the shelf."""
        services = self._desk.services

        def read() -> tuple[tuple[ChatChoice, ...], str]:
            return services.chat.models(), services.chat.default_model()

        self._desk.fetch(read, self._show, failed=self.failed.emit, latest="chat-models")

    def _show(self, found: tuple[tuple[ChatChoice, ...], str]) -> None:
        before = self._default
        models, self._default = found
        self.names = {one.model_id: one.name for one in models}
        self.ready = tuple(one for one in models if one.ready)
        self.is_known = True
        if before not in ("", self._default) and base_of(before) == base_of(self._default):
            self._follow()
        self.look()
        self.changed.emit()

    def _adapters_changed(self) -> None:
        if self.is_known:
            self.refresh()

    def _follow(self) -> None:
        """The setting's model wears other adapters: so does this model wherever it answers here."""
        base, conversation = base_of(self._default), self._session.conversation
        if base_of(self.wanted) == base:
            self.wanted = ""
        if conversation is not None and base_of(conversation.model_id) == base:
            self.choose(self._default)

    def _undress(self) -> None:
        """Who is shown is who answers: adapters that were taken off or are gone, or are worn with
        another strength now, are off here too."""
        conversation = self._session.conversation
        if conversation is None or not self.is_known or "+" not in conversation.model_id:
            return
        found = (conversation.id, conversation.model_id)
        known = any(one.model_id == conversation.model_id for one in self.ready)
        if not known and self.current and found != self._undressed:
            self._undressed = found
            self.choose(self.current)

    def choose(self, model_id: str) -> None:
        """Who answers from now on, here and in conversations to come."""
        self.wanted = model_id
        if self._session.conversation is None:
            self.look()
            self.changed.emit()
        else:  # what is current changes when the conversation does
            self._session.do(lambda chat, number: chat.set_model(number, model_id))

    def look(self) -> None:
        """Ask what the chosen model can take."""
        self._undress()
        model_id = self.current
        if model_id != self._told:
            self._told = model_id
            self.capable.emit()  # what the one before could take says nothing of this one
        if not model_id or model_id in self._can or model_id in self._asked:
            return
        self._asked.add(model_id)
        services = self._desk.services

        def done(found: ChatCapabilities) -> None:
            self._asked.discard(model_id)
            self._can[model_id] = found
            self.capable.emit()

        def failed(sentence: str) -> None:
            self._asked.discard(model_id)
            self.failed.emit(sentence)

        self._desk.fetch(
            lambda: services.chat.capabilities(model_id),
            done,
            failed=failed,
            lane=ANSWERS,
        )
