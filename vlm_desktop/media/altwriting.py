"""Alt text on disk: into a picture, beside it, and back again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.altfileerrors import PictureSigned, ReadBackDiffers
from vlm_desktop.base.altfiles import AltWords, FileChange, Naming, Splice, WriteOptions
from vlm_desktop.media.replacing import replace_file
from vlm_desktop.media.sidecar import (
    SidecarChange,
    change_sidecar,
    chosen_sidecar,
    put_back,
    translated,
)
from vlm_desktop.media.source import Source, content_hash, read_source
from vlm_desktop.media.xmpalt import (
    ALT,
    EXTENDED,
    AltTexts,
    changed,
    changed_properties,
    edited_alt,
    is_damaged,
    read_alt,
)
from vlm_desktop.media.xmpembed import check, planned, read_embedded
from vlm_desktop.media.xmpembed_common import reversed_splices, spliced

_MOST_SIDECAR = 8 * 1024 * 1024
_NOBODYS = b"\x00"
"""Bytes that no sidecar has."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A sidecar as it was found, or where one would be made."""

    path: Path
    texts: AltTexts
    broken: bool = False


def read_aside(photo: Path) -> Aside:
    """What the photo's sidecar says: the one that is read, else where one would be made."""
    path = chosen_sidecar(photo)
    try:
        packet = path.read_bytes()[:_MOST_SIDECAR] if path != photo else b""
    except OSError:
        packet = b""
    if not packet.strip():
        return Aside(path, AltTexts({}, {}))
    return Aside(path, read_alt(packet), broken=is_damaged(packet))


def embed(
    source: Source, words: Mapping[str, AltWords], options: WriteOptions
) -> tuple[FileChange | None, Path | None]:
    """Write `words` into the picture; (None, None) where it says them already.

    `source` was read from the file itself, not from a link. Raises as `xmpembed.planned` and
    `replacing.replace_file` do, and PictureSigned. Then the picture is as it was.
    """
    plan = planned(source, words)
    if not plan.splices:
        return None, None
    before = read_embedded(source)
    if before.signed and not options.break_signature:
        raise PictureSigned(path=source.path)
    data = source.mapped()
    made, kept = replace_file(
        source,
        spliced(data, plan.splices),
        lambda made: check(plan, made, source.path),
        keep_times=options.keep_times,
        backup=options.backup,
    )
    return FileChange(
        target=source.path,
        embedded=True,
        before=source.content_hash,
        after=made.content_hash,
        reverse=reversed_splices(data, plan.splices),
        reverse_words=_back(before.texts, plan.texts),
    ), kept


def write_aside(
    photo: Path, words: Mapping[str, AltWords], embedded: AltTexts, naming: Naming | None = None
) -> FileChange | None:
    """Write `words` into the photo's sidecar; None where it says them already.

    What the photo itself says (`embedded`) is taken along into a sidecar that did not speak of
    it, since the sidecar is read first. Raises SidecarDamaged, DestinationNotWritable, DiskFull,
    ReadBackDiffers.
    """
    sidecar = _named(photo, naming)
    if not sidecar.is_file() and changed(embedded, words) == AltTexts(
        embedded.alt, embedded.extended
    ):
        return None
    said: list[tuple[AltTexts, AltTexts]] = []

    def change(before: bytes | None) -> bytes:
        packet = before or b""
        known = read_alt(packet).over(embedded)
        after = changed(known, words)
        said[:] = [(known, after)]
        hiding = frozenset(name for name in (ALT, EXTENDED) if embedded.of(name))
        if after == known:
            edited_alt(packet, {})  # raises for a packet that is not whole
            return packet
        made = edited_alt(packet, words, said=known, hiding=hiding)
        read = read_alt(made)
        spoken = AltTexts(read.alt, read.extended)
        if any(spoken.of(name) != after.of(name) for name in changed_properties(words)):
            raise ReadBackDiffers(path=sidecar, detail="the text is another one")
        return made

    done = change_sidecar(photo, sidecar, change)
    if done.before == done.after:
        return None
    ((known, after),) = said
    return FileChange(
        target=sidecar,
        embedded=False,
        before=content_hash(done.before) if done.before is not None else "",
        after=content_hash(done.after),
        reverse=(Splice(0, len(done.after), done.before or b""),),
        reverse_words=_back(known, after),
    )


def take_back(photo: Path, change: FileChange) -> FileChange | None:
    """Undo a change: the bytes as they were, or the words where others wrote the file since.

    Returns what was done, None where nothing was left to do. Raises as `embed` and `write_aside`
    do.
    """
    return _unembed(change) if change.embedded else _unwrite_aside(photo, change)


def _unembed(change: FileChange) -> FileChange | None:
    source = read_source(change.target)
    if source.content_hash == change.before:
        return None
    if source.content_hash != change.after:
        done, _ = embed(source, change.reverse_words, WriteOptions(break_signature=True))
        return done
    data = source.mapped()

    def is_as_before(made: Source) -> None:
        if made.content_hash != change.before:
            raise ReadBackDiffers(path=change.target, detail="it is not the file it was")

    made, _ = replace_file(source, spliced(data, change.reverse), is_as_before)
    return FileChange(
        target=change.target,
        embedded=True,
        before=change.after,
        after=change.before,
        reverse=reversed_splices(data, change.reverse),
        reverse_words=_back(read_embedded(source).texts, read_embedded(made).texts),
    )


def _unwrite_aside(photo: Path, change: FileChange) -> FileChange | None:
    (reverse,) = change.reverse
    before = _bytes(change.target)
    digest = "" if before is None else content_hash(before)
    if digest == change.before:
        return None
    if before is None and not change.after:  # its making was undone, which is undone now
        change_sidecar(photo, change.target, lambda _: reverse.new)
    else:
        had = reverse.new if change.before else None
        ours = before if before is not None and digest == change.after else _NOBODYS
        put_back(
            SidecarChange(photo, change.target, had, ours),
            lambda current: edited_alt(current, change.reverse_words),
        )
    after = _bytes(change.target)
    return FileChange(
        target=change.target,
        embedded=False,
        before=digest,
        after="" if after is None else content_hash(after),
        reverse=(Splice(0, len(after or b""), before or b""),),
        reverse_words=_back(read_alt(before or b""), read_alt(after or b"")),
    )


def _bytes(path: Path) -> bytes | None:
    with translated(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _named(photo: Path, naming: Naming | None) -> Path:
    """The sidecar that is read; where there is none, one as `naming` says."""
    with translated(photo):
        found = chosen_sidecar(photo)
        if found.is_file() or naming is not Naming.STEM:
            return found
    return photo.with_suffix(".xmp")


def _back(before: AltTexts, after: AltTexts) -> dict[str, AltWords]:
    """What leads from `after` to `before`, by language."""
    languages = dict.fromkeys((*before.alt, *before.extended, *after.alt, *after.extended))
    found = {}
    for language in languages:
        alt, extended = before.alt.get(language, ""), before.extended.get(language, "")
        words = AltWords(
            alt if alt != after.alt.get(language, "") else None,
            extended if extended != after.extended.get(language, "") else None,
        )
        if words != AltWords():
            found[language] = words
    return found
