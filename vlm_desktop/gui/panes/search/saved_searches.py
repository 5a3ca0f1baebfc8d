"""Saved searches: keep the one that is asked, open one, see what is new, rename, delete."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import DeletedQuery, SavedQuery
from vlm_desktop.gui.panes.search.query_history import query_words
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.name_question import ask_name

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.events import Event
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.query_bar import QueryBar


class SavedSearches(QObject):
    """The button of the bar and its menu. Main thread; counting runs in the background."""

    def __init__(self, desk: "Desk", bar: "QueryBar") -> None:
        super().__init__(bar)
        self._desk = desk
        self._bar = bar
        self._known: tuple[SavedQuery, ...] = ()
        self.menu = QMenu(bar)
        self.menu.setAccessibleName(strings.SAVED.replace("&", ""))
        bar.saved_wanted.connect(self.open)
        bar.query_changed.connect(lambda _: self._update_save())
        self.save_action = desk.actions.add(
            "search.save", strings.SAVE_SEARCH, self.save, shortcut="Ctrl+S", menu="file"
        )
        desk.actions.add("search.saved", strings.SAVED, self.open, icon="saved", menu="view")
        desk.indexing.finished.connect(lambda *_: self.count())
        self._update_save()

    # --- what is new -------------------------------------------------------------------------

    def count(self) -> None:
        """Count what is new in each, in the background."""

        def verb(cancel: CancelToken) -> "Generator[Event, None, tuple[SavedQuery, ...]]":
            return self._desk.services.keeping.count_new(cancel)

        self._desk.ask(verb, self._counted, failed=lambda _: None, latest="saved-new")

    def _counted(self, saved: tuple[SavedQuery, ...]) -> None:
        self._known = saved
        self._bar.show_new(sum(one.new or 0 for one in saved))
        if self.menu.isVisible():
            self._fill_menu()

    # --- the menu ------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the menu below its button, then count what is new."""

        def listed(saved: tuple[SavedQuery, ...]) -> None:
            counted = {one.name: one.new for one in self._known}
            self._known = tuple(
                SavedQuery(one.name, one.query, counted.get(one.name)) for one in saved
            )
            self._fill_menu()
            button = self._bar.saved
            self.menu.popup(button.mapToGlobal(QPoint(0, button.height())))
            if saved:
                self.count()

        self._desk.fetch(lambda: self._desk.services.keeping.saved(), listed, latest="saved")

    def _fill_menu(self) -> None:
        self.menu.clear()
        self.menu.addAction(self.save_action)
        if not self._known:
            return
        self.menu.addSeparator()
        for one in self._known:
            words = fill(strings.SAVED_NEW, name=one.name, new=one.new) if one.new else one.name
            action = self.menu.addAction(words.replace("&", "&&"))
            action.setToolTip(query_words(one.query))
            action.triggered.connect(lambda _=False, one=one: self.use(one))
        self.menu.addSeparator()
        rename = self.menu.addMenu(strings.RENAME_SAVED)
        delete = self.menu.addMenu(strings.DELETE_SAVED)
        for one in self._known:
            name = one.name.replace("&", "&&")
            rename.addAction(name).triggered.connect(lambda _=False, one=one: self.rename(one.name))
            delete.addAction(name).triggered.connect(lambda _=False, one=one: self.delete(one.name))

    # --- what a person does ----------------------------------------------------------------

    def _update_save(self) -> None:
        self.save_action.setEnabled(not self._bar.query.is_empty)

    def use(self, saved: SavedQuery) -> None:
        """Ask it again; what it finds counts as seen from then on."""
        self._bar.set_query(saved.query)
        self._bar.submitted.emit()

        def verb(cancel: CancelToken) -> "Generator[Event, None, None]":
            return self._desk.services.keeping.mark_seen(saved.name, cancel)

        self._desk.ask(verb, lambda _: self.count(), failed=lambda _: None)

    def save(self) -> None:
        """Keep the query in the bar under a name a person gives."""
        query = self._bar.query
        suggested = query_words(query)[:60]
        name = ask_name(self._bar, strings.SAVE_TITLE, strings.SAVE_NAME, suggested)
        if not name:
            return
        services = self._desk.services

        def save(cancel: CancelToken) -> "Generator[Event, None, DeletedQuery | None]":
            replaced = services.keeping.delete(name)
            yield from services.keeping.save(name, query, cancel)
            return replaced

        def undo(replaced: DeletedQuery | None) -> None:
            services.keeping.delete(name)
            if replaced is not None:
                services.keeping.restore(replaced)

        change = Change(
            fill(strings.SAVED_CHANGE, name=name),
            save,
            lambda replaced: quick(lambda: undo(replaced)),
        )
        self._desk.changes.perform(change, lambda _: self.count())

    def delete(self, name: str) -> None:
        """Delete one; undo brings it back with what it had seen."""
        services = self._desk.services

        def undo(deleted: DeletedQuery | None) -> None:
            if deleted is not None:
                services.keeping.restore(deleted)

        change = Change(
            fill(strings.DELETED_CHANGE, name=name),
            quick(lambda: services.keeping.delete(name)),
            lambda deleted: quick(lambda: undo(deleted)),
        )
        self._desk.changes.perform(change, lambda _: self.count())

    def rename(self, name: str) -> None:
        """Give one another name."""
        wanted = ask_name(self._bar, strings.RENAME_TITLE, strings.RENAME_NAME, name)
        if wanted in ("", name):
            return
        if wanted in [one.name for one in self._known]:
            self._desk.say(fill(strings.NAME_TAKEN, name=wanted))
            return
        services = self._desk.services
        self._desk.changes.perform(
            Change(
                fill(strings.RENAMED_CHANGE, name=name),
                quick(lambda: services.keeping.rename(name, wanted)),
                lambda _: quick(lambda: services.keeping.rename(wanted, name)),
            )
        )
