"""XMP into each container: the image and everything else stay, byte for byte."""

import binascii
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.media.altmaking import (
    FILM,
    SAMPLES,
    WORDS,
    alt_property,
    big_endian_bigtiff,
    embedded,
    first_size,
    multi_picture,
    pixels,
    save,
    second_picture,
    segment,
    texts,
    tiff,
    with_exif,
    with_extended,
    with_segments,
    words,
    xmp_packet,
)
from tests.unit.media.picturemaking import encoded, picture
from vlm_desktop.base.altfileerrors import (
    FormatHoldsNoText,
    PictureDamaged,
    PictureHasPointers,
    PictureTooLarge,
    ReadBackDiffers,
    XmpDamaged,
)
from vlm_desktop.base.altfiles import AltWords
from vlm_desktop.media.source import read_source
from vlm_desktop.media.xmpembed import check, planned, read_embedded
from vlm_desktop.media.xmpembed_common import reversed_splices, spliced
from vlm_desktop.media.xmpembed_jpeg import EXTENSION, MOST_MAIN, STANDARD
from vlm_desktop.media.xmpsplice import NEW_PACKET


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_container_takes_the_text_and_keeps_its_pixels(name: str, tmp_path: Path) -> None:
    before = SAMPLES[name]()
    after = embedded(tmp_path, before, WORDS, name)
    said = texts(tmp_path, after, name)
    assert said.alt == {"x-default": "A dog & <a cat>", "en": "A dog & <a cat>", "de": "Ein Hund"}
    assert said.extended == {"x-default": "Long", "en": "Long"}
    assert pixels(after) == pixels(before)
    again = embedded(tmp_path, after, {"en": AltWords("Another")}, name)
    assert texts(tmp_path, again, name).alt["x-default"] == "Another"
    assert pixels(again) == pixels(before)
    gone = embedded(tmp_path, again, {"en": AltWords("", ""), "de": AltWords("", "")}, name)
    assert texts(tmp_path, gone, name).said() == ()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_reverse_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    source = save(tmp_path, name, SAMPLES[name]())
    splices = planned(source, WORDS).splices
    written = b"".join(spliced(source.mapped(), splices))
    back = reversed_splices(source.mapped(), splices)
    assert b"".join(spliced(written, back)) == source.data


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_what_is_said_already_is_not_written(name: str, tmp_path: Path) -> None:
    after = embedded(tmp_path, SAMPLES[name](), WORDS, name)
    assert planned(save(tmp_path, name, after), WORDS).splices == []


@pytest.mark.parametrize("name", ["exif.jpg", "little.tif", "bigtiff.tif", "big-endian.tif"])
def test_the_next_edit_fits_into_the_room_that_was_left(name: str, tmp_path: Path) -> None:
    first = embedded(tmp_path, SAMPLES[name](), WORDS, name)
    second = embedded(tmp_path, first, {"en": AltWords("A longer text " * 20)}, name)
    assert len(second) == len(first)
    changed = [at for at in range(len(first)) if first[at] != second[at]]
    assert changed[-1] - changed[0] < 4000, "only the packet"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_large_files_are_mapped_and_not_read(name: str, tmp_path: Path) -> None:
    held = save(tmp_path, name, SAMPLES[name]())
    mapped = read_source(held.path, whole_file_bytes=10)
    assert mapped.data is None
    plan, same = planned(mapped, WORDS), planned(held, WORDS)
    assert plan.splices == same.splices
    assert plan.rest == same.rest
    data = mapped.mapped()
    parts = list(spliced(data, plan.splices))
    assert b"".join(parts) == b"".join(spliced(held.mapped(), same.splices))
    assert reversed_splices(data, plan.splices) == reversed_splices(held.mapped(), same.splices)


def test_an_empty_packet_is_not_a_damaged_one(tmp_path: Path) -> None:
    whole = with_segments(with_exif(), segment(STANDARD + NEW_PACKET))
    assert read_embedded(save(tmp_path, "a.jpg", whole)).broken == ""
    torn = with_segments(with_exif(), segment(STANDARD + NEW_PACKET[:150]))
    assert read_embedded(save(tmp_path, "a.jpg", torn)).broken


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    for name, kind in (("a.gif", "GIF"), ("a.bmp", "BMP")):
        source = save(tmp_path, name, encoded(picture(), kind))
        with pytest.raises(FormatHoldsNoText) as caught:
            planned(source, WORDS)
        assert caught.value.fields["detail"] == kind


# --- JPEG ------------------------------------------------------------------------------


def test_segments_of_a_jpeg_stay_where_they_are(tmp_path: Path) -> None:
    comment, icc = segment(b"a comment", 0xFE), segment(b"ICC_PROFILE\x00\x01\x01rest", 0xE2)
    before = with_segments(with_exif(), comment, icc, behind=FILM)
    after = embedded(tmp_path, before, WORDS, "a.jpg")
    at = after.index(STANDARD) - 4
    length = 2 + int.from_bytes(after[at + 2 : at + 4], "big")
    assert after[:at] + after[at + length :] == before
    assert after.index(b"Exif\x00\x00") < at, "EXIF stays first"
    assert after.endswith(FILM)


def test_jfif_goes_first_where_there_is_no_exif(tmp_path: Path) -> None:
    after = embedded(tmp_path, encoded(picture(), "JPEG"), WORDS, "a.jpg")
    assert after[6:10] == b"JFIF"
    at = 4 + int.from_bytes(after[4:6], "big")
    assert after[at + 4 :].startswith(STANDARD)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("xmp_last", [False, True])
def test_the_pictures_of_a_list_are_found_again(
    order: str, *, xmp_last: bool, tmp_path: Path
) -> None:
    before = multi_picture(order, xmp_last=xmp_last)
    after = embedded(tmp_path, before, WORDS, "a.jpg")
    assert len(after) > len(before)
    assert second_picture(after) == second_picture(before)
    assert second_picture(after).startswith(b"\xff\xd8\xff")
    assert first_size(after) - first_size(before) == len(after) - len(before)


def test_a_damaged_list_of_pictures_is_refused(tmp_path: Path) -> None:
    broken = multi_picture().replace(
        struct.pack("<HHI", 0xB002, 7, 32), b"\x02\xb0\x07\x00\xff\x00\x00\x00"
    )
    with pytest.raises(PictureHasPointers):
        planned(save(tmp_path, "a.jpg", broken), WORDS)


def test_a_preview_behind_the_picture_that_exif_points_to_is_not_lost(tmp_path: Path) -> None:
    plain = with_exif()
    tiff_at = plain.index(b"Exif\x00\x00") + 6
    order = "big" if plain[tiff_at : tiff_at + 2] == b"MM" else "little"
    # The maker's name gives its bytes to a pointer, as maker's notes have one.
    pointer = (len(plain) - tiff_at).to_bytes(4, order)
    pointed = plain.replace(b"Make", pointer, 1) + encoded(picture(16, 16), "JPEG")
    with pytest.raises(PictureHasPointers):
        planned(save(tmp_path, "a.jpg", pointed), WORDS)
    unpointed = plain + encoded(picture(16, 16), "JPEG")
    assert planned(save(tmp_path, "b.jpg", unpointed), WORDS).splices


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xd8\xff\xd9", "no segment"),
        (with_exif()[:200], "it ends before"),
        (with_segments(with_exif(), b"stray"), "no segment"),
        (with_segments(with_exif(), b"\xff\xe5\x00\x01"), "longer than the file"),
        (
            with_segments(with_exif(), *[segment(STANDARD + xmp_packet())] * 2),
            "two XMP packets",
        ),
    ],
)
def test_a_broken_jpeg_is_refused(data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(PictureDamaged) as caught:
        planned(save(tmp_path, "a.jpg", data), WORDS)
    assert says in str(caught.value.fields["detail"])


def test_damaged_xmp_is_refused(tmp_path: Path) -> None:
    data = with_segments(with_exif(), segment(STANDARD + xmp_packet()[:-90]))
    with pytest.raises(XmpDamaged):
        planned(save(tmp_path, "a.jpg", data), WORDS)


# --- extended XMP ----------------------------------------------------------------------


def test_more_than_a_segment_goes_into_extended_xmp(tmp_path: Path) -> None:
    before = with_segments(with_exif(), segment(STANDARD + xmp_packet()))
    long = "Wörter in großer Zahl, 語 und 👍🏽. " * 4000
    after = embedded(tmp_path, before, {"en": AltWords("Short", long)}, "a.jpg")
    assert len(long.encode()) > 2 * MOST_MAIN
    assert after.count(EXTENSION) >= 3
    said = texts(tmp_path, after, "a.jpg")
    assert (said.alt["en"], said.extended["en"]) == ("Short", long.strip())
    assert pixels(after) == pixels(before)
    main = after[after.index(STANDARD) :][: MOST_MAIN + 29]
    assert b">Short<" in main, "the short text stays where every reader looks"
    # A longer alt text alone goes there, too, and comes back when it is short again.
    both = embedded(tmp_path, after, {"en": AltWords("x" * 70_000)}, "a.jpg")
    assert texts(tmp_path, both, "a.jpg").alt["en"] == "x" * 70_000
    short = embedded(tmp_path, both, {"en": AltWords("One", "Two")}, "a.jpg")
    assert EXTENSION not in short
    assert b"HasExtendedXMP" not in short
    assert texts(tmp_path, short, "a.jpg").extended["en"] == "Two"


def test_extended_xmp_of_others_keeps_its_bytes(tmp_path: Path) -> None:
    extended = xmp_packet("<dc:rights>" + "r" * 3000 + "</dc:rights>")
    before = with_extended(extended)
    after = embedded(tmp_path, before, WORDS, "a.jpg")
    head = before.index(EXTENSION) - 4
    tail = before[head : before.rindex(EXTENSION) + 400]
    assert tail in after


def test_text_that_lies_in_extended_xmp_is_changed_there_and_others_stay(tmp_path: Path) -> None:
    inside = "<dc:rights>mine</dc:rights>" + alt_property(("x-default", "old"), ("fr", "vieux"))
    before = with_extended(xmp_packet(inside))
    assert texts(tmp_path, before, "a.jpg").alt == {"x-default": "old", "fr": "vieux"}
    after = embedded(tmp_path, before, {"en": AltWords("new")}, "a.jpg")
    assert texts(tmp_path, after, "a.jpg").alt == {"x-default": "new", "fr": "vieux", "en": "new"}
    assert b"<dc:rights>mine</dc:rights>" in after
    assert b"old" not in after


def test_extended_xmp_with_a_part_missing_is_kept_and_not_added_to(tmp_path: Path) -> None:
    before = with_extended(xmp_packet("<dc:rights>" + "r" * 3000 + "</dc:rights>"), whole=False)
    after = embedded(tmp_path, before, WORDS, "a.jpg")
    assert texts(tmp_path, after, "a.jpg").alt["de"] == "Ein Hund"
    assert after.count(EXTENSION) == before.count(EXTENSION)
    with pytest.raises(XmpDamaged):
        planned(save(tmp_path, "a.jpg", before), words(extended="x" * 70_000))


def test_a_main_packet_full_of_other_things_is_refused(tmp_path: Path) -> None:
    full = xmp_packet("<dc:rights>" + "r" * (MOST_MAIN - 600) + "</dc:rights>")
    data = with_segments(with_exif(), segment(STANDARD + full))
    with pytest.raises(PictureTooLarge):
        planned(save(tmp_path, "a.jpg", data), words("a"))


def test_eight_megabytes_are_the_most(tmp_path: Path) -> None:
    with pytest.raises(PictureTooLarge):
        planned(save(tmp_path, "a.jpg", with_exif()), words("x" * 9_000_000))


# --- PNG -------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    crc = binascii.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + crc


def with_chunk(new: bytes, *, last: bool = False) -> bytes:
    png = encoded(picture(64, 48), "PNG")
    at = png.index(b"IEND") - 4 if last else png.index(b"IDAT") - 4
    return png[:at] + new + png[at:]


def test_a_new_png_chunk_stands_before_the_image_and_is_sound(tmp_path: Path) -> None:
    after = embedded(tmp_path, encoded(picture(64, 48), "PNG"), WORDS, "a.png")
    at = after.index(b"iTXt") - 4
    assert at < after.index(b"IDAT")
    size = int.from_bytes(after[at : at + 4], "big")
    crc = int.from_bytes(after[at + 8 + size : at + 12 + size], "big")
    assert crc == binascii.crc32(after[at + 4 : at + 8 + size])
    assert after[:at] + after[at + 12 + size :] == encoded(picture(64, 48), "PNG")


_KEY = b"XML:com.adobe.xmp\x00"
_OLD = xmp_packet(alt_property(("x-default", "old"), ("fr", "vieux")))
_HEX = b"\nxmp\n%8d\n" % len(_OLD) + binascii.hexlify(_OLD)


@pytest.mark.parametrize(
    "old",
    [
        chunk(b"iTXt", _KEY + b"\x00\x00\x00\x00" + _OLD),
        chunk(b"iTXt", _KEY + b"\x01\x00en\x00XMP\x00" + zlib.compress(_OLD)),
        chunk(b"tEXt", _KEY + _OLD),
        chunk(b"zTXt", b"Raw profile type xmp\x00\x00" + zlib.compress(_HEX)),
    ],
    ids=["plain", "compressed", "tEXt", "profile"],
)
@pytest.mark.parametrize("last", [False, True])
def test_xmp_of_a_png_is_read_and_written_where_it_was(
    old: bytes, *, last: bool, tmp_path: Path
) -> None:
    before = with_chunk(old, last=last)
    assert texts(tmp_path, before, "a.png").alt["fr"] == "vieux"
    after = embedded(tmp_path, before, words("new"), "a.png")
    assert texts(tmp_path, after, "a.png").alt == {"x-default": "new", "fr": "vieux"}
    assert after.count(_KEY) == 1
    assert after[: before.index(old)] == before[: before.index(old)]
    assert after.endswith(before[before.index(old) + len(old) :])


def test_broken_pngs_are_refused(tmp_path: Path) -> None:
    whole = encoded(picture(64, 48), "PNG")
    bad_crc = bytearray(with_chunk(chunk(b"iTXt", _KEY + b"\x00\x00\x00\x00" + _OLD)))
    bad_crc[bad_crc.index(b"vieux")] ^= 1
    bomb = chunk(b"iTXt", _KEY + b"\x01\x00\x00\x00" + zlib.compress(b"\x00" * 70_000_000, 9))
    twice = chunk(b"iTXt", _KEY + b"\x00\x00\x00\x00" + _OLD) * 2
    for data in (
        whole[:-20], whole[:-12], whole[:60], bytes(bad_crc), with_chunk(bomb), with_chunk(twice),
        with_chunk(chunk(b"iTXt", _KEY + b"\x01\x00\x00\x00" + zlib.compress(_OLD)[:-9])),
    ):  # fmt: skip
        with pytest.raises(PictureDamaged):
            planned(save(tmp_path, "a.png", data), WORDS)


# --- WebP ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "has_alpha"),
    [
        ("lossy.webp", (64, 48), False),
        ("odd.webp", (65, 47), False),
        ("lossless.webp", (64, 48), False),
        ("alpha.webp", (64, 48), None),
    ],
)
def test_a_simple_webp_gets_the_header_it_needs(
    name: str, size: tuple[int, int], has_alpha: bool | None, tmp_path: Path
) -> None:
    before = SAMPLES[name]()
    after = embedded(tmp_path, before, WORDS, name)
    assert after[12:20] == b"VP8X\x0a\x00\x00\x00"
    flags = after[20]
    assert flags & 0x04
    if has_alpha is not None:
        assert bool(flags & 0x10) is has_alpha
    assert (
        int.from_bytes(after[24:27], "little") + 1,
        int.from_bytes(after[27:30], "little") + 1,
    ) == size
    assert int.from_bytes(after[4:8], "little") + 8 == len(after)
    assert before[12:] in after
    assert len(after) % 2 == 0


def test_transparency_of_a_lossless_webp_is_announced(tmp_path: Path) -> None:
    image = picture(20, 20).convert("RGBA")
    image.putalpha(90)
    before = encoded(image, "WEBP", lossless=True)
    start = before.index(b"VP8L")
    simple = b"RIFF" + (len(before) - start + 4).to_bytes(4, "little") + b"WEBP" + before[start:]
    assert embedded(tmp_path, simple, WORDS, "a.webp")[20] == 0x14
    assert pixels(embedded(tmp_path, simple, WORDS, "a.webp")) == pixels(before)


def test_broken_webps_are_refused(tmp_path: Path) -> None:
    whole = SAMPLES["exif.webp"]()
    rubbish = whole[:16] + b"\xff\xff\xff\x7f" + whole[20:]
    for data in (whole[:-30], whole[:30], rubbish, whole[:12] + b"JUNK" + whole[16:]):
        with pytest.raises(PictureDamaged):
            planned(save(tmp_path, "a.webp", data), WORDS)


# --- TIFF ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["little.tif", "big-endian.tif", "bigtiff.tif", "exif.tif"])
def test_nothing_in_a_tiff_moves(name: str, tmp_path: Path) -> None:
    before = SAMPLES[name]()
    after = embedded(tmp_path, before, WORDS, name)
    header = 16 if "bigtiff" in name else 8
    assert after[header : len(before)] == before[header:]
    longer = {"en": AltWords("x" * 9000)}
    grown = embedded(tmp_path, after, longer, name)
    assert grown[header : len(before)] == before[header:]
    assert len(grown) < len(before) + 18_000 + 6000, "the packet that was outgrown is gone"


def test_a_big_endian_bigtiff_takes_the_text(tmp_path: Path) -> None:
    before = big_endian_bigtiff()
    after = embedded(tmp_path, before, WORDS, "a.tif")
    assert after[16 : len(before)] == before[16:]
    assert after[:8] == before[:8]
    assert texts(tmp_path, after, "a.tif").alt["de"] == "Ein Hund"


def test_broken_tiffs_are_refused(tmp_path: Path) -> None:
    whole = tiff()
    first = int.from_bytes(whole[4:8], "little")
    for data in (
        whole[: len(whole) // 2],
        whole[:4] + b"\xff\xff\xff\x7f" + whole[8:],
        whole[:first] + b"\x00\x00" + whole[first + 2 :],
    ):
        with pytest.raises(PictureDamaged):
            planned(save(tmp_path, "a.tif", data), WORDS)


# --- signatures, read only, checks -----------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.jpg",
            with_segments(
                with_exif(), segment(b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00Djumb....c2pa", 0xEB)
            ),
        ),
        ("a.png", with_chunk(chunk(b"caBX", b"manifest"))),
        (
            "a.webp",
            (lambda data: data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])(
                SAMPLES["lossy.webp"]() + b"C2PA\x02\x00\x00\x00ab"
            ),
        ),
        ("a.tif", tiff(tiffinfo={52545: b"manifest"})),
        (
            "remote.jpg",
            with_segments(
                with_exif(),
                segment(
                    STANDARD
                    + xmp_packet(
                        "", 'xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https"'
                    )
                ),
            ),
        ),
    ],
)
def test_signed_pictures_are_recognised(name: str, data: bytes, tmp_path: Path) -> None:
    assert read_embedded(save(tmp_path, name, data)).signed
    unsigned = {"a.jpg": "exif.jpg", "remote.jpg": "xmp.jpg", "a.png": "plain.png",
                "a.webp": "lossy.webp", "a.tif": "little.tif"}[name]  # fmt: skip
    assert not read_embedded(save(tmp_path, unsigned, SAMPLES[unsigned]())).signed


def test_a_file_that_is_not_as_planned_is_noticed(tmp_path: Path) -> None:
    source = save(tmp_path, "a.jpg", with_exif())
    plan = planned(source, WORDS)
    right = b"".join(spliced(source.mapped(), plan.splices))
    check(plan, save(tmp_path, "b.jpg", right), source.path)
    scan = bytearray(right)
    scan[-20] ^= 1
    for wrong in (
        bytes(scan), right.replace(b"Ein Hund", b"Ein Hind"), right.replace(b"Maker", b"Baker"),
        right[:300], source.data or b"",
    ):  # fmt: skip
        with pytest.raises(ReadBackDiffers):
            check(plan, save(tmp_path, "b.jpg", wrong), source.path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_are_refused_or_written_right(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["xmp.jpg", "mpf.jpg", "exif.png", "exif.webp", "little.tif"]))
    whole = bytearray(SAMPLES[name]())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(whole), 900) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3))
    damaged = bytes(whole[: len(whole) - cut * 97])
    source = save(tmp_path, name, damaged)
    try:
        plan = planned(source, WORDS)
    except (PictureDamaged, XmpDamaged, PictureTooLarge, PictureHasPointers, FormatHoldsNoText):
        return
    written = b"".join(spliced(source.mapped(), plan.splices))
    try:
        check(plan, save(tmp_path, f"w-{name}", written), source.path)
    except ReadBackDiffers:
        return
    back = reversed_splices(source.mapped(), plan.splices)
    assert b"".join(spliced(written, back)) == damaged
