"""Filters against a plain Python reading of what each promises."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow.store.store_builders import Photo, add, folder
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Filters, MediaKind, PhotoMetadata, PlaceBox, Size
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root

DATES = ["", "2011-12-31T23:59:59", "2012-08-05T11:39:59+02:00", "2012-08-06T00:00:00", "2013"]
CAMERAS = [("", "", ""), ("Canon", "EOS 5D", ""), ("NIKON", "D90", "50mm f/1.8"), ("", "", "Ärea")]
PLACES = [(None, None), (47.4, 8.5), (-33.9, 151.2), (64.1, -21.9), (-17.7, 178.0), (10.0, None)]
FOLDERS = ["", "2012", "2012/Rome", "2012 b", "20", "old/2012"]
PHOTOS = [
    (
        f"{FOLDERS[n % 6]}/{n}.jpg".lstrip("/"),
        Photo(
            f"photo {n}",
            PhotoMetadata(
                taken_at=DATES[n % 5],
                latitude=PLACES[n % 6][0],
                longitude=PLACES[n % 6][1],
                make=CAMERAS[n % 4][0],
                model=CAMERAS[n % 4][1],
                lens=CAMERAS[n % 4][2],
                rating=[None, 1, 3, 5, 0][n % 5],
                keywords=("Lake",) if n % 3 == 0 else (),
            ),
            Size(1000 + n, 3000 - 40 * n),
            [MediaKind.PHOTO, MediaKind.RAW, MediaKind.PDF][n % 3],
        ),
    )
    for n in range(60)
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory):  # noqa: ANN201
    base = tmp_path_factory.mktemp("filters")
    with Library.open(HomePaths(base / "home")) as library:
        root = library.add_root(folder(base / "photos"))
        ids = add(library, root, PHOTOS)
        library.add_to_album("Best", [ids[name] for name, _ in PHOTOS[::7]])
        yield library, root, ids


def passes(name: str, photo: Photo, filters: Filters, root: Path) -> bool:
    said, number = photo.metadata, PHOTOS.index((name, photo))
    camera = "\n".join((said.make, said.model, said.lens)).casefold()
    return all(
        (
            not filters.date_from or (said.taken_at and said.taken_at >= filters.date_from),
            not filters.date_to
            or (said.taken_at and said.taken_at[: len(filters.date_to)] <= filters.date_to),
            filters.place is None or _inside(said, filters.place),
            filters.camera.casefold() in camera,
            filters.min_rating is None
            or (said.rating is not None and said.rating >= filters.min_rating),
            not filters.kinds or photo.kind in filters.kinds,
            filters.min_side is None
            or min(photo.size.width, photo.size.height) >= filters.min_side,
            filters.max_side is None
            or min(photo.size.width, photo.size.height) <= filters.max_side,
            not filters.tag or bool(said.keywords),
            not filters.album or number % 7 == 0,
            not filters.folder or (root / name).is_relative_to(filters.folder),
        )
    )


def _inside(said: PhotoMetadata, box: PlaceBox) -> bool:
    if said.latitude is None or said.longitude is None:
        return False
    across = box.west > box.east
    east_of, west_of = said.longitude >= box.west, said.longitude <= box.east
    return box.south <= said.latitude <= box.north and (
        (east_of or west_of) if across else (east_of and west_of)
    )


def some(*values: object) -> st.SearchStrategy:
    return st.sampled_from(values)


@st.composite
def all_filters(draw: st.DrawFn) -> Filters:
    degrees = st.sampled_from([-180.0, -34.0, 0.0, 8.5, 47.4, 60.0, 170.0, 180.0])
    chosen = {
        "date_from": some("2011", "2012-08", "2012-08-05", "2012-08-06T00", "2013", "2014"),
        "date_to": some("2011", "2012", "2012-08-05", "2012-08-05T11:39", "2013-01"),
        "place": st.builds(PlaceBox, some(-90.0, 0.0, 40.0), degrees, some(50.0, 90.0), degrees),
        "camera": some("canon", "D90", "50MM", "ärea", "nothing"),
        "min_rating": some(0, 1, 3, 5, 6),
        "kinds": some(("photo",), ("raw", "pdf"), ("unknown",)),
        "min_side": some(900, 1010, 5000),
        "max_side": some(900, 1030),
        "tag": some("lake", "LAKE "),
        "album": some("best"),
        "folder": some("", "2012", "2012/Rome", "2012/Rome/deeper", "20", "old", "nowhere"),
    }
    keys = draw(st.sets(st.sampled_from(sorted(chosen)), max_size=4))
    return Filters(**{key: draw(chosen[key]) for key in sorted(keys)})


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(filters=all_filters(), absolute=st.just(True))
def test_filters_pass_what_plain_python_passes(
    filled: tuple[Library, Root, dict[str, int]], filters: Filters, absolute: bool
) -> None:
    library, root, ids = filled
    if filters.folder:
        filters = Filters(
            **{key: getattr(filters, key) for key in filters.__dataclass_fields__}
            | {"folder": str(root.path / filters.folder)}
        )
    found = library.filter_contents(filters)
    if filters.is_empty:
        assert found is None
        return
    expected = sorted(
        ids[name] for name, photo in PHOTOS if passes(name, photo, filters, root.path)
    )
    assert found is not None
    assert found.tolist() == expected


def names(filled: tuple[Library, Root, dict[str, int]], filters: Filters) -> set[str]:
    library, _, ids = filled
    back = {content_id: name for name, content_id in ids.items()}
    found = library.filter_contents(filters)
    assert found is not None
    return {back[content_id] for content_id in found.tolist()}


def test_a_folder_above_the_root_or_with_a_trailing_slash(
    filled: tuple[Library, Root, dict[str, int]],
) -> None:
    _, root, ids = filled
    assert names(filled, Filters(folder=str(root.path.parent))) == set(ids)
    assert names(filled, Filters(folder=str(root.path) + "/")) == set(ids)
    assert names(filled, Filters(folder=str(root.path.parent / "phot"))) == set()
    assert names(filled, Filters(folder="/")) == set(ids)


def test_a_relative_folder_stands_anywhere_in_the_path(
    filled: tuple[Library, Root, dict[str, int]],
) -> None:
    _, _, ids = filled
    rome = {name for name in ids if "Rome" in name}
    assert names(filled, Filters(folder="rome")) == rome
    assert names(filled, Filters(folder="2012/Rome")) == rome
    assert names(filled, Filters(folder="photos/2012")) == {
        name for name in ids if name.startswith("2012/")
    }
    assert names(filled, Filters(folder="2012")) == {
        name for name in ids if name.startswith(("2012/", "old/2012/"))
    }
    assert names(filled, Filters(folder="om")) == set()


def test_missing_files_do_not_put_their_content_in_a_folder(library: Library, root: Root) -> None:
    ids = add(library, root, [("one/a.jpg", Photo("a")), ("two/a.jpg", Photo("a"))])
    library.record_inventory(root.id, [], [library.file_stamps(root.id)["one/a.jpg"].file_id])
    one = library.filter_contents(Filters(folder=str(root.path / "one")))
    two = library.filter_contents(Filters(folder=str(root.path / "two")))
    assert one is not None
    assert two is not None
    assert (one.tolist(), two.tolist()) == ([], [ids["two/a.jpg"]])
