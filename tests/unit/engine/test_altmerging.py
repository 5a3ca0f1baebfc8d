"""Every way in which a draft or a text from elsewhere may meet what is there."""

import itertools

import pytest

from vlm_desktop.base.alttext import AltState, AltText, Author, WrittenBy
from vlm_desktop.engine.alttext.merging import (
    Merge,
    Merged,
    is_protected,
    merge,
    next_base,
    takes_draft,
)

SAME, THEIRS, OURS = Merged.SAME, Merged.THEIRS, Merged.KEPT_OURS


def text(alt: str, state: AltState, author: Author, extended: str = "") -> AltText:
    return AltText("en", alt, extended, state, WrittenBy(author))


# What is there, and whether a draft and an import may take its place.
STANDS = {
    "nothing": (text("", AltState.EMPTY, Author.NOBODY), True, True),
    "emptied by a person": (text("", AltState.EMPTY, Author.HUMAN), True, True),
    "model's draft": (text("ours", AltState.DRAFT, Author.MODEL), True, True),
    "from a file": (text("ours", AltState.DRAFT, Author.FILE), False, False),
    "person's draft": (text("ours", AltState.DRAFT, Author.HUMAN), False, False),
    "person's, needs facts": (text("ours", AltState.NEEDS_FACTS, Author.HUMAN), False, False),
    "model's, needs facts": (text("ours", AltState.NEEDS_FACTS, Author.MODEL), False, False),
    "model's, in review": (text("ours", AltState.IN_REVIEW, Author.MODEL), False, False),
    "file's, in review": (text("ours", AltState.IN_REVIEW, Author.FILE), False, False),
    "model's, approved": (text("ours", AltState.APPROVED, Author.MODEL), False, False),
    "person's, approved": (text("ours", AltState.APPROVED, Author.HUMAN), False, False),
    "empty, approved": (text("", AltState.APPROVED, Author.HUMAN), False, False),
    "approved, stale": (text("ours", AltState.STALE, Author.HUMAN), False, False),
}


@pytest.mark.parametrize("name", STANDS)
def test_a_draft_takes_the_place_of_nothing_but_a_draft(name: str) -> None:
    ours, draft, _ = STANDS[name]
    assert takes_draft(ours) is draft


@pytest.mark.parametrize("name", STANDS)
@pytest.mark.parametrize("base", [None, "", "base"])
def test_an_import_that_changed_what_the_file_said(name: str, base: str | None) -> None:
    ours, _, gives_way = STANDS[name]
    known = None if base is None else (base, "")
    expected = Merge(THEIRS, "theirs", "") if gives_way else Merge(OURS, ours.alt, "", clash=True)
    assert merge(known, ours, "theirs", None) == expected


@pytest.mark.parametrize("name", STANDS)
def test_only_the_file_changed_since_both_said_the_same(name: str) -> None:
    """Unless a person wrote, approved or took it up: then theirs is offered, not taken."""
    ours, _, _ = STANDS[name]
    base = (ours.alt, "")
    expected = OURS if is_protected(ours) else THEIRS
    assert merge(base, ours, "theirs", None).outcome is expected


@pytest.mark.parametrize("name", STANDS)
@pytest.mark.parametrize("base", [None, ("", ""), ("theirs", "")])
def test_an_import_that_says_nothing_new_changes_nothing(
    name: str, base: tuple[str, str] | None
) -> None:
    ours, _, _ = STANDS[name]
    assert merge(base, ours, None, None) == Merge(SAME, ours.alt, ours.extended)
    assert merge(base, ours, ours.alt, None) == Merge(SAME, ours.alt, ours.extended)
    assert merge(("theirs", ""), ours, "theirs", None) == Merge(SAME, ours.alt, ours.extended)


def test_the_two_fields_are_merged_apart() -> None:
    ours = text("changed here", AltState.DRAFT, Author.FILE, extended="long")
    both = merge(("as it was", "long"), ours, "as it was", "longer")
    assert both == Merge(THEIRS, "changed here", "longer")
    clash = merge(("as it was", "long"), ours, "changed there", "long")
    assert clash == Merge(OURS, "changed here", "long", clash=True)
    half = merge(("as it was", "long"), ours, "changed there", "longer")
    assert half == Merge(THEIRS, "changed here", "longer", clash=True)


def test_what_a_person_wrote_survives_every_import() -> None:
    sides = (None, "", "a", "b")
    protected = [ours for ours, _, _ in STANDS.values() if is_protected(ours)]
    assert protected
    for ours, base, alt, extended in itertools.product(protected, sides, sides, sides):
        known = None if base is None else (base, base)
        found = merge(known, ours, alt, extended)
        assert (found.alt, found.extended) == (ours.alt, ours.extended)
        assert found.outcome is not THEIRS


@pytest.mark.parametrize(
    ("base", "alt", "extended", "expected"),
    [
        (None, None, None, None),
        (None, "a", None, ("a", "")),
        (("a", "b"), None, "c", ("a", "c")),
        (("a", "b"), "", None, ("", "b")),
    ],
)
def test_what_the_file_is_known_to_say(
    base: tuple[str, str] | None,
    alt: str | None,
    extended: str | None,
    expected: tuple[str, str] | None,
) -> None:
    assert next_base(base, alt, extended) == expected
