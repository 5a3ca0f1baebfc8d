"""The error tree. Errors carry data; `vlm_desktop.strings` turns them into sentences.

    AppError                     everything this program raises on purpose
    ├── Cancelled                the user asked to stop; not a failure
    ├── LibraryError             the database and the files beside it
    ├── NetworkClosed            a connection that nobody asked for
    ├── HubError                 a model that cannot be downloaded
    ├── MediaRefused             one file that cannot be read, with its reason
    ├── ModelError               a model that is absent, broken or does not fit
    └── RequestError             what the user asked for cannot be done as asked

Libraries' exceptions are translated to these at the border of `backends`, `store` and
`media`. Anything else that surfaces is a bug.
"""

from enum import StrEnum
from pathlib import Path


class AppError(Exception):
    """Root of the tree. Subclasses name their fields as keyword arguments."""

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(", ".join(f"{name}={value!s}" for name, value in fields.items()))


class Cancelled(AppError):
    """The job's token was cancelled."""


# --- library ---------------------------------------------------------------------------


class LibraryError(AppError):
    """The library on disk cannot be used as it is."""


class HomeNotWritable(LibraryError):
    """The home folder refuses writing."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class DiskFull(LibraryError):
    """No room is left where `path` lies."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class DatabaseNewer(LibraryError):
    """The database was written by a later version of this program."""

    def __init__(self, *, path: Path, unknown: str) -> None:
        super().__init__(path=path, unknown=unknown)


class DatabaseCorrupt(LibraryError):
    """SQLite calls the database malformed; an untouched copy lies at `copy`."""

    def __init__(self, *, path: Path, copy: Path | None, detail: str) -> None:
        self.path = path
        super().__init__(path=path, copy=copy, detail=detail)


class DatabaseBusy(LibraryError):
    """Another process holds the write lock for too long."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class LibraryEmpty(LibraryError):
    """Nothing has been indexed for the model yet."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


class NotEnoughRoom(LibraryError):
    """Something would not fit where `path` lies; `needed` and `free` are bytes."""

    def __init__(self, *, path: Path, needed: int, free: int) -> None:
        super().__init__(path=path, needed=needed, free=free)


# --- the network -----------------------------------------------------------------------


class NetworkClosed(AppError, OSError):
    """Something wanted to reach `host` while the network is off.

    An OSError, too, so that a library takes it for a missing connection and goes on without.
    """

    def __init__(self, *, host: str) -> None:
        super().__init__(host=host)


class HubError(AppError):
    """A model could not be fetched from the hub. What has arrived is kept."""


class HubUnreachable(HubError):
    """No answer, or none that can be used, from the hub."""

    def __init__(self, *, host: str, detail: str) -> None:
        super().__init__(host=host, detail=detail)


class HubAbsent(HubError):
    """The hub has no such repository, revision or file: `what`."""

    def __init__(self, *, model: str, host: str, what: str) -> None:
        super().__init__(model=model, host=host, what=what)


class HubGated(HubError):
    """The hub hands this model only to those who accepted its licence; `page` is where."""

    def __init__(self, *, model: str, page: str, has_token: bool) -> None:
        self.page = page
        super().__init__(model=model, page=page, has_token=has_token)


class LicenceDiffers(HubError):
    """The hub states another licence than the shelf does; `page` is where it can be read."""

    def __init__(self, *, model: str, shown: str, stated: str, page: str) -> None:
        self.stated = stated
        self.page = page
        super().__init__(model=model, shown=shown, stated=stated, page=page)


class DownloadBroken(HubError):
    """The connection was lost too often; `done` of `total` bytes lie on the disk."""

    def __init__(self, *, model: str, done: int, total: int, detail: str) -> None:
        super().__init__(model=model, done=done, total=total, detail=detail)


class DownloadWrong(HubError):
    """A file is not what the hub promised (or was, at the first download); it is thrown away."""

    def __init__(self, *, model: str, file: str, detail: str) -> None:
        super().__init__(model=model, file=file, detail=detail)


class DownloadBusy(HubError):
    """Another copy of the program is downloading the same model."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


# --- media -----------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why a file was not decoded. The value is stored in the library."""

    EMPTY = "empty"
    NOT_AN_IMAGE = "not-an-image"
    UNSUPPORTED = "unsupported-format"
    CORRUPT = "corrupt"
    TOO_MANY_PIXELS = "too-many-pixels"
    OUT_OF_MEMORY = "out-of-memory"
    TOO_SLOW = "too-slow"
    DECODER_CRASHED = "decoder-crashed"
    ENCRYPTED = "encrypted"
    NO_PREVIEW = "no-preview"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"
    CHANGING = "changed-while-reading"
    PATH_TOO_LONG = "path-too-long"


class MediaRefused(AppError):
    """One file cannot be decoded."""

    def __init__(self, *, path: Path, reason: Refusal, detail: str = "") -> None:
        self.path = path
        self.reason = reason
        self.detail = detail
        super().__init__(path=path, reason=reason, detail=detail)


class PhotoOffline(AppError):
    """The drive or folder that holds a photo is not there; what is known of it is kept."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class SidecarDamaged(AppError):
    """A sidecar that is no whole XMP: what it holds would be lost by writing into it."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class DecoderUnavailable(AppError):
    """The worker processes that read pictures do not start: the machine's fault, not a file's."""

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


# --- models ----------------------------------------------------------------------------


class ModelError(AppError):
    """A model cannot be used."""


class ModelUnknown(ModelError):
    """No installed or listed model has this id."""

    def __init__(self, *, model: str, known: str) -> None:
        super().__init__(model=model, known=known)


class ModelNotInstalled(ModelError):
    """The model is on the shelf but not on this disk."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


class ModelBroken(ModelError):
    """The model's files are missing, altered or cannot be loaded."""

    def __init__(self, *, model: str, detail: str) -> None:
        super().__init__(model=model, detail=detail)


class ModelMismatch(ModelError):
    """Stored vectors and the model disagree in dimension, preprocessing or precision."""

    def __init__(self, *, model: str, stored: str, offered: str) -> None:
        super().__init__(model=model, stored=stored, offered=offered)


class ModelIncomplete(ModelError):
    """Not every photo has vectors of the model yet, so it cannot take over the search."""

    def __init__(self, *, model: str, done: int, total: int) -> None:
        super().__init__(model=model, done=done, total=total)


class ModelUnsupported(ModelError):
    """No adapter here runs this family of model."""

    def __init__(self, *, model: str, family: str) -> None:
        super().__init__(model=model, family=family)


class ModelOutOfMemory(ModelError):
    """Even one picture at a time does not fit."""

    def __init__(self, *, model: str, detail: str) -> None:
        super().__init__(model=model, detail=detail)


class ChatRefused(ModelError):
    """Root of requests that a chat model cannot take; the next lines say which."""


class NothingAsked(ChatRefused):
    """There is no question to answer."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


class PictureNeeded(ChatRefused):
    """The model answers about pictures only, and none was given."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


class TooManyPictures(ChatRefused):
    """More pictures than the model takes at once."""

    def __init__(self, *, model: str, given: int, limit: int) -> None:
        super().__init__(model=model, given=given, limit=limit)


class PromptTooLong(ChatRefused):
    """Words and pictures need more tokens than the model's context has."""

    def __init__(self, *, model: str, given: int, limit: int) -> None:
        super().__init__(model=model, given=given, limit=limit)


class OptionUnsupported(ChatRefused):
    """An option that this model cannot follow, by the name of its field."""

    def __init__(self, *, model: str, option: str, detail: str) -> None:
        super().__init__(model=model, option=option, detail=detail)


class ExportRefused(ModelError):
    """The exported graph does not agree with PyTorch."""

    def __init__(self, *, model: str, precision: str, cosine: float, needed: float) -> None:
        super().__init__(model=model, precision=precision, cosine=round(cosine, 6), needed=needed)


class ExportImpossible(ModelError):
    """This model has no faithful form as an ONNX pair; `detail` says which part."""

    def __init__(self, *, model: str, detail: str) -> None:
        super().__init__(model=model, detail=detail)


class ModelProtected(ModelError):
    """The model is part of the program and cannot be removed."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


class PartMissing(ModelError):
    """An optional Python package is not installed."""

    def __init__(self, *, package: str, purpose: str) -> None:
        super().__init__(package=package, purpose=purpose)


# --- requests --------------------------------------------------------------------------


class RequestError(AppError):
    """What was asked for cannot be done as asked."""


class FolderNotFound(RequestError):
    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class FolderUnreadable(RequestError):
    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class NotInLibrary(RequestError):
    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class BadSetting(RequestError):
    """A value that a setting does not take."""

    def __init__(self, *, name: str, value: object) -> None:
        super().__init__(name=name, value=value)


class AlreadyRunning(RequestError):
    """Another window has this home folder open and does not answer."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class WindowNotShown(RequestError):
    """A window that was opened to be measured ended before it painted."""

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class QueryEmpty(RequestError):
    """A search without text, picture or filter."""


class BadFilter(RequestError):
    """A filter whose key or value is not understood; `expected` shows a good one."""

    def __init__(self, *, text: str, expected: str) -> None:
        super().__init__(text=text, expected=expected)


class QueryTooLong(RequestError):
    """More parts of one kind than a query may have: "exclusions", "phrases" or "pictures"."""

    def __init__(self, *, part: str, count: int, most: int) -> None:
        super().__init__(part=part, count=count, most=most)


class ConceptUnknown(RequestError):
    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class ConceptNameTaken(RequestError):
    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class ConceptNameRefused(RequestError):
    """A name that could not be typed in a query as a word or several."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class ConceptTooSmall(RequestError):
    """Fewer examples with vectors of the model in use than teaching needs."""

    def __init__(self, *, count: int, least: int) -> None:
        super().__init__(count=count, least=least)


class RuleUnknown(RequestError):
    """No word or policy of this name is looked for."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class PolicyNameTaken(RequestError):
    """A policy is to bear the name of another."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class PolicyIncomplete(RequestError):
    """A policy without a name, or without a sentence that says what to flag."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class BadInputFile(RequestError):
    """A file the user handed over (labels, policy, data set, batch) that does not read."""

    def __init__(self, *, path: Path, line: int | None, detail: str) -> None:
        super().__init__(path=path, line=line, detail=detail)


class DestinationNotWritable(RequestError):
    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class KeptCopyGone(RequestError):
    """A duplicate that was not moved away, since the copy to keep is not there."""

    def __init__(self, *, path: Path, kept: Path) -> None:
        super().__init__(path=path, kept=kept)


class ImportRefused(RequestError):
    """A folder is not a model that may be taken in; `detail` is the reason."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class ProviderRefused(RequestError):
    """The provider that was asked for by name does not work here."""

    def __init__(self, *, provider: str, reason: str, detail: str) -> None:
        super().__init__(provider=provider, reason=reason, detail=detail)
