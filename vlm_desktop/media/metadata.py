"""One answer from all that a file and its sidecar say."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.media.exif import read_exif
from vlm_desktop.media.iptc import read_iptc
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.text import clean_line
from vlm_desktop.media.xmp import emptied_fields, read_xmp

_MAX_SIDECAR = 8 * 1024 * 1024
_MAX_KEYWORDS = 500


def sidecar_candidates(path: Path) -> tuple[Path, ...]:
    """Where a sidecar of `path` may lie, the most specific first.

    "photo.jpg.xmp" belongs to one file, "photo.xmp" to every file of that stem.
    """
    return (
        path.with_name(f"{path.name}.xmp"),
        path.with_name(f"{path.name}.XMP"),
        path.with_suffix(".xmp"),
        path.with_suffix(".XMP"),
    )


def read_sidecar(path: Path) -> bytes:
    """The bytes of the sidecar of `path` that counts; empty when there is none to be read."""
    if path.suffix.lower() == ".xmp":
        return b""
    for candidate in sidecar_candidates(path):
        try:
            with candidate.open("rb") as file:
                packet = file.read(_MAX_SIDECAR)
        except (OSError, ValueError):
            continue
        if packet:
            return packet
    return b""


def read_metadata(
    tags: EmbeddedTags, sidecar: bytes = b"", *, orientation: int = 1
) -> PhotoMetadata:
    """Merge, field by field: sidecar over XMP over IPTC over EXIF over the format's own words.

    For the date, camera and place, EXIF as the camera wrote it goes before XMP and IPTC.
    Keywords of one file are united; those of a sidecar replace them. A title, caption, alt
    text or list of keywords that the sidecar names and leaves empty is empty. Never raises on
    bad tags.
    """
    exif, iptc, xmp = read_exif(tags.exif), read_iptc(tags.iptc), read_xmp(tags.xmp)
    aside, emptied = read_xmp(sidecar), emptied_fields(sidecar)
    by_camera = (aside, exif, xmp, iptc, tags.said)
    by_person = (aside, xmp, iptc, exif, tags.said)
    place = next((said for said in by_camera if said.latitude is not None), PhotoMetadata())
    return PhotoMetadata(
        taken_at=_said(said.taken_at for said in by_camera),
        latitude=place.latitude,
        longitude=place.longitude,
        altitude=place.altitude,
        make=_said(said.make for said in by_camera),
        model=_said(said.model for said in by_camera),
        lens=_said(said.lens for said in by_camera),
        orientation=orientation,
        rating=next((said.rating for said in by_person if said.rating is not None), None),
        keywords=_united((aside,))
        or (() if "keywords" in emptied else _united((xmp, iptc, exif, tags.said))),
        title="" if "title" in emptied else _said(said.title for said in by_person),
        caption="" if "caption" in emptied else _said(said.caption for said in by_person),
        alt_text="" if "alt_text" in emptied else _said(said.alt_text for said in by_person),
        extended_description=""
        if "extended_description" in emptied
        else _said(said.extended_description for said in by_person),
    )


def with_sidecar(known: PhotoMetadata, sidecar: bytes) -> PhotoMetadata:
    """`known` with what a sidecar says laid over it."""
    return replace(
        read_metadata(EmbeddedTags(said=known), sidecar, orientation=known.orientation),
        orientation=known.orientation,
    )


def _said(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _united(sayings: Iterable[PhotoMetadata]) -> tuple[str, ...]:
    """All keywords in order, without repetitions."""
    words = (clean_line(word) for said in sayings for word in said.keywords)
    return tuple(dict.fromkeys(word for word in words if word))[:_MAX_KEYWORDS]
