"""What the query bar keeps: history, saved searches, votes, taught names, pasted pictures."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, BadFilter, QueryEmpty
from vlm_desktop.base.events import Event
from vlm_desktop.base.queries import (
    ConceptSummary,
    DeletedQuery,
    FilterChoices,
    SavedQuery,
    WrittenQuery,
)
from vlm_desktop.base.types import ImageTerm, Query, SearchResult
from vlm_desktop.engine.concepts import Concepts
from vlm_desktop.engine.cuts import POSSIBLE
from vlm_desktop.engine.feedback import vote_key
from vlm_desktop.engine.pictures import picture_thumbnail
from vlm_desktop.engine.querytext import asked_for, parse_query
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

_COUNTED_HITS = 10_000
_PASTED_KEPT_SECONDS = 3_600.0


class Keeping:
    """Safe from any thread. Plain methods are quick reads and writes; generators may take long."""

    def __init__(
        self,
        library: Callable[[], Library],
        concepts: Callable[[], Concepts],
        search: Callable[[Query, CancelToken], Generator[Event, None, SearchResult]],
        model_in_use: Callable[[], str],
        pasted: Path,
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self._library = library
        self._concepts = concepts
        self._search = search
        self._model_in_use = model_in_use
        self._open_pool = open_pool
        self.pasted = pasted
        """Where the window writes pictures that were pasted, before it searches for them."""

    # --- history -----------------------------------------------------------------------

    def remember(self, query: WrittenQuery) -> None:
        """Put a query first in the history; the same one, whatever its case, stands there once."""
        if not query.is_empty:
            self._library().remember_query(_folded(query), query.to_json())

    def history(self) -> tuple[WrittenQuery, ...]:
        """The last 200 different queries, the latest first."""
        found = (_read(payload) for _, payload in self._library().query_history())
        return tuple(query for query in found if query is not None)

    def set_history(self, queries: Sequence[WrittenQuery]) -> None:
        """Set the whole history, the latest first; () clears it."""
        self._library().replace_query_history([(_folded(one), one.to_json()) for one in queries])

    # --- saved searches ----------------------------------------------------------------

    def save(
        self, name: str, query: WrittenQuery, cancel: CancelToken
    ) -> Generator[Event, None, SavedQuery]:
        """Keep a search under a name; what it finds now counts as seen."""
        hits = yield from self._hits(query, cancel)
        self._library().save_search(name.strip(), query.to_json())
        self._library().mark_seen(name.strip(), hits)
        return SavedQuery(name.strip(), query, new=0)

    def saved(self) -> tuple[SavedQuery, ...]:
        """All saved searches by name, without counting what is new."""
        found = ((one.name, _read(one.query)) for one in self._library().saved_searches())
        return tuple(SavedQuery(name, query) for name, query in found if query is not None)

    def count_new(self, cancel: CancelToken) -> Generator[Event, None, tuple[SavedQuery, ...]]:
        """All saved searches with the number of hits above the cut that were not seen.

        A search that cannot be answered now (its picture is gone, nothing is indexed) has None.
        """
        counted = []
        for one in self.saved():
            cancel.raise_if_cancelled()
            try:
                hits = yield from self._hits(one.query, cancel)
            except AppError:
                cancel.raise_if_cancelled()
                counted.append(one)
                continue
            new = self._library().new_hits(one.name, hits)
            counted.append(SavedQuery(one.name, one.query, len(new)))
        return tuple(counted)

    def mark_seen(self, name: str, cancel: CancelToken) -> Generator[Event, None, None]:
        """What a saved search finds now counts as seen."""
        for one in self.saved():
            if one.name == name:
                self._library().mark_seen(name, (yield from self._hits(one.query, cancel)))

    def rename(self, name: str, new_name: str) -> bool:
        """False when there is no search `name`, or another is called `new_name`."""
        return self._library().rename_search(name, new_name.strip())

    def delete(self, name: str) -> DeletedQuery | None:
        """Delete a saved search; what is returned brings it back. None: there was none."""
        saved = next((one for one in self.saved() if one.name == name), None)
        if saved is None:
            return None
        deleted = DeletedQuery(saved, self._library().seen_hits(name))
        self._library().delete_search(name)
        return deleted

    def restore(self, deleted: DeletedQuery) -> None:
        """Bring a deleted search back with what it had seen."""
        self._library().save_search(deleted.saved.name, deleted.saved.query.to_json())
        self._library().mark_seen(deleted.saved.name, deleted.seen)

    # --- votes -------------------------------------------------------------------------

    def vote(self, query: Query, votes: Mapping[int, int]) -> dict[int, int]:
        """Content id -> +1, -1 or 0 (no opinion) for the hits of a query; returns what was before.

        The same query, whatever its case and filters, is answered accordingly from now on.
        """
        key = vote_key(query)
        if not key:
            raise QueryEmpty
        before = self._library().votes(key)
        for content_id, vote in votes.items():
            self._library().vote(key, content_id, vote)
        return {content_id: before.get(content_id, 0) for content_id in votes}

    # --- taught names ------------------------------------------------------------------

    def concepts(self) -> tuple[ConceptSummary, ...]:
        """All taught names."""
        return self._concepts().summaries(self._model_in_use())

    def teach(
        self,
        name: str,
        examples: Sequence[int],
        counterexamples: Sequence[int],
        cancel: CancelToken,
        *,
        replace: bool = False,
    ) -> Generator[Event, None, ConceptSummary]:
        """See `Concepts.save`."""
        return (
            yield from self._concepts().save(
                name, examples, counterexamples, self._model_in_use(), cancel, replace=replace
            )
        )

    def rename_concept(self, name: str, new_name: str) -> None:
        """Raises ConceptUnknown, ConceptNameTaken, ConceptNameRefused."""
        self._concepts().rename(name, new_name)

    def delete_concept(self, name: str) -> ConceptSummary:
        """What is returned brings it back by `restore_concept`. Raises ConceptUnknown."""
        return self._concepts().delete(name, self._model_in_use())

    def restore_concept(self, deleted: ConceptSummary) -> None:
        self._concepts().restore(deleted)

    # --- filters, pasted pictures ------------------------------------------------------

    def choices(self) -> FilterChoices:
        """What this library's photos can be narrowed by."""
        return self._library().filter_choices()

    def sweep_pasted(self) -> int:
        """Delete pasted pictures that no kept query and no conversation uses any more.

        Those of the last hour stay: they may be in a query that was not asked yet. Returns how
        many went.
        """
        # By name in what is stored, so that a query of a later version keeps its pictures, too.
        stored = [payload for _, payload in self._library().query_history()]
        stored += [one.query for one in self._library().saved_searches()]
        stored += [path.name for path in self._library().pictures_in_folder(self.pasted)]
        used = "\n".join(stored)
        newest = time.time() - _PASTED_KEPT_SECONDS
        removed = 0
        for path in self.pasted.glob("*.png") if self.pasted.is_dir() else ():
            try:
                if path.name not in used and path.stat().st_mtime < newest:
                    path.unlink()
                    removed += 1
            except OSError:
                continue  # held open elsewhere: the next sweep takes it
        return removed

    def picture(
        self, term: ImageTerm, side: int, cancel: CancelToken
    ) -> Generator[Event, None, bytes]:
        """A JPEG of a query's picture, or of its region. Raises MediaRefused."""
        yield from ()
        return picture_thumbnail(term, side, self._open_pool, cancel)

    # --- parts -------------------------------------------------------------------------

    def _hits(
        self, query: WrittenQuery, cancel: CancelToken
    ) -> Generator[Event, None, tuple[int, ...]]:
        """The contents a query finds above the cut."""
        asked = asked_for(query, limit=_COUNTED_HITS)
        result = yield from self._search(asked, cancel)
        return tuple(hit.content_id for hit in result.hits if hit.probability >= POSSIBLE)


def _folded(query: WrittenQuery) -> str:
    """What makes two queries the same one in the history."""
    words = " ".join(query.typed.split()).casefold()
    pictures = [f"{term.path}|{term.box}|{term.page}" for term in query.images]
    return "\n".join([words, *pictures])


def _read(payload: str) -> WrittenQuery | None:
    """None for what another version wrote."""
    try:
        query = WrittenQuery.from_json(payload)
        parse_query(query.typed)
    except (BadFilter, KeyError, TypeError, ValueError):
        return None
    return query
