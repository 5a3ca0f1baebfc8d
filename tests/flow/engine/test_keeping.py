"""Votes, taught names, history, saved searches, regions and reasons, over a real library."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes import COLOURS, make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    ConceptNameRefused,
    ConceptNameTaken,
    ConceptTooSmall,
    ConceptUnknown,
    QueryEmpty,
    QueryTooLong,
)
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.types import Box, Filters, ImageTerm, Query, SearchResult, Verdict
from vlm_desktop.engine.querytext import asked_for
from vlm_desktop.engine.services import AppServices


@pytest.fixture
def library(services: AppServices, photos: Path) -> AppServices:
    drive(services.index([photos], CancelToken(), ocr=False))
    return services


def search(services: AppServices, query: Query) -> SearchResult:
    return drive(services.search(query, CancelToken()))[1]


def folders(result: SearchResult) -> list[str]:
    return [hit.path.parent.name for hit in result.hits]


def content(services: AppServices, path: Path) -> int:
    found = services.library.content_of(path)
    assert found is not None
    return found


# --- votes -----------------------------------------------------------------------------


def test_a_vote_down_takes_a_hit_away_and_its_likes_are_judged_anew(
    library: AppServices, photos: Path
) -> None:
    asked = Query(text="blue")
    before = search(library, asked)
    worst = before.hits[0]
    assert library.keeping.vote(asked, {worst.content_id: -1}) == {worst.content_id: 0}
    after = search(library, asked)
    assert worst.content_id not in [hit.content_id for hit in after.hits]
    assert after.likely < before.likely
    shown = search(library, Query(text="blue", show_all=True, limit=100))
    (voted,) = [hit for hit in shown.hits if hit.content_id == worst.content_id]
    assert (voted.vote, voted.probability) == (-1, 0.0)
    assert shown.hits[-1].content_id == worst.content_id


def test_a_vote_up_makes_a_photo_likely_wherever_it_ranked(
    library: AppServices, photos: Path
) -> None:
    asked = Query(text="qwxz vbnm")
    assert search(library, asked).hits == ()
    liked = content(library, photos / "set1" / "2.jpg")
    library.keeping.vote(asked, {liked: 1})
    result = search(library, asked)
    assert result.hits[0].content_id == liked
    assert (result.verdict, result.hits[0].vote) == (Verdict.LIKELY, 1)
    narrowed = Query(text="qwxz vbnm", filters=Filters(folder=str(photos / "set2")))
    assert liked not in [hit.content_id for hit in search(library, narrowed).hits]


def test_votes_are_remembered_for_their_query_alone_and_can_be_taken_back(
    open_services: Callable[..., AppServices], photos: Path
) -> None:
    services = open_services()
    drive(services.index([photos], CancelToken(), ocr=False))
    untouched = search(services, Query(text="green"))
    first = search(services, Query(text="blue"))
    down = first.hits[0].content_id
    before = services.keeping.vote(Query(text="blue"), {down: -1})
    again = open_services()  # another run of the program
    assert down not in [hit.content_id for hit in search(again, Query(text="  BLUE ")).hits]
    assert search(again, Query(text="green")) == untouched
    again.keeping.vote(Query(text="blue"), before)
    assert search(again, Query(text="blue")) == first


def test_a_list_of_filters_has_nothing_to_vote_on(library: AppServices) -> None:
    with pytest.raises(QueryEmpty):
        library.keeping.vote(Query(filters=Filters(camera="x")), {1: 1})


# --- taught names ----------------------------------------------------------------------


def rocky(services: AppServices, photos: Path) -> list[int]:
    return [content(services, photos / "set4" / f"{number}.jpg") for number in range(3)]


def test_a_taught_name_is_a_word_from_then_on(library: AppServices, photos: Path) -> None:
    unknown = search(library, Query(text="Rocky Marciano", show_all=True))
    examples = rocky(library, photos)
    _, taught = drive(library.keeping.teach("Rocky  Marciano", examples, (), CancelToken()))
    assert (taught.name, sorted(taught.examples)) == ("Rocky Marciano", sorted(examples))
    found = search(library, Query(text="rocky marciano", show_all=True, limit=4))
    assert found.hits != unknown.hits[:4]
    assert folders(found) == ["set4"] * 4  # the fourth was no example
    assert [one.name for one in library.keeping.concepts()] == ["Rocky Marciano"]
    # Beside other words both count, and it can be excluded.
    both = search(library, Query(text="blue with Rocky Marciano", show_all=True, limit=8))
    assert set(folders(both)) == {"set2", "set4"}
    without = Query(filters=Filters(folder=str(photos)), exclude=("rocky marciano",), limit=100)
    assert len(search(library, without).hits) <= 24


def test_a_name_is_a_whole_word(library: AppServices, photos: Path) -> None:
    drive(library.keeping.teach("set", rocky(library, photos), (), CancelToken()))
    concepts = library._searcher().concepts
    assert concepts.named_in("a sunset").names == ()
    named = concepts.named_in("a dog and SET on the beach")
    assert (named.names, named.rest) == (("set",), "a dog the beach")
    assert concepts.named_in("set").rest == ""


def test_concepts_are_renamed_deleted_and_brought_back(library: AppServices, photos: Path) -> None:
    keeping = library.keeping
    examples = rocky(library, photos)
    other = content(library, photos / "set0" / "0.jpg")
    drive(keeping.teach("Rocky", examples, [other], CancelToken()))
    with pytest.raises(ConceptNameTaken):
        drive(keeping.teach("rocky", examples, (), CancelToken()))
    drive(keeping.teach("Bella", examples, (), CancelToken()))
    with pytest.raises(ConceptNameTaken):
        keeping.rename_concept("Bella", "ROCKY")
    keeping.rename_concept("Bella", "Bello")
    deleted = keeping.delete_concept("rocky")
    assert [one.name for one in keeping.concepts()] == ["Bello"]
    keeping.restore_concept(deleted)
    (_, back) = keeping.concepts()
    assert (back.name, back.examples, back.counterexamples) == (
        "Rocky",
        tuple(sorted(examples)),
        (other,),
    )
    with pytest.raises(ConceptUnknown):
        keeping.delete_concept("nobody")


def test_too_few_examples_and_unusable_names_are_refused(
    library: AppServices, photos: Path
) -> None:
    with pytest.raises(ConceptTooSmall):
        drive(library.keeping.teach("Rocky", rocky(library, photos)[:2], (), CancelToken()))
    for name in ("", '"quoted"', "date:2012", "-minus", "x" * 61):
        with pytest.raises(ConceptNameRefused):
            drive(library.keeping.teach(name, rocky(library, photos), (), CancelToken()))


def test_a_concept_is_taught_anew_when_its_photos_go(library: AppServices, photos: Path) -> None:
    drive(library.keeping.teach("Rocky", rocky(library, photos), (), CancelToken()))
    library.forget(photos / "set4" / "0.jpg")
    (left,) = library.keeping.concepts()
    assert len(left.examples) == 2
    # Two are too few: the name is a word like any other again, and nothing fails.
    search(library, Query(text="Rocky"))


# --- history and saved searches --------------------------------------------------------


def test_history_has_each_query_once_the_latest_first(library: AppServices) -> None:
    for typed in ("dog", "cat", "Dog ", "", "bad date:nonsense"):
        library.keeping.remember(WrittenQuery(typed))
    assert [one.typed for one in library.keeping.history()] == ["Dog ", "cat"]
    for number in range(250):
        library.keeping.remember(WrittenQuery(f"number {number}"))
    kept = library.keeping.history()
    assert (len(kept), kept[0].typed) == (200, "number 249")
    library.keeping.set_history(())
    assert library.keeping.history() == ()
    library.keeping.set_history(kept)
    assert library.keeping.history() == kept


def test_a_written_query_survives_the_database(library: AppServices, tmp_path: Path) -> None:
    query = WrittenQuery(
        'blue -"red ball" camera:"Canon EOS"',
        (ImageTerm(tmp_path / "ü \udcff1.png", 0.5, Box(1, 2, 3.5, 4), 2),),
        0.25,
    )
    library.keeping.remember(query)
    assert library.keeping.history() == (query,)


def test_saved_searches_say_how_many_are_new(library: AppServices, photos: Path) -> None:
    drive(library.keeping.save("Blue ones", WrittenQuery("blue"), CancelToken()))
    drive(library.keeping.save("Nonsense", WrittenQuery("qwxz vbnm"), CancelToken()))

    def new() -> dict[str, int | None]:
        _, counted = drive(library.keeping.count_new(CancelToken()))
        return {one.name: one.new for one in counted}

    assert new() == {"Blue ones": 0, "Nonsense": 0}
    for number in range(2):
        make_photo(photos / "more" / f"{number}.jpg", "blue", seed=700 + number)
    drive(library.index([photos], CancelToken(), ocr=False))
    assert new() == {"Blue ones": 2, "Nonsense": 0}
    drive(library.keeping.mark_seen("Blue ones", CancelToken()))
    assert new()["Blue ones"] == 0
    deleted = library.keeping.delete("Blue ones")
    assert deleted is not None
    assert [one.name for one in library.keeping.saved()] == ["Nonsense"]
    library.keeping.restore(deleted)
    assert new()["Blue ones"] == 0
    assert not library.keeping.rename("Blue ones", "Nonsense")
    assert library.keeping.rename("Blue ones", "Sky")


def test_a_search_whose_picture_is_gone_is_not_counted(
    library: AppServices, tmp_path: Path
) -> None:
    picture = make_photo(tmp_path / "gone.jpg", "red", seed=900)
    saved = WrittenQuery(images=(ImageTerm(picture),))
    drive(library.keeping.save("Gone", saved, CancelToken()))
    picture.unlink()
    _, (counted,) = drive(library.keeping.count_new(CancelToken()))
    assert counted.new is None


def test_pasted_pictures_go_when_nothing_uses_them(library: AppServices) -> None:
    keeping = library.keeping
    keeping.pasted.mkdir(parents=True)
    used, unused, fresh, later = (
        keeping.pasted / f"{name}.png" for name in ("used", "unused", "fresh", "later")
    )
    for path in (used, unused, fresh, later):
        Image.new("RGB", (8, 8)).save(path)
    for path in (used, unused, later):
        os.utime(path, (1, 1))
    library.library.save_search("Of a later version", f'{{"new": "{later.name}"}}')
    keeping.remember(WrittenQuery(images=(ImageTerm(used),)))
    assert keeping.sweep_pasted() == 1
    assert sorted(keeping.pasted.iterdir()) == [fresh, later, used]


def test_what_is_forgotten_leaves_no_query_and_no_probe_behind(
    library: AppServices, photos: Path
) -> None:
    forgotten, kept = photos / "set4" / "0.jpg", photos / "set1" / "0.jpg"
    for path in (forgotten, kept):
        library.keeping.remember(WrittenQuery("like this", (ImageTerm(path),)))
    drive(library.keeping.teach("Rocky", rocky(library, photos), (), CancelToken()))
    assert library.library.load_probe("rocky", "colours") is not None
    library.forget(forgotten)
    assert [one.images[0].path for one in library.keeping.history()] == [kept]
    assert library.library.load_probe("rocky", "colours") is None


def test_filter_choices_come_from_the_library(library: AppServices) -> None:
    choices = library.keeping.choices()
    assert (choices.kinds, choices.cameras, choices.first_day) == (("photo",), (), "")


# --- regions, reasons, limits ----------------------------------------------------------


def test_a_region_is_searched_for_not_the_whole(library: AppServices, tmp_path: Path) -> None:
    """Mostly red, with a small blue corner of 30 pixels: decoded large enough for it alone."""
    pixels = np.full((2_000, 3_000, 3), COLOURS["red"], np.uint8)
    pixels[1_900:, 2_900:] = COLOURS["blue"]
    picture = tmp_path / "two.png"
    Image.fromarray(pixels).save(picture)

    def best(box: Box | None) -> str:
        query = Query(images=(ImageTerm(picture, box=box),), show_all=True, limit=4)
        return folders(search(library, query))[0]

    assert best(None) == "set0"
    assert best(Box(2_920, 1_920, 2_980, 1_980)) == "set2"
    assert best(Box(2_980, 1_980, 2_920, 1_920)) == "set2"  # drawn from the other corner
    assert best(Box(2_950, 1_950, 9_000, 9_000)) == "set2"


def test_a_query_picture_is_encoded_once_while_one_types(
    library: AppServices, tmp_path: Path, encoder: object
) -> None:
    outside = make_photo(tmp_path / "query.jpg", "purple", seed=500)
    before = library.encoders.get("colours").pictures  # type: ignore[attr-defined]
    for text in ("b", "bl", "blue"):
        search(library, Query(text=text, images=(ImageTerm(outside),)))
    assert library.encoders.get("colours").pictures == before + 1  # type: ignore[attr-defined]


def test_reasons_name_each_part_and_mark_the_words(library: AppServices, photos: Path) -> None:
    photo = photos / "set2" / "1.jpg"
    found = content(library, photo)
    library.library.save_ocr([(found, 0, "A long line\nbefore the Grand Hotel Budapest, blue")])
    query = Query(text="blue", phrases=("hotel budapest",), images=(ImageTerm(photo, 0.5),))
    _, why = drive(library.explain(query, found, CancelToken()))
    assert [(term.kind, term.weight) for term in why.terms] == [("text", 1.0), ("picture", 0.5)]
    assert all(term.standardised > 1 for term in why.terms)
    (text,) = [one for one in why.texts if one.kind == "ocr"]
    assert [text.excerpt[start:end] for start, end in text.marks] == ["Hotel Budapest", "blue"]
    assert "\n" not in text.excerpt
    assert (why.vote, why.votes) == (0, 0)


@pytest.mark.parametrize("piece", ["word{} ", "x{}", "ü{} ", '"ab{}" ', "blue -ab{} "])
def test_ten_thousand_characters_are_answered_or_refused_with_a_reason(
    library: AppServices, piece: str
) -> None:
    typed = "".join(piece.format(number) for number in range(10_000 // len(piece)))[:10_000]
    query = asked_for(WrittenQuery(typed), limit=10)
    if '"' in piece or "-" in piece:
        with pytest.raises(QueryTooLong):
            search(library, query)
    else:
        search(library, query)
