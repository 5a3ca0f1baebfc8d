"""Decisions, typing, states, approval, staleness and what is written."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.alttext.conftest import MODEL, Desk, draft, drive
from vlm_desktop.base.alterrors import (
    AltEventUnknown,
    AltStateRefused,
    FollowsAnother,
    NothingDecided,
    NothingToSee,
    NothingWritten,
)
from vlm_desktop.base.altfiles import AltReading, AltSaid, AltWords, AltWritten, FileChange
from vlm_desktop.base.altkeeping import DiffKind, ImportedText
from vlm_desktop.base.alttext import AltImage, AltState, Author, Decided, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.media.source import read_source
from vlm_desktop.store import altwriting

Images = Callable[[], tuple[AltImage, ...]]


def write(desk: Desk, image_id: int, alt: str, decision: Decision = Decision.INFORMATIVE) -> None:
    """A person decides, writes and leaves."""
    desk.sets.decide([image_id], decision)
    desk.sets.save_text(image_id, "en", alt)
    desk.sets.settle([image_id])


# --- typing ------------------------------------------------------------------------------


def test_a_sitting_is_one_event_and_each_pause_is_on_the_disk(desk: Desk, images: Images) -> None:
    image = images()[0].id
    for typed in ("A", "A d", "A dog", "A dog."):
        kept = desk.sets.save_text(image, "en", typed)
        assert (kept.alt, kept.state, kept.written_by.author) == (
            typed, AltState.DRAFT, Author.HUMAN,
        )  # fmt: skip
        desk.reopen()
        assert desk.text(image).alt == typed
    assert desk.told() == 0
    (line,) = desk.sets.history(image, "en")
    assert (line.event.id, line.event.before.alt, line.event.after.alt) == (0, "", "A dog.")

    done = desk.sets.settle([image])
    assert done is not None
    assert desk.sets.settle() is None
    (line,) = desk.sets.history(image, "en")
    assert line.event.id > 0
    assert [part.kind for part in line.alt] == [DiffKind.ADDED]

    desk.sets.save_text(image, "en", "A big dog.")
    desk.sets.save_text(image, "en", "A dog.")
    desk.sets.settle()
    assert desk.acts(image) == ["edited"], "it ended where it began"


def test_what_a_killed_program_did_not_tell_is_told_at_the_next_start(
    desk: Desk, images: Images
) -> None:
    image = images()[0].id
    typed = desk.sets.save_text(image, "en", "A dog.")
    desk.reopen()
    desk.sets.sweep()
    (line,) = desk.sets.history(image, "en")
    assert (line.event.id > 0, line.event.at) == (True, typed.changed_at)


def test_typing_after_a_long_break_is_another_event(
    desk: Desk, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = images()[0].id
    desk.sets.save_text(image, "en", "A dog.")
    monkeypatch.setattr(altwriting, "SITTING", timedelta(microseconds=-1))
    desk.sets.save_text(image, "en", "A dog on a lawn.")
    desk.sets.settle()
    assert desk.acts(image) == ["edited", "edited"]


def test_what_was_typed_is_told_before_anything_else_that_happens(
    desk: Desk, images: Images
) -> None:
    image = images()[0].id
    desk.sets.save_text(image, "en", "A dog.")
    done = desk.sets.needs_facts([image], "en", " Whose\n dog? ")
    assert desk.acts(image) == ["edited", "state"]
    assert desk.sets.history(image, "en")[-1].event.detail == "Whose dog?"
    desk.sets.undo(done)
    assert desk.text(image).alt == "A dog.", "undoing the state leaves what was typed"
    assert desk.text(image).state is AltState.DRAFT


def test_typing_that_is_left_is_undone_as_a_whole(desk: Desk, images: Images) -> None:
    image = images()[0].id
    write(desk, image, "A dog.")
    desk.sets.save_text(image, "en", "A")
    desk.sets.save_text(image, "en", "A cat.")
    done = desk.sets.settle([image])
    assert done is not None
    again = desk.sets.undo(done)
    assert desk.text(image).alt == "A dog."
    desk.sets.undo(again)
    assert desk.text(image).alt == "A cat."


def test_languages_are_apart(desk: Desk, images: Images) -> None:
    image = images()[0].id
    desk.sets.save_text(image, "en", "A dog.")
    desk.sets.save_text(image, "de", "Ein Hund.", "Ein großer.")
    desk.sets.settle()
    found = desk.sets.image(image)
    assert [(one.language, one.alt) for one in found.texts] == [
        ("de", "Ein Hund."), ("en", "A dog."),
    ]  # fmt: skip
    assert desk.acts(image, "de") == ["edited"]
    assert desk.text(image, "fr").state is AltState.EMPTY


# --- decisions ---------------------------------------------------------------------------


def test_a_decision_is_history_and_can_be_undone(desk: Desk, images: Images) -> None:
    a, b, _ = (one.id for one in images())
    desk.sets.decide([b], Decision.TEXT)
    done = desk.sets.decide([a, b], Decision.DECORATIVE)
    assert [one.decision for one in images()][:2] == [Decision.DECORATIVE] * 2
    (line,) = desk.sets.history(a, "en")
    assert line.event.decided == (Decided(), Decided(Decision.DECORATIVE, Author.HUMAN))
    again = desk.sets.undo(done)
    assert [one.decision for one in images()][:2] == [Decision.UNDECIDED, Decision.TEXT]
    assert images()[0].decided_by is Author.NOBODY
    desk.sets.undo(again)
    assert [one.decision for one in images()][:2] == [Decision.DECORATIVE] * 2
    with pytest.raises(AltEventUnknown):
        desk.sets.restore(line.event.id)
    assert desk.sets.decide([a], Decision.DECORATIVE).images == (), "nothing new"


def test_a_group_has_a_lead_and_its_members_follow(desk: Desk, images: Images) -> None:
    a, b, c = (one.id for one in images())
    done = desk.sets.group([a, b, c], b)
    assert {one.lead_id for one in images()} == {b}
    desk.sets.set_lead(c)
    assert {one.lead_id for one in images()} == {c}
    left = desk.sets.decide([c], Decision.INFORMATIVE)
    assert [one.lead_id for one in images()] == [a, a, None]
    desk.sets.undo(left)
    assert {one.lead_id for one in images()} == {c}
    desk.sets.ungroup([a])
    assert [one.lead_id for one in images()] == [None, c, c]
    assert images()[0].decision is Decision.UNDECIDED
    kept = desk.sets.undo(done).kept
    assert set(kept) == {a, b, c}, "all were changed since"


# --- approving ---------------------------------------------------------------------------


def test_approving_needs_a_decision_a_text_and_the_file(
    desk: Desk, images: Images, photos: Path
) -> None:
    a, b, c = (one.id for one in images())
    desk.sets.save_text(a, "en", "Red.")
    write(desk, b, "")
    write(desk, c, "Blue.")
    (photos / "c.jpg").unlink()
    found = desk.approve(a, b, c)
    assert [(one, type(error)) for one, error in found.refused] == [
        (a, NothingDecided), (b, NothingWritten), (c, NothingToSee),
    ]  # fmt: skip
    assert found.done.images == ()


def test_approval_keeps_the_hash_of_what_was_seen(desk: Desk, images: Images, photos: Path) -> None:
    a = images()[0].id
    write(desk, a, "Red.")
    make_photo(photos / "a.jpg", "purple")  # changed since it was looked at
    found = desk.approve(a)
    assert found.done.images == (a,)
    text, image = desk.text(a), desk.sets.image(a)
    assert text.state is AltState.APPROVED
    assert text.approved_hash == image.content_hash != ""
    assert desk.refresh(1).stale == ()


def test_a_decorative_image_has_its_empty_text_approved(desk: Desk, images: Images) -> None:
    a = images()[0].id
    write(desk, a, "A flourish.", Decision.DECORATIVE)
    desk.approve(a)
    assert (desk.text(a).alt, desk.text(a).state) == ("", AltState.APPROVED)
    assert desk.sets.history(a, "en")[-1].event.before.alt == "A flourish."


def test_the_members_of_a_group_are_approved_with_their_lead(desk: Desk, images: Images) -> None:
    a, b, c = (one.id for one in images())
    desk.sets.group([a, b], a)
    desk.sets.save_text(a, "en", "Stages of a sunset.")
    desk.sets.save_text(b, "en", "A sunset.")
    (refused,) = desk.approve(b).refused
    assert isinstance(refused[1], FollowsAnother)
    done = desk.approve(a, b).done
    assert [desk.text(one).alt for one in (a, b)] == ["Stages of a sunset.", ""]
    assert [desk.text(one).state for one in (a, b, c)] == [
        AltState.APPROVED, AltState.APPROVED, AltState.EMPTY,
    ]  # fmt: skip
    desk.sets.undo(done)
    assert [(desk.text(one).alt, desk.text(one).state) for one in (a, b)] == [
        ("Stages of a sunset.", AltState.DRAFT), ("A sunset.", AltState.DRAFT),
    ]  # fmt: skip
    desk.approve(a)
    desk.sets.unapprove([a], "en")
    assert [desk.text(one).state for one in (a, b)] == [AltState.IN_REVIEW] * 2


def test_editing_an_approved_text_brings_it_back_to_review(desk: Desk, images: Images) -> None:
    a = images()[0].id
    write(desk, a, "Red.")
    desk.approve(a)
    kept = desk.sets.save_text(a, "en", "A red cloth.")
    assert (kept.state, kept.approved_hash) == (AltState.IN_REVIEW, "")


def test_another_decision_brings_approved_texts_back_to_review(desk: Desk, images: Images) -> None:
    a = images()[0].id
    write(desk, a, "Red.")
    desk.approve(a)
    desk.sets.decide([a], Decision.INFORMATIVE)
    assert desk.text(a).state is AltState.APPROVED, "nothing new was decided"
    done = desk.sets.decide([a], Decision.DECORATIVE)
    assert desk.text(a).state is AltState.IN_REVIEW
    desk.sets.undo(done)
    assert desk.text(a).state is AltState.APPROVED
    assert desk.text(a).approved_hash == desk.sets.image(a).content_hash
    assert desk.sets.image(a).decision is Decision.INFORMATIVE


def test_nothing_is_not_reviewed(desk: Desk, images: Images) -> None:
    a, b, _ = (one.id for one in images())
    desk.sets.save_text(b, "en", "Green.")
    assert desk.sets.set_state([a, b], "en", AltState.IN_REVIEW).images == (b,)
    assert desk.sets.needs_facts([a], "en", "What is it?").images == (a,)


@pytest.mark.parametrize("state", [AltState.APPROVED, AltState.STALE, AltState.EMPTY])
def test_some_states_are_not_set_by_hand(desk: Desk, images: Images, state: AltState) -> None:
    with pytest.raises(AltStateRefused):
        desk.sets.set_state([images()[0].id], "en", state)


# --- stale -------------------------------------------------------------------------------


def test_other_bytes_make_approved_texts_stale_until_they_are_approved_again(
    desk: Desk, images: Images, photos: Path
) -> None:
    a, b, _ = (one.id for one in images())
    before = (photos / "a.jpg").read_bytes()
    for one in (a, b):
        write(desk, one, "Something.")
    desk.sets.save_text(a, "de", "Etwas.")
    desk.approve(a, b)
    make_photo(photos / "a.jpg", "purple")
    assert desk.refresh(1).stale == (a,)
    assert [desk.text(one).state for one in (a, b)] == [AltState.STALE, AltState.APPROVED]
    assert desk.text(a, "de").state is AltState.DRAFT
    assert desk.acts(a)[-1] == "went-stale"
    assert desk.approve(a).done.images == (a,)
    assert desk.text(a).state is AltState.APPROVED
    assert desk.refresh(1).stale == ()

    make_photo(photos / "a.jpg", "yellow")
    assert desk.refresh(1).stale == (a,)
    make_photo(photos / "a.jpg", "purple")
    desk.refresh(1)
    assert desk.text(a).state is AltState.APPROVED, "the bytes it was approved for are back"
    assert before != (photos / "a.jpg").read_bytes()


def test_writing_the_text_into_the_file_makes_nothing_stale(
    desk: Desk, images: Images, photos: Path
) -> None:
    a = images()[0].id
    write(desk, a, "Red.")
    desk.sets.save_text(a, "de", "Rot.")
    desk.approve(a)
    desk.approve(a, language="de")
    old = desk.sets.image(a).content_hash
    path = photos / "a.jpg"
    path.write_bytes(path.read_bytes() + b"more")
    new = read_source(path).content_hash
    change = FileChange(path, True, old, new, (), {})
    said = (AltSaid("en", "Red.", ""), AltSaid("x-default", "Red.", ""))
    desk.sets.note_written(a, AltWritten(path, said, (change,)))
    assert desk.refresh(1).stale == ()
    assert desk.sets.image(a).content_hash == new
    for language in ("en", "de"):
        assert desk.text(a, language).state is AltState.APPROVED
        assert desk.text(a, language).approved_hash == new
    assert desk.acts(a)[-1] == "written"
    assert desk.acts(a, "de")[-1] == "approved"
    reading = AltReading(path, "JPEG", new, said, (), True, False)
    assert desk.sets.import_reading(a, reading, "en").same == 1


def test_the_texts_go_into_real_files_and_come_back_as_they_are(
    desk: Desk, images: Images, photos: Path
) -> None:
    a = images()[0].id
    write(desk, a, "Red, née rouge.")
    desk.sets.save_text(a, "de", "Rot.", "Ein rotes Tuch.")
    desk.approve(a)
    files, path = AltFiles(), photos / "a.jpg"
    words = {"en": AltWords("Red, née rouge.", ""), "de": AltWords("Rot.", "Ein rotes Tuch.")}
    written = files.write(path, words, expected_hash=desk.text(a).approved_hash)
    desk.sets.note_written(a, written)
    assert desk.refresh(1).stale == ()
    assert desk.text(a).state is AltState.APPROVED
    assert desk.acts(a, "de")[-2:] == ["edited", "written"]
    found = drive(desk.sets.import_files([a], "en", CancelToken()))[1]
    assert (found.done.images, found.kept_ours) == ((), ())

    files.write(path, {"en": AltWords("Somebody else's.", None), "fr": AltWords("Rouge.", None)})
    assert desk.refresh(1).stale == (a,), "others wrote it, so a person looks again"
    found = drive(desk.sets.import_files([a], "en", CancelToken()))[1]
    assert (found.done.images, found.kept_ours) == ((a,), (a,))
    assert [desk.text(a, one).alt for one in ("en", "de", "fr")] == [
        "Red, née rouge.", "Rot.", "Rouge.",
    ]  # fmt: skip
    assert [one.candidate.alt for one in desk.sets.candidates(a, "en")] == ["Somebody else's."]


# --- drafts and imports ------------------------------------------------------------------


def test_a_draft_lands_beside_what_a_person_wrote(desk: Desk, images: Images) -> None:
    a, b, _ = (one.id for one in images())
    desk.sets.save_text(a, "en", "Mine.")
    assert desk.sets.add_drafts(a, "en", [draft("Theirs.")]).kept == (a,)
    assert desk.text(a).alt == "Mine."
    done = desk.sets.add_drafts(b, "en", [draft("First."), draft("Second.")])
    assert (desk.text(b).alt, desk.text(b).written_by) == ("First.", MODEL)
    desk.reopen()
    assert [one.candidate.alt for one in desk.sets.candidates(a, "en")] == ["Theirs."]
    assert [one.candidate for one in desk.sets.candidates(b, "en")] == [
        draft("First."), draft("Second."),
    ]  # fmt: skip
    desk.sets.take_candidate(b, "en", draft("Second."))
    assert desk.text(b).alt == "Second."
    assert desk.sets.undo(done).kept == (b,)
    desk.sets.add_drafts(b, "en", [draft("First.")])
    assert len(desk.sets.candidates(b, "en")) == 2, "kept once"
    gone = desk.sets.drop_candidate(desk.sets.candidates(b, "en")[0].id)
    assert gone is not None
    assert gone.candidate.alt == "First."
    assert desk.sets.drop_candidate(gone.id) is None


def test_choosing_a_candidate_goes_before_what_is_there(desk: Desk, images: Images) -> None:
    a = images()[0].id
    write(desk, a, "Mine.")
    desk.approve(a)
    done = desk.sets.take_candidate(a, "en", draft("Theirs."))
    assert (desk.text(a).alt, desk.text(a).state) == ("Theirs.", AltState.IN_REVIEW)
    desk.sets.undo(done)
    assert (desk.text(a).alt, desk.text(a).state) == ("Mine.", AltState.APPROVED)


def test_imports_are_merged_and_undone_as_a_batch(desk: Desk, images: Images) -> None:
    a, b, c = (one.id for one in images())
    desk.sets.save_text(a, "en", "Mine.")
    desk.sets.add_drafts(b, "en", [draft("A model's.")])
    texts = [ImportedText(one, "en", "From the table.") for one in (a, b, c)]
    found = desk.sets.import_texts(texts, "table.csv")
    assert (found.done.images, found.kept_ours, found.same) == ((b, c), (a,), 0)
    assert [desk.text(one).alt for one in (a, b, c)] == [
        "Mine.", "From the table.", "From the table.",
    ]  # fmt: skip
    assert desk.acts(a)[-1] == "kept-ours"
    assert desk.sets.history(a, "en")[-1].event.detail == "From the table."
    assert [one.candidate.alt for one in desk.sets.candidates(a, "en")] == ["From the table."]
    assert "A model's." in [one.candidate.alt for one in desk.sets.candidates(b, "en")]

    again = desk.sets.import_texts(texts, "table.csv")
    assert (again.done.images, again.same) == ((), 3), "the same file says nothing new"
    newer = desk.sets.import_texts([ImportedText(c, "en", "Newer.")], "table.csv")
    assert desk.text(c).alt == "Newer."
    desk.sets.undo(newer.done)
    desk.sets.undo(found.done)
    assert [desk.text(one).alt for one in (a, b, c)] == ["Mine.", "A model's.", ""]


def test_what_clashes_in_one_part_is_offered_whole(desk: Desk, images: Images) -> None:
    a = images()[0].id
    desk.sets.import_texts([ImportedText(a, "en", "As it was.", "Long.")], "one")
    desk.sets.import_texts([ImportedText(a, "en", None, "Longer.")], "two")
    assert (desk.text(a).alt, desk.text(a).extended) == ("As it was.", "Longer.")
    assert desk.text(a).written_by.author is Author.FILE


# --- training ----------------------------------------------------------------------------


def test_approved_edits_become_training_pairs(desk: Desk, images: Images) -> None:
    a, b, c = (one.id for one in images())
    desk.sets.add_drafts(a, "en", [draft("A red thing.")])
    write(desk, a, "A red scarf on a chair.")
    write(desk, b, "Grass.")
    desk.sets.add_drafts(c, "en", [draft("Blue.")])
    assert desk.sets.training_pairs() == ()
    desk.approve(a, b)
    edited, written = desk.sets.training_pairs()
    assert (edited.draft, edited.draft_model, edited.approved) == (
        "A red thing.", "starter", "A red scarf on a chair.",
    )  # fmt: skip
    assert (edited.path, edited.content_hash) == (
        images()[0].path, images()[0].content_hash,
    )  # fmt: skip
    assert edited.approved_at == desk.sets.history(a, "en")[-1].event.at
    assert (written.draft, written.draft_model) == ("", "")
    desk.sets.unapprove([a], "en")
    assert [one.image_id for one in desk.sets.training_pairs()] == [b]
