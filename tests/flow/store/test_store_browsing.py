"""The whole library as arrays."""

import shutil
import threading
from pathlib import Path

import numpy as np

from tests.flow.store.store_builders import Photo, add, contents, entry, folder
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import MediaKind, PhotoMetadata, Size
from vlm_desktop.store.browsing import KINDS
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root
from vlm_desktop.store.synthetic import make_collection


def _taken(letter: str, taken_at: str = "", **said: object) -> Photo:
    return Photo(letter, PhotoMetadata(taken_at=taken_at, **said))  # type: ignore[arg-type]


def test_every_column_belongs_to_its_photo(library: Library, root: Root) -> None:
    ids = add(
        library,
        root,
        [
            ("b/two.jpg", Photo("t", PhotoMetadata(taken_at="2012-08-05T11:39:59.5+02:00",
             rating=4, make="Maker"), Size(300, 200), perceptual_hash="f" * 16)),
            ("one.jpg", Photo("o", size=Size(10, 20), perceptual_hash="")),
            ("c.pdf", Photo("c", kind=MediaKind.PDF, page_texts=("a", "b"))),
        ],
    )  # fmt: skip
    catalogue = library.catalogue()
    assert len(catalogue) == 3
    two, one, pdf = catalogue.rows_of(np.array([ids["b/two.jpg"], ids["one.jpg"], ids["c.pdf"]]))
    taken = np.datetime64("2012-08-05T11:39:59", "s").astype(int)
    assert (catalogue.moments[two], bool(catalogue.dated[two])) == (taken, True)
    assert not catalogue.dated[one]
    assert (catalogue.widths[two], catalogue.heights[two]) == (300, 200)
    assert (catalogue.ratings[two], catalogue.ratings[one]) == (4, -1)
    assert catalogue.cameras[two] > 0 == catalogue.cameras[one]
    assert (catalogue.hashes[two], bool(catalogue.hashed[one])) == (2**64 - 1, False)
    assert catalogue.folder_paths[catalogue.folders[two]] == root.path / "b"
    assert catalogue.folder_paths[catalogue.folders[one]] == root.path
    assert (KINDS[catalogue.kinds[pdf]], catalogue.page_counts[pdf]) == (MediaKind.PDF, 2)
    assert catalogue.online.all()
    assert not catalogue.pending.any()
    assert catalogue.rows_of(np.array([999])).tolist() == [-1]


def test_partial_and_odd_dates_do_not_spoil_the_others(library: Library, root: Root) -> None:
    dates = {"a": "2012", "b": "2012-08", "c": "1899-01-02", "d": "no date, at all", "e": ""}
    ids = add(library, root, [(f"{key}.jpg", _taken(key, text)) for key, text in dates.items()])
    catalogue = library.catalogue()
    days = {}
    for key in dates:
        (row,) = catalogue.rows_of(np.array([ids[f"{key}.jpg"]]))
        moment = np.datetime64(int(catalogue.moments[row]), "s").astype(str)
        days[key] = moment[:10] if catalogue.dated[row] else ""
    assert days == {"a": "2012-01-01", "b": "2012-08-01", "c": "1899-01-02", "d": "", "e": ""}


def test_a_change_by_another_program_is_seen(library: Library, root: Root, home: HomePaths) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    first = library.catalogue()
    assert library.catalogue() is first

    def other_program() -> None:
        with Library.open(home) as other:
            add(other, root, [("b.jpg", Photo("b"))])

    thread = threading.Thread(target=other_program)
    thread.start()
    thread.join(60)
    assert len(library.catalogue()) == 2
    add(library, root, [("c.jpg", Photo("c"))])
    assert len(library.catalogue()) == 3


def test_missing_photos_are_hidden_and_offline_ones_are_not(
    library: Library, root: Root, tmp_path: Path
) -> None:
    away = library.add_root(folder(tmp_path / "drive"))
    add(library, root, [("gone.jpg", Photo("g")), ("here.jpg", Photo("h"))])
    kept = add(library, away, [("away.jpg", Photo("w"))])
    stamps = library.file_stamps(root.id)
    library.record_inventory(root.id, [], [stamps["gone.jpg"].file_id])
    shutil.rmtree(away.path)
    catalogue = library.catalogue()
    assert len(catalogue) == 2
    (row,) = catalogue.rows_of(np.array([kept["away.jpg"]]))
    assert catalogue.online.sum() == 1
    assert not catalogue.online[row]


def test_copies_and_twins_are_marked(library: Library, root: Root) -> None:
    ids = add(
        library,
        root,
        [
            ("a.jpg", Photo("a", pixel_hash="same")),
            ("retagged.jpg", Photo("r", pixel_hash="same")),
            ("copy/a.jpg", Photo("a", pixel_hash="same")),
            ("other.jpg", Photo("o")),
        ],
    )
    catalogue = library.catalogue()
    wanted = [ids[name] for name in ("a.jpg", "retagged.jpg", "other.jpg")]
    rows = catalogue.rows_of(np.array(wanted))
    assert catalogue.copies[rows].tolist() == [2, 1, 1]
    assert catalogue.twins[rows].tolist() == [wanted[0], wanted[0], 0]


def test_a_changed_file_is_pending(library: Library, root: Root) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    library.record_inventory(root.id, [entry("a.jpg", mtime=99)], [])
    assert library.catalogue().pending.tolist() == [True]


def test_raw_and_jpeg_of_one_name_are_a_pair(library: Library, root: Root) -> None:
    add(
        library,
        root,
        [
            ("x/IMG_1.CR2", Photo("r", kind=MediaKind.RAW)),
            ("x/IMG_1.JPG", Photo("j")),
            ("x/IMG_2.JPG", Photo("k")),
            ("y/IMG_1.JPG", Photo("l")),
        ],
    )
    ids = contents(library, root, ["x/IMG_1.CR2", "x/IMG_1.JPG"])
    assert library.catalogue().pairs.tolist() == [list(ids.values())]


def test_names_rank_and_are_found_by_their_beginning(library: Library, root: Root) -> None:
    ids = add(
        library, root, [(f"{n}.jpg", Photo(n)) for n in ("beta", "Alpha", "gamma", "BETAMAX")]
    )
    found, ranks = library.name_ranks()
    ranked = [found[i] for i in np.argsort(ranks)]
    assert ranked == [ids[f"{n}.jpg"] for n in ("Alpha", "beta", "BETAMAX", "gamma")]
    assert sorted(library.contents_named("Beta").tolist()) == sorted(
        [ids["beta.jpg"], ids["BETAMAX.jpg"]]
    )
    assert library.hashes_of([ids["beta.jpg"], 999]).keys() == {ids["beta.jpg"]}


def test_an_empty_library_has_an_empty_catalogue(library: Library) -> None:
    catalogue = library.catalogue()
    assert len(catalogue) == 0
    assert catalogue.rows_of(np.array([1])).tolist() == [-1]


def test_a_collection_for_measuring_is_a_library(tmp_path: Path) -> None:
    with make_collection(HomePaths(tmp_path), 200) as library:
        catalogue = library.catalogue()
        assert len(catalogue) == 200
        assert int(catalogue.dated.sum()) == 180
        assert library.verify().is_complete or library.info().contents == 200
