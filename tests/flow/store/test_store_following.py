"""A photo whose bytes the program changed keeps all that is known of it."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.flow.store.store_builders import MODEL, Photo, add, hash_of, indexed, vector_of
from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.store import following
from vlm_desktop.store.following import WrittenPhoto
from vlm_desktop.store.library import Library
from vlm_desktop.store.pathcodec import encode_path
from vlm_desktop.store.records import Root, ScannedEntry


def written(path: Path, before: str, after: str, alt: str = "A dog") -> WrittenPhoto:
    return WrittenPhoto(path, hash_of(before), hash_of(after), 777, 5, 0, alt, "It runs.")


SAID = PhotoMetadata(title="Title", keywords=("kept",), alt_text="old words")


@pytest.fixture
def known(library: Library, root: Root) -> int:
    """One photo with all that can hang on one."""
    content = add(library, root, [("a.jpg", Photo("a", SAID)), ("z.jpg", Photo("z"))])["a.jpg"]
    _furnish(library, content)
    return content


def _furnish(library: Library, content: int) -> None:
    """A row about the content in every table that speaks of contents, by hand."""
    with library._db.writing() as connection:
        for statement in (
            "INSERT INTO tags (id, name, folded) VALUES (91, 'mine', 'mine')",
            "INSERT INTO content_tags (tag_id, content_id, source) VALUES (91, ?, 'person')",
            "INSERT INTO albums (id, name, folded) VALUES (92, 'Album', 'album')",
            "INSERT INTO album_contents (album_id, content_id) VALUES (92, ?)",
            "INSERT INTO saved_searches (id, name, query) VALUES (93, 's', '{}')",
            "INSERT INTO saved_search_seen (search_id, content_id) VALUES (93, ?)",
            "INSERT INTO feedback (query, content_id, vote) VALUES ('dog', ?, 1)",
            "INSERT INTO concepts (id, name, folded) VALUES (94, 'Rex', 'rex')",
            "INSERT INTO concept_examples (concept_id, content_id, label) VALUES (94, ?, 1)",
            "INSERT INTO rules (id, kind, name, folded) VALUES (95, 'word', 'w', 'w')",
            "INSERT INTO rule_judgements (rule_id, content_id, verdict, source)"
            " VALUES (95, ?, 1, 'person')",
            "INSERT INTO texts (content_id, kind, page, text) VALUES (?, 'ocr', 0, 'words read')",
        ):
            connection.execute(statement, (content,) if "?" in statement else ())


def rows(library: Library, content: int) -> dict[str, int]:
    """How many rows of each table speak of a content."""
    with library._db.reading() as connection:
        return {
            table: connection.execute(
                f"SELECT count(*) FROM {table} WHERE content_id = ?", (content,)
            ).fetchone()[0]
            for table in referring(library)
        }


def referring(library: Library) -> list[str]:
    """Every table that hangs on contents."""
    with library._db.reading() as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not re.search("_fts", name)
        ]
        return [
            table
            for table in tables
            if any(
                row[2] == "contents"
                for row in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
            )
        ]


def test_every_table_that_hangs_on_contents_is_thought_of(library: Library) -> None:
    followed = {"files", "removed_files", "texts"}
    assert set(referring(library)) == set(following._COPIED) | followed


def test_a_photo_that_lies_once_goes_on_under_its_new_hash(
    library: Library, root: Root, known: int
) -> None:
    before = rows(library, known)
    generation = library.vectors(MODEL).content_ids.tolist()
    assert library.follow_written(written(root.path / "a.jpg", "a", "b"))
    details = library.details(known)
    assert details.content_hash == hash_of("b")
    assert rows(library, known) == before
    assert all(before[table] for table in set(following._COPIED) | {"texts"})
    assert library.vectors(MODEL).content_ids.tolist() == generation
    assert (details.metadata.alt_text, details.metadata.extended_description) == (
        "A dog", "It runs.",
    )  # fmt: skip
    assert details.metadata.title == "Title"
    assert library.content_of(root.path / "a.jpg") == known
    assert library.verify().problems == ()


def test_the_next_walk_finds_nothing_new(library: Library, root: Root, known: int) -> None:
    library.follow_written(written(root.path / "a.jpg", "a", "b"))
    stamp = library.file_stamps(root.id)["a.jpg"]
    assert (stamp.size, stamp.mtime_ns, stamp.state) == (777, 5, "indexed")
    counts = library.record_inventory(root.id, [], [])
    assert (counts.new, counts.changed) == (0, 0)
    assert library.pending_files([root.id]) == []


def test_the_words_can_be_found(library: Library, root: Root, known: int) -> None:
    library.follow_written(written(root.path / "a.jpg", "a", "b", "A dachshund"))
    with library._db.reading() as connection:
        found = connection.execute(
            "SELECT kind, text FROM texts WHERE content_id = ? AND kind = 'alt'", (known,)
        ).fetchall()
        hits = connection.execute(
            "SELECT count(*) FROM texts_fts WHERE texts_fts MATCH 'dachshund'"
        ).fetchone()
        old = connection.execute(
            "SELECT count(*) FROM texts_fts WHERE texts_fts MATCH '\"old words\"'"
        ).fetchone()
    assert found == [("alt", "A dachshund\nIt runs.")]
    assert (hits, old) == ((1,), (0,))


def test_a_copy_keeps_the_old_bytes_and_all_that_hangs_on_them(
    library: Library, root: Root, known: int
) -> None:
    add(library, root, [("copy.jpg", Photo("a", SAID))])
    before = rows(library, known)
    assert library.follow_written(written(root.path / "a.jpg", "a", "b"))
    new = library.content_of(root.path / "a.jpg")
    assert new not in (None, known)
    assert library.content_of(root.path / "copy.jpg") == known
    after, kept = rows(library, int(new or 0)), rows(library, known)
    for table in following._COPIED:
        assert after[table] == kept[table] == before[table] > 0, table
    vectors = library.vectors(MODEL)
    ids = vectors.content_ids.tolist()
    assert sorted(ids) == sorted([known, new, library.content_of(root.path / "z.jpg")])
    found = np.asarray(vectors.matrix)[ids.index(new)]
    assert np.allclose(found, vector_of("a"), atol=1e-6)
    assert library.details(known).metadata.alt_text == "old words"
    assert library.verify().problems == ()


def test_back_to_the_old_bytes_is_back_to_the_old_content(
    library: Library, root: Root, known: int
) -> None:
    add(library, root, [("copy.jpg", Photo("a", SAID))])
    library.follow_written(written(root.path / "a.jpg", "a", "b"))
    library.follow_written(written(root.path / "a.jpg", "b", "a", "old words"))
    assert library.content_of(root.path / "a.jpg") == known
    assert library.verify().problems == ()


def test_a_file_that_may_come_back_keeps_its_bytes(
    library: Library, root: Root, known: int
) -> None:
    add(library, root, [("gone.jpg", Photo("a", SAID))])
    gone = library.file_stamps(root.id)["gone.jpg"]
    library.record_inventory(root.id, [], [gone.file_id])
    library.follow_written(written(root.path / "a.jpg", "a", "b"))
    entry = ScannedEntry("gone.jpg", gone.size, gone.mtime_ns, gone.sidecar_mtime_ns)
    library.record_inventory(root.id, [entry], [])
    assert library.content_of(root.path / "gone.jpg") == known
    assert library.details(known).content_hash == hash_of("a")


def test_indexing_may_have_met_the_new_bytes_first(
    library: Library, root: Root, known: int
) -> None:
    library.record_inventory(root.id, [ScannedEntry("a.jpg", 777, 5)], [])
    (pending,) = library.pending_files([root.id])
    library.save_outcomes(MODEL, [indexed(pending, Photo("b"), mtime=5)])
    new = library.content_of(root.path / "a.jpg")
    assert new not in (None, known)
    assert library.follow_written(written(root.path / "a.jpg", "a", "b"))
    after = rows(library, int(new or 0))
    for table in ("content_tags", "album_contents", "feedback", "concept_examples"):
        assert after[table] == rows(library, known)[table] > 0
    assert library.verify().problems == ()


def test_a_sidecar_alone_changes_the_words_and_the_stamp(
    library: Library, root: Root, known: int
) -> None:
    path = root.path / "a.jpg"
    photo = WrittenPhoto(path, hash_of("a"), hash_of("a"), 101, 1, 99, "Beside", "")
    assert library.follow_written(photo)
    assert library.details(known).metadata.alt_text == "Beside"
    assert library.file_stamps(root.id)["a.jpg"].sidecar_mtime_ns == 99


def test_strangers_are_left_alone(library: Library, root: Root, known: int) -> None:
    assert not library.follow_written(written(root.path / "unknown.jpg", "a", "b"))
    assert not library.follow_written(written(root.path / "z.jpg", "a", "b"))
    assert not library.follow_written(written(root.path.parent / "a.jpg", "a", "b"))
    assert library.details(known).content_hash == hash_of("a")


def test_conversations_do_not_take_it_for_another_picture(
    library: Library, root: Root, known: int
) -> None:
    path = root.path / "a.jpg"
    with library._db.writing() as connection:
        connection.execute(
            "INSERT INTO conversations (id, created_at, changed_at) VALUES (1, '', '')"
        )
        connection.execute(
            "INSERT INTO chat_pictures (conversation_id, path, page, content_hash, width, height,"
            " thumbnail) VALUES (1, ?, 0, ?, 1, 1, x'')",
            (encode_path(path), hash_of("a")),
        )
    library.follow_written(written(path, "a", "b"))
    with library._db.reading() as connection:
        (digest,) = connection.execute("SELECT content_hash FROM chat_pictures").fetchone()
    assert digest == hash_of("b")
