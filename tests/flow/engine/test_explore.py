"""The map, words and policies over a real library, with the encoder that knows colours."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    BadInputFile,
    Cancelled,
    LibraryEmpty,
    PolicyIncomplete,
    PolicyNameTaken,
    RuleUnknown,
)
from vlm_desktop.base.events import Progress
from vlm_desktop.base.rules import Judgement, RuleKind
from vlm_desktop.base.types import Filters
from vlm_desktop.engine import reviewing
from vlm_desktop.engine.reviewing import Review
from vlm_desktop.engine.services import AppServices

WORD, POLICY = RuleKind.WORD, RuleKind.POLICY


@pytest.fixture
def library(services: AppServices, tmp_path: Path) -> AppServices:
    """Twelve photos of each of three colours, and sixty yellow ones."""
    folder = tmp_path / "photos"
    for number, colour in enumerate(("red", "green", "blue", "yellow")):
        for copy in range(60 if colour == "yellow" else 12):
            make_photo(folder / colour / f"{copy}.jpg", colour, seed=100 * number + copy)
    index(services, folder)
    return services


def index(services: AppServices, folder: Path) -> None:
    drive(services.index([folder], CancelToken(), ocr=False))


def folder_ids(services: AppServices, folder: Path) -> set[int]:
    found = services.library.filter_contents(Filters(folder=str(folder)))
    assert found is not None
    return set(found.tolist())


def review(services: AppServices, kind: RuleKind, name: str) -> Review:
    return drive(services.explore.review(kind, name, CancelToken()))[1]


def look_for(services: AppServices, *words: str) -> None:
    drive(services.explore.look_for(words, CancelToken()))


# --- the map -------------------------------------------------------------------------------


def test_the_map_holds_every_photo_and_names_its_places(
    library: AppServices, tmp_path: Path
) -> None:
    library.library.tag([1], "red")
    events, drawn = drive(library.explore.map(CancelToken()))
    assert len(drawn.content_ids) == 96
    assert sum(place.count for place in drawn.places) == 96
    assert [place.count for place in drawn.places] == sorted(
        (place.count for place in drawn.places), reverse=True
    )
    reds = folder_ids(library, tmp_path / "photos" / "red")
    red = [n for n, place in enumerate(drawn.places) if "red" in place.name.split(", ")]
    assert red
    assert any(set(drawn.members(number)) <= reds for number in red)
    assert any(isinstance(event, Progress) for event in events)


def test_the_map_is_kept_and_new_photos_move_nothing(
    library: AppServices, open_services: Callable[..., AppServices], tmp_path: Path
) -> None:
    _, first = drive(library.explore.map(CancelToken()))
    again = open_services()
    events, second = drive(again.explore.map(CancelToken()))
    assert np.array_equal(first.positions, second.positions)
    assert not events, "it was read, not drawn"
    folder = tmp_path / "photos"
    make_photo(folder / "red" / "new.jpg", "red", seed=77)
    (folder / "blue" / "0.jpg").unlink()
    index(again, folder)
    _, third = drive(again.explore.map(CancelToken()))
    assert (len(third.content_ids), third.added, third.outgrown) == (96, 1, False)
    both = np.intersect1d(first.content_ids, third.content_ids)
    before = first.positions[np.searchsorted(first.content_ids, both)]
    after = third.positions[np.searchsorted(third.content_ids, both)]
    assert np.array_equal(before, after)
    new = int(np.flatnonzero(~np.isin(third.content_ids, first.content_ids))[0])
    reds = folder_ids(again, folder / "red")
    away = np.hypot(*(third.positions - third.positions[new]).T)
    assert set(third.content_ids[np.argsort(away)[1:6]].tolist()) <= reds


def test_an_outgrown_map_says_so_and_is_drawn_anew_on_request(
    library: AppServices, tmp_path: Path
) -> None:
    drive(library.explore.map(CancelToken()))
    for number in range(60):
        make_photo(tmp_path / "photos" / "more" / f"{number}.jpg", "purple", seed=500 + number)
    index(library, tmp_path / "photos")
    _, grown = drive(library.explore.map(CancelToken()))
    assert grown.outgrown
    _, anew = drive(library.explore.map(CancelToken(), anew=True))
    assert (anew.added, anew.outgrown, len(anew.content_ids)) == (0, False, 156)


def test_a_cancelled_map_leaves_the_old_one(library: AppServices) -> None:
    _, first = drive(library.explore.map(CancelToken()))
    cancel = CancelToken()
    verb = library.explore.map(cancel, anew=True)
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    _, after = drive(library.explore.map(CancelToken()))
    assert np.array_equal(first.positions, after.positions)


def test_a_damaged_map_is_drawn_again(library: AppServices) -> None:
    drive(library.explore.map(CancelToken()))
    (path,) = library.paths.maps.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    events, drawn = drive(library.explore.map(CancelToken()))
    assert events
    assert len(drawn.content_ids) == 96


def test_an_empty_library_has_no_map(services: AppServices) -> None:
    with pytest.raises(LibraryEmpty):
        drive(services.explore.map(CancelToken()))


def test_a_selection_becomes_an_album_and_is_taken_back(library: AppServices) -> None:
    library.library.add_to_album("Trip", [1])
    _, added = drive(library.explore.add_to_album("trip", [1, 2, 3], CancelToken()))
    assert added == (2, 3)
    drive(library.explore.remove_from_album("Trip", added, CancelToken()))
    assert [(album.name, album.contents) for album in library.library.albums()] == [("Trip", 1)]
    drive(library.explore.remove_from_album("Trip", (1,), CancelToken()))
    assert library.library.albums() == []


# --- words ---------------------------------------------------------------------------------


def test_words_propose_the_photos_that_show_them(library: AppServices, tmp_path: Path) -> None:
    look_for(library, "red", "blue", "submarine", "RED")
    _, found = drive(library.explore.summaries(WORD, CancelToken()))
    assert [one.name for one in found] == ["blue", "red", "submarine"]
    assert [one.proposed for one in found] == [12, 12, 0]
    answers = review(library, WORD, "red")
    above = answers.probabilities >= answers.summary.cut
    assert set(answers.content_ids[above].tolist()) == folder_ids(
        library, tmp_path / "photos" / "red"
    )
    assert (np.diff(answers.probabilities) <= 0).all()


def test_accepted_words_are_found_and_rejected_ones_never_come_back(library: AppServices) -> None:
    look_for(library, "red")
    first, second, *_ = review(library, WORD, "red").content_ids.tolist()
    said = (Judgement(first, 1, probability=0.9), Judgement(second, -1))
    _, before = drive(library.explore.judge(WORD, "red", said, CancelToken()))
    assert library.library.filter_contents(Filters(tag="red")).tolist() == [first]
    answers = review(library, WORD, "red")
    assert (answers.summary.proposed, answers.summary.accepted, answers.summary.rejected) == (
        10, 1, 1,
    )  # fmt: skip
    assert second not in [one.content_id for one in answers.undecided_above(0.0)]
    drive(library.explore.judge(WORD, "red", before, CancelToken()))
    assert library.library.filter_contents(Filters(tag="red")).tolist() == []
    assert review(library, WORD, "red").summary.proposed == 12


def test_accepting_all_above_is_undone_in_one_step(library: AppServices) -> None:
    look_for(library, "green")
    answers = review(library, WORD, "green")
    all_above = answers.undecided_above(answers.summary.cut)
    assert len(all_above) == 12
    _, before = drive(library.explore.judge(WORD, "green", all_above, CancelToken()))
    after = review(library, WORD, "green").summary
    assert (after.accepted, after.proposed, after.learnt) == (12, 0, False)
    (tag,) = library.library.tags_of([all_above[0].content_id])[all_above[0].content_id]
    assert (tag.name, tag.source) == ("green", "suggested")
    assert tag.probability == pytest.approx(all_above[0].probability)
    drive(library.explore.judge(WORD, "green", before, CancelToken()))
    assert review(library, WORD, "green").summary.accepted == 0


def test_a_photo_that_has_the_tag_is_not_proposed(library: AppServices) -> None:
    look_for(library, "blue")
    first = int(review(library, WORD, "blue").content_ids[0])
    library.library.tag([first], "Blue")
    summary = review(library, WORD, "blue").summary
    assert (summary.accepted, summary.proposed) == (1, 11)


def test_judgements_move_the_cut_until_it_is_put_by_hand(library: AppServices) -> None:
    look_for(library, "red")
    answers = review(library, WORD, "red")
    wrong = tuple(Judgement(one, -1) for one in answers.content_ids[:6].tolist())
    drive(library.explore.judge(WORD, "red", wrong, CancelToken()))
    moved = review(library, WORD, "red").summary
    assert moved.learnt
    assert moved.cut > answers.summary.cut + 0.1
    _, before = drive(library.explore.set_cut(WORD, "red", 0.3, CancelToken()))
    put = review(library, WORD, "red").summary
    assert (put.cut, put.learnt) == (0.3, False)
    drive(library.explore.restore([before], CancelToken()))
    assert review(library, WORD, "red").summary == moved


def test_a_removed_word_comes_back_with_all_that_was_said(library: AppServices) -> None:
    look_for(library, "red", "blue")
    first = int(review(library, WORD, "red").content_ids[0])
    drive(library.explore.judge(WORD, "red", [Judgement(first, 1)], CancelToken()))
    before = review(library, WORD, "red").summary
    _, removed = drive(library.explore.remove(WORD, ["red", "blue"], CancelToken()))
    assert drive(library.explore.summaries(WORD, CancelToken()))[1] == ()
    assert library.library.filter_contents(Filters(tag="red")).tolist() == [first]
    with pytest.raises(RuleUnknown):
        review(library, WORD, "red")
    drive(library.explore.restore(removed, CancelToken()))
    assert review(library, WORD, "red").summary == before


def test_judgements_go_with_their_photo(library: AppServices, tmp_path: Path) -> None:
    look_for(library, "red")
    ids = review(library, WORD, "red").content_ids[:3].tolist()
    said = [Judgement(one, 1) for one in ids]
    drive(library.explore.judge(WORD, "red", said, CancelToken()))
    library.forget(tmp_path / "photos" / "red")
    assert library.library.rule(WORD, "red").judgements == ()


def test_lists_of_words_from_files(services: AppServices, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("dog, cat\nbird", encoding="utf-8")
    assert services.explore.words_from_file(path) == ("dog", "cat", "bird")
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(BadInputFile):
        services.explore.words_from_file(path)


# --- policies ------------------------------------------------------------------------------


def save(services: AppServices, name: str, flag: list[str], fine: list[str]) -> object:
    return drive(services.explore.save_policy(name, flag, fine, CancelToken()))[1]


def test_a_policy_flags_what_it_names_and_new_photos_later(
    library: AppServices, tmp_path: Path
) -> None:
    assert save(library, "No red", ["a red thing", " "], ["a green thing"]) is None
    reds = folder_ids(library, tmp_path / "photos" / "red")
    answers = review(library, POLICY, "no red")
    assert {one.content_id for one in answers.undecided_above(answers.summary.cut)} == reds
    assert answers.summary.new == 12
    drive(library.explore.mark_seen(POLICY, "No red", CancelToken()))
    assert drive(library.explore.check_new(CancelToken()))[1] == ()
    make_photo(tmp_path / "photos" / "red" / "new.jpg", "red", seed=78)
    index(library, tmp_path / "photos")
    ((found),) = drive(library.explore.check_new(CancelToken()))[1]
    assert (found.name, found.new, found.proposed) == ("No red", 1, 13)


def test_what_nothing_shows_is_not_flagged(library: AppServices) -> None:
    save(library, "Submarines", ["a submarine"], [])
    assert review(library, POLICY, "Submarines").summary.proposed == 0


def test_feedback_on_a_policy_changes_photos_like_the_judged(library: AppServices) -> None:
    save(library, "Strong colours", ["a red thing", "a blue thing"], [])
    before = review(library, POLICY, "Strong colours")
    assert before.summary.proposed == 24
    reds = library.library.filter_contents(Filters(folder="red")).tolist()
    said = [Judgement(one, -1) for one in reds[:8]]
    _, undo = drive(library.explore.judge(POLICY, "Strong colours", said, CancelToken()))
    after = review(library, POLICY, "Strong colours")
    flagged = {one.content_id for one in after.undecided_above(after.summary.cut)}
    assert not flagged & set(reds)
    assert len(flagged) == 12
    assert library.library.filter_contents(Filters(tag="Strong colours")).tolist() == []
    drive(library.explore.judge(POLICY, "Strong colours", undo, CancelToken()))
    again = review(library, POLICY, "Strong colours")
    assert again.summary == before.summary


def test_a_policy_learns_from_the_latest_judgements_only(
    library: AppServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their work grows with the cube, and the learning is done at every look."""
    monkeypatch.setattr(reviewing, "_MOST_LEARNT_FROM", 1)
    save(library, "Rule", ["a red thing"], [])
    first, second = review(library, POLICY, "Rule").content_ids[:2].tolist()
    known = []
    corrected = reviewing.corrected

    def listen(shares: object, scores: object, judged: np.ndarray, *rest: object) -> object:
        known.append(len(judged))
        return corrected(shares, scores, judged, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reviewing, "corrected", listen)
    said = [Judgement(first, -1), Judgement(second, -1)]
    drive(library.explore.judge(POLICY, "Rule", said, CancelToken()))
    assert review(library, POLICY, "Rule").summary.rejected == 2
    assert known == [1]


def test_changed_sentences_keep_what_was_said(library: AppServices) -> None:
    save(library, "Rule", ["a red thing"], [])
    first = int(review(library, POLICY, "Rule").content_ids[0])
    drive(library.explore.judge(POLICY, "Rule", [Judgement(first, 1)], CancelToken()))
    before = save(library, "Rule", ["a blue thing"], ["a green thing"])
    rule = library.library.rule(POLICY, "Rule")
    assert (rule.flag, rule.fine, len(rule.judgements)) == (
        ("a blue thing",), ("a green thing",), 1,
    )  # fmt: skip
    drive(library.explore.restore([before], CancelToken()))
    assert library.library.rule(POLICY, "Rule").flag == ("a red thing",)


def test_another_name_keeps_what_was_said(library: AppServices) -> None:
    save(library, "Rule", ["a red thing"], [])
    save(library, "Taken", ["a blue thing"], [])
    first = int(review(library, POLICY, "Rule").content_ids[0])
    drive(library.explore.judge(POLICY, "Rule", [Judgement(first, 1)], CancelToken()))

    def rename(name: str) -> object:
        verb = library.explore.save_policy(name, ["a red thing"], [], CancelToken(), renames="Rule")
        return drive(verb)[1]

    with pytest.raises(PolicyNameTaken):
        rename("taken")
    assert library.explore.names(POLICY) == ("Rule", "Taken")
    before = rename("No red")
    assert library.explore.names(POLICY) == ("No red", "Taken")
    assert len(library.library.rule(POLICY, "No red").judgements) == 1
    assert before.name == "Rule"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "flag"), [("", ["a"]), ("x", []), ("x", ["  "])])
def test_an_incomplete_policy_is_refused(services: AppServices, name: str, flag: list[str]) -> None:
    with pytest.raises(PolicyIncomplete):
        save(services, name, flag, [])


def test_rules_survive_a_rebuilt_database(
    library: AppServices, open_services: Callable[..., AppServices]
) -> None:
    save(library, "Rule", ["a red thing"], [])
    first = int(review(library, POLICY, "Rule").content_ids[0])
    drive(library.explore.judge(POLICY, "Rule", [Judgement(first, 1)], CancelToken()))
    library.rebuild()
    assert library.library.rule(POLICY, "Rule").judgements == (Judgement(first, 1),)
