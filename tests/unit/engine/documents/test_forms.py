"""Forms are read without being told their labels: parts, links, fitting."""

import json
import random
import tomllib
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.unit.engine.documents.pagemaking import document, page
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documents import FieldSpec, Schema
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.formfitting import (
    Entity,
    FittedForms,
    KnownForm,
    entities_of,
    fit_forms,
    owners,
    written,
)
from vlm_desktop.engine.documents.formlinks import candidates
from vlm_desktop.engine.documents.formmodel import FormModel, form_model, model_from, pairs_on
from vlm_desktop.engine.documents.formparts import FormPage, form_page, style_of
from vlm_desktop.engine.documents.measuring import Measuring
from vlm_desktop.engine.documents.truthrows import KnownDocument, read_known_documents


def told(reading: PageReading) -> dict[str, str]:
    return {
        reading.text(one.label).strip(" :"): reading.text(one.value)
        for one in pairs_on(reading, form_model())
    }


def test_a_label_and_its_value_in_one_line_are_parted_at_the_colon() -> None:
    found = told(page(1, "Brand: CARLTON FILTER", "Date Received: 1/25/91"))
    assert found == {"Brand": "CARLTON FILTER", "Date Received": "1/25/91"}


def test_a_value_may_stand_far_right_of_its_label() -> None:
    found = told(page(1, "Supplier:               Ecusta Paper", "Country:                CYPRUS"))
    assert found == {"Supplier": "Ecusta Paper", "Country": "CYPRUS"}


def test_several_pairs_stand_in_one_row() -> None:
    found = told(page(1, "Name: Anna Adams      Phone: (202) 555-0143", "Date: 3/4/93"))
    assert found["Name"] == "Anna Adams"
    assert found["Phone"] == "(202) 555-0143"


def test_a_label_without_a_value_has_none() -> None:
    found = told(page(1, "Name:          Date: 3/4/93"))
    assert found == {"Date": "3/4/93"}


def test_an_empty_page_has_no_pairs() -> None:
    assert pairs_on(page(1), form_model()) == []


def parts_of(*rows: str) -> FormPage:
    """Every line a part."""
    return form_page(page(1, *rows), lambda some: [False] * len(some), lambda _: 0.0)


def test_a_later_line_of_a_list_is_compared_with_the_label_beside_the_first() -> None:
    form = parts_of("cc:      Anna", *(f"         {name}" for name in ("Bert", "Carl", "Dora")))
    place = {part.text: number for number, part in enumerate(form.parts)}
    chances = [dict.fromkeys(("question", "answer", "header", "other"), 0.25)] * len(form.parts)
    found = {label: side for label, side, _ in candidates(form, place["Dora"], chances)}
    assert place["cc:"] in found


def test_an_unknown_word_is_taken_by_its_pieces() -> None:
    model = FormModel({"date": 2.0, "~ate": 1.0, "~ted": 0.5, "~te>": -1.0}, {})
    assert model.sense("date") == 2.0
    assert model.sense("rated") == pytest.approx(0.75)
    assert model.sense("xyz 12") == 0.0


def test_labels_of_a_page_are_told_by_the_letter_case_of_those_with_a_colon() -> None:
    style = style_of(["NAME OF CLIENT:", "DATE:", "PLACE:", "Anna Adams", "3/4/93"])
    assert style.colons == pytest.approx(0.6)
    assert style.alike("PHONE NUMBER") == 1.0
    assert style.alike("Bert Brown") == -1.0
    assert style_of(["a", "b:"]).alike("a") == 0.0


def test_what_speaks_adds_up_to_the_log_odds() -> None:
    model = form_model()
    slope, offset = model.calibration
    for pair in pairs_on(page(1, "Name: Anna Adams", "Date: 3/4/93"), model):
        assert pair.log_odds == pytest.approx(slope * sum(pair.speaks.values()) + offset)


def test_words_of_a_page_full_of_noise_are_used_once_as_labels() -> None:
    chance = random.Random(3)
    rows = [
        "   ".join(chance.choice(["Total:", "7", "x", "No", "(", ":::", "____"]) for _ in range(9))
        for _ in range(30)
    ]
    pairs = pairs_on(page(1, *rows), form_model())
    labels = [word for one in pairs for word in one.label]
    assert len(labels) == len(set(labels))
    assert all(one.label and one.value for one in pairs)
    assert not any(set(one.label) & set(one.value) for one in pairs)


def known(number: int) -> KnownForm:
    """A form whose values stand after "=>" signs' place: beside labels in capitals."""
    chance = random.Random(number)
    rows = [
        f"{chance.choice(['ALPHA', 'BETA', 'GAMMA', 'DELTA'])} KEY       "
        f"{chance.choice(['one', 'two', 'three'])} {chance.randint(10, 99)}"
        for _ in range(6)
    ]
    reading = page(1, *rows)
    entities = []
    for line in reading.lines:
        is_label = reading.words[line.words[0]].text.isupper()
        words = tuple((reading.words[one].box, reading.words[one].text) for one in line.words)
        heads = frozenset() if is_label else frozenset({len(entities) - 1})
        entities.append(Entity("question" if is_label else "answer", words, heads))
    pairs = tuple(
        (reading.text(label.words), reading.text(value.words))
        for label, value in zip(reading.lines[::2], reading.lines[1::2], strict=True)
    )
    return KnownForm(f"form {number}", reading, tuple(entities), pairs)


def test_a_fitted_model_reads_forms_it_has_not_seen_and_survives_its_file() -> None:
    fitted = fit_forms([known(number) for number in range(12)])
    assert fitted.left_out.recall > 90
    again = model_from(tomllib.loads(written(fitted.model)))
    fresh = known(99)
    assert pairs_on(fresh.page, again) == pairs_on(fresh.page, fitted.model)
    assert len(pairs_on(fresh.page, again)) == 6


def test_words_belong_to_the_marked_text_that_covers_them() -> None:
    form = known(1)
    mine = owners(form)
    assert [mine[line.words[0]] for line in form.page.lines] == list(range(12))


def test_links_of_annotations_lead_from_values_to_labels() -> None:
    def one(place: int, label: str, links: list[list[int]]) -> dict[str, object]:
        words = [{"box": [0, 0, 5, 5], "text": "a"}, {"box": [0, 0, 1, 1], "text": " "}]
        return {"id": place, "label": label, "words": words, "linking": links}

    found = entities_of(
        [one(7, "question", [[7, 9]]), one(9, "answer", [[7, 9]]), one(11, "header", [[11, 7]])]
    )
    assert [entity.heads for entity in found] == [frozenset(), frozenset({0}), frozenset()]
    assert [len(entity.words) for entity in found] == [1, 1, 1]


class _Reader:
    """Reads what it is told, without a file."""

    def __init__(self, pages: dict[str, PageReading]) -> None:
        self._pages = pages

    def read(self, path: Path, _cancel: CancelToken) -> Generator[Event, None, DocumentReading]:
        yield Progress(Phase.EVALUATE, 0, 1)
        return document(self._pages[path.name])


def _annotated(folder: Path, forms: list[KnownForm]) -> list[KnownDocument]:
    found = []
    for form in forms:
        rows = [
            {
                "id": number,
                "label": one.kind,
                "words": [
                    {"box": [box.x0, box.y0, box.x1, box.y1], "text": text}
                    for box, text in one.words
                ],
                "linking": [[head, number] for head in one.heads],
            }
            for number, one in enumerate(form.entities)
        ]
        marked = folder / f"{form.name}.json"
        marked.write_text(json.dumps({"form": rows}), encoding="utf-8")
        path = folder / form.name
        schema = Schema("keys")
        found.append(
            KnownDocument(form.name, path, "form", schema, {}, form.pairs, annotation=marked)
        )
    return found


def test_fitting_reads_annotations_and_writes_the_file(tmp_path: Path) -> None:
    forms = [known(number) for number in range(8)]
    reader = _Reader({one.name: one.page for one in forms})
    measuring = Measuring(reader, Extractor())  # type: ignore[arg-type]
    target = tmp_path / "forms.toml"
    verb = measuring.fit_forms(_annotated(tmp_path, forms), CancelToken(), target)
    fitted = finish(verb)
    assert fitted.left_out.true == 48
    again = model_from(tomllib.loads(target.read_text(encoding="utf-8")))
    assert len(pairs_on(known(50).page, again)) == 6


def test_fitting_without_annotations_says_so(tmp_path: Path) -> None:
    measuring = Measuring(_Reader({}), Extractor())  # type: ignore[arg-type]
    with pytest.raises(BadInputFile):
        finish(measuring.fit_forms([], CancelToken(), tmp_path / "forms.toml"))
    assert not (tmp_path / "forms.toml").exists()


def test_a_field_named_as_its_label_is_taken_from_the_form() -> None:
    form = document(page(1, "Project Leader: Anna Adams", "Date: 3/4/93", "Brand: ALTO 100"))
    schema = Schema("keys", (FieldSpec("Project Leader"), FieldSpec("Shoe size")))
    found = Extractor().extract(form, schema)
    assert {one.name: one.raw for one in found.values} == {"Project Leader": "Anna Adams"}
    assert [one.name for one in found.missing] == ["Shoe size"]


def test_annotations_lie_beside_the_images(tmp_path: Path) -> None:
    rows = tmp_path / "fields.jsonl"
    row = {"image": "images/train/a.png", "fields": {"k": "v"}, "pairs": []}
    rows.write_text(json.dumps(row), encoding="utf-8")
    (one,) = read_known_documents(rows)
    assert one.annotation == tmp_path / "annotations" / "train" / "a.json"


def finish(verb: Generator[Event, None, FittedForms]) -> FittedForms:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            result: FittedForms = end.value
            return result
