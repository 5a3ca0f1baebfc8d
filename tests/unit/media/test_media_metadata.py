"""What files and sidecars say, in every container and encoding."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tests.unit.media.picturemaking import (
    alternatives,
    app1,
    bag,
    decoded,
    encoded,
    iptc_record,
    photoshop_block,
    picture,
    tiff_structure,
    with_segments,
    xmp_packet,
)
from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.media.dates import iso_date, iso_from_iptc, iso_from_pdf
from vlm_desktop.media.exif import read_exif
from vlm_desktop.media.iptc import read_iptc
from vlm_desktop.media.metadata import read_metadata, read_sidecar, with_sidecar
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.text import clean_line, clean_text
from vlm_desktop.media.xmp import read_xmp


def ascii_tag(text: str) -> tuple[int, int, bytes]:
    data = text.encode() + b"\x00"
    return 2, len(data), data


def exif_of(
    main: dict[int, object] | None = None,
    photo: dict[int, object] | None = None,
    gps: dict[int, object] | None = None,
) -> bytes:
    exif = Image.Exif()
    exif.update(main or {})
    if photo:
        exif.get_ifd(0x8769).update(photo)
    if gps:
        exif.get_ifd(0x8825).update(gps)
    return exif.tobytes()[6:]


@pytest.mark.parametrize(
    ("text", "offset", "subsecond", "expected"),
    [
        ("2012:08:05 11:39:59", "", "", "2012-08-05T11:39:59"),
        ("2012:08:05 11:39:59", "+02:00", "", "2012-08-05T11:39:59+02:00"),
        ("2012:08:05 11:39:59", "Z", "12", "2012-08-05T11:39:59.12+00:00"),
        ("2012:08:05 11:39:59", "rubbish", "  ", "2012-08-05T11:39:59"),
        ("2012-08-05T11:39:59.500-0730", "+02:00", "", "2012-08-05T11:39:59.5-07:30"),
        ("2012-08-05T11:39Z", "", "", "2012-08-05T11:39:00+00:00"),
        ("2012:08:05", "", "", "2012-08-05"),
        ("2012-08", "", "", "2012-08"),
        ("2012", "", "", "2012"),
        ("0000:00:00 00:00:00", "", "", ""),
        ("2012:13:05 11:39:59", "", "", ""),
        ("2012:02:30 11:39:59", "", "", ""),
        ("    :  :     :  :  ", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_dates(text: str, offset: str, subsecond: str, expected: str) -> None:
    assert iso_date(text, offset=offset, subsecond=subsecond) == expected


def test_dates_of_iptc_and_pdf() -> None:
    assert iso_from_iptc("20120805", "113959+0200") == "2012-08-05T11:39:59+02:00"
    assert iso_from_iptc("20120805", "") == "2012-08-05"
    assert iso_from_iptc("20120000", "") == "2012"
    assert iso_from_iptc("20120800", "") == "2012-08"
    assert iso_from_iptc("", "113959") == ""
    assert iso_from_pdf("D:20240131120000+01'00'") == "2024-01-31T12:00:00+01:00"
    assert iso_from_pdf("D:2024") == "2024-01-01T00:00:00"
    assert iso_from_pdf("yesterday") == ""


def test_exif() -> None:
    data = exif_of(
        {0x010E: "A bridge", 0x010F: "Make ", 0x0110: "Model", 0x0112: 6, 0x4746: 4},
        {0x9003: "2020:01:02 03:04:05", 0x9011: "+09:00", 0x9291: "250", 0xA434: "50mm f/1.8"},
        {1: "S", 2: (33.0, 52.0, 4.8), 3: "E", 4: (151.0, 12.0, 0.0), 5: b"\x01", 6: 12.5},
    )
    assert read_exif(data) == PhotoMetadata(
        taken_at="2020-01-02T03:04:05.25+09:00",
        latitude=-33.868,
        longitude=151.2,
        altitude=-12.5,
        make="Make",
        model="Model",
        lens="50mm f/1.8",
        orientation=6,
        rating=4,
        caption="A bridge",
    )


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_in_both_byte_orders(order: str) -> None:
    data = tiff_structure(
        {0x0110: ascii_tag("Camera"), 0x0112: (3, 1, struct.pack(f"{order}H", 8))}, order
    )
    found = read_exif(data)
    assert (found.model, found.orientation) == ("Camera", 8)


def test_windows_tags() -> None:
    words = "two words;three".encode("utf-16-le") + b"\x00\x00"
    title = "Tïtle".encode("utf-16-le")
    data = tiff_structure(
        {
            0x9C9E: (1, len(words), words),
            0x9C9B: (1, len(title), title),
            0x4749: (3, 1, b"\x4b\x00"),
        }
    )
    found = read_exif(data)
    assert found.keywords == ("two words", "three")
    assert (found.title, found.rating) == ("Tïtle", 4)


@pytest.mark.parametrize(
    "gps",
    [
        {1: "", 2: (0.0, 0.0, 0.0), 3: "", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (95.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)},
        {2: (45.0, 0.0, 0.0), 4: (10.0, 0.0, 0.0)},
        {1: "N", 2: (45.0, 0.0, 0.0)},
    ],
)
def test_places_that_make_no_sense_are_left_out(gps: dict[int, object]) -> None:
    assert read_exif(exif_of(gps=gps)).latitude is None


@pytest.mark.parametrize(
    "caption", ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "\x00\x00", "   "]
)
def test_captions_of_cameras_are_dropped(caption: str) -> None:
    assert read_exif(tiff_structure({0x010E: ascii_tag(caption)})).caption == ""


@given(st.binary(max_size=400), st.integers(0, 12))
def test_readers_never_raise(junk: bytes, cut: int) -> None:
    real = exif_of({0x010E: "x" * 20, 0x0112: 3}, {0x9003: "2020:01:02 03:04:05"})
    for data in (junk, b"II*\x00" + junk, real[: len(real) - 3 * cut] + junk, junk + real):
        read_exif(data)
        read_iptc(b"\x1c\x02\x19" + data)
        read_xmp(b"<x>" + data)
        read_metadata(EmbeddedTags(exif=data, xmp=data, iptc=data), data)


def test_xmp() -> None:
    packet = xmp_packet(
        alternatives("dc:title", de="Titel", x_default="Title")
        + alternatives("dc:description", fr="Légende", en_GB="Caption")
        + alternatives("Iptc4xmpCore:AltTextAccessibility", x_default="Alt")
        + alternatives("Iptc4xmpCore:ExtDescrAccessibility", x_default="Extended")
        + bag("dc:subject", "cat", "dog")
        + bag("lr:hierarchicalSubject", "animal|cat", "place|Rome"),
        'xmp:Rating="5" aux:Lens="Lens 1" exif:GPSLatitude="40,14.5N" '
        'exif:GPSLongitude="76,30,36W" exif:GPSAltitude="10/4" exif:GPSAltitudeRef="1" '
        'photoshop:DateCreated="2009-11-28T13:42:39"',
    )
    found = read_xmp(packet)
    assert found == PhotoMetadata(
        taken_at="2009-11-28T13:42:39",
        latitude=40.2416667,
        longitude=-76.51,
        altitude=-2.5,
        lens="Lens 1",
        rating=5,
        keywords=("cat", "dog", "animal", "cat", "place", "Rome"),
        title="Title",
        caption="Caption",
        alt_text="Alt",
        extended_description="Extended",
    )
    text = packet.decode()
    for other in (
        text.encode("utf-16"),
        b"\x00\x00" + packet + b"\x00" * 50,
        b"rubbish before" + packet,
        packet + b"<and after",
        packet.replace(
            b"<?xpacket begin", b'<?xml version="1.0" encoding="UTF-8"?><?xpacket begin'
        ),
    ):
        assert read_xmp(other) == found


@pytest.mark.parametrize(
    ("attributes", "rating"),
    [
        ('xmp:Rating="3"', 3),
        ('xmp:Rating="-1"', -1),
        ('xmp:Rating="4.0"', 4),
        ('xmp:Rating="99"', 5),
        ('MicrosoftPhoto:Rating="25"', 2),
        ('xmp:Rating="many"', None),
    ],
)
def test_ratings(attributes: str, rating: int | None) -> None:
    assert read_xmp(xmp_packet("", attributes)).rating == rating


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"not xml",
        b"<x:xmpmeta><unclosed>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>',
        b"<a>" * 3000,
        b"<a>" * 3000 + b"</a>" * 3000,
        b"\xff\xfe<",
        bytes(range(256)),
    ],
)
def test_malformed_and_malicious_packets_say_nothing(packet: bytes) -> None:
    assert read_xmp(packet) == PhotoMetadata()


def test_iptc() -> None:
    latin = iptc_record(
        (2, 5, "Ti\u0161".encode("cp1252")), (2, 25, b"one"), (2, 25, "caf\u00e9".encode("cp1252"))
    )
    assert read_iptc(latin).keywords == ("one", "caf\u00e9")
    assert read_iptc(latin).title == "Ti\u0161"
    utf8 = iptc_record((1, 90, b"\x1b%G"), (2, 120, "\u4f60\u597d".encode()), (2, 55, b"20200131"))
    assert read_iptc(utf8).caption == "\u4f60\u597d"
    assert read_iptc(utf8).taken_at == "2020-01-31"


def test_text_is_tidied() -> None:
    assert clean_text("a\x00b\x07  c \r\n d ") == "ab c \n d"
    assert clean_text("GrÃ¼ÃŸe aus KÃ¶ln") == "Grüße aus Köln"
    assert clean_text("Größe Ä") == "Größe Ä"
    assert clean_text("x" * 100, 10) == "x" * 10
    assert clean_text(b"caf\xe9") == "café"
    assert clean_text(12) == ""
    assert clean_line("Canon\x00junk") == "Canon"
    assert clean_line("two\nlines") == "two lines"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_container(tmp_path: Path, kind: str) -> None:
    packet = xmp_packet(alternatives("dc:description", x_default="From XMP"), 'xmp:Rating="2"')
    exif = Image.Exif()
    exif[0x0110] = "Camera"
    options: dict[str, object] = {"exif": exif, "xmp": packet}
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", packet.decode())
        texts.add_text("Title", "From PNG")
        options = {"exif": exif, "pnginfo": texts}
    if kind == "TIFF":
        options = {"tiffinfo": {0x0110: "Camera", 700: packet}}
    path = tmp_path / "a"
    path.write_bytes(encoded(picture(), kind, **options))
    found = decoded(path).metadata
    assert (found.model, found.caption, found.rating) == ("Camera", "From XMP", 2)
    assert found.title == ("From PNG" if kind == "PNG" else "")


def test_gif_keeps_xmp_in_an_application_block(tmp_path: Path) -> None:
    packet = xmp_packet(bag("dc:subject", "gif word"))
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
    data = encoded(picture(), "GIF")
    block = b"\x21\xff\x0bXMP DataXMP" + packet + trailer
    at = 13 + 3 * (2 << (data[10] & 7))
    path = tmp_path / "a.gif"
    path.write_bytes(data[:at] + block + data[at:])
    assert decoded(path).metadata.keywords == ("gif word",)


def test_jpeg_with_iptc_and_extended_xmp(tmp_path: Path) -> None:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    long = "word " * 20_000
    extended = xmp_packet(alternatives("dc:description", x_default=long))
    main = xmp_packet(
        bag("dc:subject", "one"),
        f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{guid.decode()}"',
    )
    header = b"http://ns.adobe.com/xmp/extension/\x00" + guid + len(extended).to_bytes(4, "big")
    pieces = [
        app1(header + at.to_bytes(4, "big") + extended[at : at + 60_000])
        for at in range(0, len(extended), 60_000)
    ]
    data = with_segments(
        encoded(picture(), "JPEG"),
        app1(b"http://ns.adobe.com/xap/1.0/\x00" + main),
        *reversed(pieces),
        photoshop_block(iptc_record((2, 25, b"two"), (2, 5, b"Title"))),
    )
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    found = decoded(path).metadata
    assert found.keywords == ("one", "two")
    assert found.title == "Title"
    assert found.caption == clean_text(long)
    assert len(found.caption) > 15_000


def test_precedence() -> None:
    exif = exif_of({0x010E: "exif", 0x4746: 1}, {0x9003: "2001:01:01 00:00:00"})
    xmp = xmp_packet(
        alternatives("dc:description", x_default="xmp") + bag("dc:subject", "a"),
        'xmp:Rating="2" xmp:CreateDate="2002-01-01T00:00:00"',
    )
    iptc = iptc_record((2, 120, b"iptc"), (2, 25, b"b"), (2, 55, b"20030101"))
    aside = xmp_packet(bag("dc:subject", "c"), 'xmp:CreateDate="2004-01-01T00:00:00"')
    tags = EmbeddedTags(exif=exif, xmp=xmp, iptc=iptc)
    inside = read_metadata(tags, orientation=3)
    assert (inside.caption, inside.rating, inside.keywords) == ("xmp", 2, ("a", "b"))
    assert inside.taken_at == "2001-01-01T00:00:00"
    assert inside.orientation == 3
    over = read_metadata(tags, aside)
    assert (over.caption, over.rating, over.keywords) == ("xmp", 2, ("c",))
    assert over.taken_at == "2004-01-01T00:00:00"
    assert with_sidecar(inside, aside).taken_at == "2004-01-01T00:00:00"
    assert with_sidecar(inside, b"") == inside


def test_sidecars_in_both_namings(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(picture(), "JPEG"))
    assert read_sidecar(path) == b""
    (tmp_path / "photo.xmp").write_bytes(xmp_packet("", 'xmp:Rating="1"'))
    assert decoded(path).metadata.rating == 1
    (tmp_path / "photo.jpg.xmp").write_bytes(xmp_packet("", 'xmp:Rating="4"'))
    assert decoded(path).metadata.rating == 4
    (tmp_path / "photo.jpg.xmp").write_bytes(b"broken")
    assert decoded(path).metadata.rating is None
