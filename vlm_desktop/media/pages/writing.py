"""Alt text written back: planned, shown as a difference, checked by reading it back, replaced."""

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from vlm_desktop.base.altfileerrors import FileChangedSince
from vlm_desktop.base.altpages import (
    AltChange,
    PageEdit,
    PageFormat,
    PageImage,
    PagePlan,
    PageWritten,
    Spot,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.pageerrors import (
    PageChanged,
    PageCheckFailed,
    PageEncodingRefused,
    PageSigned,
)
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.loaded import Loaded
from vlm_desktop.media.pages.opening import load, read
from vlm_desktop.media.pages.targets import Splice, Target
from vlm_desktop.media.pages.textfile import TextFile
from vlm_desktop.media.pages.zipparts import Archive, rewritten
from vlm_desktop.media.replacing import own_path, replace_file
from vlm_desktop.media.source import Source, read_source
from vlm_desktop.media.source import content_hash as hash_of

_AROUND = 160
"""Characters of the same line shown on either side of an image."""
_LONG = re.compile(r"(data:[^\"'\s,]{0,60},)[^\"'\s)>]{60,}")
_NEED_TEXT = (Spot.ROLE_IMG, Spot.SVG)
"""What calls itself an image in a role; without a text it would be one without a name."""
_TEXTS = (PageFormat.HTML, PageFormat.MARKDOWN)


def plan_page(
    path: Path,
    content_hash: str,
    changes: Sequence[AltChange],
    copies: Path,
    cancel: CancelToken,
) -> PagePlan:
    """What writing `changes` would do. Nothing is written.

    The last change of a place counts. Raises PageChanged when the file is not the one with that
    hash, PageSigned, PageEncodingRefused, and as `open_page` does.
    """
    data = _same(path, content_hash)
    loaded = load(path, data, copies, cancel)
    if loaded.signed:
        raise PageSigned(path=path)
    edits, skipped = [], []
    images = {image.place: image for image in loaded.page.images}
    for place, change in {one.place: one for one in changes}.items():
        image, target = images.get(place), loaded.targets.get(place)
        if image is None:
            skipped.append((place, "gone"))
        elif target is None or not image.writable:
            skipped.append((place, image.why_not))
        elif image.spot in _NEED_TEXT and not words.tidy(change.alt or ""):
            skipped.append((place, "role"))
        else:
            edit = _edit(loaded, image, target, change)
            if edit is None:
                skipped.append((place, "same"))
            else:
                edits.append(edit)
    order = {image.place: at for at, image in enumerate(loaded.page.images)}
    edits.sort(key=lambda edit: order[edit.place])
    return PagePlan(path, loaded.page.format, content_hash, tuple(edits), tuple(skipped))


def write_page(
    plan: PagePlan, copies: Path, cancel: CancelToken, *, backup: bool = False
) -> PageWritten:
    """Do what was planned, whole or not at all.

    Raises PageChanged, PageCheckFailed, BackupThere, DestinationNotWritable, DiskFull, Cancelled
    and as `plan_page` does; the file is untouched then.
    """
    data = _same(plan.path, plan.content_hash)
    if not plan.edits:
        return PageWritten(plan.path, 0, plan.content_hash)
    loaded = load(plan.path, data, copies, cancel)
    if loaded.signed:
        raise PageSigned(path=plan.path)

    def check(made: Source) -> None:
        cancel.raise_if_cancelled()
        after = made.in_memory()
        _check(plan, loaded, data, load(plan.path, after, copies, cancel), after)
        _same(plan.path, plan.content_hash)

    source = read_source(own_path(plan.path))
    try:
        made, kept = replace_file(source, _new(plan, loaded, data), check, backup=backup)
    except FileChangedSince as error:
        raise PageChanged(path=plan.path) from error
    return PageWritten(plan.path, len(plan.edits), made.content_hash, kept)


def _same(path: Path, content_hash: str) -> bytes:
    """The bytes of a page, which are to have that hash. Raises PageChanged."""
    data = read(path)
    if hash_of(data) != content_hash:
        raise PageChanged(path=path)
    return data


def _edit(loaded: Loaded, image: PageImage, target: Target, change: AltChange) -> PageEdit | None:
    """None where the page says so already."""
    alt = words.tidy(change.alt or "", one_line=target.one_line)
    if image.alt == alt and image.decorative == (not alt):
        return None
    source = loaded.sources[target.part]
    splices = target.splices(source, alt or None)
    if not splices:
        return None
    before, after = _shown(source.text, target, splices)
    return PageEdit(
        place=image.place,
        name=image.name,
        part=target.part,
        line=image.line,
        old=image.alt,
        alt=alt,
        decorative=not alt,
        before=before,
        after=after,
    )


def _shown(text: str, target: Target, splices: Sequence[Splice]) -> tuple[str, str]:
    """The piece of the source around a change, before and after."""
    start = max(text.rfind("\n", 0, target.start) + 1, target.start - _AROUND)
    stop = text.find("\n", target.end, target.end + _AROUND)
    end = stop if stop >= 0 else min(len(text), target.end + _AROUND)
    inside = [one for one in splices if start <= one.start and one.end <= end]
    moved = [Splice(one.start - start, one.end - start, one.text) for one in inside]
    piece = text[start:end]
    return tuple(words.plain(_LONG.sub(r"\1…", one)) for one in (piece, _applied(piece, moved)))  # type: ignore[return-value]


def _applied(text: str, splices: Sequence[Splice]) -> str:
    parts, at = [], 0
    for one in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        assert one.start >= at, "splices overlap"
        parts += [text[at : one.start], one.text]
        at = one.end
    return "".join([*parts, text[at:]])


def _new(plan: PagePlan, loaded: Loaded, data: bytes) -> list[bytes]:
    """The page with the changes, in pieces. Raises PageEncodingRefused, PageDamaged."""
    splices: dict[str, list[Splice]] = {}
    for edit in plan.edits:
        target = loaded.targets[edit.place]
        made = target.splices(loaded.sources[target.part], edit.alt or None)
        splices.setdefault(target.part, []).extend(made)
    if plan.format in _TEXTS:
        return [_encoded(plan.path, loaded.sources[""], splices[""], data)]
    archive = Archive(plan.path, data)
    try:
        parts = {
            part: _encoded(plan.path, loaded.sources[part], made, archive.read(part))
            for part, made in splices.items()
        }
    finally:
        archive.close()
    return rewritten(plan.path, data, parts)


def _encoded(path: Path, source: TextFile, splices: Sequence[Splice], data: bytes) -> bytes:
    try:
        if source.encoded(source.text) != data:
            raise PageEncodingRefused(path=path, encoding=source.encoding)
        return source.encoded(_applied(source.text, splices))
    except UnicodeEncodeError as error:
        raise PageEncodingRefused(path=path, encoding=source.encoding) from error


# --- reading back ------------------------------------------------------------------------


def _check(plan: PagePlan, loaded: Loaded, data: bytes, back: Loaded, after: bytes) -> None:
    """Raises PageCheckFailed unless the page says what it should, and all else as before."""
    edits = {edit.place: edit for edit in plan.edits}
    for old, new in zip(loaded.page.images, back.page.images, strict=False):
        edit = edits.get(old.place)
        same = (old.place, old.source, old.role) == (new.place, new.source, new.role)
        said = edit.alt if edit else old.alt
        if not same or new.alt != said or (edit is None and new.decorative != old.decorative):
            raise PageCheckFailed(path=plan.path, detail=old.name)
    if len(loaded.page.images) != len(back.page.images):
        raise PageCheckFailed(path=plan.path, detail=f"{len(back.page.images)} images")
    for part, source in loaded.sources.items():
        places = [place for place, edit in edits.items() if edit.part == part]
        rest = _rest(source.text, [loaded.targets[place] for place in places])
        if rest != _rest(back.sources[part].text, [back.targets[place] for place in places]):
            raise PageCheckFailed(path=plan.path, detail=part or plan.path.name)
    if plan.format not in _TEXTS:
        changed = _other_member(data, after, {edit.part for edit in plan.edits})
        if changed:
            raise PageCheckFailed(path=plan.path, detail=changed)


def _rest(text: str, targets: Sequence[Target]) -> str:
    """The text without the places that may differ."""
    regions = sorted(region for target in targets for region in target.regions)
    kept, at = [], 0
    for start, end in regions:
        kept.append(text[at:start])
        at = max(at, end)
    return "\0".join([*kept, text[at:]])


def _other_member(before: bytes, after: bytes, but: set[str]) -> str:
    """The name of a member that differs and should not; "" for none."""
    with zipfile.ZipFile(BytesIO(before)) as one, zipfile.ZipFile(BytesIO(after)) as other:
        if one.comment != other.comment or one.namelist() != other.namelist():
            return "the list of files"
        for old, new in zip(one.infolist(), other.infolist(), strict=True):
            kept = ("date_time", "compress_type", "comment", "extra", "external_attr")
            if any(getattr(old, name) != getattr(new, name) for name in kept):
                return old.filename
            if old.filename in but:
                continue
            if (old.CRC, old.file_size, old.compress_size) != (
                new.CRC,
                new.file_size,
                new.compress_size,
            ):
                return old.filename
    return ""
