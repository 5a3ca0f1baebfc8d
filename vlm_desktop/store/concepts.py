"""Personal concepts: a name, the photos that show it (or do not), and a probe a model."""

import sqlite3
from collections.abc import Sequence

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.errors import ConceptNameTaken, ConceptUnknown
from vlm_desktop.store.contents import clean
from vlm_desktop.store.part import Part, model_key
from vlm_desktop.store.records import StoredConcept, StoredProbe


class ConceptsPart(Part):
    """A concept is known by its name, whatever the case. Each method is one transaction."""

    def save_concept(self, name: str, examples: Sequence[tuple[int, int]]) -> None:
        """Keep a concept with its (content id, +1 or -1); one of the same name is replaced."""
        shown = clean(name).strip()
        with self._db.writing() as connection:
            connection.execute("DELETE FROM concepts WHERE folded = ?", (shown.casefold(),))
            key = connection.execute(
                "INSERT INTO concepts (name, folded) VALUES (?, ?)", (shown, shown.casefold())
            ).lastrowid
            connection.executemany(
                "INSERT OR REPLACE INTO concept_examples (concept_id, content_id, label)"
                " SELECT ?, id, ? FROM contents WHERE id = ?",
                ((key, label, content_id) for content_id, label in examples),
            )

    def concepts(self) -> list[StoredConcept]:
        """All concepts by name, with their examples."""
        with self._db.snapshot() as connection:
            named = connection.execute("SELECT id, name FROM concepts ORDER BY folded").fetchall()
            examples: dict[int, list[tuple[int, int]]] = {key: [] for key, _ in named}
            for key, content_id, label in connection.execute(
                "SELECT concept_id, content_id, label FROM concept_examples"
                " ORDER BY concept_id, content_id"
            ):
                examples[key].append((content_id, label))
        return [StoredConcept(name, tuple(examples[key])) for key, name in named]

    def rename_concept(self, name: str, new_name: str) -> None:
        """Raises `ConceptUnknown`, and `ConceptNameTaken` when another is called that."""
        shown = clean(new_name).strip()
        with self._db.writing() as connection:
            key = _concept_key(connection, name)
            taken = connection.execute(
                "SELECT 1 FROM concepts WHERE folded = ? AND id != ?", (shown.casefold(), key)
            ).fetchone()
            if taken:
                raise ConceptNameTaken(name=shown)
            connection.execute(
                "UPDATE concepts SET name = ?, folded = ? WHERE id = ?",
                (shown, shown.casefold(), key),
            )

    def delete_concept(self, name: str) -> bool:
        """Delete a concept, not its photos. False when there is none of that name."""
        with self._db.writing() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM concepts WHERE folded = ?", (clean(name).strip().casefold(),)
                ).rowcount
            )

    def save_probe(
        self, name: str, model_id: str, examples: str, payload: str, vector: VectorArray
    ) -> None:
        """Keep what a model was taught; `examples` tells what of. Raises `ConceptUnknown`."""
        blob = np.ascontiguousarray(vector, dtype="<f4").tobytes()
        with self._db.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO concept_probes"
                " (concept_id, model_id, examples, payload, vector) VALUES (?, ?, ?, ?, ?)",
                (
                    _concept_key(connection, name),
                    model_key(connection, model_id),
                    examples,
                    payload,
                    blob,
                ),
            )

    def load_probe(self, name: str, model_id: str) -> StoredProbe | None:
        """What a model was taught of a concept; None when it was not, or there is none."""
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT examples, payload, vector FROM concept_probes"
                " JOIN concepts ON concepts.id = concept_id JOIN models ON models.id = model_id"
                " WHERE folded = ? AND models.name = ?",
                (clean(name).strip().casefold(), model_id),
            ).fetchone()
        if row is None:
            return None
        examples, payload, blob = row
        return StoredProbe(examples, payload, np.frombuffer(blob, dtype="<f4"))


def _concept_key(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute(
        "SELECT id FROM concepts WHERE folded = ?", (clean(name).strip().casefold(),)
    ).fetchone()
    if row is None:
        raise ConceptUnknown(name=name)
    return int(row[0])
