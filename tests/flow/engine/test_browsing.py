"""Listings, stacks and the timeline over a real library."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.flow.store.store_builders import MODEL, Photo, add, folder, hash_of, spec
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import (
    Filters,
    Hit,
    MediaKind,
    PhotoMetadata,
)
from vlm_desktop.engine.browsing import Browsing
from vlm_desktop.engine.listing import Arrangement, Flag, Grouping, Listing, Order, TimeUnit
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root

FAR = ("0000000000000000", "00000000ffffffff", "ffffffff00000000", "ffffffffffffffff")


class Shelf:
    """A library, what looks through it, and names for its ids."""

    def __init__(self, library: Library, root: Root, browsing: Browsing) -> None:
        self.library, self.root, self.browsing = library, root, browsing
        self.ids: dict[str, int] = {}

    def add(self, *photos: tuple[str, Photo]) -> None:
        self.ids |= add(self.library, self.root, photos)

    def names(self, listing: Listing) -> list[str]:
        by_id = {content_id: name for name, content_id in self.ids.items()}
        return [by_id[i] for i in listing.content_ids.tolist()]

    def browse(self, **chosen: object) -> Listing:
        return self.browsing.browse(Filters(), Arrangement(**chosen))  # type: ignore[arg-type]

    def hits(self, found: Sequence[tuple[str, float]], **chosen: object) -> Listing:
        hits = tuple(Hit(self.ids[name], self.root.path / name, 0, p, p, ()) for name, p in found)
        return self.browsing.hits(hits, Arrangement(**{"order": Order.RELEVANCE, **chosen}))  # type: ignore[arg-type]


@pytest.fixture
def shelf(tmp_path: Path):  # type: ignore[no-untyped-def]
    paths = HomePaths(tmp_path / "home")
    with Library.open(paths) as library:
        library.begin_model(spec())
        root = library.add_root(folder(tmp_path / "photos"))
        yield Shelf(library, root, Browsing(lambda: library, ThumbnailStore(paths.thumbnails)))


def shot(
    letter: str, taken_at: str, look: str = FAR[0], *, camera: str = "Maker", **more: object
) -> Photo:
    said = PhotoMetadata(taken_at=taken_at, make=camera)
    return Photo(letter, said, perceptual_hash=look, **more)  # type: ignore[arg-type]


def test_the_newest_come_first_and_orders_differ(shelf: Shelf) -> None:
    shelf.add(
        ("b.jpg", shot("bb", "2012-01-01T10:00:00", FAR[0])),
        ("a.jpg", shot("a", "2014-01-01T10:00:00", FAR[1])),
        ("c.jpg", shot("ccc", "2013-01-01", FAR[2])),
    )
    assert shelf.names(shelf.browse()) == ["a.jpg", "c.jpg", "b.jpg"]
    assert shelf.names(shelf.browse(order=Order.OLDEST)) == ["b.jpg", "c.jpg", "a.jpg"]
    assert shelf.names(shelf.browse(order=Order.NAME)) == ["a.jpg", "b.jpg", "c.jpg"]
    assert shelf.names(shelf.browse(order=Order.LARGEST)) == ["c.jpg", "b.jpg", "a.jpg"]
    narrowed = shelf.browsing.browse(Filters(date_from="2013"), Arrangement())
    assert shelf.names(narrowed) == ["a.jpg", "c.jpg"]
    listed = shelf.browsing.listing(
        [shelf.ids["c.jpg"], 999, shelf.ids["b.jpg"]], Arrangement(Order.RELEVANCE)
    )
    assert shelf.names(listed) == ["c.jpg", "b.jpg"]


def test_groups_follow_days_months_and_folders(shelf: Shelf) -> None:
    shelf.add(
        ("x/a.jpg", shot("a", "2012-08-05T23:00:00", FAR[0])),
        ("y/b.jpg", shot("b", "2012-08-05T09:00:00", FAR[1])),
        ("x/c.jpg", shot("c", "2012-08-01T09:00:00", FAR[2])),
        ("x/d.jpg", shot("d", "2011-08-01T09:00:00", FAR[3])),
    )
    days = shelf.browse(grouping=Grouping.DAY)
    assert [(group.first, group.count) for group in days.groups] == [(0, 2), (2, 1), (3, 1)]
    assert days.groups[0].day == int(np.datetime64("2012-08-05").astype(int))
    months = shelf.browse(grouping=Grouping.MONTH)
    assert [group.count for group in months.groups] == [3, 1]
    assert months.groups[0].day == int(np.datetime64("2012-08-01").astype(int))
    folders = shelf.browse(grouping=Grouping.FOLDER)
    assert [group.folder for group in folders.groups] == [
        shelf.root.path / "x",
        shelf.root.path / "y",
    ]
    assert shelf.names(folders) == ["x/a.jpg", "x/c.jpg", "x/d.jpg", "y/b.jpg"]
    found = shelf.hits([("x/d.jpg", 0.9), ("y/b.jpg", 0.8), ("x/a.jpg", 0.7)],
                       grouping=Grouping.MONTH)  # fmt: skip
    assert shelf.names(found) == ["y/b.jpg", "x/a.jpg", "x/d.jpg"]


def test_a_burst_is_one_photo_until_it_is_opened(shelf: Shelf) -> None:
    shelf.add(
        ("1.jpg", shot("1", "2012-08-05T10:00:00")),
        ("2.jpg", shot("22", "2012-08-05T10:00:02")),
        ("3.jpg", shot("3", "2012-08-05T10:00:04")),
        ("later.jpg", shot("l", "2012-08-05T10:00:07")),
        ("else.jpg", shot("e", "2012-08-05T10:00:05", FAR[1])),
        ("mine.jpg", shot("m", "2012-08-05T10:00:03", camera="Other")),
        ("unsaid.jpg", shot("u", "")),
    )
    closed = shelf.browse()
    assert len(closed) == 5
    assert len(closed.all_ids) == 7
    (head,) = np.flatnonzero(closed.counts).tolist()
    assert shelf.names(closed)[head] == "2.jpg", "the file with the most bytes stands for it"
    assert closed.counts[head] == 3
    assert closed.flags[head] & Flag.BURST
    opened = shelf.browse(opened=frozenset({int(closed.stacks[head])}))
    assert shelf.names(opened)[head : head + 3] == ["2.jpg", "1.jpg", "3.jpg"]
    apart = shelf.browse(stacked=False)
    assert len(apart) == 7
    assert not apart.counts.any()


def test_vectors_vouch_for_shots_whose_hashes_differ(shelf: Shelf) -> None:
    shelf.add(
        ("1.jpg", shot("1", "2012-08-05T10:00:00", FAR[0])),
        ("2.jpg", shot("2", "2012-08-05T10:00:01", FAR[1])),
        ("3.jpg", shot("3", "2012-08-05T10:00:02", FAR[2])),
    )
    assert len(shelf.browse()) == 3
    ids = [shelf.ids[name] for name in ("1.jpg", "2.jpg")]
    (alike,) = shelf.library.vectors_of(MODEL, ids[:1]).values()
    shelf.library.drop_vectors(MODEL, ids[1:])
    shelf.library.save_vectors(MODEL, [(ids[1], 0, alike[0])])
    assert len(shelf.browse()) == 2


def test_raw_and_jpeg_stand_together_and_share_their_burst(shelf: Shelf) -> None:
    shelf.add(
        ("1.cr2", shot("r1", "2012-08-05T10:00:00", FAR[3], kind=MediaKind.RAW)),
        ("1.jpg", shot("j1", "2012-08-05T10:00:00")),
        ("2.cr2", shot("r2", "2012-08-05T10:00:01", FAR[3], kind=MediaKind.RAW)),
        ("2.jpg", shot("j2", "2012-08-05T10:00:01")),
        ("3.cr2", shot("r3", "2012-08-05T12:00:00", kind=MediaKind.RAW)),
        ("3.jpg", shot("j3", "2013-08-05T12:00:00")),
    )
    listing = shelf.browse()
    assert sorted(shelf.names(listing))[1:] == ["3.cr2", "3.jpg"], "taken a year apart"
    assert listing.counts.max() == 4
    head = int(listing.counts.argmax())
    assert shelf.names(listing)[head].endswith(".jpg")
    assert listing.flags[head] & Flag.PAIR
    assert listing.flags[head] & Flag.BURST


def test_the_best_match_stands_for_its_burst(shelf: Shelf) -> None:
    shelf.add(
        ("1.jpg", shot("1", "2012-08-05T10:00:00")),
        ("2.jpg", shot("22222", "2012-08-05T10:00:01")),
        ("other.jpg", shot("o", "2015-08-05T10:00:01", FAR[2])),
    )
    found = shelf.hits([("other.jpg", 0.99), ("1.jpg", 0.98), ("2.jpg", 0.97)])
    assert shelf.names(found) == ["other.jpg", "1.jpg"]
    assert found.probabilities is not None
    assert found.probabilities.tolist() == [0.99, 0.98]
    assert found.counts.tolist() == [0, 2]
    assert len(shelf.hits([("2.jpg", 0.97), ("other.jpg", 0.9)])) == 2
    alone = shelf.hits([("2.jpg", 0.97)])
    assert (alone.counts.tolist(), alone.stacks.tolist()) == ([0], [0])


def test_the_timeline_counts_by_month_and_leaves_no_gap(shelf: Shelf) -> None:
    shelf.add(
        ("a.jpg", shot("a", "2012-08-05", FAR[0])),
        ("b.jpg", shot("b", "2012-11-30T23:59:59", FAR[1])),
        ("c.jpg", shot("c", "2012-11-01", FAR[2])),
        ("d.jpg", shot("d", "", FAR[3])),
    )
    line = shelf.browsing.timeline(np.array([shelf.ids["c.jpg"], shelf.ids["d.jpg"]]))
    assert line.unit is TimeUnit.MONTH
    assert [(one.start, one.total, one.shown) for one in line.bins] == [
        ("2012-08", 1, 0), ("2012-09", 0, 0), ("2012-10", 0, 0), ("2012-11", 2, 1),
    ]  # fmt: skip
    assert (line.undated.total, line.undated.shown) == (1, 1)
    shelf.add(("old.jpg", shot("old", "1900-01-01")))
    assert shelf.browsing.timeline().unit is TimeUnit.YEAR


def test_days_are_counted_when_there_are_few(shelf: Shelf) -> None:
    assert shelf.browsing.timeline().bins == ()
    shelf.add(("a.jpg", shot("a", "2012-08-05")), ("b.jpg", shot("b", "2012-08-07")))
    line = shelf.browsing.timeline()
    assert [(one.start, one.shown) for one in line.bins] == [
        ("2012-08-05", 1), ("2012-08-06", 0), ("2012-08-07", 1),
    ]  # fmt: skip


def test_places_names_and_thumbnails(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add(("beta.jpg", shot("b", "2012", FAR[0])), ("alpha.jpg", shot("a", "2013", FAR[1])))
    (shelf.root.path / "beta.jpg").touch()
    ids = [shelf.ids["alpha.jpg"], shelf.ids["beta.jpg"]]
    places = {place.content_id: place for place in shelf.browsing.places(ids)}
    assert places[ids[1]].path == shelf.root.path / "beta.jpg"
    assert (places[ids[0]].there, places[ids[1]].there) == (False, True)
    listing = shelf.browse()
    assert shelf.browsing.row_named("BE", listing, after=-1) == 1
    assert shelf.browsing.row_named("a", listing, after=0) == 0, "round the end"
    assert shelf.browsing.row_named("z", listing, after=0) is None
    store = ThumbnailStore(tmp_path / "home" / "thumbnails")
    store.write_batch([(hash_of("b"), b"\xff\xd8 jpeg")])
    assert list(shelf.browsing.thumbnails([*ids, 999])) == [
        (ids[0], None), (ids[1], b"\xff\xd8 jpeg"), (999, None),
    ]  # fmt: skip
