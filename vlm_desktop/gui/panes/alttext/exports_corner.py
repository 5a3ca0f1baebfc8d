"""Texts out of a set as files, a report of how far it has come, and texts in from tables."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from vlm_desktop.base.altcoverage import CoverageWords
from vlm_desktop.base.altkeeping import AltImported
from vlm_desktop.base.altpages import AltExported, AltExportKind, AltExportOptions
from vlm_desktop.base.alttext import Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import current, fill
from vlm_desktop.engine.alttext.exporting import rows_of
from vlm_desktop.engine.alttext.tables import names_without_image, texts_from
from vlm_desktop.gui.panes.alttext.export_dialog import REPORTS, ExportDialog, Wish
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.strings import alttext as words_of_pane
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.report_dialog import ReportDialog


class ExportsCorner(QObject):
    """Main thread; files are read and written on an io lane."""

    only_wanted = Signal(object)
    """Ids of images that alone are to be shown."""

    def __init__(self, session: AltSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._desk, self._over = session, session.desk, over
        self.task = LongTask(self._desk, self)

    @property
    def can_start(self) -> bool:
        return bool(self._session.open_id) and not self.task.is_running

    # --- out -----------------------------------------------------------------------------

    def ask(self) -> ExportDialog | None:
        """Ask what is to go out, then where to."""
        found = self._session.open_set
        if found is None or self.task.is_running:
            return None
        tags = [text.language for one in self._session.images.values() for text in one.texts]
        dialog = ExportDialog(found.name, tuple(dict.fromkeys(tags)), self._pick, self._over)
        dialog.open()
        return dialog

    def _pick(self, wish: Wish) -> None:
        name = strings.REPORT_FILE if wish.kind in REPORTS else strings.EXPORT_FILE
        kinds = next(words for key, words in strings.KINDS.items() if str(key) == wish.kind)
        chosen, _ = QFileDialog.getSaveFileName(
            self._over,
            strings.EXPORT_TARGET,
            f"{name}.{wish.ending}",
            f"{kinds} (*.{wish.ending})",
        )
        if chosen:
            self.export(wish, Path(chosen))

    def export(self, wish: Wish, target: Path) -> None:
        """Write it; a file that is there was agreed to be replaced."""
        found = self._session.open_set
        if found is None:
            return
        work = fill(strings.EXPORT_WORK, name=found.name)
        if wish.kind in REPORTS:
            verb = self._report(found.id, wish, target)
            self.task.run(work, verb, lambda path: fill(strings.REPORTED, name=path.name))
            return
        session, number = self._session, found.id
        options = AltExportOptions(
            AltExportKind(wish.kind), target, wish.drafts, wish.paths, overwrite=True,
            title=found.name, site=wish.site,
        )  # fmt: skip

        def export(cancel: CancelToken) -> Generator[Event, None, AltExported]:
            rows = rows_of(session.kept.images(number), wish.language, paths=wish.paths)
            return session.desk.services.alttext.pages.export(rows, options, cancel)

        self.task.run(work, export, exported_words)

    def _report(self, number: int, wish: Wish, target: Path) -> Callable[[CancelToken], Any]:
        words, services = coverage_words(), self._desk.services

        def report(cancel: CancelToken) -> Generator[Event, None, Path]:
            reports = services.alttext.coverage
            counted = yield from reports.coverage(number, cancel)
            return reports.write(counted, target, REPORTS[wish.kind], words)

        return report

    # --- in ------------------------------------------------------------------------------

    def pick_table(self) -> None:
        """Ask for a table, and take what it says over where nothing of a person's is there."""
        kinds = f"{strings.TABLE_FILES} (*.csv *.tsv *.json *.jsonl);;{strings.ALL_FILES} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._over, strings.IMPORT_TITLE, "", kinds)
        if chosen:
            self.import_table(Path(chosen))

    def import_table(self, path: Path) -> None:
        """The texts of a table, merged three ways with those of the open set."""
        session, number = self._session, self._session.open_id

        unknown: list[str] = []

        def verb(_: CancelToken) -> Generator[Event, None, AltImported]:
            yield from ()
            rows = session.desk.services.alttext.pages.read_table(path)
            images = session.kept.images(number)
            unknown.extend(names_without_image(images, rows))
            return session.kept.import_texts(texts_from(images, rows), path.name)

        def done(found: AltImported) -> None:
            words = imported_words(found)
            if not (found.done.images or found.kept_ours or found.same):
                words = fill(strings.IMPORT_NO_MATCH, name=path.name)
            elif unknown:
                form = (strings.IMPORT_UNKNOWN_ONE, strings.IMPORT_UNKNOWN)
                words = f"{words} {strings.counted(*form, len(unknown), name=unknown[0])}"
            self._imported(found, words)

        if number:
            session.act_verb(strings.CHANGE_IMPORT, verb, lambda one: one.done, done)

    def import_files(self) -> None:
        """What the image files of the open set say of themselves."""
        session, ids = self._session, tuple(self._session.images)
        language = session.brief.language

        def verb(cancel: CancelToken) -> Generator[Event, None, AltImported]:
            return session.kept.import_files(ids, language, cancel)

        if ids:
            session.act_verb(
                strings.CHANGE_IMPORT, verb, lambda one: one.done, lambda one: self._imported(one)
            )

    def _imported(self, found: AltImported, words: str = "") -> None:
        """Tell what was taken, what said nothing new, and what differs; the last are a filter."""
        said = words or imported_words(found)
        self._desk.say(said)
        session, kept = self._session, found.kept_ours
        if not kept:
            return
        names = [session.images[one].name for one in kept if one in session.images]
        dialog = ReportDialog(
            strings.IMPORT_REPORT,
            said,
            names,
            strings.IMPORT_REPORT_LIST,
            self._over,
            (strings.IMPORT_SHOW, lambda: self.only_wanted.emit(kept)),
        )
        dialog.open()


def exported_words(done: AltExported) -> str:
    name = done.target.name
    words = strings.counted(strings.EXPORTED_ONE, strings.EXPORTED, done.written, name=name)
    if done.left_out:
        words = f"{words} {fill(strings.EXPORT_LEFT_OUT, count=done.left_out)}"
    return words


def imported_words(found: AltImported) -> str:
    """ "12 texts were taken over. 3 said nothing new. 2 differ from what a person wrote..." """
    said = []
    for one, many, count in (
        (strings.IMPORT_TAKEN_ONE, strings.IMPORT_TAKEN, len(found.done.images)),
        (strings.IMPORT_SAME_ONE, strings.IMPORT_SAME, found.same),
        (strings.IMPORT_KEPT_ONE, strings.IMPORT_KEPT, len(found.kept_ours)),
    ):
        if count:
            said.append(strings.counted(one, many, count))
    return " ".join(said) or strings.IMPORT_NOTHING


def coverage_words() -> CoverageWords:
    """A report's words in the language of the window."""
    return CoverageWords(
        language=current(),
        states=dict(words_of_pane.STATES),
        decisions={**words_of_pane.DECISIONS, Decision.UNDECIDED: words_of_pane.NO_DECISION},
        rules=dict(strings.RULES),
        risks=dict(words_of_pane.RISKS),
        **strings.COVERAGE,  # type: ignore[arg-type]
    )
