"""How much is left to do, without listing it."""

from collections.abc import Sequence

from vlm_desktop.store.part import Part, marks


class CountsPart(Part):
    """Totals for progress. They count what offline folders hold, too."""

    def count_pending(self, root_ids: Sequence[int]) -> int:
        """Files of these roots that wait to be decoded."""
        return self._count(
            "SELECT COUNT(*) FROM files JOIN folders ON folders.id = folder_id"
            f" WHERE state = 'pending' AND root_id IN ({marks(root_ids)})",
            root_ids,
        )

    def count_without_vectors(self, model_id: str) -> int:
        """Photos that lack vectors of the model."""
        return self._count(
            "SELECT COUNT(*) FROM contents WHERE present > 0 AND NOT EXISTS ("
            "SELECT 1 FROM embeddings JOIN models ON models.id = model_id"
            " WHERE content_id = contents.id AND models.name = ?)",
            (model_id,),
        )

    def count_without_ocr(self) -> int:
        """Photos with pages that no text was looked for on."""
        return self._count(
            "SELECT COUNT(*) FROM contents WHERE present > 0 AND EXISTS ("
            "SELECT 1 FROM pages WHERE content_id = contents.id AND ocr_done = 0)",
            (),
        )

    def _count(self, query: str, values: Sequence[object]) -> int:
        with self._db.reading() as connection:
            return int(connection.execute(query, tuple(values)).fetchone()[0])
