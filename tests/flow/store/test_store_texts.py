"""Words find photos: any part of a word, any script, only what is there."""

import pytest

from tests.flow.store.store_builders import Photo, add
from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.store import texts
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root

PHOTOS = [
    ("Holiday/IMG_0001.jpg", Photo("a", PhotoMetadata(caption="Rocky on the beach"))),
    ("Holiday/beach.jpg", Photo("b", PhotoMetadata(keywords=("dog", "sunset")))),
    ("x/c.jpg", Photo("c", PhotoMetadata(title="Straße in Zürich", alt_text="An old street"))),
    ("x/d.jpg", Photo("d", PhotoMetadata(caption="東京の夜", extended_description="Neon light"))),
    ("x/e.jpg", Photo("e", PhotoMetadata(caption='She said "hello" AND left NOT* (col:on)'))),
]


@pytest.fixture
def ids(library: Library, root: Root) -> dict[str, int]:
    found = add(library, root, PHOTOS)
    library.save_ocr([(found["x/c.jpg"], 0, "EXIT 42\nAusgang")])
    return found


def hits(library: Library, words: list[str], phrases: list[str] | None = None) -> set:
    return {(m.content_id, m.kind) for m in library.search_text(words, phrases or [])}


@pytest.mark.parametrize(
    ("words", "phrases", "expected"),
    [
        (["beach"], [], {("Holiday/IMG_0001.jpg", "caption"), ("Holiday/beach.jpg", "path")}),
        (["BEACH", "rocky"], [], {("Holiday/IMG_0001.jpg", "caption")}),
        (["rocky", "sunset"], [], set()),
        (["dog", "sunset"], [], {("Holiday/beach.jpg", "keyword")}),
        (["on", "rock"], [], {("Holiday/IMG_0001.jpg", "caption")}),
        (["on"], [], set()),
        ([], ["on the beach"], {("Holiday/IMG_0001.jpg", "caption")}),
        ([], ["the on beach"], set()),
        (["zürich"], [], {("x/c.jpg", "title")}),
        (["zu\u0308rich"], [], {("x/c.jpg", "title")}),
        (["street"], [], {("x/c.jpg", "alt")}),
        (["neon"], [], {("x/d.jpg", "alt")}),
        (["exit"], ["usgan"], {("x/c.jpg", "ocr")}),
        (["東京の"], [], {("x/d.jpg", "caption")}),
        (["東京"], [], {("x/d.jpg", "caption")}),
        (["東京の", "夜"], [], {("x/d.jpg", "caption")}),
        (["東京の", "朝"], [], set()),
        ([], ['said "hello"'], {("x/e.jpg", "caption")}),
        (["AND", "NOT*", "(col:on)"], [], {("x/e.jpg", "caption")}),
        (["  ", ""], [""], set()),
        (["\ud800\0abc"], [], set()),
    ],
)
def test_search(
    library: Library,
    ids: dict[str, int],
    words: list[str],
    phrases: list[str],
    expected: set[tuple[str, str]],
) -> None:
    assert hits(library, words, phrases) == {(ids[name], kind) for name, kind in expected}


def test_better_matches_rank_higher_and_the_limit_holds(
    library: Library, root: Root, ids: dict[str, int]
) -> None:
    more = add(library, root, [("y/f.jpg", Photo("f", PhotoMetadata(caption="beach " * 5)))])
    found = library.search_text(["beach"], [])
    assert found[0].content_id == more["y/f.jpg"]
    assert [match.rank for match in found] == sorted((m.rank for m in found), reverse=True)
    assert library.search_text(["beach"], [], limit=1) == found[:1]


def test_words_that_match_everything_are_not_ranked(
    library: Library, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "RANKED", 2)
    found = library.search_text(["jpg"], [], limit=3)
    assert [match.rank for match in found] == [0, 0, 0]


def test_what_is_gone_is_not_found(library: Library, root: Root, ids: dict[str, int]) -> None:
    copy = add(library, root, [("keep/copy.jpg", Photo("a"))])["keep/copy.jpg"]
    assert copy == ids["Holiday/IMG_0001.jpg"]
    stamps = library.file_stamps(root.id)
    gone = [stamps[name].file_id for name in ("Holiday/IMG_0001.jpg", "Holiday/beach.jpg")]
    library.record_inventory(root.id, [], gone)
    assert hits(library, ["holiday"]) == set(), "a path that is gone"
    assert hits(library, ["sunset"]) == set(), "a photo that is gone"
    assert hits(library, ["copy"]) == {(copy, "path")}
    library.forget(root.path)
    assert hits(library, ["exit"]) == set()
    assert library.verify().problems == ()
