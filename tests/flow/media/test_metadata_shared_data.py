"""Metadata of a small real library against two other readers."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from vlm_desktop.base.types import DecodedFile, DecodeLimits, DecodeRequest, PhotoMetadata
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.exif import is_boilerplate
from vlm_desktop.media.text import clean_text

FOLDERS = ("meta_immich", "torture_sharp")


def metadata(path: Path) -> PhotoMetadata | None:
    """None for a picture that is refused."""
    outcome = decode_file(DecodeRequest(path, thumbnail_side=0), DecodeLimits())
    return outcome.metadata if isinstance(outcome, DecodedFile) else None


@pytest.mark.parametrize("folder", FOLDERS)
def test_as_the_second_opinion_says(shared_data: Path, folder: str) -> None:
    lines = (shared_data / folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    for entry in map(json.loads, lines):
        found = metadata(shared_data / folder / entry["file"])
        if found is None:
            continue
        where = entry["file"]
        if "exif_datetime_original" in entry:
            date = entry["exif_datetime_original"].replace(":", "-", 2).replace(" ", "T")
            assert found.taken_at.startswith(date), where
        assert found.taken_at.endswith(entry.get("exif_offset_time_original", "")), where
        for name in ("make", "model"):
            assert getattr(found, name) == entry.get(f"exif_{name}", "").strip(), where
        if "exif_gps" in entry:
            assert found.latitude == pytest.approx(entry["exif_gps"][0], abs=1e-5), where
            assert found.longitude == pytest.approx(entry["exif_gps"][1], abs=1e-5), where
        if not where.endswith(".heic"):  # there the other reader tells what is left to be done
            assert found.orientation == entry.get("exif_orientation", 1), where
        if "xmp_rating" in entry:
            assert found.rating == int(entry["xmp_rating"]), where
        for name in ("xmp_keywords", "iptc_keywords"):
            assert set(entry.get(name, ())) <= set(found.keywords), where
        captions = (entry.get("xmp_description"), entry.get("exif_image_description"))
        caption = clean_text(next((text for text in captions if text), ""))
        assert found.caption == ("" if is_boilerplate(caption) else caption), where
        if "xmp_title" in entry:
            assert found.title == entry["xmp_title"], where


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("folder", [*FOLDERS, "torture_image_rs"])
def test_as_exiftool_says(shared_data: Path, folder: str) -> None:
    done = subprocess.run(
        ["exiftool", "-json", "-n", "-r", str(shared_data / folder / "files")],
        capture_output=True,
        check=False,
        timeout=300,
    )
    compared = 0
    for entry in json.loads(done.stdout):
        path = Path(entry["SourceFile"])
        found = metadata(path)
        if found is None:
            continue
        compared += 1
        assert found.make == str(entry.get("Make", "")).strip(), path
        assert found.model == str(entry.get("Model", "")).strip(), path
        assert found.lens == str(entry.get("LensModel", found.lens)), path
        assert found.rating == entry.get("Rating"), path
        if "GPSLatitude" in entry and entry["GPSLatitude"] != "":
            assert found.latitude == pytest.approx(entry["GPSLatitude"], abs=1e-5), path
            assert found.longitude == pytest.approx(entry["GPSLongitude"], abs=1e-5), path
        else:
            assert found.latitude is None, path
        subject = entry.get("Subject") or entry.get("Keywords") or []
        words = subject if isinstance(subject, list) else [subject]
        assert {str(word) for word in words} <= set(found.keywords), path
    assert compared > 20
