"""Sets: what is in them, in which order, what a look at the files finds."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.alttext.conftest import Desk, draft, drive
from vlm_desktop.base.alterrors import AltImageUnknown, AltNameMissing, AltSetUnknown
from vlm_desktop.base.altkeeping import AltOrder
from vlm_desktop.base.altpages import Page, PageFormat, PageImage, Spot
from vlm_desktop.base.alttext import (
    DESTINATIONS,
    AltImage,
    AltState,
    AltStyle,
    Brief,
    Decision,
    PageContext,
    SetSource,
    Suggestion,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderNotFound, MediaRefused, Refusal
from vlm_desktop.base.types import Size
from vlm_desktop.engine.services import AppServices
from vlm_desktop.store.altrecords import NewAltImage

Images = Callable[[], tuple[AltImage, ...]]
BRIEF = Brief(
    style=AltStyle.DETAILED,
    destination=DESTINATIONS[2],
    language="de",
    audience="Kinder",
    names=("Ada", "Zoë"),
    glossary=(("auto", "Wagen"),),
    notes="kurz",
    people_policy="as-told",
    candidates=3,
)


def test_a_set_comes_back_as_it_was(desk: Desk, tmp_path: Path) -> None:
    made = desk.sets.new_set("  Spring \n web ", SetSource.FOLDER, origin=tmp_path, brief=BRIEF)
    desk.reopen()
    (found,) = desk.sets.sets()
    assert found == made
    assert (found.name, found.origin, found.brief) == ("Spring web", tmp_path, BRIEF)


def test_sets_are_named_renamed_removed_and_brought_back(desk: Desk) -> None:
    one, two = desk.sets.new_set("One"), desk.sets.new_set("Two")
    desk.sets.rename_set(one.id, "First")
    assert [found.name for found in desk.sets.sets()] == ["Two", "First"]
    desk.sets.remove_set(one.id)
    assert [found.id for found in desk.sets.sets()] == [two.id]
    assert desk.sets.sweep() == 0, "removed a moment ago"
    desk.sets.restore_set(one.id)
    assert len(desk.sets.sets()) == 2
    with pytest.raises(AltNameMissing):
        desk.sets.new_set("   ")
    with pytest.raises(AltSetUnknown):
        desk.sets.one_set(99)
    with pytest.raises(AltSetUnknown):
        desk.sets.set_brief(99, Brief())
    with pytest.raises(AltImageUnknown):
        desk.sets.image(99)
    with pytest.raises(AltImageUnknown):
        desk.sets.save_text(99, "en", "A dog.")


def test_counts_are_those_of_the_briefs_language(desk: Desk, photos: Path) -> None:
    made = desk.filled(photos)
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.save_text(a, "en", "Red.")
    desk.sets.save_text(b, "de", "Grün.")
    desk.sets.decide([a, c], Decision.DECORATIVE)
    found = desk.sets.one_set(made.id)
    assert (found.images, found.decorative) == (3, 2)
    assert dict(found.counts) == {AltState.EMPTY: 2, AltState.DRAFT: 1}
    desk.sets.set_brief(made.id, Brief(language="fr"))
    assert dict(desk.sets.one_set(made.id).counts) == {AltState.EMPTY: 3}


def test_files_are_added_once_and_taken_out_and_put_back(desk: Desk, photos: Path) -> None:
    (photos / "notes.txt").write_text("no picture")
    (photos / "report.pdf").write_bytes(b"%PDF-1.4")
    made = desk.sets.new_set("Files")
    paths = [photos / name for name in ("b.jpg", "a.jpg", "notes.txt", "report.pdf", "no.jpg")]
    added = drive(desk.sets.add_files(made.id, paths, CancelToken()))[1]
    assert [one.name for one in desk.sets.images(made.id)] == ["b.jpg", "a.jpg"]
    reasons = [one.error for one in added.problems]
    assert all(isinstance(one, MediaRefused) for one in reasons)
    assert [getattr(one, "reason", None) for one in reasons] == [
        Refusal.NOT_AN_IMAGE, Refusal.NOT_AN_IMAGE, Refusal.VANISHED,
    ]  # fmt: skip

    whole = drive(desk.sets.add_folder(made.id, photos, CancelToken()))[1]
    assert (len(whole.images), whole.known) == (1, 2)
    assert [one.name for one in desk.sets.images(made.id)] == ["b.jpg", "a.jpg", "c.jpg"]

    gone = desk.sets.remove_images(made.id, added.images[:1])
    assert [one.name for one in desk.sets.images(made.id)] == ["a.jpg", "c.jpg"]
    desk.sets.put_back(gone)
    assert [one.name for one in desk.sets.images(made.id)] == ["b.jpg", "a.jpg", "c.jpg"]
    with pytest.raises(FolderNotFound):
        drive(desk.sets.add_folder(made.id, photos / "none", CancelToken()))


def test_one_image_in_two_sets_has_one_text(desk: Desk, photos: Path) -> None:
    one, two = desk.filled(photos), desk.filled(photos)
    image = desk.sets.images(one.id)[0]
    desk.sets.save_text(image.id, "en", "Red.")
    assert desk.sets.images(two.id)[0].text("en").alt == "Red."
    desk.sets.remove_set(one.id)
    assert desk.text(image.id).alt == "Red."


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
@pytest.mark.parametrize("name", [b"caf\xe9.jpg", "日本語.jpg".encode(), "café.jpg".encode()])
def test_any_path_comes_back(desk: Desk, tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(b"f\xff")
    path = folder / os.fsdecode(name)
    make_photo(tmp_path / "x.jpg", "red")
    folder.mkdir()
    (tmp_path / "x.jpg").rename(path)
    made = desk.filled(folder)
    desk.reopen()
    (image,) = desk.sets.images(made.id)
    assert image.path == path
    assert image.size == Size(96, 64)
    assert not image.missing
    image.name.encode()


def test_a_lone_surrogate_in_a_text_is_no_failure(desk: Desk, images: Images) -> None:
    kept = desk.sets.save_text(images()[0].id, "en", "bad \ud800 letter")
    assert kept.alt == "bad ? letter"


def test_orders_filters_and_words(desk: Desk, photos: Path) -> None:
    made = desk.filled(photos)
    a, b, c = (one.id for one in desk.sets.images(made.id))
    desk.sets.save_text(b, "en", "A green field, with a BARN.")
    desk.sets.save_text(c, "de", "Ein Haus")
    desk.library.set_alt_image(c, risk=(0.9, ("people",)))
    desk.library.set_alt_image(a, risk=(0.2, ()))
    desk.sets.decide([a], Decision.DECORATIVE)

    def ids(**wishes: object) -> list[int]:
        return [one.id for one in desk.sets.images(made.id, **wishes)]  # type: ignore[arg-type]

    assert ids() == [a, b, c]
    assert ids(order=AltOrder.RISK) == [c, a, b]
    assert ids(order=AltOrder.NAME) == [a, b, c]
    assert ids(order=AltOrder.STATE) == [a, c, b]
    assert ids(states={AltState.DRAFT}) == [b]
    assert ids(states={AltState.DRAFT}, language="de") == [c]
    assert ids(decisions={Decision.DECORATIVE}) == [a]
    assert ids(decisions={Decision.UNDECIDED}, states={AltState.EMPTY}) == [c]
    assert ids(words="barn GREEN") == [b]
    assert ids(words="haus") == [c]
    assert ids(words="a.jp") == [a]
    assert desk.sets.image(c).risk_reasons == ("people",)


def test_ten_thousand_images_are_listed_with_one_query(desk: Desk) -> None:
    made = desk.sets.new_set("Large")
    ids = desk.library.add_alt_images(
        [
            NewAltImage(Path(f"/photos/{number:05}.jpg"), f"{number:05}.jpg")
            for number in range(10_000)
        ]
    )
    desk.library.add_alt_members(made.id, ids)
    desk.sets.add_drafts(ids[5_000], "en", [draft("A dog.")])
    asked: list[str] = []
    with desk.library._db.reading() as connection:
        connection.set_trace_callback(asked.append)
        try:
            found = desk.library.alt_images_of(made.id)
        finally:
            connection.set_trace_callback(None)
    assert len(asked) == 1
    assert [one.id for one in found] == list(ids)
    assert found[5_000].text("en").alt == "A dog."
    with desk.library._db.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert not [row for row in plan if "SCAN alt" in row[3]], plan


def test_context_notes_and_suggestions_are_kept(desk: Desk, images: Images) -> None:
    image = images()[0]
    context = PageContext(heading="Farm", link_target="https://example.org/?a=1&b=2")
    suggestion = Suggestion(
        Decision.TEXT, (("text-area", "38"), ("tiny", "16 x 16")), 0.8, "SALE <b>", (1, 2)
    )
    assert desk.sets.set_context(image.id, context) == PageContext()
    assert desk.sets.set_notes(image.id, "ask Ada") == ""
    desk.sets.set_suggestion(image.id, suggestion)
    desk.reopen()
    found = desk.sets.image(image.id)
    assert (found.context, found.notes, found.suggestion) == (context, "ask Ada", suggestion)
    assert found.decision is Decision.UNDECIDED


def test_a_look_finds_what_is_gone_what_changed_and_what_cannot_be_read(
    desk: Desk, photos: Path
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    made = desk.filled(photos)
    a, b, broken, c = desk.sets.images(made.id)
    assert (a.size, len(a.content_hash)) == (Size(96, 64), 40)
    assert (broken.problem, broken.missing) == (Refusal.CORRUPT.value, False)

    assert desk.refresh(made.id).changed == ()
    make_photo(photos / "a.jpg", "purple", (200, 100))
    (photos / "b.jpg").rename(photos / "hidden")
    found = desk.refresh(made.id)
    assert (found.changed, found.missing) == ((a.id,), (b.id,))
    assert desk.sets.image(a.id).size == Size(200, 100)
    assert desk.sets.image(a.id).content_hash != a.content_hash
    assert desk.sets.image(b.id).missing
    (photos / "hidden").rename(photos / "b.jpg")
    assert desk.refresh(made.id).missing == ()
    assert desk.sets.image(b.id) == b
    assert desk.sets.image(c.id) == c


def test_an_unchanged_file_is_not_read_again(
    desk: Desk, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.filled(photos)
    (photos / "a.jpg").touch()
    read: list[int] = []

    def note(requests: list[object], *_: object, **__: object) -> list[object]:
        read.append(len(list(requests)))
        return []

    monkeypatch.setattr(desk.pool, "decode", note)
    desk.refresh(made.id)
    assert read == [1]


def test_a_cancelled_look_keeps_what_it_saw(desk: Desk, photos: Path) -> None:
    made = desk.sets.new_set("Set")
    drive(desk.sets.add_folder(made.id, photos, CancelToken()))
    verb = desk.sets.refresh(made.id, CancelToken())
    seen = 0
    while seen < 1:
        next(verb)
        seen = sum(bool(one.content_hash) for one in desk.sets.images(made.id))
    verb.close()
    assert len([one for one in desk.sets.images(made.id) if one.content_hash]) >= 1
    desk.refresh(made.id)
    assert all(one.content_hash for one in desk.sets.images(made.id))


# --- pages -------------------------------------------------------------------------------


def page_image(place: str, path: Path | None, alt: str | None, **more: object) -> PageImage:
    return PageImage(
        place, Spot.IMG, "a.jpg", path, f"at {place}", alt, PageContext(heading=place), **more
    )  # type: ignore[arg-type]


def the_page(folder: Path, *images: PageImage, language: str = "de") -> Page:
    return Page(folder / "index.html", PageFormat.HTML, "Page", language, "0" * 64, images)


def test_a_photo_on_two_places_has_two_texts(desk: Desk, photos: Path) -> None:
    made = desk.sets.new_set("Page", SetSource.PAGE)
    path = photos / "a.jpg"
    page = the_page(
        photos,
        page_image("1", path, "Rot."),
        page_image("2", path, None, description="Lang."),
        page_image("3", None, ""),
    )
    added = drive(desk.sets.add_page(made.id, page, CancelToken()))[1]
    one, two, three = desk.sets.images(made.id)
    assert (one.path, two.path, three.path) == (path, path, None)
    assert [image.place for image in (one, two, three)] == ["1", "2", "3"]
    assert one.context.heading == "1"
    assert (one.text("de").alt, two.text("de").extended) == ("Rot.", "Lang.")
    assert one.text("de").state is AltState.DRAFT
    assert added.imported is not None
    assert set(added.imported.done.images) == {one.id, two.id}

    desk.sets.save_text(one.id, "de", "Ein rotes Tuch.")
    again = the_page(photos, page_image("1", path, "Rot, neu."), page_image("2", path, "Zwei"))
    found = drive(desk.sets.add_page(made.id, again, CancelToken()))[1]
    assert (found.images, found.known) == ((), 2)
    assert desk.text(one.id, "de").alt == "Ein rotes Tuch."
    assert desk.text(two.id, "de").alt == "Zwei"
    assert [kept.candidate.alt for kept in desk.sets.candidates(one.id, "de")] == ["Rot, neu."]


def test_the_file_itself_is_another_image_than_its_use_on_a_page(desk: Desk, photos: Path) -> None:
    made = desk.filled(photos)
    drive(
        desk.sets.add_page(
            made.id, the_page(photos, page_image("1", photos / "a.jpg", None)), CancelToken()
        )
    )
    assert len(desk.sets.images(made.id)) == 4


def test_photos_of_the_library_come_with_what_it_knows(
    services: AppServices, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive(services.index([photos], CancelToken()))
    sets = services.alttext.sets
    made = sets.new_set("Hits", SetSource.HITS)
    wanted = [services.library.content_of(photos / name) for name in ("c.jpg", "a.jpg")]
    added = sets.add_hits(made.id, [one for one in wanted if one] + [99])
    assert len(added.images) == 2
    monkeypatch.setattr(services, "open_pool", lambda: pytest.fail("nothing is to be decoded"))
    assert drive(sets.refresh(made.id, CancelToken()))[1].changed == added.images
    c, a = sets.images(made.id)
    assert (c.name, a.name) == ("c.jpg", "a.jpg")
    located = services.library.locate([one for one in wanted if one])
    hashes = [located[one].content_hash for one in wanted if one]
    assert [c.content_hash, a.content_hash] == hashes
    (stamp,) = services.library.alt_stamps([c.id])
    assert len(stamp.fingerprint) == 16
    assert c.size == Size(96, 64)
