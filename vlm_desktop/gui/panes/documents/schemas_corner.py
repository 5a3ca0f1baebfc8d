"""Schemas over the session: chosen, edited, made, removed, carried in and out as JSON."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vlm_desktop.base.documents import FieldSpec, Schema
from vlm_desktop.base.language import fill
from vlm_desktop.engine.documents.schemas import write_schema
from vlm_desktop.gui.panes.documents.entries import label_of
from vlm_desktop.gui.panes.documents.fields_panel import FieldsPanel
from vlm_desktop.gui.panes.documents.schema_dialog import SchemaDialog
from vlm_desktop.gui.panes.documents.session import FIRST_SCHEMA, DocumentSession
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.strings import documents_schema as schema_strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick

if TYPE_CHECKING:
    from vlm_desktop.engine.documents.schemas import Schemas


class SchemasCorner(QObject):
    """Main thread; files are read and written on an io lane."""

    def __init__(self, session: DocumentSession, fields: FieldsPanel, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._fields, self._over = session, fields, over
        self._desk = session.desk
        self.edit = self._add("schema-edit", schema_strings.EDIT_SCHEMA, self.edit_current,
                              "Ctrl+Shift+S")  # fmt: skip
        self.new = self._add("schema-new", schema_strings.NEW_SCHEMA, self.make_new)
        self.take_in = self._add("schema-import", schema_strings.IMPORT_SCHEMA, self.pick_import)
        self.put_out = self._add("schema-export", schema_strings.EXPORT_SCHEMA, self.pick_export)
        self.remove = self._add("schema-remove", schema_strings.REMOVE_SCHEMA, self.remove_current)
        self.menu = QMenu(over)
        for action in (self.edit, self.new, self.take_in, self.put_out, self.remove):
            self.menu.addAction(action)
        fields.more.setMenu(self.menu)
        fields.schema_chosen.connect(session.choose_schema)
        session.listed.connect(self._show)
        session.opened.connect(self._show)
        self._show()

    def _add(self, name: str, text: str, slot: Callable[[], object], key: str = "") -> QAction:
        def do() -> None:
            self._desk.navigator.pane_wanted.emit("documents")
            slot()

        return self._desk.actions.add(
            f"documents.{name}", text, do, shortcut=key or None, where=self._over,
            while_shown=True,
        )  # fmt: skip

    def _show(self) -> None:
        session = self._session
        names = session.schemas
        if session.schema_name not in names:
            names = (*names, session.schema_name)
        self._fields.show_schemas(names, session.schema_name)
        self.remove.setEnabled(session.schema_name in session.own_schemas)

    # --- editing -------------------------------------------------------------------------

    def edit_current(self) -> None:
        """Edit the schema that is chosen; one of the program's is kept under another name."""

        def done(schema: Schema, called: str) -> None:
            hint = schema_strings.HINT if called == schema.name else schema_strings.HINT_PRESET
            self._open(replace(schema, name=called), schema_strings.TITLE, hint, called)

        self._load(done)

    def make_new(self, fields: tuple[FieldSpec, ...] = ()) -> None:
        services = self._desk.services
        self._desk.fetch(
            lambda: services.documents.schemas.free_name(schema_strings.NEW_NAME),
            lambda name: self._open(
                Schema(name, fields), schema_strings.TITLE_NEW, schema_strings.HINT, name
            ),
        )

    def add_field(self, spec: FieldSpec) -> None:
        """Open the editor with one more field, as proposed from what was drawn."""

        def done(schema: Schema, called: str) -> None:
            fields = (*schema.fields, _free(spec, schema))
            dialog = self._open(
                replace(schema, name=called, fields=fields), schema_strings.TITLE_FIELD,
                schema_strings.HINT_FIELD, called,
            )  # fmt: skip
            dialog.choose_last()

        self._load(done)

    def _load(self, done: Callable[[Schema, str], object]) -> None:
        """The schema that is chosen, and the name under which a person may keep it."""
        services, name = self._desk.services, self._session.schema_name

        def load() -> tuple[Schema, str]:
            part: Schemas = services.documents.schemas
            found = part.load(name)
            own = any(one.name == found.name and not one.preset for one in part.listed())
            return found, found.name if own else part.free_name(_called(name))

        self._desk.fetch(load, lambda found: done(*found))

    def _open(self, schema: Schema, title: str, hint: str, before: str) -> SchemaDialog:
        dialog = SchemaDialog(schema, title, hint, lambda made: self.keep(made, before), self._over)
        dialog.open()
        return dialog

    def keep(self, schema: Schema, before: str) -> None:
        """Save a schema, which was called `before`, and read the document by it."""
        services, session = self._desk.services, self._session
        old = self._session.own_schemas

        def save() -> Schema | None:
            """What was there under the old name, None where that is new."""
            part: Schemas = services.documents.schemas
            kept = part.load(before) if before in old else None
            part.save(schema)
            if kept is not None and before != schema.name:
                part.remove(before)
            return kept

        def back(kept: Schema | None) -> Any:
            def restore() -> None:
                part: Schemas = services.documents.schemas
                if kept is None or kept.name != schema.name:
                    part.remove(schema.name)
                if kept is not None:
                    part.save(kept)

            return quick(restore)

        def done(_: Schema | None) -> None:
            session.say(fill(schema_strings.SAVED, name=schema.name))
            session.refresh(lambda: session.choose_schema(schema.name))

        words = fill(schema_strings.CHANGE_SAVE, name=schema.name)
        self._desk.changes.perform(Change(words, quick(save), back), done, session.say)

    def remove_current(self) -> None:
        services, session = self._desk.services, self._session
        name = session.schema_name

        def done(_: Schema) -> None:
            session.say(fill(schema_strings.REMOVED, name=name))
            session.refresh(lambda: session.choose_schema(FIRST_SCHEMA))

        change = Change(
            fill(schema_strings.CHANGE_REMOVE, name=name),
            quick(lambda: services.documents.schemas.remove(name)),
            lambda removed: quick(lambda: services.documents.schemas.save(removed)),
        )
        self._desk.changes.perform(change, done, session.say)

    # --- files ---------------------------------------------------------------------------

    def pick_import(self) -> None:
        kinds = f"{schema_strings.SCHEMA_FILES} (*.json)"
        chosen, _ = QFileDialog.getOpenFileName(self._over, schema_strings.CHOOSE_SCHEMA, "", kinds)
        if chosen:
            self.import_file(Path(chosen))

    def import_file(self, path: Path) -> None:
        services, session = self._desk.services, self._session

        def done(made: Schema) -> None:
            session.say(fill(schema_strings.IMPORTED, name=made.name))
            session.refresh(lambda: session.choose_schema(made.name))

        change = Change(
            schema_strings.CHANGE_IMPORT,
            quick(lambda: services.documents.schemas.import_file(path)),
            lambda made: quick(lambda: services.documents.schemas.remove(made.name)),
        )
        self._desk.changes.perform(change, done, session.say)

    def pick_export(self) -> None:
        name = self._session.schema_name
        kinds = f"{schema_strings.SCHEMA_FILES} (*.json)"
        chosen, _ = QFileDialog.getSaveFileName(
            self._over, schema_strings.SAVE_SCHEMA, f"{name}.json", kinds
        )
        if chosen:
            self.export_file(Path(chosen))

    def export_file(self, path: Path) -> None:
        """Write the chosen schema as a JSON file."""
        services, name, session = self._desk.services, self._session.schema_name, self._session

        def write() -> None:
            write_schema(services.documents.schemas.load(name), path)

        self._desk.fetch(
            write, lambda _: session.say(fill(schema_strings.EXPORTED, name=path.name))
        )


def _called(name: str) -> str:
    return strings.PRESETS.get(name, label_of(name))


def _free(spec: FieldSpec, schema: Schema) -> FieldSpec:
    """The field under a name that is free."""
    names, number, name = {one.name for one in schema.fields}, 2, spec.name
    while name in names:
        name, number = f"{spec.name}_{number}", number + 1
    return replace(spec, name=name)
