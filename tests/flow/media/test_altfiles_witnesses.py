"""ExifTool and Exiv2 read what we write, and we read what they write; nothing else changes.

Over every container made on the spot, and every picture of the shared data.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.unit.media.altmaking import (
    SAMPLES,
    big_endian_bigtiff,
    pixels,
    sample,
    second_picture,
    words,
)
from vlm_desktop.base.altfileerrors import FormatHoldsNoText, PictureDamaged
from vlm_desktop.base.altfiles import AltWords, Naming, Where, WriteOptions
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, MediaRefused
from vlm_desktop.engine.alttext.files import AltFiles

EN, DE, HE = "A dog & a <cat> 👩‍🚀", "Ein Hund läuft über die Straße", "כלב רץ"
WORDS = {"en": AltWords(EN, "It runs.\nThen it rests."), "de": AltWords(DE), "he": AltWords(HE)}
SETS = ("meta_immich", "exif_orientation", "torture_sharp", "torture_image_rs")
_NO_PICTURES = (".jsonl", ".md", ".txt", ".xmp")
_AT_ONCE = 60
_EXPECTED = ("XMP-iptcCore:", "XMP-x:XMPToolkit", "RIFF:WebP_Flags", "RIFF:Image", "System:",
             "File:FileType", "SourceFile", "ExifTool:", "PNG:Warning")  # fmt: skip
"""Tags that say where a file lies and what was meant to change.

A simple WebP becomes an extended one, whose header tells the size once more.
"""
_PLACES = ("MPImageStart", "MPImageLength")


def exiftool(paths: Sequence[Path], *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(paths), _AT_ONCE):
        done = subprocess.run(
            ["exiftool", "-j", "-charset", "filename=utf8", *options,
             *map(str, paths[start : start + _AT_ONCE])],
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        found += json.loads(done.stdout)
    return found


def exiv2(path: Path) -> dict[str, str]:
    """Language -> alt text, as Exiv2 sees it."""
    done = subprocess.run(
        ["exiv2", "-K", "Xmp.iptc.AltTextAccessibility", "-Pt", str(path)],
        capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    said = done.stdout.decode("utf-8").strip()
    parts = said.split('lang="')[1:]
    return {
        language: text.removesuffix(", ")
        for language, _, text in (part.partition('" ') for part in parts)
    }


def exiv2_reads(path: Path) -> bool:
    """Whether Exiv2 can do anything with a file as it came."""
    done = subprocess.run(
        ["exiv2", "-pS", str(path)], capture_output=True, check=False, timeout=300
    )
    said = subprocess.run(
        ["exiv2", "-pa", str(path)], capture_output=True, check=False, timeout=300
    )
    return done.returncode == 0 and b"exception" not in done.stderr + said.stderr


@pytest.fixture(autouse=True)
def witnesses() -> None:
    for program in ("exiftool", "exiv2"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


@pytest.fixture
def files() -> AltFiles:
    return AltFiles()


def others(tags: dict[str, Any]) -> dict[str, Any]:
    """What ExifTool finds besides the text, and where things lie."""
    return {
        name: value
        for name, value in tags.items()
        if not name.replace(":Copy1", "").startswith(_EXPECTED) and not name.endswith(_PLACES)
    }


_ALL = ("-a", "-G1:4", "-b", "-all", "-validate", "-warning", "-error")


def compare(before: Sequence[Path], after: Sequence[Path]) -> None:
    """Every tag but the text is the same, with embedded pictures and films; none is worse."""
    for old, new in zip(exiftool(before, *_ALL), exiftool(after, *_ALL), strict=True):
        name = Path(new["SourceFile"]).name
        assert others(new) == others(old), name
        assert new["ExifTool:Validate"] == old["ExifTool:Validate"], name
        assert new["XMP-iptcCore:AltTextAccessibility"] == EN, name
        assert new["XMP-iptcCore:AltTextAccessibility-en"] == EN, name
        assert new["XMP-iptcCore:AltTextAccessibility-de"] == DE, name
        assert new["XMP-iptcCore:AltTextAccessibility-he"] == HE, name
        assert new["XMP-iptcCore:ExtDescrAccessibility"] == "It runs.\nThen it rests.", name


def test_they_read_what_we_write_into_every_container(files: AltFiles, tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("before", "after")}
    for folder in folders.values():
        folder.mkdir()
    before = [sample(folders["before"], name) for name in SAMPLES]
    after = [sample(folders["after"], name) for name in SAMPLES]
    for path in after:
        files.write(path, WORDS)
        if "bigtiff" not in path.name:  # which Exiv2 does not read
            assert exiv2(path) == {"x-default": EN, "en": EN, "de": DE, "he": HE}, path.name
    compare(before, after)


def test_exiftool_reads_a_big_endian_bigtiff(files: AltFiles, tmp_path: Path) -> None:
    paths = [tmp_path / "before.tif", tmp_path / "after.tif"]
    for path in paths:
        path.write_bytes(big_endian_bigtiff())
    files.write(paths[1], WORDS)
    compare(paths[:1], paths[1:])


@pytest.mark.parametrize("naming", ["photo.jpg.xmp", "photo.xmp"])
def test_they_read_our_sidecars(files: AltFiles, naming: str, tmp_path: Path) -> None:
    photo = sample(tmp_path, "exif.jpg")
    options = WriteOptions(where=Where.SIDECAR, naming=Naming(naming))
    aside = files.write(photo, WORDS, options).changes[0].target
    (said,) = exiftool([aside], "-XMP:all", "-validate", "-warning", "-a")
    assert said["AltTextAccessibility-de"] == DE
    assert said["Validate"] == "OK"
    assert "Warning" not in said
    assert exiv2(aside)["he"] == HE


@pytest.mark.parametrize("name", ["exif.jpg", "xmp.jpg", "plain.png", "exif.webp",
                                  "lossy.webp", "little.tif"])  # fmt: skip
def test_we_read_and_change_what_exiftool_writes(
    files: AltFiles, name: str, tmp_path: Path
) -> None:
    photo = sample(tmp_path, name)
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", f"-XMP-iptcCore:AltTextAccessibility={EN}",
         f"-XMP-iptcCore:AltTextAccessibility-fr={DE}", "-XMP-iptcCore:ExtDescrAccessibility=Long",
         "-XMP-dc:Subject=one", "-XMP-dc:Subject=two", str(photo)],
        check=True, timeout=300,
    )  # fmt: skip
    reading = files.read(photo)
    said = {one.language: (one.alt, one.extended) for one in reading.texts}
    assert said == {"x-default": (EN, "Long"), "fr": (DE, "")}
    before = photo.read_bytes()
    files.write(photo, {"fr": AltWords("Un chien")})
    assert pixels(photo.read_bytes()) == pixels(before)
    (theirs,) = exiftool([photo], "-XMP:all", "-a")
    assert theirs["AltTextAccessibility"] == EN
    assert theirs["AltTextAccessibility-fr"] == "Un chien"
    assert theirs["Subject"] == ["one", "two"]
    assert len(photo.read_bytes()) == len(before) or name.endswith((".png", ".webp"))


@pytest.mark.parametrize("name", ["exif.jpg", "plain.png", "exif.webp", "little.tif"])
def test_we_read_and_change_what_exiv2_writes(files: AltFiles, name: str, tmp_path: Path) -> None:
    photo = sample(tmp_path, name)
    for language, text in (("x-default", "A dog"), ("fr", "Un chien")):
        subprocess.run(
            ["exiv2", "-M", f'set Xmp.iptc.AltTextAccessibility LangAlt lang="{language}" {text}',
             str(photo)],
            check=True, timeout=300,
        )  # fmt: skip
    said = {one.language: one.alt for one in files.read(photo).texts}
    assert said == {"x-default": "A dog", "fr": "Un chien"}
    before = pixels(photo.read_bytes())
    files.write(photo, {"fr": AltWords("Un gros chien")})
    assert exiv2(photo) == {"x-default": "A dog", "fr": "Un gros chien"}
    assert pixels(photo.read_bytes()) == before


def test_exiftool_reads_extended_xmp_and_we_read_its_own(files: AltFiles, tmp_path: Path) -> None:
    photo = sample(tmp_path, "exif.jpg")
    long = "Wörter in großer Zahl, 語 und 👍🏽. " * 4000
    files.write(photo, {"en": AltWords("Short", long)})
    (said,) = exiftool([photo], "-XMP:all", "-a", "-validate", "-warning")
    assert said["AltTextAccessibility"] == "Short"
    assert said["ExtDescrAccessibility-en"] == long.strip()
    assert "xtended" not in str(said.get("Warning", ""))
    theirs = sample(tmp_path, "progressive.jpg")
    values = tmp_path / "long.txt"
    values.write_text(long, encoding="utf-8")
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", f"-XMP-iptcCore:ExtDescrAccessibility<={values}",
         "-XMP-iptcCore:AltTextAccessibility=A dog", str(theirs)],
        check=True, timeout=300,
    )  # fmt: skip
    assert theirs.read_bytes().count(b"ns.adobe.com/xmp/extension/") > 1
    assert files.read(theirs).texts[0].extended == long.strip()
    files.write(theirs, words("A cat"))
    (said,) = exiftool([theirs], "-XMP:all", "-a")
    assert said["AltTextAccessibility"] == "A cat"
    assert said["ExtDescrAccessibility"].strip() == long.strip()


def test_exiftool_finds_the_second_picture(files: AltFiles, tmp_path: Path) -> None:
    for name in ("mpf.jpg", "mpf-big.jpg", "mpf-before-xmp.jpg"):
        photo = sample(tmp_path, name)
        before = second_picture(photo.read_bytes())
        files.write(photo, WORDS)
        done = subprocess.run(
            ["exiftool", "-b", "-MPImage2", str(photo)],
            capture_output=True,
            check=True,
            timeout=300,
        )
        assert done.stdout == before, name


@pytest.mark.parametrize("kind", ["heic", "avif"])
def test_we_read_what_exiftool_puts_into_boxed_files(
    files: AltFiles, kind: str, shared_data: Path, tmp_path: Path
) -> None:
    origin = next((shared_data / "meta_immich" / "files" / "formats" / kind).glob(f"*.{kind}"))
    photo = tmp_path / f"photo.{kind}"
    shutil.copyfile(origin, photo)
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", f"-XMP-iptcCore:AltTextAccessibility={EN}",
         f"-XMP-iptcCore:AltTextAccessibility-de={DE}", str(photo)],
        check=True, timeout=300,
    )  # fmt: skip
    said = {one.language: one.alt for one in files.read(photo).texts}
    assert said == {"x-default": EN, "de": DE}
    before = photo.read_bytes()
    written = files.write(photo, {"de": AltWords("Anders")})
    assert written.notes == ("format",)
    assert photo.read_bytes() == before
    said = {one.language: one.alt for one in files.read(photo).texts}
    assert said == {"x-default": EN, "de": "Anders"}, "the sidecar took the other one along"


def originals(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() not in _NO_PICTURES and path.name != "LICENSE":
            yield path


@pytest.mark.parametrize("name", SETS)
def test_over_every_picture_of_the_shared_data(
    files: AltFiles, name: str, shared_data: Path, tmp_path: Path
) -> None:
    """Written, read back by all, and undone to the same bytes; or refused and untouched."""
    before, after = [], []
    refused: dict[str, int] = {}
    for number, origin in enumerate(originals(shared_data / name)):
        photo = tmp_path / f"{number}-{origin.name}"
        shutil.copyfile(origin, photo)
        data = origin.read_bytes()
        try:
            written = files.write(photo, WORDS, WriteOptions(where=Where.FILE))
        except AppError as error:
            refused[type(error).__name__] = refused.get(type(error).__name__, 0) + 1
            assert photo.read_bytes() == data, origin
            continue
        assert exiv2(photo).get("de") == DE or not exiv2_reads(origin), origin
        before.append(origin)
        after.append(photo)
        now = photo.read_bytes()
        for _ in files.undo([written], CancelToken()):
            pass
        assert photo.read_bytes() == data, origin
        photo.write_bytes(now)
    compare(before, after)
    assert set(refused) <= {
        FormatHoldsNoText.__name__, PictureDamaged.__name__, MediaRefused.__name__
    }  # fmt: skip
    assert len(list(tmp_path.iterdir())) == len(after) + sum(refused.values()), "nothing is left"
    least = {"meta_immich": 26, "exif_orientation": 18, "torture_sharp": 70, "torture_image_rs": 60}
    assert len(after) >= least[name]
    damaged = {"torture_sharp": 2, "torture_image_rs": 1}
    assert refused.get(PictureDamaged.__name__, 0) == damaged.get(name, 0)
