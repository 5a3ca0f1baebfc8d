"""The models whose vectors the library holds, and what was calibrated for them."""

import sqlite3

from vlm_desktop.base.errors import ModelMismatch
from vlm_desktop.base.types import EncoderSpec
from vlm_desktop.store.part import Part, model_key
from vlm_desktop.store.records import ACTIVE, SHADOW, ModelCoverage

_COVERAGE = """
    SELECT name, state, dimension, preprocessing_version, precision,
        (SELECT count(*) FROM embeddings WHERE model_id = models.id),
        (SELECT count(*) FROM contents WHERE present > 0 AND EXISTS (
            SELECT 1 FROM embeddings
            WHERE content_id = contents.id AND model_id = models.id)),
        (SELECT count(*) FROM contents WHERE present > 0)
    FROM models ORDER BY state, name
"""


class ModelsPart(Part):
    """Registered models; at most one is active, the others wait in the shadow."""

    def begin_model(self, spec: EncoderSpec, shadow: bool = False) -> None:
        """Register a model, or check that it is the one registered under its id.

        A new model becomes active when no model is and `shadow` is False; otherwise its vectors
        gather in the shadow until `switch_model`. Raises `ModelMismatch` when dimension,
        preprocessing or precision differ from those of the stored vectors.
        """
        with self._db.writing() as connection:
            row = connection.execute(
                "SELECT dimension, preprocessing_version, precision FROM models WHERE name = ?",
                (spec.model_id,),
            ).fetchone()
            offered = (spec.dimension, spec.preprocessing_version, spec.precision)
            if row is None:
                state = SHADOW if shadow or _active(connection) else ACTIVE
                connection.execute(
                    "INSERT INTO models (name, dimension, preprocessing_version, precision,"
                    " image_side, state) VALUES (?, ?, ?, ?, ?, ?)",
                    (spec.model_id, *offered, spec.image_side, state),
                )
            elif row != offered:
                raise ModelMismatch(
                    model=spec.model_id, stored=_sentence(row), offered=_sentence(offered)
                )

    def switch_model(self, model_id: str) -> None:
        """Make a registered model the active one, in one transaction. Raises `ModelUnknown`."""
        with self._db.writing() as connection:
            key = model_key(connection, model_id)
            connection.execute("UPDATE models SET state = ? WHERE id != ?", (SHADOW, key))
            connection.execute("UPDATE models SET state = ? WHERE id = ?", (ACTIVE, key))

    def active_model(self) -> str | None:
        """The id of the model whose vectors answer searches; None before the first indexing."""
        with self._db.reading() as connection:
            return _active(connection)

    def drop_model(self, model_id: str) -> int:
        """Delete a model's vectors and calibrations. Returns how many vectors went.

        Raises `ModelUnknown`.
        """
        with self._db.writing() as connection:
            key = model_key(connection, model_id)
            count = connection.execute("DELETE FROM embeddings WHERE model_id = ?", (key,)).rowcount
            connection.execute("DELETE FROM models WHERE id = ?", (key,))
        return count

    def coverage(self) -> tuple[ModelCoverage, ...]:
        """For each model how many of the contents that are there have vectors; active first."""
        with self._db.snapshot() as connection:
            rows = connection.execute(_COVERAGE).fetchall()
        return tuple(ModelCoverage(*row) for row in rows)

    def save_calibration(self, model_id: str, kind: str, generation: int, payload: str) -> None:
        """Keep what was measured on the vectors of `generation`; replaces the one before."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO calibrations (model_id, kind, generation, payload)"
                " VALUES (?, ?, ?, ?)",
                (model_key(connection, model_id), kind, generation, payload),
            )

    def load_calibration(self, model_id: str, kind: str) -> tuple[int, str] | None:
        """(generation, payload) as saved; the caller judges whether it is too old."""
        with self._db.reading() as connection:
            row: tuple[int, str] | None = connection.execute(
                "SELECT calibrations.generation, payload FROM calibrations"
                " JOIN models ON models.id = model_id WHERE name = ? AND kind = ?",
                (model_id, kind),
            ).fetchone()
        return row


def _active(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT name FROM models WHERE state = ?", (ACTIVE,)).fetchone()
    return None if row is None else str(row[0])


def _sentence(stored: tuple[int, str, str]) -> str:
    dimension, preprocessing, precision = stored
    return f"dimension {dimension}, preprocessing {preprocessing}, precision {precision}"
