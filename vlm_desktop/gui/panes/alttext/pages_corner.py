"""Pages and documents as sets, and approved texts written back into them after a look."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from vlm_desktop.base.altkeeping import AltAdded
from vlm_desktop.base.altpages import PAGE_ENDINGS, PagePlan, PageWritten
from vlm_desktop.base.alttext import AltImage, AltState, SetSource
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.engine.alttext.exporting import going_out, rows_of
from vlm_desktop.gui.panes.alttext.page_dialog import PageDialog
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.alttext.sets_corner import SetsCorner
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.widgets.long_task import LongTask


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the language of the texts in it; `rows` is how many are approved, `names` are
    what the page calls its images, by place."""

    plan: PagePlan
    language: str
    rows: int
    names: dict[str, str]


class PagesCorner(QObject):
    """Main thread; pages are read and written on an io lane."""

    def __init__(self, session: AltSession, sets: SetsCorner, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._desk, self._over = session, session.desk, over
        self._sets = sets
        self.task = LongTask(self._desk, self)
        self.dialog: PageDialog | None = None
        sets.page_wanted.connect(self.open_page)

    # --- in ------------------------------------------------------------------------------

    def pick(self) -> None:
        """Ask for a page or document, and open it as a set."""
        endings = " ".join(f"*{one}" for one in PAGE_ENDINGS)
        kinds = f"{strings.PAGE_FILES} ({endings} {endings.upper()});;{strings.ALL_FILES} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._over, strings.OPEN_PAGE_TITLE, "", kinds)
        if chosen:
            self.open_page(Path(chosen))

    def open_page(self, path: Path) -> None:
        """A set of all images of a page, also those that are not on this machine."""
        session = self._session
        self._sets.working.emit(fill(strings.READING_PAGE, name=path.name))

        def fill_set(number: int, cancel: CancelToken) -> Generator[Event, None, AltAdded]:
            page = yield from session.desk.services.alttext.pages.open(path, cancel)
            if page.language:
                kept = session.kept
                kept.set_brief(number, replace(kept.one_set(number).brief, language=page.language))
            return (yield from session.kept.add_page(number, page, cancel))

        self._sets.make(path.name, SetSource.PAGE, path, fill_set)

    # --- back ----------------------------------------------------------------------------

    @property
    def document(self) -> Path | None:
        """The page of the image that is worked on."""
        image = self._session.current
        return image.document if image is not None else None

    @property
    def can_write(self) -> bool:
        return self.document is not None and not self.task.is_running

    def write_back(self) -> None:
        """Compare the page, as it is now, with what is approved; then show what would change."""
        document, session = self.document, self._session
        if document is None:
            self._desk.say(strings.PAGE_NO_PAGE)
            return
        if self.task.is_running:
            return
        images = [one for one in session.images.values() if one.document == document]
        fallback = session.brief.language

        def verb(cancel: CancelToken) -> Generator[Event, None, Planned]:
            pages = session.desk.services.alttext.pages
            page = yield from pages.open(document, cancel)
            language = _language(images, page.language or fallback)
            rows = [
                row
                for row in going_out(rows_of(images, language), drafts=False)
                if row.state is AltState.APPROVED
            ]
            changes = pages.changes_from(page, rows, language=language)
            plan = yield from pages.plan(page, changes, cancel)
            names = {image.place: image.name for image in page.images}
            return Planned(plan, language, len(rows), names)

        self.task.run(fill(strings.PAGE_PLAN_WORK, name=document.name), verb, self._planned)

    def _planned(self, found: Planned) -> str:
        plan = found.plan
        if not found.rows:
            return fill(strings.PAGE_NONE, name=plan.path.name)
        if not plan.edits and not any(code != "same" for _, code in plan.skipped):
            return fill(strings.PAGE_NOTHING, name=plan.path.name)
        self.dialog = PageDialog(
            plan, found.names, lambda backup: self.write(found, backup), self._over
        )
        self.dialog.finished.connect(lambda _: setattr(self, "dialog", None))
        self.dialog.open()
        return ""

    def write(self, found: Planned, backup: bool) -> None:
        """Do what was shown; refused where the page is another one by now."""
        plan, session = found.plan, self._session

        def verb(cancel: CancelToken) -> Generator[Event, None, PageWritten]:
            pages = session.desk.services.alttext.pages
            written = yield from pages.write(plan, cancel, backup=backup)
            session.kept.note_page_written(plan.path, plan.edits, found.language)
            return written

        def done(written: PageWritten) -> str:
            session.reread()
            words = strings.counted(
                strings.PAGE_DONE_ONE, strings.PAGE_DONE, written.written, name=plan.path.name
            )
            if written.backup is not None:
                kept = fill(strings.PAGE_BACKUP_AT, backup=written.backup.name)
                words = f"{words} {kept}"
            return words

        self.task.run(fill(strings.PAGE_WORK, name=plan.path.name), verb, done)


def _language(images: list[AltImage], wanted: str) -> str:
    """The language among the texts that is the page's, whatever region either names."""
    known = dict.fromkeys(text.language for image in images for text in image.texts)
    primary = wanted.partition("-")[0].casefold()
    alike = [one for one in known if one.partition("-")[0].casefold() == primary]
    return wanted if wanted in known or not alike else alike[0]
