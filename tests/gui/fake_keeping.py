"""What the query bar keeps, in memory: `engine.keeping.Keeping` without an engine."""

import io
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.queries import (
    ConceptScore,
    ConceptSummary,
    DeletedQuery,
    FilterChoices,
    PlaceCount,
    SavedQuery,
    WrittenQuery,
)
from vlm_desktop.base.types import ImageTerm, Query

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError


class FakeKeeping:
    """Every list can be set from the test; `new` is what counting finds in each search."""

    def __init__(self, folder: Path) -> None:
        self.pasted = folder / "pasted"
        self.asked: list[WrittenQuery] = []
        self.searches: dict[str, WrittenQuery] = {}
        self.swept = 0
        self.new: dict[str, int] = {}
        self.seen: list[str] = []
        self.votes: list[tuple[str, dict[int, int]]] = []
        self.voted: dict[int, int] = {}
        self.names: dict[str, ConceptSummary] = {}
        self.teach_error: AppError | None = None
        self.picture_error: AppError | None = None
        self.filter_choices = FilterChoices(
            cameras=("Canon EOS 5D", "X100V"),
            places=(PlaceCount(41.9, 12.5, 812),),
            tags=("dog",),
            albums=("Summer",),
        )

    def remember(self, query: WrittenQuery) -> None:
        self.asked = [query, *(one for one in self.asked if one != query)]

    def history(self) -> tuple[WrittenQuery, ...]:
        return tuple(self.asked)

    def set_history(self, queries: Sequence[WrittenQuery]) -> None:
        self.asked = list(queries)

    def save(
        self, name: str, query: WrittenQuery, _: CancelToken
    ) -> Generator[Event, None, SavedQuery]:
        yield from ()
        self.searches[name] = query
        return SavedQuery(name, query, 0)

    def saved(self) -> tuple[SavedQuery, ...]:
        return tuple(SavedQuery(*one) for one in sorted(self.searches.items()))

    def count_new(self, _: CancelToken) -> Generator[Event, None, tuple[SavedQuery, ...]]:
        yield from ()
        return tuple(replace(one, new=self.new.get(one.name, 0)) for one in self.saved())

    def mark_seen(self, name: str, _: CancelToken) -> Generator[Event, None, None]:
        yield from ()
        self.seen.append(name)
        self.new[name] = 0

    def rename(self, name: str, new_name: str) -> bool:
        self.searches[new_name] = self.searches.pop(name)
        return True

    def delete(self, name: str) -> DeletedQuery | None:
        query = self.searches.pop(name, None)
        return None if query is None else DeletedQuery(SavedQuery(name, query), ())

    def restore(self, deleted: DeletedQuery) -> None:
        self.searches[deleted.saved.name] = deleted.saved.query

    def vote(self, query: Query, votes: Mapping[int, int]) -> dict[int, int]:
        before = {content_id: self.voted.get(content_id, 0) for content_id in votes}
        self.votes.append((query.text, dict(votes)))
        self.voted.update(votes)
        return before

    def concepts(self) -> tuple[ConceptSummary, ...]:
        return tuple(self.names[name] for name in sorted(self.names))

    def teach(
        self,
        name: str,
        examples: Sequence[int],
        counterexamples: Sequence[int],
        _: CancelToken,
        *,
        replace: bool = False,  # noqa: ARG002  as the engine has it
    ) -> Generator[Event, None, ConceptSummary]:
        yield from ()
        if self.teach_error is not None:
            raise self.teach_error
        score = ConceptScore(len(examples), len(examples) - 1, 1_500, 1, 5)
        self.names[name] = ConceptSummary(name, tuple(examples), tuple(counterexamples), score)
        return self.names[name]

    def rename_concept(self, name: str, new_name: str) -> None:
        self.names[new_name] = replace(self.names.pop(name), name=new_name)

    def delete_concept(self, name: str) -> ConceptSummary:
        return self.names.pop(name)

    def restore_concept(self, deleted: ConceptSummary) -> None:
        self.names[deleted.name] = deleted

    def choices(self) -> FilterChoices:
        return self.filter_choices

    def sweep_pasted(self) -> int:
        self.swept += 1
        return 0

    def picture(self, term: ImageTerm, side: int, _: CancelToken) -> Generator[Event, None, bytes]:
        yield from ()
        if self.picture_error is not None:
            raise self.picture_error
        written = io.BytesIO()
        Image.new("RGB", (side, side), (len(term.path.name) * 9 % 256, 90, 160)).save(
            written, "JPEG"
        )
        return written.getvalue()
