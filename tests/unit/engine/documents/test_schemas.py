"""Schemas: presets, the user's own, and files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop import strings
from vlm_desktop.base import documenterrors as errors
from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.documents.roles import roles
from vlm_desktop.engine.documents.schemafiles import (
    PRESETS,
    allowed_name,
    name_allowed,
    parse_json,
    preset,
    to_json,
)
from vlm_desktop.engine.documents.schemas import Schemas, read_schema, write_schema

PATH = Path("mine.json")


@pytest.fixture
def schemas(tmp_path: Path) -> Schemas:
    return Schemas(tmp_path / "home" / "schemas")


def written(folder: Path, said: Any) -> Path:
    path = folder / "given.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


# --- presets ------------------------------------------------------------------------------


def test_presets_in_the_order_they_are_offered(schemas: Schemas) -> None:
    names = [entry.name for entry in schemas.listed()]
    assert names == [
        "receipt", "invoice", "form", "id_card", "bank_statement", "purchase_order",
    ]  # fmt: skip
    assert all(entry.preset for entry in schemas.listed())


def test_a_receipt_has_what_the_command_line_promises(schemas: Schemas) -> None:
    names = [spec.name for spec in schemas.load("receipt").fields]
    assert {"vendor", "date", "address", "total"} <= set(names)


def test_a_form_wants_every_pair(schemas: Schemas) -> None:
    assert schemas.load("form").any_pairs


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "form"])
def test_presets_are_labelled_in_six_languages(name: str) -> None:
    """ "Summe" would not be found by an English label."""
    labels = {
        "receipt": ("total", "summe", "montant ttc", "te betalen", "importe total", "totale"),
        "invoice": ("invoice number", "rechnungsnummer", "numéro de facture", "factuurnummer",
                    "número de factura", "numero fattura"),
        "id_card": ("date of birth", "geburtsdatum", "date de naissance", "geboortedatum",
                    "fecha de nacimiento", "data di nascita"),
        "bank_statement": ("closing balance", "neuer saldo", "nouveau solde", "eindsaldo",
                           "saldo final", "saldo finale"),
        "purchase_order": ("order date", "bestelldatum", "date de commande", "besteldatum",
                           "fecha de pedido", "data ordine"),
    }[name]  # fmt: skip
    held = [set(spec.aliases) for spec in preset(name).fields]
    assert any(set(labels) <= aliases for aliases in held)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_say_what_each_field_means(name: str) -> None:
    fields = preset(name).fields
    for spec in (*fields, *(column for table in fields for column in table.fields)):
        assert spec.description, spec.name
        assert len({alias.casefold() for alias in spec.aliases}) == len(spec.aliases), spec.name


# --- files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_the_way_through_a_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.json"
    write_schema(preset(name), path)
    assert read_schema(path) == preset(name)


_TEXTS = st.text(max_size=20)
_NAMES = st.text(
    st.characters(blacklist_categories=("C", "Z"), blacklist_characters="/"),
    min_size=1,
    max_size=20,
)
_WORDS = st.lists(_NAMES, max_size=3, unique=True).map(tuple)
_FIELDS = st.builds(
    FieldSpec, _NAMES, st.sampled_from([FieldType.TEXT, FieldType.ENUM]), _TEXTS, _WORDS,
    st.booleans(), st.sampled_from(["", r"\d+"]), _WORDS,
)  # fmt: skip
_TABLES = st.builds(
    FieldSpec, _NAMES, st.just(FieldType.TABLE),
    fields=st.lists(_FIELDS, max_size=3, unique_by=lambda one: one.name).map(tuple),
)  # fmt: skip


@given(
    _NAMES,
    st.lists(st.one_of(_FIELDS, _TABLES), min_size=1, max_size=4, unique_by=lambda one: one.name),
)
def test_any_schema_survives_the_way_through_a_file(name: str, fields: list[FieldSpec]) -> None:
    schema = Schema(name, tuple(fields))
    assert parse_json(to_json(schema), PATH) == schema


def test_the_shape_of_the_command_line_is_enough() -> None:
    said = {"name": "ads", "fields": [{"name": "advertiser", "description": "who pays"}]}
    schema = parse_json(json.dumps(said), PATH)
    assert schema == Schema("ads", (FieldSpec("advertiser", description="who pays"),))


def test_a_schema_without_a_name_is_called_after_its_file() -> None:
    assert parse_json('{"fields": [{"name": "a"}]}', PATH).name == "mine"


@pytest.mark.parametrize(
    ("said", "kind"),
    [("String", FieldType.TEXT), ("money", FieldType.AMOUNT), ("VAT id", FieldType.VAT_ID),
     ("vat-id", FieldType.VAT_ID), ("boolean", FieldType.CHECKBOX), ("AMOUNT", FieldType.AMOUNT)],
)  # fmt: skip
def test_other_programs_names_of_types(said: str, kind: FieldType) -> None:
    text = json.dumps({"fields": [{"name": "a", "type": said}]})
    assert parse_json(text, PATH).fields[0].type is kind


def test_aliases_may_be_given_by_language() -> None:
    aliases = {"en": ["Total", "Sum"], "de": ["Summe", "Total"]}
    text = json.dumps({"fields": [{"name": "a", "aliases": aliases}]})
    assert parse_json(text, PATH).fields[0].aliases == ("Total", "Sum", "Summe")


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ('{"fields": [\n{"name": "a",}]}', errors.SchemaNotJson, "line 2"),
        ("[" * 100_000, errors.SchemaNotJson, "brackets"),
        ("[]", errors.SchemaWithoutFields, "fields"),
        ({"name": "x"}, errors.SchemaWithoutFields, "fields"),
        ({"fields": []}, errors.SchemaWithoutFields, "fields"),
        ({"fields": ["total"]}, errors.SchemaFieldUnnamed, "Field 1"),
        ({"fields": [{"name": "a"}, {"type": "text"}]}, errors.SchemaFieldUnnamed, "Field 2"),
        ({"fields": [{"name": "a/b"}]}, errors.SchemaFieldNameBad, "a/b"),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, errors.SchemaFieldRepeated, "“a”"),
        ({"fields": [{"name": "a", "type": "colour"}]}, errors.SchemaTypeUnknown, "colour"),
        ({"fields": [{"name": "a", "pattern": "("}]}, errors.SchemaPatternBad, "missing )"),
        ({"fields": [{"name": "a", "aliases": "b"}]}, errors.SchemaFieldNotReadable, "aliases"),
        ({"fields": [{"name": "a", "aliases": [1]}]}, errors.SchemaFieldNotReadable, "aliases"),
        ({"fields": [{"name": "a", "required": "yes"}]}, errors.SchemaFieldNotReadable, "required"),
        (
            {"fields": [{"name": "a", "fields": [{"name": "b"}]}]},
            errors.SchemaFieldNotReadable,
            "a",
        ),
    ],
)
def test_bad_files_are_refused_with_a_sentence(
    said: Any, error: type[errors.SchemaFileBad], words: str, tmp_path: Path
) -> None:
    path = written(tmp_path, said)
    with pytest.raises(error) as caught:
        read_schema(path)
    sentence = strings.sentence(caught.value)
    assert words in sentence
    assert str(path) in sentence


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInputFile):
        read_schema(tmp_path / "absent.json")
    (tmp_path / "latin.json").write_bytes(b'{"name": "\xe9"}')
    with pytest.raises(BadInputFile):
        read_schema(tmp_path / "latin.json")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(3_000_000)
    with pytest.raises(errors.SchemaTooLarge):
        read_schema(tmp_path / "large.json")


def test_a_mark_of_byte_order_is_no_matter(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeff" + json.dumps({"fields": [{"name": "a"}]}))
    assert read_schema(path).fields[0].name == "a"


# --- one's own ----------------------------------------------------------------------------


MINE = Schema("Meine Belege", (FieldSpec("Summe", FieldType.AMOUNT, aliases=("Σ",)),))


def test_ones_own_is_kept_found_and_forgotten(schemas: Schemas) -> None:
    schemas.save(MINE)
    assert schemas.load("Meine Belege") == MINE
    assert schemas.listed()[-1].name == "Meine Belege"
    assert not schemas.listed()[-1].preset
    assert schemas.remove("Meine Belege") == MINE
    with pytest.raises(errors.SchemaUnknown) as caught:
        schemas.load("Meine Belege")
    assert "receipt" in strings.sentence(caught.value)


def test_saving_leaves_nothing_half_written(schemas: Schemas, tmp_path: Path) -> None:
    schemas.save(MINE)
    schemas.save(Schema(MINE.name, (FieldSpec("other"),)))
    assert [path.name for path in (tmp_path / "home" / "schemas").iterdir()] == [
        "Meine Belege.json"
    ]
    assert schemas.load(MINE.name).fields[0].name == "other"


def test_presets_are_not_written_over(schemas: Schemas) -> None:
    for change in (
        lambda: schemas.save(Schema("receipt", MINE.fields)),
        lambda: schemas.remove("invoice"),
        lambda: schemas.rename("form", "mine"),
    ):
        with pytest.raises(errors.SchemaIsPreset):
            change()


@pytest.mark.parametrize(
    "name", ["", " a", "../a", "a/b", "a\\b", "con:", "a" * 61, ".a", "a.", "a\n", "NUL", "com1.x"]
)
def test_names_that_are_no_file_names(schemas: Schemas, name: str) -> None:
    with pytest.raises(errors.SchemaNameBad):
        schemas.save(Schema(name, MINE.fields))


@given(st.text(max_size=80))
def test_a_name_can_always_be_made(wanted: str) -> None:
    assert name_allowed(allowed_name(wanted))


def test_renaming(schemas: Schemas) -> None:
    schemas.save(MINE)
    schemas.rename(MINE.name, "Belege")
    assert [entry.name for entry in schemas.listed() if not entry.preset] == ["Belege"]
    assert schemas.load("Belege").fields == MINE.fields
    schemas.rename("Belege", "belege")
    assert [entry.name for entry in schemas.listed() if not entry.preset] == ["belege"]
    with pytest.raises(errors.SchemaNameBad):
        schemas.rename("belege", "a/b")
    assert schemas.load("belege").fields == MINE.fields


def test_a_file_is_taken_in_under_a_free_name(schemas: Schemas, tmp_path: Path) -> None:
    path = written(tmp_path, {"name": "Receipt", "fields": [{"name": "a"}]})
    assert schemas.import_file(path).name == "Receipt 2"
    assert schemas.import_file(path).name == "Receipt 3"
    odd = written(tmp_path, {"name": "a/b: c?", "fields": [{"name": "a"}]})
    assert schemas.import_file(odd).name == "a b c"


def test_a_file_is_loaded_by_its_path(schemas: Schemas, tmp_path: Path) -> None:
    path = written(tmp_path, {"name": "x", "fields": [{"name": "a"}]})
    assert schemas.load(path).name == "x"
    assert schemas.load(str(path)).name == "x"


def test_names_are_forgiving(schemas: Schemas) -> None:
    assert schemas.load("Purchase Order").name == "purchase_order"
    assert schemas.load("ID-card").name == "id_card"


# --- what fields are for ------------------------------------------------------------------


def test_ones_own_fields_have_the_roles_of_presets() -> None:
    schema = Schema(
        "mein",
        (
            FieldSpec("Gesamtbetrag", FieldType.AMOUNT),
            FieldSpec("netto", FieldType.AMOUNT),
            FieldSpec("MwSt.", FieldType.AMOUNT),
            FieldSpec("fällig am", FieldType.DATE),
            FieldSpec("Notiz"),
            FieldSpec(
                "Positionen",
                FieldType.TABLE,
                fields=(
                    FieldSpec("Menge", FieldType.NUMBER),
                    FieldSpec("Einzelpreis", FieldType.AMOUNT),
                    FieldSpec("Betrag", FieldType.AMOUNT),
                ),
            ),
        ),
    )
    assert roles(schema) == {
        "total": "Gesamtbetrag",
        "subtotal": "netto",
        "tax": "MwSt.",
        "due": "fällig am",
        "quantity": "Positionen/Menge",
        "unit_price": "Positionen/Einzelpreis",
        "amount": "Positionen/Betrag",
    }
