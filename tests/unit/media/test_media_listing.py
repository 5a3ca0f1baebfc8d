import io
from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from tests.unit.media.picturemaking import LIMITS, encoded, picture
from vlm_desktop.base.types import DecodedFile, DecodeRequest, PhotoChanges, TagRow
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.listing import list_tags
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.wire import Reply, frame_of_reply, frame_of_request, reply_of, request_of
from vlm_desktop.media.xmpedit import edited


def _exif() -> bytes:
    image, exif = picture(64, 48), Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769).update(
        {
            0x829A: IFDRational(1, 250),
            0x829D: IFDRational(28, 10),
            0x8827: 200,
            0x920A: IFDRational(50, 1),
            0x9209: 1,
        }
    )
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_a_file_tells_all_its_tags_through_the_wire(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_exif())
    request = request_of(frame_of_request(DecodeRequest(path, listing=True)))
    outcome = decode_file(request, LIMITS)
    assert isinstance(outcome, DecodedFile)
    told = reply_of(frame_of_reply(Reply(outcome, False))).outcome
    assert isinstance(told, DecodedFile)
    assert told.listing == outcome.listing
    assert told.listing is not None
    assert TagRow("Image", "Make", "Maker") in told.listing.rows
    assert TagRow("EXIF", "FNumber", "14/5") in told.listing.rows
    taken = told.listing.exposure
    assert (taken.seconds, taken.f_number, taken.iso) == (1 / 250, 2.8, 200)
    assert (taken.focal_length, taken.flash, taken.focal_length_35) == (50.0, True, None)


def test_no_listing_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(picture(), "PNG"))
    outcome = decode_file(DecodeRequest(path), LIMITS)
    assert isinstance(outcome, DecodedFile)
    assert outcome.listing is None


def test_xmp_and_iptc_are_listed() -> None:
    packet = edited(b"", PhotoChanges(3, "Title", None, ("a", "b")))
    iptc = b"\x1c\x02\x5a\x00\x04Rome" + b"\x1c\x02\xc8\x00\x01x"
    rows = list_tags(EmbeddedTags(xmp=packet, iptc=iptc)).rows
    for row in (
        ("XMP", "dc:title", "Title"),
        ("XMP", "dc:subject", "a, b"),
        ("IPTC", "City", "Rome"),
    ):
        assert TagRow(*row) in rows
    assert TagRow("IPTC", "2:200", "x") in rows


@pytest.mark.parametrize(
    "exif", [b"II*\x00", b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\xff" * 60, b"?"]
)
def test_rubbish_lists_nothing_and_raises_nothing(exif: bytes) -> None:
    listing = list_tags(EmbeddedTags(exif=exif, xmp=b"<rdf", iptc=b"\x1c"))
    assert listing.exposure.iso is None


def test_one_page_of_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pages = [Image.new("RGB", (100, 100), colour) for colour in ("red", "lime", "blue")]
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:])
    outcome = decode_file(DecodeRequest(path, min_side=50, page=2), LIMITS)
    assert isinstance(outcome, DecodedFile)
    (page,) = outcome.pages
    assert page.number == 2
    assert page.pixels[25, 25].argmax() == 1
