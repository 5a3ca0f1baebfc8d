"""Alt text into files on a real disk: whole or not at all, read back, taken back."""

import os
import stat
from pathlib import Path

import pytest

from tests.flow.engine.conftest import drive
from tests.unit.media.altmaking import (
    SAMPLES,
    WORDS,
    pixels,
    sample,
    with_exif,
    words,
)
from tests.unit.media.picturemaking import encoded, picture
from vlm_desktop.base.altfileerrors import (
    BackupThere,
    FormatHoldsNoText,
    PictureDamaged,
)
from vlm_desktop.base.altfiles import (
    AltSaid,
    AltWords,
    AltWritten,
    FileWritten,
    Naming,
    Where,
    WriteOptions,
    WriteRequest,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    SidecarDamaged,
)
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.media.source import content_hash
from vlm_desktop.media.xmpalt import edited_alt

ASIDE = WriteOptions(where=Where.SIDECAR)


@pytest.fixture
def files() -> AltFiles:
    return AltFiles()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return sample(tmp_path, "exif.jpg")


def there(photo: Path) -> list[str]:
    return sorted(path.name for path in photo.parent.iterdir())


def said(files: AltFiles, photo: Path) -> dict[str, tuple[str, str]]:
    return {one.language: (one.alt, one.extended) for one in files.read(photo).texts}


def undo(files: AltFiles, *written: AltWritten) -> None:
    _, report = drive(files.undo(written, CancelToken()))
    assert report.failures == ()


def test_what_was_written_is_read_back(files: AltFiles, photo: Path) -> None:
    before = photo.read_bytes()
    written = files.write(photo, WORDS)
    assert written.read_back == (
        AltSaid("x-default", "A dog & <a cat>", "Long"),
        AltSaid("en", "A dog & <a cat>", "Long"),
        AltSaid("de", "Ein Hund", ""),
    )
    assert (written.notes, written.backup) == ((), None)
    assert written.hash_before == content_hash(before)
    assert written.hash_after == content_hash(photo.read_bytes())
    assert pixels(photo.read_bytes()) == pixels(before)
    reading = files.read(photo)
    assert (reading.format, reading.embeds, reading.signed) == ("JPEG", True, False)
    assert reading.content_hash == written.hash_after
    assert [one.embedded for one in reading.sources] == [True]
    assert there(photo) == ["exif.jpg"]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_undo_brings_the_bytes_back(files: AltFiles, name: str, tmp_path: Path) -> None:
    photo = sample(tmp_path, name)
    before = photo.read_bytes()
    written = files.write(photo, WORDS)
    assert photo.read_bytes() != before
    _, report = drive(files.undo([written], CancelToken()))
    assert photo.read_bytes() == before
    # Taking that back writes the text again.
    undo(files, *report.written)
    assert content_hash(photo.read_bytes()) == written.hash_after


@pytest.mark.parametrize("there_before", [False, True])
def test_a_sidecar_is_undone_and_redone(
    files: AltFiles, photo: Path, *, there_before: bool
) -> None:
    aside = photo.with_name("exif.jpg.xmp")
    if there_before:
        aside.write_bytes(edited_alt(b"", words("Old")))
    before = aside.read_bytes() if there_before else None
    written = files.write(photo, WORDS, ASIDE)
    after = aside.read_bytes()
    _, undone = drive(files.undo([written], CancelToken()))
    assert (aside.read_bytes() if aside.exists() else None) == before
    _, redone = drive(files.undo(undone.written, CancelToken()))
    assert aside.read_bytes() == after
    undo(files, *redone.written)
    assert (aside.read_bytes() if aside.exists() else None) == before


def test_undoing_a_sidecar_that_others_wrote_takes_only_the_words_back(
    files: AltFiles, photo: Path
) -> None:
    written = files.write(photo, {"en": AltWords("Mine")}, ASIDE)
    files.write(photo, {"de": AltWords("Deins")}, ASIDE)
    undo(files, written)
    assert said(files, photo) == {"de": ("Deins", "")}
    aside = photo.with_name("exif.jpg.xmp")
    aside.unlink()
    undo(files, written)
    assert there(photo) == ["exif.jpg"], "what is gone already stays so"


def test_undo_after_others_wrote_takes_only_the_words_back(files: AltFiles, photo: Path) -> None:
    files.write(photo, {"en": AltWords("First"), "fr": AltWords("Un")})
    written = files.write(photo, {"en": AltWords("Second")})
    files.write(photo, {"it": AltWords("Terzo")})
    undo(files, written)
    assert said(files, photo) == {
        "x-default": ("First", ""), "en": ("First", ""), "fr": ("Un", ""), "it": ("Terzo", ""),
    }  # fmt: skip


def test_what_is_said_already_leaves_the_file_alone(files: AltFiles, photo: Path) -> None:
    files.write(photo, WORDS)
    before = photo.stat()
    written = files.write(photo, WORDS, WriteOptions(backup=True))
    assert written.changes == ()
    assert written.notes == ("unchanged",)
    assert photo.stat().st_mtime_ns == before.st_mtime_ns
    assert photo.stat().st_ino == before.st_ino
    assert there(photo) == ["exif.jpg"]


def test_an_empty_text_takes_a_language_away(files: AltFiles, photo: Path) -> None:
    files.write(photo, WORDS)
    files.write(photo, {"en": AltWords("", "")})
    assert said(files, photo) == {"x-default": ("Ein Hund", ""), "de": ("Ein Hund", "")}
    files.write(photo, {"de": AltWords("")})
    assert files.read(photo).texts == files.read(photo).sources == ()
    assert b"Hund" not in photo.read_bytes()


# --- sidecars ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["GIF", "BMP", "AVIF"])
def test_what_holds_no_text_gets_a_sidecar(files: AltFiles, kind: str, tmp_path: Path) -> None:
    photo = tmp_path / f"photo.{kind.lower()}"
    photo.write_bytes(encoded(picture(), kind))
    before = photo.read_bytes()
    written = files.write(photo, WORDS)
    assert written.notes == ("format",)
    assert [(one.target.name, one.embedded) for one in written.changes] == [
        (f"{photo.name}.xmp", False)
    ]
    assert photo.read_bytes() == before
    assert said(files, photo)["de"] == ("Ein Hund", "")
    assert (written.hash_before, written.hash_after) == ("", "")
    with pytest.raises(FormatHoldsNoText):
        files.write(photo, WORDS, WriteOptions(where=Where.FILE))
    undo(files, written)
    assert there(photo) == [photo.name]


def test_a_sidecar_holds_only_what_is_written(files: AltFiles, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    image, exif = picture(), picture().getexif()
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (52.0, 30.0, 0.0)
    exif[0x010F] = "Maker"
    photo.write_bytes(encoded(image, "JPEG", exif=exif))
    files.write(photo, words("A dog"), ASIDE)
    packet = (tmp_path / "photo.jpg.xmp").read_bytes()
    for private in (b"exif", b"GPS", b"Maker", b"tiff", b"Create", b"DocumentID"):
        assert private not in packet


@pytest.mark.parametrize(
    ("naming", "name", "notes"),
    [
        (None, "exif.jpg.xmp", ()),
        (Naming.FULL, "exif.jpg.xmp", ()),
        (Naming.STEM, "exif.xmp", ("shared-sidecar",)),
    ],
)
def test_both_namings(
    files: AltFiles, photo: Path, naming: Naming | None, name: str, notes: tuple[str, ...]
) -> None:
    before = photo.read_bytes()
    written = files.write(photo, WORDS, WriteOptions(where=Where.SIDECAR, naming=naming))
    assert there(photo) == ["exif.jpg", name]
    assert written.notes == notes
    assert photo.read_bytes() == before
    # The one that is there is written, whatever is asked for: it is the one that is read.
    files.write(photo, words("B"), WriteOptions(where=Where.SIDECAR, naming=Naming.FULL))
    assert there(photo) == ["exif.jpg", name]
    assert said(files, photo)["x-default"] == ("B", "Long")


def test_a_sidecar_takes_along_what_the_file_says(files: AltFiles, photo: Path) -> None:
    files.write(photo, WORDS)
    files.write(photo, {"it": AltWords("Un cane")}, ASIDE)
    assert said(files, photo)["de"] == ("Ein Hund", "")
    assert said(files, photo)["it"] == ("Un cane", "")
    assert not files.read(photo).differ
    packet = (photo.parent / "exif.jpg.xmp").read_bytes()
    assert b"ExtDescr" not in packet, "it was not spoken of"


def test_emptied_in_a_sidecar_is_empty_although_the_file_says_something(
    files: AltFiles, photo: Path
) -> None:
    files.write(photo, {"en": AltWords("A dog", "Long")})
    files.write(photo, {"en": AltWords("")}, ASIDE)
    assert said(files, photo) == {"x-default": ("", "Long"), "en": ("", "Long")}
    assert len(files.read(photo).sources) == 2


def test_a_sidecar_that_goes_first_is_kept_in_step(files: AltFiles, photo: Path) -> None:
    aside = photo.parent / "exif.jpg.xmp"
    aside.write_bytes(edited_alt(b"", {"en": AltWords("Old", "Long")}))
    old_aside, old_photo = aside.read_bytes(), photo.read_bytes()
    written = files.write(photo, {"en": AltWords("New")})
    assert written.notes == ("sidecar-too",)
    assert [one.target.name for one in written.changes] == ["exif.jpg", "exif.jpg.xmp"]
    assert said(files, photo)["en"] == ("New", "Long")
    undo(files, written)
    assert (aside.read_bytes(), photo.read_bytes()) == (old_aside, old_photo)
    only = files.write(photo, {"en": AltWords("New")}, WriteOptions(where=Where.FILE))
    assert only.notes == ("sidecar-goes-first",)
    assert said(files, photo)["en"] == ("Old", "Long")
    assert files.read(photo).differ


def test_a_damaged_sidecar_undoes_the_writing_of_the_file(files: AltFiles, photo: Path) -> None:
    aside = photo.parent / "exif.jpg.xmp"
    torn = edited_alt(b"", {"en": AltWords("Old")}).replace(b"</x:xmpmeta>", b"")
    aside.write_bytes(torn)
    before = photo.read_bytes()
    with pytest.raises(SidecarDamaged):
        files.write(photo, WORDS)
    assert photo.read_bytes() == before
    assert aside.read_bytes() == torn
    assert there(photo) == ["exif.jpg", "exif.jpg.xmp"]


# --- backups, links, modes, times --------------------------------------------------------


def test_a_backup_is_made_once_and_never_written_over(files: AltFiles, photo: Path) -> None:
    before, times = photo.read_bytes(), photo.stat().st_mtime_ns
    written = files.write(photo, WORDS, WriteOptions(backup=True))
    kept = photo.with_name("exif.jpg.original")
    assert written.backup == kept
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == (before, times)
    now = photo.read_bytes()
    with pytest.raises(BackupThere):
        files.write(photo, words("B"), WriteOptions(backup=True))
    assert (kept.read_bytes(), photo.read_bytes()) == (before, now)
    undo(files, written)
    assert there(photo) == ["exif.jpg"], "the file is its own backup again"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_stays_a_link(files: AltFiles, photo: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.jpg"
    link.parent.mkdir()
    link.symlink_to(photo)
    files.write(link, WORDS)
    assert link.is_symlink()
    assert said(files, photo)["de"] == ("Ein Hund", "")
    assert [path.name for path in link.parent.iterdir()] == ["link.jpg"]


def test_other_names_of_a_file_are_told_of(files: AltFiles, photo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jpg"
    os.link(photo, other)
    before = photo.read_bytes()
    written = files.write(photo, WORDS)
    assert written.notes == ("hard-links",)
    assert other.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="modes are a POSIX matter")
def test_mode_and_attributes_are_kept(files: AltFiles, photo: Path) -> None:
    photo.chmod(0o640)
    attributes: dict[str, bytes] = {}
    if hasattr(os, "setxattr"):
        try:
            os.setxattr(photo, "user.note", b"kept")
            attributes = {"user.note": b"kept"}
        except OSError:
            pass
    files.write(photo, WORDS)
    assert stat.S_IMODE(photo.stat().st_mode) == 0o640
    for name, value in attributes.items():
        assert os.getxattr(photo, name) == value


def test_times_are_kept_on_request(files: AltFiles, photo: Path) -> None:
    os.utime(photo, ns=(10**18, 10**18))
    files.write(photo, WORDS, WriteOptions(keep_times=True))
    assert photo.stat().st_mtime_ns == 10**18
    files.write(photo, words("B"))
    assert photo.stat().st_mtime_ns != 10**18


# --- many --------------------------------------------------------------------------------


def test_one_of_many_costs_only_itself(files: AltFiles, tmp_path: Path) -> None:
    paths = [sample(tmp_path, name) for name in ("exif.jpg", "plain.png", "little.tif")]
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(with_exif()[:300])
    requests = [WriteRequest(path, WORDS) for path in (paths[0], broken, *paths[1:])]
    before = [path.read_bytes() for path in paths]
    events, report = drive(files.write_many(requests, WriteOptions(), CancelToken()))
    assert [one.path for one in report.written] == paths
    assert [(one.path, type(one.error)) for one in report.failures] == [(broken, PictureDamaged)]
    assert [one.written for one in events if isinstance(one, FileWritten)] == list(report.written)
    undo(files, *report.written)
    assert [path.read_bytes() for path in paths] == before


def test_cancelled_keeps_what_is_written(files: AltFiles, tmp_path: Path) -> None:
    paths = [sample(tmp_path, name) for name in ("exif.jpg", "plain.png")]
    cancel = CancelToken()
    verb = files.write_many([WriteRequest(path, WORDS) for path in paths], WriteOptions(), cancel)
    untouched = paths[1].read_bytes()
    while not isinstance(next(verb), FileWritten):
        pass
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert said(files, paths[0])["de"] == ("Ein Hund", "")
    assert paths[1].read_bytes() == untouched
