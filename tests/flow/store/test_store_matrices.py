"""The matrix files follow the embeddings, and heal when they do not."""

import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.flow.store.store_builders import (
    DIMENSION,
    MODEL,
    Photo,
    add,
    entry,
    indexed,
    spec,
    vector_of,
)
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root
from vlm_desktop.store.vectors import MatrixFiles, VectorMatrix


def letters(library: Library, matrix: VectorMatrix) -> list[str]:
    """Which photo's vector each row is."""
    known = {letter: vector_of(letter) for letter in "abcdefgh"}
    return [
        next(letter for letter, vector in known.items() if np.allclose(row, vector, atol=1e-6))
        for row in matrix.matrix
    ]


def add_letters(library: Library, root: Root, wanted: str) -> dict[str, int]:
    return add(library, root, [(f"{letter}.jpg", Photo(letter)) for letter in wanted])


def f32_files(home: HomePaths) -> list[Path]:
    return sorted(home.vectors.glob("*.f32"))


def reopened(home: HomePaths) -> VectorMatrix:
    with Library.open(home) as library:
        return library.vectors(MODEL)


def test_a_library_without_vectors_has_an_empty_matrix(library: Library) -> None:
    matrix = library.vectors(MODEL)
    assert matrix.matrix.shape == (0, DIMENSION)
    assert matrix.rows_of(np.array([1, 2])).tolist() == []


def test_new_vectors_are_appended_to_the_same_file(
    library: Library, root: Root, home: HomePaths
) -> None:
    add_letters(library, root, "ab")
    first = library.vectors(MODEL)
    files = f32_files(home)
    ids = add_letters(library, root, "cd")
    second = library.vectors(MODEL)
    assert f32_files(home) == files
    assert letters(library, first) == ["a", "b"], "an open matrix never changes"
    assert letters(library, second) == ["a", "b", "c", "d"]
    assert second.generation > first.generation
    assert second.content_ids[second.rows_of(np.array([ids["d.jpg"]]))].tolist() == [ids["d.jpg"]]
    assert library.vectors(MODEL) is second


def test_an_open_in_step_writes_nothing(library: Library, root: Root, home: HomePaths) -> None:
    add_letters(library, root, "abc")
    library.vectors(MODEL)
    before = {path: path.stat().st_mtime_ns for path in home.vectors.iterdir()}
    assert letters(library, reopened(home)) == ["a", "b", "c"]
    assert {path: path.stat().st_mtime_ns for path in home.vectors.iterdir()} == before


def test_deleted_vectors_mean_new_files(library: Library, root: Root, home: HomePaths) -> None:
    add_letters(library, root, "abc")
    library.vectors(MODEL)
    old = f32_files(home)
    library.forget(root.path / "b.jpg")
    assert letters(library, library.vectors(MODEL)) == ["a", "c"]
    assert len(f32_files(home)) == 1
    assert f32_files(home) != old


def test_a_dropped_and_begun_model_starts_anew(library: Library, root: Root) -> None:
    ids = add_letters(library, root, "abc")
    library.vectors(MODEL)
    library.drop_model(MODEL)
    library.begin_model(spec())
    assert len(library.vectors(MODEL)) == 0
    library.save_vectors(MODEL, [(ids["b.jpg"], 0, vector_of("b"))])
    assert letters(library, library.vectors(MODEL)) == ["b"]


def _no_header(files: MatrixFiles, home: HomePaths) -> None:
    files.header_path.unlink()


def _garbage_header(files: MatrixFiles, home: HomePaths) -> None:
    files.header_path.write_bytes(b'{"layout": 1, "rows": \xff')


def _other_header(files: MatrixFiles, home: HomePaths) -> None:
    files.header_path.write_text("[1, 2]")


def _short_vectors(files: MatrixFiles, home: HomePaths) -> None:
    f32_files(home)[0].write_bytes(b"\0" * 40)


def _no_pages(files: MatrixFiles, home: HomePaths) -> None:
    next(home.vectors.glob("*.pages")).unlink()


@pytest.mark.parametrize(
    "damage", [_no_header, _garbage_header, _other_header, _short_vectors, _no_pages]
)
def test_damaged_files_are_written_anew(
    library: Library, root: Root, home: HomePaths, damage: object
) -> None:
    add_letters(library, root, "abc")
    library.vectors(MODEL)
    library.close()
    damage(MatrixFiles(home.vectors, MODEL), home)  # type: ignore[operator]
    assert letters(library, reopened(home)) == ["a", "b", "c"]
    assert len(f32_files(home)) == 1


def test_the_rest_of_an_unfinished_append_is_written_over(
    library: Library, root: Root, home: HomePaths
) -> None:
    add_letters(library, root, "ab")
    library.vectors(MODEL)
    with f32_files(home)[0].open("ab") as file:
        file.write(b"\xff" * 4 * DIMENSION)
    add_letters(library, root, "c")
    assert letters(library, library.vectors(MODEL)) == ["a", "b", "c"]


def test_where_files_cannot_be_written_the_matrix_is_held_in_memory(
    library: Library, root: Root, home: HomePaths
) -> None:
    home.vectors.write_text("a file where the folder should be")
    add_letters(library, root, "abc")
    matrix = library.vectors(MODEL)
    assert letters(library, matrix) == ["a", "b", "c"]
    assert library.vectors(MODEL) is matrix
    add_letters(library, root, "d")
    assert letters(library, library.vectors(MODEL)) == ["a", "b", "c", "d"]


def test_pages_are_rows_of_one_content(library: Library, root: Root) -> None:
    library.record_inventory(root.id, [entry("p.pdf")], [])
    (file,) = library.pending_files([root.id])
    library.save_outcomes(MODEL, [indexed(file, Photo("p", page_texts=("one", "two", "")))])
    matrix = library.vectors(MODEL)
    content_id = library.content_of(file.path)
    assert matrix.pages.tolist() == [1, 2, 3]
    assert matrix.rows_of(np.array([content_id])).tolist() == [0, 1, 2]


def test_a_vector_of_a_wrong_length_is_left_out(
    library: Library, root: Root, home: HomePaths
) -> None:
    add_letters(library, root, "abc")
    with contextlib.closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("UPDATE embeddings SET vector = x'00' WHERE id = 2")
    assert letters(library, library.vectors(MODEL)) == ["a", "c"]
