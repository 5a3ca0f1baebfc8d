"""`AltTexts.sets`: sets, images, decisions, texts and their history in one object.

Every method that is no generator is a quick read or write of the database, from any thread (the
window runs them on its io lane). Generators read files or many of them: io lane, too. Nothing here
opens a model.

    setkeeping.py   sets, their images                        looking.py   files, seen again
    textkeeping.py  decisions, texts, states, history, undo   revising.py  what an act does
    intake.py       drafts, imports, what was written         grouping.py  decisions and groups

How undo goes with `gui.undo.Changes`: a verb's `AltDone` is handed to `undo`, whose result undoes
the undoing. What takes no `AltDone` says in its docstring how it is taken back.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.altfiles import AltReading
from vlm_desktop.base.altkeeping import AltAdded, AltDone, AltImported, ImportedText
from vlm_desktop.base.altpages import Page
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.alttext.looking import FileLooker
from vlm_desktop.engine.alttext.setkeeping import SetKeeping
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.engine.alttext.textkeeping import TextKeeping
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

_READ = AltFiles().read


class AltSets(SetKeeping, TextKeeping):
    """Alt texts as they are kept. `open_pool` makes decoders when files are looked at,
    `read_file` reads what a file and its sidecar say (`AltFiles.read`)."""

    def __init__(
        self,
        library: Callable[[], Library],
        open_pool: Callable[[], DecodePool],
        read_file: Callable[[Path], AltReading] = _READ,
    ) -> None:
        looker = FileLooker(library, open_pool)
        SetKeeping.__init__(self, library, looker)
        TextKeeping.__init__(self, library, looker)
        self._read_file = read_file

    def import_files(
        self, image_ids: Sequence[int], language: str, cancel: CancelToken
    ) -> Generator[Event, None, AltImported]:
        """What the images' own files and sidecars say, merged three ways; `language` is that of
        texts that name none. Images of pages are passed over: their pages speak for them. So are
        files that cannot be read. Cancelled, what was read so far is kept.
        """
        images = self._library().alt_images(image_ids)
        batch, taken, kept, same = new_batch(), list[int](), list[int](), 0
        for done, image in enumerate(images):
            yield Progress(Phase.INVENTORY, done, len(images))
            cancel.raise_if_cancelled()
            if image.path is None or image.document is not None:
                continue
            try:
                reading = self._read_file(image.path)
            except MediaRefused:
                continue
            found = self.import_reading(image.id, reading, language, batch=batch)
            taken += found.done.images
            kept += found.kept_ours
            same += found.same
        return AltImported(AltDone(batch, tuple(taken), tuple(kept)), tuple(kept), same)

    def add_page(
        self, set_id: int, page: Page, cancel: CancelToken
    ) -> Generator[Event, None, AltAdded]:
        """Put the images of a page into a set, with what stands around them and what it says.

        A page that is added again brings its images up to date; its texts are merged three ways.
        Undo: `remove_images(set_id, added.images)`, and `undo(added.imported.done)`.
        """
        yield Progress(Phase.INVENTORY, 0, len(page.images))
        cancel.raise_if_cancelled()
        ids, added = self._add_page_images(set_id, page)
        language = page.language or self.one_set(set_id).brief.language
        texts = [
            ImportedText(
                image_id,
                language,
                image.alt if image.alt is not None else image.label or None,
                image.description or None,
            )
            for image_id, image in zip(ids, page.images, strict=True)
            if image.alt is not None or image.label or image.description
        ]
        return replace(added, imported=self.import_texts(texts, page.path.name))
