"""`AltTexts.pages`: pages and documents opened, alt text written back into them, and exports.

Everything here reads and writes files, and nothing of it the library or a model: an io lane.
"""

from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from vlm_desktop.base.altpages import (
    AltChange,
    AltExported,
    AltExportOptions,
    AltRow,
    Page,
    PagePlan,
    PageWritten,
)
from vlm_desktop.base.alttext import AltImage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.alttext.exporting import export_rows, going_out, rows_of, text_of
from vlm_desktop.engine.alttext.tables import changes_from, read_table
from vlm_desktop.media.pages.opening import open_page
from vlm_desktop.media.pages.writing import plan_page, write_page


class AltPages:
    """`copies` is the folder for images that are taken out of documents."""

    def __init__(self, copies: Path) -> None:
        self._copies = copies

    def open(self, path: Path, cancel: CancelToken) -> Generator[Event, None, Page]:
        """The images of a page with what stands around them. Nothing is fetched.

        Raises the errors of `base.pageerrors`, DestinationNotWritable and DiskFull for the
        copies, Cancelled.
        """
        yield Progress(Phase.INVENTORY, 0, None)
        return open_page(path.absolute(), self._copies, cancel)

    def plan(
        self, page: Page, changes: Sequence[AltChange], cancel: CancelToken
    ) -> Generator[Event, None, PagePlan]:
        """What writing the changes would do, to be shown. Nothing is written.

        Raises PageChanged when the file is another one than was opened, PageSigned, and as `open`.
        """
        yield Progress(Phase.INVENTORY, 0, len(changes))
        return plan_page(page.path, page.content_hash, changes, self._copies, cancel)

    def write(
        self, plan: PagePlan, cancel: CancelToken, *, backup: bool = False
    ) -> Generator[Event, None, PageWritten]:
        """Do what was planned: whole, and read back before the file is replaced; or not at all.

        The backup is "page.html.original". Raises PageChanged, PageCheckFailed, BackupThere,
        DestinationNotWritable, DiskFull, and as `plan`.
        """
        yield Progress(Phase.EDIT, 0, len(plan.edits))
        return write_page(plan, self._copies, cancel, backup=backup)

    def export(
        self, rows: Sequence[AltRow], options: AltExportOptions, cancel: CancelToken
    ) -> Generator[Event, None, AltExported]:
        """Write rows (`exporting.rows_of`) as a file. Raises DestinationNotWritable, DiskFull."""
        yield Progress(Phase.EXPORT, 0, len(rows))
        cancel.raise_if_cancelled()
        return export_rows(rows, options)

    def exported(self, rows: Sequence[AltRow], options: AltExportOptions) -> str:
        """What `export` would write."""
        return text_of(going_out(rows, drafts=options.drafts), options)

    def read_table(self, path: Path) -> tuple[AltRow, ...]:
        """Rows of a CSV or JSON file. Raises BadInputFile."""
        return read_table(path)

    def changes_from(
        self, page: Page, rows: Sequence[AltRow], *, drafts: bool = False, language: str = ""
    ) -> tuple[AltChange, ...]:
        """What rows say of a page's images. See `tables.changes_from`."""
        return changes_from(page, rows, drafts=drafts, language=language)

    def approved_changes(
        self, page: Page, images: Iterable[AltImage], language: str
    ) -> tuple[AltChange, ...]:
        """What was approved of a page's images in that language, to be planned and written."""
        return changes_from(page, going_out(rows_of(images, language), drafts=False))
