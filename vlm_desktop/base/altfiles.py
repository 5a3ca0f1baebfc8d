"""Alt text in files: what is read from a picture and its sidecar, and what is written.

`engine.alttext.files.AltFiles` takes and gives these:

    read(path) -> AltReading
    write(path, words, options, *, expected_hash="") -> AltWritten
    write_many(requests, options, cancel) -> generator of events, then AltFilesReport
    undo(written, cancel) -> generator of events, then AltFilesReport of what was taken back

IPTC has no word for "decorative": an image whose alt text is empty on purpose says nothing in
its metadata, as one whose text is still owed does. What was decided is kept in the library, and
an empty text only takes away what the file or its sidecar said before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vlm_desktop.base.filework import FileProblem

X_DEFAULT = "x-default"
"""The language of a text whose language nobody said; XMP's own word."""


class Where(StrEnum):
    AUTO = "auto"
    """Into the file where its format can hold it and nothing is broken by it, else beside it.

    A sidecar that already speaks of alt text is kept in step, because it is read first.
    """
    FILE = "file"
    SIDECAR = "sidecar"


class Naming(StrEnum):
    """How a sidecar that is not there yet is called."""

    FULL = "photo.jpg.xmp"
    """It belongs to that one file."""
    STEM = "photo.xmp"
    """It speaks for every file of that stem, the RAW and the JPEG alike."""


@dataclass(frozen=True, slots=True)
class AltWords:
    """What one language is to say. None leaves a part as it is, "" takes it away."""

    alt: str | None = None
    extended: str | None = None


@dataclass(frozen=True, slots=True)
class AltSaid:
    """What is said in one language, a BCP 47 tag or `X_DEFAULT`."""

    language: str
    alt: str
    extended: str


@dataclass(frozen=True, slots=True)
class AltSource:
    """What one place says: the picture itself (`embedded`) or a sidecar."""

    path: Path
    embedded: bool
    texts: tuple[AltSaid, ...]


@dataclass(frozen=True, slots=True)
class AltReading:
    """What a picture and its sidecar say.

    `texts` are those that count: where a sidecar speaks of the alt text, or of the extended
    description, it goes before the file in all languages. `sources` are the places that say
    anything, the sidecar first. `embeds` says whether this program writes into files of that
    format, `signed` whether it carries Content Credentials that writing into it would break.
    `unreadable` names places whose XMP is damaged.
    """

    path: Path
    format: str
    content_hash: str
    texts: tuple[AltSaid, ...]
    sources: tuple[AltSource, ...]
    embeds: bool
    signed: bool
    unreadable: tuple[Path, ...] = ()

    @property
    def differ(self) -> bool:
        """Whether file and sidecar say different things in a language that both know."""
        if len(self.sources) < 2:
            return False
        first, second = ({said.language: said for said in one.texts} for one in self.sources[:2])
        return any(
            (ours.alt and theirs.alt and ours.alt != theirs.alt)
            or (ours.extended and theirs.extended and ours.extended != theirs.extended)
            for language, ours in first.items()
            if (theirs := second.get(language)) is not None
        )


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write. `naming` None takes the sidecar that is there, else photo.jpg.xmp.

    `backup` keeps the file as it was beside it, once: "photo.jpg.original". `keep_times` gives
    the file its old modification time. `break_signature` writes into a file with Content
    Credentials, which are then no longer valid.
    """

    where: Where = Where.AUTO
    naming: Naming | None = None
    backup: bool = False
    keep_times: bool = False
    break_signature: bool = False


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes `start` to `end` of a file, and what stands there instead."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file on disk that was written: a picture or a sidecar.

    `before` and `after` are content hashes, "" where there was no file. `reverse` applied to the
    file as it is after gives it as it was, byte for byte. `reverse_words` lead back where
    somebody else has written the file since.
    """

    target: Path
    embedded: bool
    before: str
    after: str
    reverse: tuple[Splice, ...]
    reverse_words: Mapping[str, AltWords]


@dataclass(frozen=True, slots=True)
class AltWritten:
    """What was written for one picture, and read back from the disk.

    `changes` are the files that were written, none where everything was said already. `notes`
    are codes of what the person should know: "format" (it cannot hold the text, so a sidecar
    does), "signed" (kept aside because of its Content Credentials), "signature-broken",
    "hard-links" (other names of the file keep the old bytes), "sidecar-goes-first" (a sidecar
    that was not written says something else), "sidecar-too" (it was brought into step),
    "shared-sidecar" (it speaks for other files, too), "unchanged".
    """

    path: Path
    read_back: tuple[AltSaid, ...]
    changes: tuple[FileChange, ...] = ()
    backup: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def hash_before(self) -> str:
        """The picture's content hash before; "" where the picture itself was not written."""
        return next((one.before for one in self.changes if one.embedded), "")

    @property
    def hash_after(self) -> str:
        return next((one.after for one in self.changes if one.embedded), "")


@dataclass(frozen=True, slots=True)
class FileWritten(Event):
    """One picture of many is written, or what was written is taken back."""

    written: AltWritten


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One picture of many. `expected_hash` refuses a file that is no longer what was described."""

    path: Path
    words: Mapping[str, AltWords]
    expected_hash: str = ""


@dataclass(frozen=True, slots=True)
class AltFilesReport:
    """What became of many: each file in `failures` is as it was."""

    written: tuple[AltWritten, ...] = field(default=())
    failures: tuple[FileProblem, ...] = field(default=())
