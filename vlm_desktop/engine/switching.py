"""Which model answers searches, and letting another one take over without a gap."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelIncomplete
from vlm_desktop.base.events import Event
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.indexing import IndexSummary
from vlm_desktop.engine.models import ModelCard, ModelShelf
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.store.library import Library


@dataclass(frozen=True, slots=True)
class ShelfFacts:
    """The shelf as a person chooses from it.

    `active` is the id of the model that answers now; `covered` says for models of this library how
    many of its `photos` they know (copies counted once). `free_bytes` is the room for downloads.
    """

    cards: tuple[ModelCard, ...]
    active: str
    photos: int
    covered: Mapping[str, int]
    free_bytes: int
    hub_host: str


class IndexVerb(Protocol):
    """`AppServices.index`, as far as it is used here."""

    def __call__(
        self,
        folders: Sequence[Path],
        cancel: CancelToken,
        *,
        model: str | None,
        ocr: bool | None,
        only_known: bool,
    ) -> Generator[Event, None, IndexSummary]: ...


class Switching:
    """Looks at the shelf beside the library, and switches between models."""

    def __init__(
        self,
        models: ModelShelf,
        *,
        library: Callable[[], Library],
        in_use: Callable[[], str],
        index: IndexVerb,
        use: Callable[[str], None],
        choose: Callable[[str], Generator[Event, None, object]],
    ) -> None:
        """`use` lets a wholly indexed model answer; `choose` keeps it in the settings."""
        self._models = models
        self._library = library
        self._in_use = in_use
        self._index = index
        self._use = use
        self._choose = choose

    def facts(self) -> Generator[Event, None, ShelfFacts]:
        """All models, and what each is to this library. Raises LibraryError, `ModelBroken`."""
        cards = yield from self._models.list()
        library = self._library()
        return ShelfFacts(
            cards=cards,
            active=self._in_use(),
            photos=library.info().contents,
            covered={one.model_id: one.contents for one in library.coverage()},
            free_bytes=self._models.free_bytes(),
            hub_host=self._models.hub_host,
        )

    def adopt(self, model_id: str, cancel: CancelToken) -> Generator[Event, None, str]:
        """Let a model answer all searches: index with it in the shadow, then switch in one step.

        Until then the old one goes on answering, and what was indexed is kept when this is
        stopped. A model that knows every photo already takes over at once; so does any model in
        an empty library. Raises what `index` and `use` raise, `ModelIncomplete` for photos that
        cannot be reached now.
        """
        library = self._library()
        photos = library.info().contents
        if photos and self._covered(model_id) < photos:
            folders = [root.path for root in library.roots() if root.online]
            yield from self._index(folders, cancel, model=model_id, ocr=False, only_known=True)
            photos = library.info().contents
        if photos:
            self._use(model_id)
        yield from self._choose(model_id)
        return model_id

    def _covered(self, model_id: str) -> int:
        known = [one.contents for one in self._library().coverage() if one.model_id == model_id]
        return known[0] if known else 0


def let_answer(library: Library, encoders: Encoders, model_id: str) -> None:
    """See `AppServices.use_model`."""
    searchable_vectors(library, encoders, model_id)
    (found,) = [one for one in library.coverage() if one.model_id == model_id]
    if found.contents < found.total:
        raise ModelIncomplete(model=model_id, done=found.contents, total=found.total)
    library.switch_model(model_id)
