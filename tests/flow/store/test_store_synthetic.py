"""The throwaway library that search is measured on."""

from pathlib import Path

from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Filters
from vlm_desktop.store.synthetic import RATED, SYNTHETIC_MODEL, make_synthetic


def test_a_synthetic_library_is_searched_like_any_other(tmp_path: Path) -> None:
    with make_synthetic(HomePaths(tmp_path), 1000, 16, 0.02) as library:
        matrix = library.vectors(SYNTHETIC_MODEL)
        assert matrix.matrix.shape == (1000, 16)
        ids = library.filter_contents(Filters(min_rating=RATED))
        assert ids is not None
        assert len(matrix.rows_of(ids)) == 20
        assert library.hidden_contents().tolist() == []
