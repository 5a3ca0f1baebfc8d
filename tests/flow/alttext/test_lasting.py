"""What lasts: a history nobody can rewrite, through rebuilding, removing folders and forgetting."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.alttext.conftest import Desk, draft, drive
from vlm_desktop.base.alttext import AltImage, AltState, Decision, Suggestion
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.engine.services import AppServices
from vlm_desktop.store.library import Library

Images = Callable[[], tuple[AltImage, ...]]


def approved(desk: Desk, image_id: int) -> None:
    desk.sets.add_drafts(image_id, "en", [draft("A draft.")])
    desk.sets.decide([image_id], Decision.INFORMATIVE)
    desk.sets.save_text(image_id, "en", "A dog.")
    desk.approve(image_id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alt_events SET detail = 'never happened'",
        "UPDATE OR REPLACE alt_events SET id = id + 1",
        "DELETE FROM alt_events",
        "DELETE FROM alt_events WHERE id = 1",
        "INSERT OR REPLACE INTO alt_events SELECT id, image_id, language, 'never', act, author,"
        " written_by, before, after, detail, batch FROM alt_events",
        "REPLACE INTO alt_events (id, image_id, language, at, act, author, written_by, before,"
        " after, detail, batch) SELECT id, image_id, language, 'never', act, author, written_by,"
        " before, after, detail, batch FROM alt_events WHERE id = 2",
    ],
)
def test_history_cannot_be_rewritten(desk: Desk, images: Images, statement: str) -> None:
    approved(desk, images()[0].id)
    before = desk.sets.history(images()[0].id, "en")
    assert len(before) == 4
    with (
        contextlib.suppress(sqlite3.IntegrityError),  # those that put in are passed over
        desk.library._db.writing() as connection,
    ):
        connection.execute(statement)
    assert desk.sets.history(images()[0].id, "en") == before


def test_history_goes_only_with_its_image(desk: Desk, images: Images) -> None:
    a, b, _ = (one.id for one in images())
    approved(desk, a)
    approved(desk, b)
    with desk.library._db.writing() as connection:
        connection.execute("DELETE FROM alt_images WHERE id = ?", (a,))
    assert desk.sets.history(a, "en") == ()
    assert len(desk.sets.history(b, "en")) == 4


def test_undoing_adds_to_history(desk: Desk, images: Images) -> None:
    a = images()[0].id
    done = desk.sets.add_drafts(a, "en", [draft("A draft.")])
    desk.sets.undo(done)
    desk.reopen()
    assert desk.acts(a) == ["drafted", "undone"]
    drafted = desk.sets.history(a, "en")[0].event
    assert (drafted.written_by.model_id, drafted.written_by.seed) == ("starter", 3)
    assert (drafted.written_by.revision, drafted.written_by.prompt) == ("r1", "Describe.")
    desk.sets.restore(drafted.id)
    assert desk.text(a).alt == "A draft."


def test_a_restored_approved_text_is_to_be_approved_again(desk: Desk, images: Images) -> None:
    a = images()[0].id
    approved(desk, a)
    event = desk.sets.history(a, "en")[-1].event
    desk.sets.save_text(a, "en", "Another.")
    desk.sets.restore(event.id)
    assert (desk.text(a).alt, desk.text(a).state) == ("A dog.", AltState.IN_REVIEW)
    assert desk.acts(a)[-2:] == ["edited", "edited"]


def test_rebuilding_takes_all_of_it_over(desk: Desk, images: Images) -> None:
    a, b, _ = (one.id for one in images())
    approved(desk, a)
    desk.sets.group([a, b], b)
    before = (desk.sets.sets(), images(), desk.sets.history(a, "en"), desk.sets.candidates(a, "en"))
    desk.library.close()
    Library.rebuild(desk.home)
    desk.library = Library.open(desk.home)
    after = (desk.sets.sets(), images(), desk.sets.history(a, "en"), desk.sets.candidates(a, "en"))
    assert after == before
    assert desk.library.verify().problems == ()
    with pytest.raises(sqlite3.IntegrityError), desk.library._db.writing() as connection:
        connection.execute("DELETE FROM alt_events")


def test_a_rebuild_lets_go_of_what_belongs_to_lost_images(desk: Desk, images: Images) -> None:
    a, b, c = (one.id for one in images())
    approved(desk, a)
    desk.sets.group([b, c], b)
    desk.library.close()
    with sqlite3.connect(desk.home.database) as broken:
        broken.execute("PRAGMA foreign_keys = OFF")
        broken.execute("DROP TRIGGER alt_events_go_only_with_their_image")
        broken.execute("DELETE FROM alt_images WHERE id IN (?, ?)", (a, b))
    broken.close()
    Library.rebuild(desk.home)
    desk.library = Library.open(desk.home)
    assert desk.library.verify().problems == ()
    (left,) = images()
    assert (left.id, left.lead_id, left.decision) == (c, None, Decision.GROUP)
    assert desk.sets.history(a, "en") == ()
    desk.sets.save_text(c, "en", "Led by none, it carries its text itself.")
    assert desk.approve(c).refused == ()


# --- leaving the library -----------------------------------------------------------------


@pytest.fixture
def indexed(services: AppServices, photos: Path) -> tuple[AppServices, list[int]]:
    """Photos in the library; an alt text by a person for a, a model's draft for b, none for c."""
    drive(services.index([photos], CancelToken()))
    sets = services.alttext.sets
    made = sets.new_set("Set")
    drive(sets.add_folder(made.id, photos, CancelToken()))
    drive(sets.refresh(made.id, CancelToken()))
    a, b, c = (one.id for one in sets.images(made.id))
    for one in (a, b):
        sets.add_drafts(one, "en", [draft(f"Draft of {one}.")])
        sets.set_suggestion(one, Suggestion(Decision.TEXT, (), 0.5, "READ IN THE PICTURE"))
    sets.save_text(a, "en", "A person's words.")
    sets.settle()
    return services, [a, b, c]


def test_a_removed_folder_takes_no_alt_text_along(
    indexed: tuple[AppServices, list[int]], photos: Path
) -> None:
    services, ids = indexed
    before = services.alttext.sets.images(1)
    services.library.remove_root(photos)
    assert services.alttext.sets.images(1) == before
    services.library.purge_removed()
    assert services.library.info().files.scanned == 0
    assert services.alttext.sets.images(1) == before
    assert services.alttext.sets.image(ids[0]).text("en").alt == "A person's words."


def test_forgetting_keeps_what_a_person_wrote_and_nothing_else(
    indexed: tuple[AppServices, list[int]], photos: Path
) -> None:
    services, (a, *_) = indexed
    sets = services.alttext.sets
    report = drive(services.upkeep.forget([photos], CancelToken(), keep_out=False))[1]
    assert (report.photos, report.alt_texts_kept) == (3, 1)
    (left,) = sets.images(1)
    assert (left.id, left.suggestion, left.path) == (a, None, photos / "a.jpg")
    assert left.text("en").alt == "A person's words."
    assert sets.candidates(a, "en") == ()
    assert [line.event.act.value for line in sets.history(a, "en")] == ["drafted", "edited"]
    raw = services.paths.database.read_bytes()
    assert b"READ IN THE PICTURE" not in raw
    assert b"Draft of 2." not in raw
    assert b"b.jpg" not in raw


def test_forgetting_takes_all_of_it_when_asked(
    indexed: tuple[AppServices, list[int]], photos: Path
) -> None:
    services, _ = indexed
    verb = services.upkeep.forget([photos], CancelToken(), keep_out=False, alt_texts=True)
    assert drive(verb)[1].alt_texts_kept == 0
    assert services.alttext.sets.images(1) == ()
    raw = services.paths.database.read_bytes()
    assert b"A person's words." not in raw
    assert b"a.jpg" not in raw


def test_alt_texts_that_stayed_can_be_forgotten_later(
    indexed: tuple[AppServices, list[int]], photos: Path
) -> None:
    services, _ = indexed
    drive(services.upkeep.forget([photos], CancelToken(), keep_out=False))
    with pytest.raises(NotInLibrary):
        drive(services.upkeep.forget([photos], CancelToken(), keep_out=False))
    assert len(services.alttext.sets.images(1)) == 1
    drive(services.upkeep.forget([photos], CancelToken(), keep_out=False, alt_texts=True))
    assert services.alttext.sets.images(1) == ()
