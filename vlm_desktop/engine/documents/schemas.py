"""`Documents.schemas`: the presets, the user's own schemas, and schemas drawn on a page.

The user's schemas are one JSON file each in the library's home, so that they can be looked at,
copied and kept under version control. Quick reads and writes; any thread.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.base.documenterrors import (
    SchemaIsPreset,
    SchemaNameBad,
    SchemaTooLarge,
    SchemaUnknown,
)
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.destinations import put_text, writing_to
from vlm_desktop.engine.documents.drawing import Proposal, propose
from vlm_desktop.engine.documents.schemafiles import (
    LONGEST_NAME,
    PRESETS,
    allowed_name,
    name_allowed,
    parse_json,
    preset,
    to_json,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from vlm_desktop.base.documents import DocumentLocale, Schema
    from vlm_desktop.base.pagereading import PageReading
    from vlm_desktop.base.types import Box

_LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class SchemaEntry:
    """One schema to choose: `preset` ones belong to the program and cannot be changed."""

    name: str
    preset: bool


class Schemas:
    """Presets and the user's own schemas. `folder` need not exist before the first is saved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def listed(self) -> tuple[SchemaEntry, ...]:
        """The presets, then the user's own by name."""
        own = sorted(path.stem for path in self._folder.glob("*.json") if path.is_file())
        entries = [SchemaEntry(name, True) for name in PRESETS]
        entries += [SchemaEntry(name, False) for name in own if name not in PRESETS]
        return tuple(entries)

    def load(self, name_or_path: str | Path) -> Schema:
        """A schema by the name of a preset or of one's own, else from a JSON file.

        Raises SchemaUnknown where there is none of either, SchemaFileBad for a file that is none.
        """
        said = str(name_or_path)
        if said in PRESETS:
            return preset(said)
        kept = self._folder / f"{said}.json"
        if name_allowed(said) and kept.is_file():
            return read_schema(kept)
        if Path(said).is_file():
            return read_schema(Path(said))
        folded = {entry.name.casefold(): entry.name for entry in self.listed()}
        close = folded.get(said.casefold().replace("-", "_").replace(" ", "_"))
        if close is not None:
            return self.load(close)
        known = ", ".join(entry.name for entry in self.listed())
        raise SchemaUnknown(name=said, known=known)

    def save(self, schema: Schema) -> None:
        """Keep a schema under its name, in place of one of that name, atomically.

        Raises SchemaIsPreset, SchemaNameBad, DestinationNotWritable, DiskFull.
        """
        path = self._path(schema.name)
        with writing_to(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            put_text(path, to_json(schema))

    def remove(self, name: str) -> Schema:
        """Forget one's own schema; returns it, so that `save` undoes this.

        Raises SchemaUnknown, SchemaIsPreset.
        """
        path = self._path(name)
        schema = self.load(name)
        with suppress(FileNotFoundError):
            path.unlink()
        return schema

    def rename(self, name: str, new: str) -> Schema:
        """Keep one's own schema under another name. Raises as `save` and `remove` do."""
        renamed = replace(self.load(name), name=new)
        self._path(name)
        self._path(new)
        if new.casefold() == name.casefold():  # one file, where capitals do not count
            self.remove(name)
            self.save(renamed)
        else:
            self.save(renamed)
            self.remove(name)
        return renamed

    def free_name(self, wanted: str) -> str:
        """`wanted`, or with a number behind it when a schema is called so."""
        taken = {entry.name.casefold() for entry in self.listed()}
        name, number = wanted, 2
        while name.casefold() in taken:
            name = f"{wanted[: LONGEST_NAME - 4]} {number}"
            number += 1
        return name

    def import_file(self, path: Path) -> Schema:
        """Keep the schema of a JSON file, under a free name; returns it as it is kept."""
        schema = read_schema(path)
        kept = replace(schema, name=self.free_name(allowed_name(schema.name)))
        self.save(kept)
        return kept

    @staticmethod
    def propose(
        page: PageReading,
        box: Box,
        locale: DocumentLocale | None = None,
        taken: Collection[str] = (),
    ) -> Proposal | None:
        """See `engine.documents.drawing.propose`."""
        return propose(page, box, locale, taken)

    def _path(self, name: str) -> Path:
        if name in PRESETS:
            raise SchemaIsPreset(name=name)
        if not name_allowed(name):
            raise SchemaNameBad(name=name[:LONGEST_NAME])
        return self._folder / f"{name}.json"


def read_schema(path: Path) -> Schema:
    """The schema of a JSON file. Raises SchemaFileBad, BadInputFile."""
    try:
        if path.stat().st_size > _LARGEST:
            raise SchemaTooLarge(path=path)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInputFile(path=path, line=None, detail=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise BadInputFile(path=path, line=None, detail="not UTF-8") from error
    return parse_json(text, path)


def write_schema(schema: Schema, path: Path) -> None:
    """Write a schema as a JSON file, atomically. Raises DestinationNotWritable, DiskFull."""
    with writing_to(path):
        put_text(path, to_json(schema))
