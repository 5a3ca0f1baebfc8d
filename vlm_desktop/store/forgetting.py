"""Taking files, folders and roots out of the library. Nothing on disk is touched."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.store.altforgetting import forget_alt_of
from vlm_desktop.store.conversations import forget_pictures_of
from vlm_desktop.store.docforgetting import forget_documents_of
from vlm_desktop.store.embeddings import note_deleted
from vlm_desktop.store.groundforgetting import forget_objects_of
from vlm_desktop.store.part import Part
from vlm_desktop.store.pathcodec import below, encode_path
from vlm_desktop.store.queries import forget_queries_about
from vlm_desktop.store.records import ForgottenCounts
from vlm_desktop.store.trainingforgetting import forget_examples_of


class ForgettingPart(Part):
    """`forget`, and tidying up. What it takes does not come back, whatever is undone later."""

    def forget(self, path: Path, *, alt_texts: bool = False) -> ForgottenCounts:
        """Forget a file, a folder with all below it, or a root; in one transaction.

        Contents that lose their last file go with their vectors, texts, tags and album entries; a
        content that has another file, even a missing one, stays. What was taken out of the
        library with its root (see `removing`) holds nothing back and is forgotten by its path
        too. Fields of documents go, those a person corrected and what they taught included, and
        so do objects that were marked in pictures, and examples to train on. Alt texts that a
        person wrote stay, unless `alt_texts` says that they go, too (see `altforgetting`).
        Raises `NotInLibrary`.
        """
        with self._db.writing() as connection:
            wanted = encode_path(Path(path).absolute())
            for table in ("doomed", "doomed_removed", "touched"):
                connection.execute(
                    f"CREATE TEMP TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY)"
                )
                connection.execute(f"DELETE FROM {table}")
            found = _mark(connection, wanted, "", "doomed")
            removed = _mark(connection, wanted, "removed_", "doomed_removed")
            alt_gone, alt_kept = forget_alt_of(connection, Path(path).absolute(), texts=alt_texts)
            documents = forget_documents_of(connection, Path(path).absolute())
            deleted = _delete(connection)
            objects = forget_objects_of(connection, Path(path).absolute(), deleted.hashes)
            examples = forget_examples_of(connection, Path(path).absolute(), deleted.hashes)
            known = found or removed or documents or objects or examples
            if not (known or (alt_texts and alt_gone)):
                raise NotInLibrary(path=path)
            counts = replace(
                deleted,
                alt_texts_kept=alt_kept,
                documents=documents,
                objects=objects,
                examples=examples,
            )
            _delete_empty(connection, wanted)
            forget_queries_about(connection, Path(path).absolute())
            forget_pictures_of(connection, Path(path).absolute())
        return counts

    def forget_unused(self) -> ForgottenCounts:
        """Let go of contents that have no file row at all, and of unused words and cameras."""
        with self._db.writing() as connection:
            return delete_contents(
                connection,
                "SELECT id FROM contents"
                " WHERE NOT EXISTS (SELECT 1 FROM files WHERE content_id = contents.id)"
                " AND NOT EXISTS (SELECT 1 FROM removed_files WHERE content_id = contents.id)",
                files=0,
            )


def _mark(connection: sqlite3.Connection, wanted: bytes, kind: str, doomed: str) -> bool:
    """Collect the files at or below `wanted`; whether it names anything we know.

    `kind` "removed_" looks among what was taken out with its root, "" among the others.
    """
    found = False
    for root_id, root in connection.execute(f"SELECT id, path FROM {kind}roots").fetchall():
        start = root if root.endswith(b"/") else root + b"/"
        if root == wanted or start.startswith(wanted.rstrip(b"/") + b"/"):
            where, values = "root_id = ?", [root_id]
            found = True
        elif wanted.startswith(start):
            inner = wanted[len(start) :]
            folder, _, name = inner.rpartition(b"/")
            where = (
                "root_id = ? AND (of.path = ? OR (of.path >= ? AND of.path < ?)"
                " OR (of.path = ? AND name = ?))"
            )
            values = [root_id, inner, *below(inner), folder, name]
        else:
            continue
        added = connection.execute(
            f"INSERT OR IGNORE INTO {doomed} SELECT one.id FROM {kind}folders AS of"
            f" CROSS JOIN {kind}files AS one ON folder_id = of.id WHERE {where}",
            values,
        ).rowcount
        found = found or added > 0
    return found


def _delete(connection: sqlite3.Connection) -> ForgottenCounts:
    files = 0
    for table, doomed in (("files", "doomed"), ("removed_files", "doomed_removed")):
        connection.execute(
            f"INSERT OR IGNORE INTO touched SELECT content_id FROM {table}"
            f" WHERE id IN {doomed} AND content_id IS NOT NULL"
        )
        files += connection.execute(f"DELETE FROM {table} WHERE id IN {doomed}").rowcount
        connection.execute(f"DELETE FROM {doomed}")
    counts = delete_contents(
        connection,
        "SELECT id FROM touched"
        " WHERE NOT EXISTS (SELECT 1 FROM files WHERE content_id = touched.id)",
        files=files,
    )
    connection.execute("DELETE FROM touched")
    return counts


def delete_contents(connection: sqlite3.Connection, chosen: str, *, files: int) -> ForgottenCounts:
    """Delete the contents whose ids a query gives, with all that hangs on them."""
    hashes = connection.execute(
        f"SELECT content_hash FROM contents WHERE id IN ({chosen})"
    ).fetchall()
    vectors = 0
    for key, count in connection.execute(
        f"SELECT model_id, count(*) FROM embeddings WHERE content_id IN ({chosen})"
        " GROUP BY model_id"
    ).fetchall():
        note_deleted(connection, key, count)
        vectors += count
    contents = connection.execute(f"DELETE FROM contents WHERE id IN ({chosen})").rowcount
    connection.execute("DELETE FROM tags WHERE id NOT IN (SELECT tag_id FROM content_tags)")
    connection.execute(
        "DELETE FROM cameras WHERE id NOT IN"
        " (SELECT camera_id FROM contents WHERE camera_id IS NOT NULL)"
    )
    return ForgottenCounts(files, contents, vectors, tuple(name for (name,) in hashes))


def _delete_empty(connection: sqlite3.Connection, wanted: bytes) -> None:
    """Folders without files go; so do roots that lie at or below what was forgotten."""
    for kind in ("", "removed_"):
        connection.execute(
            f"DELETE FROM {kind}folders WHERE id NOT IN (SELECT folder_id FROM {kind}files)"
        )
        for root_id, root in connection.execute(f"SELECT id, path FROM {kind}roots").fetchall():
            if root == wanted or root.startswith(wanted.rstrip(b"/") + b"/"):
                connection.execute(f"DELETE FROM {kind}roots WHERE id = ?", (root_id,))
