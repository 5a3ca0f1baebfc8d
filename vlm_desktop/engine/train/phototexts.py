"""What photos of the library say of themselves, and pictures that lie anywhere with a text beside.

Only what a person said counts: approved alt texts, titles and keywords of files, tags by hand.
"""

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import TrainFileTooLarge
from vlm_desktop.base.training import Example, Exchange
from vlm_desktop.base.trainingdata import (
    ExamplesRead,
    PhotoText,
    PhotoTextCount,
    SkippedRow,
    SkipReason,
    TrainSource,
)
from vlm_desktop.engine.train.formats.beside import pictures_in
from vlm_desktop.engine.train.formats.bounds import read_text
from vlm_desktop.engine.train.formats.rows import words
from vlm_desktop.media.scan import is_image_name
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import PhotoDetails

_BY_HAND = "user"
_MOST_TEXT_BYTES = 200_000
_TELL_EVERY = 64


class OwnTexts:
    """Texts of photos, looked up by their details. Reads the approved alt texts once."""

    def __init__(self, library: Library) -> None:
        self._approved: dict[str, dict[str, str]] = {}
        for one in library.alt_training_pairs():
            self._approved.setdefault(one.content_hash, {})[one.language] = one.approved

    def languages(self, details: PhotoDetails) -> Sequence[str]:
        """Of its approved alt texts."""
        return tuple(self._approved.get(details.content_hash, ()))

    def text(self, details: PhotoDetails, own: PhotoText, language: str = "") -> str:
        """ "" where it has none."""
        said = details.metadata
        match own:
            case PhotoText.CAPTION:
                found = said.caption
            case PhotoText.ALT_TEXT:
                found = said.alt_text
            case PhotoText.TITLE:
                found = said.title
            case PhotoText.KEYWORDS:
                found = ", ".join(said.keywords)
            case PhotoText.TAGS:
                found = ", ".join(one.name for one in details.tags if one.source == _BY_HAND)
            case _:
                approved = self._approved.get(details.content_hash, {})
                found = (
                    approved.get(language, "") if language else next(iter(approved.values()), "")
                )
        return found.strip()


def counted_texts(library: Library, content_ids: Sequence[int]) -> tuple[PhotoTextCount, ...]:
    """Which texts of their own photos have, and how many of them: approved alt texts first, each
    language for itself. Raises NotInLibrary."""
    texts = OwnTexts(library)
    found: Counter[tuple[PhotoText, str]] = Counter()
    for content_id in content_ids:
        details = library.details(content_id)
        found.update((PhotoText.APPROVED, one) for one in texts.languages(details))
        for own in PhotoText:
            if own is not PhotoText.APPROVED and texts.text(details, own):
                found[own, ""] += 1
    first = sorted(found, key=lambda one: (one[0] is not PhotoText.APPROVED, -found[one], one))
    return tuple(PhotoTextCount(own, found[own, tag], tag) for own, tag in first)


def loose_pictures(
    paths: Sequence[Path], text: str, label: str, cancel: CancelToken
) -> Generator[Event, None, ExamplesRead]:
    """Pictures by their paths, or all in folders, each with the .txt beside it, else the same text
    or label. Raises TrainFileTooLarge, FolderNotFound, FolderUnreadable, Cancelled."""
    examples, skipped = [], []
    files: list[Path] = []
    for path in paths:
        files += pictures_in(path, cancel) if path.is_dir() else [path]
    for done, path in enumerate(files):
        if done % _TELL_EVERY == 0:
            yield Progress(Phase.INVENTORY, done, len(files))
            cancel.raise_if_cancelled()
        beside = path.with_suffix(".txt")
        try:
            own = words(read_text(beside, _MOST_TEXT_BYTES)) if beside.is_file() else ""
        except (BadInputFile, TrainFileTooLarge) as error:
            detail = str(error.fields.get("detail", ""))
            skipped.append(SkippedRow(path.name, SkipReason.MALFORMED, detail))
            continue
        said = own or text or label
        if not is_image_name(path.name) or not path.is_file():
            absent = (
                SkipReason.PICTURE_ABSENT if is_image_name(path.name) else SkipReason.NO_PICTURE
            )
            skipped.append(SkippedRow(path.name, absent, path.name))
        elif not said:
            skipped.append(SkippedRow(path.name, SkipReason.NO_TEXT, beside.name))
        else:
            source = f"{TrainSource.FOLDER.value}: {path.name}"
            turns = (Exchange("", said),)
            examples.append(Example("", str(path.absolute()), turns, label=label, source=source))
    yield Progress(Phase.INVENTORY, len(files), len(files))
    return ExamplesRead(TrainSource.FOLDER, None, tuple(examples), tuple(skipped))


TextOf = Callable[[PhotoDetails], str]


def text_of_photos(
    library: Library,
    *,
    text: str,
    label: str,
    own: PhotoText | None,
    language: str,
    texts: Mapping[int, str] | None,
) -> TextOf:
    """What each photo is to say: its own of `texts`, else what is said for all, else its `own`."""
    known = OwnTexts(library) if own is not None else None

    def said(details: PhotoDetails) -> str:
        typed = texts.get(details.content_id, "").strip() if texts else ""
        if typed or text or known is None or own is None:
            return typed or text or label
        return known.text(details, own, language) or label

    return said
