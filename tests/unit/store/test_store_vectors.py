"""The matrix without a library: rows by content, files that heal themselves."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.errors import ModelBroken, ModelMismatch
from vlm_desktop.store.embeddings import NORM_TOLERANCE, from_blob, to_blob
from vlm_desktop.store.vectors import Chunk, VectorMatrix, open_matrix, safe_name, write_matrix


def matrix_of(content_ids: list[int]) -> VectorMatrix:
    rows = len(content_ids)
    return VectorMatrix(
        np.zeros((rows, 2), np.float32),
        np.array(content_ids, np.int64),
        np.zeros(rows, np.int32),
        1,
    )


@given(st.lists(st.integers(1, 30), max_size=40), st.lists(st.integers(-2, 40), max_size=20))
def test_rows_of_finds_all_rows_of_the_contents(stored: list[int], wanted: list[int]) -> None:
    matrix = matrix_of(stored)
    expected = [row for row, content_id in enumerate(stored) if content_id in wanted]
    for _ in range(2):
        assert matrix.rows_of(np.array(wanted, np.int64)).tolist() == expected


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=4, max_size=4))
def test_blobs_hold_unit_vectors_or_are_refused(values: list[float]) -> None:
    vector = np.array(values, np.float32)
    if np.linalg.norm(vector.astype(np.float64)) < 1e-12:
        with pytest.raises(ModelBroken):
            to_blob(vector, 4, "m")
        return
    stored = from_blob(to_blob(vector, 4, "m"))
    assert stored.dtype == np.float32
    assert abs(float(np.linalg.norm(stored)) - 1) < NORM_TOLERANCE
    assert float(stored @ vector) > 0


@pytest.mark.parametrize("shape", [(3,), (5,), (1, 4), ()])
def test_vectors_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelMismatch):
        to_blob(np.ones(shape, np.float32), 4, "m")


def test_a_synthetic_matrix_opens_as_written(tmp_path: Path) -> None:
    chunks = [
        Chunk(np.full((3, 4), n, np.float32), np.arange(3) + 3 * n, np.zeros(3, np.int32))
        for n in range(3)
    ]
    written = write_matrix(tmp_path / "new", "synthetic", 4, chunks)
    opened = open_matrix(tmp_path / "new", "synthetic")
    assert opened is not None
    for matrix in (written, opened):
        assert matrix.matrix[:, 0].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
        assert matrix.content_ids.tolist() == list(range(9))
        assert isinstance(matrix.matrix, np.memmap)
        assert not matrix.matrix.flags.writeable


def test_no_rows_make_an_empty_matrix(tmp_path: Path) -> None:
    assert write_matrix(tmp_path, "m", 4, []).matrix.shape == (0, 4)
    assert open_matrix(tmp_path, "another") is None


def test_a_cut_file_is_not_opened(tmp_path: Path) -> None:
    chunk = Chunk(np.ones((3, 4), np.float32), np.arange(3), np.zeros(3, np.int32))
    write_matrix(tmp_path, "m", 4, [chunk])
    (file,) = tmp_path.glob("*.ids")
    file.write_bytes(file.read_bytes()[:-1])
    assert open_matrix(tmp_path, "m") is None


def test_names_of_models_make_distinct_file_names() -> None:
    ids = [
        "starter",
        "Starter",
        "org/model",
        "org-model",
        "org.model",
        "ORG/model",
        "../..",
        "ü" * 90,
        "",
    ]
    names = [safe_name(model_id) for model_id in ids]
    assert names[0] == "starter"
    assert len({name.lower() for name in names}) == len(ids)
    assert all(name == Path(name).name and name not in (".", "..") for name in names if name)
    assert all("." not in name for name in names), "a dot ends the name in a file's name"
