"""`Documents.keeping`: documents as they are kept, corrected and learned from, in one object.

Nothing of a page is copied: kept are its path, its hash, and values with the words that carry
them. Every method that is no generator is a quick read or write of the database, from any thread.

    sheetkeeping.py  reading, the list, sheets       sheets.py     what a person said in the
    acts.py          an act, its history, undo                     place of what was read, doubts
    editing.py       values, by a person             teaching.py   from corrections to lessons
    rowediting.py    rows and lines of tables        tablerows.py  cells and columns
                                                     anomalies.py  duplicates, anomalies

How undo goes with `gui.undo.Changes`: a verb's `DocumentDone` is handed to `undo`, whose result
undoes the undoing.
"""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import DocumentsForgotten, Lesson
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.engine.documents.editing import Editing
from vlm_desktop.engine.documents.rowediting import RowEditing
from vlm_desktop.engine.documents.sheetkeeping import (
    Checks,
    Extracts,
    Opens,
    Reads,
    lesson_of,
)
from vlm_desktop.engine.documents.teaching import nearest_layouts
from vlm_desktop.store.docrecords import KeptLesson
from vlm_desktop.store.library import Library


class KeptDocuments(Editing, RowEditing):
    """See the module.

    `checks` are those that need no other document, `forget_pages` lets go of what is held in
    memory of files that were read, `other_copies` names older copies of the library.
    """

    def __init__(
        self,
        library: Callable[[], Library],
        pages: Opens,
        reader: Reads,
        extractor: Extracts,
        checks: Checks,
        forget_pages: Callable[[], None],
        other_copies: Callable[[], tuple[Path, ...]],
    ) -> None:
        super().__init__(library, pages, reader, extractor, checks)
        self._forget_pages = forget_pages
        self._other_copies = other_copies

    # --- lessons -------------------------------------------------------------------------

    def lessons(self, document_id: int | None = None) -> tuple[Lesson, ...]:
        """What holds of what corrections taught: all, or about the layout of one document.

        Of several about one field of a layout the latest counts, and is told.
        """
        return tuple(map(lesson_of, self._effective(document_id)))

    def unlearn(self, lesson_ids: Sequence[int]) -> str:
        """Go no more by these, nor by older ones about the same field of the same layout. What it
        gives back is for `relearn`. Documents that were read by them are read anew when they are
        opened next, unless they are reviewed."""
        library, batch = self._library(), new_batch()
        with self._writing:
            everything = library.document_lessons()
            gone = [
                older.id
                for one in everything
                if one.id in lesson_ids
                for older in self._alike(one, everything)
                if older.name == one.name
            ]
            library.retire_lessons(sorted(set(gone)), batch)
        return batch

    def unlearn_layout(self, document_id: int) -> str:
        """Go by nothing any more that was learned of a document's layout; see `unlearn`."""
        library, batch = self._library(), new_batch()
        with self._writing:
            library.retire_lessons([one.id for one in self._of_layout(document_id)], batch)
        return batch

    def relearn(self, batch: str) -> int:
        """Take back an unlearning; how many lessons hold again."""
        return self._library().restore_lessons(batch)

    # --- forgetting ----------------------------------------------------------------------

    def forget(
        self, document_ids: Sequence[int] | None, cancel: CancelToken
    ) -> Generator[Event, None, DocumentsForgotten]:
        """Forget documents for good, or with None all of them and their batches: no byte stays of
        values, corrections, history and what they taught. The files are not touched.

        Takes as long as writing the library once, and is not cancelled once it began. To be run
        where no indexing runs at the same time.
        """
        yield Progress(Phase.SCRUB, 0, None)
        cancel.raise_if_cancelled()
        with self._writing:
            documents, lessons = self._library().forget_documents(document_ids)
        self._forget_pages()
        clean = self._library().scrub()
        return DocumentsForgotten(documents, lessons, clean, self._other_copies())

    # --- within --------------------------------------------------------------------------

    def _of_layout(self, document_id: int) -> list[KeptLesson]:
        library = self._library()
        document = library.document(document_id)
        near = nearest_layouts(document.fingerprint, library.document_layouts(document.schema))
        return library.document_lessons(near)

    def _effective(self, document_id: int | None) -> list[KeptLesson]:
        """Without those that later ones of the same layout and field contradict."""
        if document_id is None:
            found = self._library().document_lessons()
        else:
            found = self._of_layout(document_id)
        kept: list[KeptLesson] = []
        for one in reversed(found):
            same = [two for two in kept if (two.name, two.schema) == (one.name, one.schema)]
            if not nearest_layouts(one.fingerprint, [(two.id, two.fingerprint) for two in same]):
                kept.append(one)
        return kept[::-1]

    def _alike(self, one: KeptLesson, lessons: Sequence[KeptLesson]) -> list[KeptLesson]:
        """Lessons of the same schema and layout."""
        among = [two for two in lessons if two.schema == one.schema]
        near = nearest_layouts(one.fingerprint, [(two.id, two.fingerprint) for two in among])
        return [two for two in among if two.id in near]
