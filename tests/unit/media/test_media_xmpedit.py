import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.media.metadata import read_metadata
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.text import clean_line, clean_text
from vlm_desktop.media.xmp import read_xmp
from vlm_desktop.media.xmpedit import edited
from vlm_desktop.media.xmptree import XmpUnreadable, parse

LIGHTROOM = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<!-- made elsewhere -->
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Other 1.0">
 <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <r:Description r:about="uuid:1&amp;2"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:own="http://example.org/own/"
   xmp:Rating="3" crs:Exposure2012='+0.35' own:odd="a &lt; b &#10; c &quot;d&quot;">
   <d:title xmlns:d="http://purl.org/dc/elements/1.1/"><r:Alt>
     <r:li xml:lang="x-default">Old &amp; grey</r:li>
     <r:li xml:lang="de">Alt</r:li></r:Alt></d:title>
   <d:subject xmlns:d="http://purl.org/dc/elements/1.1/"><r:Bag>
     <r:li>Rome</r:li><r:li>dog</r:li></r:Bag></d:subject>
   <lr:hierarchicalSubject><r:Bag><r:li>Places|Italy|Rome</r:li><r:li>Animals|dog</r:li></r:Bag>
   </lr:hierarchicalSubject>
   <own:note><![CDATA[ <kept> & ]]></own:note>
  </r:Description>
 </r:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()

texts = st.text(max_size=200)


def reread(packet: bytes) -> tuple[str, str, tuple[str, ...], int | None]:
    said = read_metadata(EmbeddedTags(), packet)
    return said.title, said.caption, said.keywords, said.rating


def test_a_new_packet_says_what_was_set() -> None:
    changes = PhotoChanges(4, "A <title>", "One & two\nlines", ("Ä", "b|c"))
    assert reread(edited(b"", changes)) == ("A <title>", "One & two\nlines", ("Ä", "b|c"), 4)


@given(title=texts, caption=texts, words=st.lists(texts, max_size=5))
def test_any_text_comes_back_as_the_reader_tidies_it(
    title: str, caption: str, words: list[str]
) -> None:
    # What tidying makes of text that was encoded wrongly can look wrongly encoded itself.
    assume(all(clean_line(clean_line(word)) == clean_line(word) for word in words))
    packet = edited(b"", PhotoChanges(title=title, caption=caption, add_keywords=tuple(words)))
    said = read_xmp(packet)
    assert said.title == clean_text(clean_text(title))
    if not said.caption:  # words a camera's firmware writes count as none
        assert clean_text(caption).casefold() in ("", "picture", "image", "default", "dcim")
    else:
        assert said.caption == clean_text(clean_text(caption))
    expected = {clean_line(clean_line(word)).casefold() for word in words} - {""}
    assert {word.casefold() for word in said.keywords} == expected


@given(title=texts, words=st.lists(texts, max_size=4), stars=st.integers(-1, 5))
def test_editing_a_foreign_packet_twice_is_editing_it_once(
    title: str, words: list[str], stars: int
) -> None:
    assume(all(clean_line(clean_line(text)) == clean_line(text) for text in (title, *words)))
    changes = PhotoChanges(stars, title, title, tuple(words), ("dog",))
    once = edited(LIGHTROOM, changes)
    assert edited(once, changes) == once
    assert parse(once).name == parse(LIGHTROOM).name


def test_long_text_survives() -> None:
    text = "Wörter & <Zeichen> " * 1_000
    said = read_xmp(edited(b"", PhotoChanges(caption=text)))
    assert said.caption == clean_text(text)


def test_what_others_wrote_stays_byte_for_byte() -> None:
    changes = PhotoChanges(5, "New", "Said", ("cat",), ())
    packet = edited(LIGHTROOM, changes)
    for kept in (
        b"<!-- made elsewhere -->",
        b'own:odd="a &lt; b &#10; c &quot;d&quot;"',
        b"crs:Exposure2012='+0.35'",
        b"<own:note><![CDATA[ <kept> & ]]></own:note>",
        b'<r:li xml:lang="de">Alt</r:li>',
        b"Places|Italy|Rome",
        b'x:xmptk="Other 1.0"',
    ):
        assert kept in packet
    assert b'rdf:about="uuid:1&amp;2"' in packet
    assert b'xmp:Rating="5"' in packet
    assert reread(packet)[:2] == ("New", "Said")
    assert set(reread(packet)[2]) == {"Rome", "dog", "cat", "Places", "Italy", "Animals"}


def test_untouched_fields_leave_every_other_byte() -> None:
    packet = edited(LIGHTROOM, PhotoChanges(rating=1))
    assert packet == LIGHTROOM.replace(b'xmp:Rating="3"', b'xmp:Rating="1"')


def test_a_removed_keyword_leaves_the_trees_too() -> None:
    packet = edited(LIGHTROOM, PhotoChanges(remove_keywords=("italy", "DOG")))
    assert set(reread(packet)[2]) == {"Rome", "Places", "Animals"}
    assert b"<r:li>Places</r:li>" in packet


def test_a_keyword_beyond_the_cut_is_kept_flat() -> None:
    packet = edited(
        LIGHTROOM.replace(b"<r:li>Rome</r:li>", b""), PhotoChanges(remove_keywords=("Italy",))
    )
    assert "Rome" in reread(packet)[2]


def test_the_photos_own_keywords_come_along() -> None:
    packet = edited(b"", PhotoChanges(add_keywords=("c",), remove_keywords=("a",)), ["a", "b"])
    assert reread(packet)[2] == ("b", "c")


def test_an_emptied_field_hides_what_the_photo_says() -> None:
    own = EmbeddedTags(xmp=edited(b"", PhotoChanges(3, "T", "C", ("k",))))
    aside = edited(b"", PhotoChanges(0, "", "", (), ("k",)), ["k"])
    said = read_metadata(own, aside)
    assert (said.title, said.caption, said.keywords, said.rating) == ("", "", (), 0)


def test_an_emptied_title_hides_other_languages() -> None:
    packet = edited(LIGHTROOM, PhotoChanges(title=""))
    assert reread(packet)[0] == ""
    assert b'<r:li xml:lang="de">Alt</r:li>' in packet


def test_windows_stars_follow() -> None:
    microsoft = LIGHTROOM.replace(
        b'xmp:Rating="3"',
        b'xmlns:m="http://ns.microsoft.com/photo/1.0/" m:Rating="50" xmp:Rating="3"',
    )
    assert b'm:Rating="99"' in edited(microsoft, PhotoChanges(rating=5))


@pytest.mark.parametrize(
    "shape",
    [
        '<rdf:Description dc:title="plain" xmp:Rating="2"/>',
        "<rdf:Description><dc:title>plain</dc:title><xmp:Rating>2</xmp:Rating></rdf:Description>",
        "<rdf:Description><dc:title><rdf:Alt/></dc:title><xmp:Rating/></rdf:Description>",
        "<rdf:Description><dc:title/></rdf:Description>",
        "<rdf:Description/><rdf:Description dc:title='second'/>",
        "",
    ],
)
def test_every_way_to_write_a_property_is_replaced(shape: str) -> None:
    packet = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"{shape}</rdf:RDF>"
    )
    for whole in (packet, packet.replace("></rdf:RDF>", "/>") if not shape else packet):
        new = edited(whole.encode(), PhotoChanges(4, "New"))
        assert reread(new) == ("New", "", (), 4)
        assert new.count(b"Rating") in (1, 2)
        assert b"plain" not in new
        assert b"second" not in new


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_encodings_become_utf_8(encoding: str) -> None:
    packet = '<?xml version="1.0" encoding="utf-16"?>' if encoding == "utf-16" else ""
    body = LIGHTROOM.decode().replace("\ufeff", "").replace("Old", "Älter")
    new = edited((packet + body).encode(encoding), PhotoChanges(rating=2))
    assert read_xmp(new).title == "Älter & grey"
    assert not re.search(rb"utf-?16", new, re.IGNORECASE)


@pytest.mark.parametrize(
    "packet",
    [
        b"not xml",
        b"<a/>",
        LIGHTROOM[:-60],
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + LIGHTROOM[LIGHTROOM.index(b"<x:") :],
        b"\xff\xfe\x00",
        b"<a>" * 5_000 + b"</a>" * 5_000,
        b"<?xml version='1.0' encoding='nonsense'?>" + LIGHTROOM[LIGHTROOM.index(b"<x:") :],
    ],
)
def test_a_damaged_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(XmpUnreadable):
        edited(packet, PhotoChanges(rating=1))
