"""What corrections taught. A lesson hangs on the document that taught it and goes with it.

Lessons are retired rather than changed, so that undoing an act is to retire what it taught, and
undoing that to take the retiring back. Of two that contradict, readers go by the later.
"""

from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.store.contents import clean
from vlm_desktop.store.docrecords import KeptLesson
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path

_LESSON = (
    "SELECT document_lessons.id, document_id, path, vendor, document_lessons.schema, name,"
    " fingerprint, said FROM document_lessons JOIN documents ON documents.id = document_id"
    " WHERE retired_by = ''"
)


class DocumentLessonsPart(Part):
    """Each method is one transaction."""

    def document_layouts(self, schema: str) -> list[tuple[int, str]]:
        """(document, its layout's fingerprint) of all that taught something that holds."""
        with self._db.reading() as connection:
            return connection.execute(
                "SELECT id, fingerprint FROM documents WHERE schema = ? AND fingerprint != ''"
                " AND id IN (SELECT document_id FROM document_lessons WHERE retired_by = '')",
                (clean(schema),),
            ).fetchall()

    def document_lessons(self, document_ids: Sequence[int] | None = None) -> list[KeptLesson]:
        """What holds of what these documents taught, or of all; the oldest first."""
        with self._db.reading() as connection:
            if document_ids is None:
                rows = connection.execute(f"{_LESSON} ORDER BY 1").fetchall()
            else:
                rows = []
                for some in chunks(document_ids):
                    rows += connection.execute(
                        f"{_LESSON} AND document_id IN ({marks(some)})", tuple(some)
                    ).fetchall()
        return [
            KeptLesson(key, document_id, Path(decode_path(path)).name, *rest)
            for key, document_id, path, *rest in sorted(rows, key=lambda row: int(row[0]))
        ]

    def retire_lessons(self, ids: Sequence[int], batch: str) -> None:
        """Go by these no more."""
        with self._db.writing() as connection:
            for some in chunks(ids):
                connection.execute(
                    "UPDATE document_lessons SET retired_by = ? WHERE retired_by = ''"
                    f" AND id IN ({marks(some)})",
                    (batch, *some),
                )

    def retire_lessons_of(self, taught_by: str, batch: str) -> None:
        """Go no more by what an act taught."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE document_lessons SET retired_by = ?"
                " WHERE retired_by = '' AND taught_by = ?",
                (batch, taught_by),
            )

    def restore_lessons(self, retired_by: str) -> int:
        """Go again by what an act retired; how many that were."""
        with self._db.writing() as connection:
            return connection.execute(
                "UPDATE document_lessons SET retired_by = '' WHERE retired_by = ?", (retired_by,)
            ).rowcount
