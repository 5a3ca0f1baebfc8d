"""Alt text in a packet: languages, the default one, and everything else as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.media.altmaking import alt_property, words, xmp_packet
from vlm_desktop.base.altfiles import AltWords
from vlm_desktop.media.metadata import read_metadata
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.xmp import read_xmp
from vlm_desktop.media.xmpalt import (
    ALT,
    AltTexts,
    canonical,
    edited_alt,
    read_alt,
    settled,
    shown,
    tidy,
)
from vlm_desktop.media.xmptree import XmpUnreadable


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ({}, {"en": "A"}, {"x-default": "A", "en": "A"}),
        ({}, {"x-default": "A"}, {"x-default": "A"}),
        ({}, {"de": "D", "en": "E"}, {"x-default": "D", "de": "D", "en": "E"}),
        # the default follows the language whose text it repeats
        ({"x-default": "A", "en": "A"}, {"en": "B"}, {"x-default": "B", "en": "B"}),
        ({"x-default": "A", "en": "A"}, {"x-default": "B"}, {"x-default": "B", "en": "B"}),
        (
            {"x-default": "A", "en": "A"},
            {"de": "D"},
            {"x-default": "A", "en": "A", "de": "D"},
        ),
        # a default of no known language gives way to the first one that is written
        ({"x-default": "old"}, {"en": "new"}, {"x-default": "new", "en": "new"}),
        ({"x-default": "A", "fr": "F"}, {"fr": "G"}, {"x-default": "A", "fr": "G"}),
        (
            {"x-default": "A", "fr": "F"},
            {"fr": "G", "en": "E"},
            {"x-default": "E", "fr": "G", "en": "E"},
        ),
        # taking away
        ({"x-default": "A", "en": "A"}, {"en": ""}, {}),
        ({"x-default": "A", "en": "A"}, {"x-default": ""}, {}),
        (
            {"x-default": "A", "en": "A", "de": "D"},
            {"en": ""},
            {"x-default": "D", "de": "D"},
        ),
        (
            {"x-default": "A", "en": "A", "de": "D"},
            {"de": ""},
            {"x-default": "A", "en": "A"},
        ),
        ({"x-default": "A"}, {"fr": ""}, {"x-default": "A"}),
        (
            {"x-default": "A", "en": "A", "de": "D"},
            {"x-default": ""},
            {"de": "D"},
        ),
        ({"de": "D"}, {"fr": "F"}, {"x-default": "F", "de": "D", "fr": "F"}),
    ],
)
def test_the_default_follows_its_language(
    before: dict[str, str], changes: dict[str, str], after: dict[str, str]
) -> None:
    assert settled(before, changes) == after
    assert settled(after, changes) == after, "twice is once"


def test_an_empty_packet_becomes_a_new_one() -> None:
    packet = edited_alt(b"", {"en": AltWords("A dog", "It runs."), "de": AltWords("Ein Hund")})
    said = read_alt(packet)
    assert said.alt == {"x-default": "A dog", "en": "A dog", "de": "Ein Hund"}
    assert said.extended == {"x-default": "It runs.", "en": "It runs."}
    assert read_xmp(packet).alt_text == "A dog"


def test_nothing_else_in_the_packet_changes() -> None:
    inside = alt_property(("x-default", "A"), ("fr", "Un <b> chien".replace("<b>", "&lt;b&gt;")))
    before = xmp_packet(inside + "<!-- stays -->", 'dc:format="image/jpeg"')
    after = edited_alt(before, {"de": AltWords("Ein Hund")})
    item = b'<rdf:li xml:lang="de">Ein Hund</rdf:li>'
    head, _, tail = after.partition(item)
    assert item in after
    assert (head + tail).replace(b">Ein Hund<", b">A<", 1) == before, (
        "the default follows German; the rest are the same bytes"
    )
    assert read_alt(after).alt["fr"] == "Un <b> chien"


def test_the_default_is_put_first() -> None:
    before = xmp_packet(alt_property(("fr", "Un chien")))
    after = edited_alt(before, {"de": AltWords("Ein Hund")})
    assert list(read_alt(after).alt) == ["x-default", "fr", "de"]


@pytest.mark.parametrize(
    "packet",
    [
        xmp_packet("", 'Iptc4xmpCore:AltTextAccessibility="old"'),
        xmp_packet("<Iptc4xmpCore:AltTextAccessibility>old</Iptc4xmpCore:AltTextAccessibility>"),
        xmp_packet(alt_property(("x-default", "old")) + alt_property(("x-default", "older"))),
        xmp_packet(alt_property(("x-default", "old")).replace(' xml:lang="x-default"', "")),
        xmp_packet(alt_property(("x-default", "old")).replace("rdf:Alt", "rdf:Bag")),
    ],
    ids=["attribute", "simple", "twice", "no language", "bag"],
)
def test_other_shapes_are_read_and_put_right(packet: bytes) -> None:
    assert read_alt(packet).alt == {"x-default": "old"}
    after = edited_alt(packet, {"en": AltWords("new")})
    assert read_alt(after).alt == {"x-default": "new", "en": "new"}
    assert after.count(b"<Iptc4xmpCore:AltTextAccessibility>") == 1
    assert b"old" not in after
    assert read_xmp(after).alt_text == "new"


def test_an_empty_list_is_filled() -> None:
    packet = xmp_packet(
        "<Iptc4xmpCore:AltTextAccessibility><rdf:Alt/></Iptc4xmpCore:AltTextAccessibility>"
    )
    assert read_alt(packet).emptied == {ALT}
    assert read_alt(edited_alt(packet, words("new"))).alt == {"x-default": "new"}


def test_taking_the_last_language_away_takes_the_property() -> None:
    packet = edited_alt(xmp_packet(), {"en": AltWords("A dog", "Long")})
    after = edited_alt(packet, {"en": AltWords("")})
    assert read_alt(after).alt == {}
    assert b"AltTextAccessibility" not in after
    assert read_alt(after).extended == {"x-default": "Long", "en": "Long"}


def test_hiding_leaves_an_empty_text() -> None:
    after = edited_alt(
        b"", words(""), said=AltTexts({"x-default": "A"}, {}), hiding=frozenset({ALT})
    )
    said = read_alt(after)
    assert (said.alt, said.emptied) == ({}, {ALT})
    tags = EmbeddedTags(xmp=edited_alt(b"", words("in the file")))
    assert read_metadata(tags).alt_text == "in the file"
    assert read_metadata(tags, after).alt_text == ""


def test_a_part_that_is_not_named_stays() -> None:
    packet = edited_alt(b"", {"en": AltWords("A", "B")})
    assert read_alt(edited_alt(packet, {"en": AltWords(alt="C")})).extended["en"] == "B"
    assert edited_alt(packet, {}) == packet


@pytest.mark.parametrize(
    "packet",
    [b"<not xml", b"<x/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", xmp_packet()[:-80]],
)
def test_what_is_no_whole_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(XmpUnreadable):
        edited_alt(packet, words("new"))


def test_zeroes_behind_a_packet_are_not_part_of_it() -> None:
    after = edited_alt(xmp_packet() + b"\x00" * 9, words("new"))
    assert read_alt(after).alt == {"x-default": "new"}


@pytest.mark.parametrize(
    ("given_tag", "expected"),
    [
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("X-Default", "x-default"),
        ("de-1996", "de-1996"),
        ("", None),
        ("en_US", None),
        ('en"><script>', None),
        ("toolongtag", None),
    ],
)
def test_tags_are_written_as_is_usual(given_tag: str, expected: str | None) -> None:
    assert canonical(given_tag) == expected


def test_what_is_shown_is_the_default_else_english() -> None:
    assert shown({"de": "D", "x-default": "X"}) == "X"
    assert shown({"de": "D", "en-GB": "E"}) == "E"
    assert shown({"de": "D"}) == "D"
    assert shown({}) == ""


_TEXT = st.text(st.characters(codec=None), max_size=300) | st.sampled_from(
    [
        "👩‍🚀🏳️‍🌈",
        "שלום עולם",
        "مرحبا \u202eabc",
        "]]>",
        "<b>&amp;",
        "a\r\nb\rc",
        "\ufeffx",
        "\x85\u2028",
    ]
)


@given(_TEXT, _TEXT)
def test_any_text_comes_back_as_it_was_tidied(alt: str, extended: str) -> None:
    packet = edited_alt(xmp_packet(), {"en": AltWords(alt, extended)})
    said = read_alt(packet)
    assert said.alt.get("en", "") == tidy(alt)
    assert said.extended.get("en", "") == tidy(extended)
    again = edited_alt(packet, {"en": AltWords(extended, alt)})
    assert read_alt(again).alt.get("en", "") == tidy(extended)


def test_a_hundred_kilobytes_come_back() -> None:
    text = "Wörter, 語 und 👍🏽. " * 6000
    assert len(text.encode()) > 100_000
    assert read_alt(edited_alt(b"", words(text))).alt["x-default"] == text.strip()


_SOME = st.dictionaries(
    st.sampled_from(["x-default", "en", "de", "fr"]), st.sampled_from(["", "A", "B", "C"])
)


@given(_SOME, _SOME)
def test_whatever_is_written_is_what_is_said(
    before: dict[str, str], changes: dict[str, str]
) -> None:
    start = {language: text for language, text in before.items() if text}
    after = settled(start, changes)
    for language, text in changes.items():
        assert after.get(language, "") == text
    for language, text in start.items():
        follows_default = text == start.get("x-default") and "x-default" in changes
        if language not in changes and language != "x-default" and not follows_default:
            assert after[language] == text
    assert settled(after, changes) == after, "twice is once"
    assert "" not in after.values()
