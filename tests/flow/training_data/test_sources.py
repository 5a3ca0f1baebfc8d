"""Where examples come from: files of every form, and what people decided in the library."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.ground.objectmaking import SIZE, thing
from tests.flow.training_data.conftest import COLOURS, done, example
from vlm_desktop.base.alttext import AltState, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import Role
from vlm_desktop.base.conversations import Attachment, Turn, TurnState
from vlm_desktop.base.documentkeeping import DocumentAct, DocumentState, FieldChange, Said
from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldValue, Schema
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.groundexports import ObjectsFormat
from vlm_desktop.base.grounding import ObjectState, PictureObjects
from vlm_desktop.base.trainerrors import TrainFileTooLarge, TrainFileUnknown, TrainTargetTaken
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import (
    ExamplesFormat,
    ExamplesRead,
    PhotoText,
    SkippedRow,
    SkipReason,
    TrainSource,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.formats import bounds
from vlm_desktop.media.source import read_source
from vlm_desktop.store.docrecords import DocumentAsRead, DocumentFacts


def read(training: Training, path: Path, pictures_in: Path | None = None) -> ExamplesRead:
    return done(training.sources.read(path, CancelToken(), pictures_in=pictures_in))


def said(found: ExamplesRead) -> list[tuple[str, str]]:
    return [(Path(one.image).name, one.turns[0].answer) for one in found.examples]


# --- files -----------------------------------------------------------------------------------

ROW = {"image": "red.jpg", "caption": "A red thing."}
FORMS = {
    TrainSource.JSONL: json.dumps(ROW) + "\n\n" + json.dumps(ROW | {"image": "blue.jpg"}),
    TrainSource.CSV: "image;caption\nred.jpg;A red thing.\nblue.jpg;A red thing.\n",
    TrainSource.LLAVA: json.dumps(
        [
            {
                "image": name,
                "conversations": [
                    {"from": "human", "value": "<image>"},
                    {"from": "gpt", "value": "A red thing."},
                ],
            }
            for name in ("red.jpg", "blue.jpg")
        ]
    ),
    TrainSource.SHAREGPT: "\n".join(
        json.dumps(
            {
                "images": [name],
                "messages": [
                    {"role": "user", "content": "<image>"},
                    {"role": "assistant", "content": "A red thing."},
                ],
            }
        )
        for name in ("red.jpg", "blue.jpg")
    ),
    TrainSource.COCO: json.dumps(
        {
            "images": [{"id": 1, "file_name": "red.jpg"}, {"id": 2, "file_name": "blue.jpg"}],
            "annotations": [{"image_id": at, "caption": "A red thing."} for at in (1, 2)],
        }
    ),
}


@pytest.mark.parametrize("ending", [".json", ".txt", ".unknown"])
@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_told_by_what_a_file_holds(
    training: Training, shots: list[Path], form: TrainSource, ending: str
) -> None:
    path = shots[0].with_name(f"set{ending}")
    path.write_text("\ufeff" + FORMS[form], encoding="utf-8")
    found = read(training, path)
    assert found.source is form
    assert said(found) == [("red.jpg", "A red thing."), ("blue.jpg", "A red thing.")]
    assert {one.source.partition(":")[0] for one in found.examples} == {form.value}
    assert found.skipped == ()


def test_reading_a_file_makes_no_library(training: Training, shots: list[Path]) -> None:
    path = shots[0].with_name("set.jsonl")
    path.write_text(json.dumps(ROW))
    read(training, path)
    assert not training.paths.database.exists()


def test_each_skipped_row_is_told_with_line_and_reason(
    training: Training, shots: list[Path]
) -> None:
    path = shots[0].with_name("set.jsonl")
    rows = [ROW, {"image": "../x.jpg", "caption": "x"}, {"image": "red.jpg"}, {"image": "no.jpg"}]
    lines = [json.dumps(one) for one in rows]
    path.write_text(
        "\n".join([*lines[:2], "{broken", *lines[2:], json.dumps(rows[3] | {"text": "x"})])
    )
    found = read(training, path)
    assert len(found.examples) == 1
    assert [(one.where, one.reason) for one in found.skipped] == [
        ("line 2", SkipReason.PICTURE_OUTSIDE),
        ("line 3", SkipReason.MALFORMED),
        ("line 4", SkipReason.NO_TEXT),
        ("line 5", SkipReason.NO_TEXT),
        ("line 6", SkipReason.PICTURE_ABSENT),
    ]


def test_texts_beside_pictures_are_their_captions(training: Training, shots: list[Path]) -> None:
    folder = shots[0].parent
    (folder / "red.txt").write_text("A red thing,\r\nin two lines. \n")
    (folder / "green.txt").write_text(" ")
    found = read(training, folder)
    assert found.source is TrainSource.FOLDER
    assert said(found) == [("red.jpg", "A red thing,\nin two lines.")]
    assert {one.where for one in found.skipped} == {"blue.jpg", "green.jpg", "yellow.jpg"}


def test_folders_of_pictures_are_labels(training: Training, tmp_path: Path) -> None:
    for at, name in enumerate(("rocky_the_dog/1", "rocky_the_dog/2", "minka/1")):
        make_photo(tmp_path / "pets" / f"{name}.jpg", "red", seed=at)
    found = read(training, tmp_path / "pets")
    assert [(one.label, one.turns[0].answer) for one in found.examples] == [
        ("minka", "minka"),
        ("rocky the dog", "rocky the dog"),
        ("rocky the dog", "rocky the dog"),
    ]


def test_a_folder_that_says_what_it_holds_is_gone_by(training: Training, shots: list[Path]) -> None:
    row = {"file_name": "red.jpg", "text": "A red thing."}
    (shots[0].parent / "metadata.jsonl").write_text(json.dumps(row))
    assert said(read(training, shots[0].parent)) == [("red.jpg", "A red thing.")]


def test_pictures_elsewhere_are_found_where_the_person_says(
    training: Training, shots: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "lists" / "set.jsonl"
    path.parent.mkdir()
    path.write_text(json.dumps(ROW | {"image": "train2017/red.jpg"}))
    assert [one.reason for one in read(training, path).skipped] == [SkipReason.PICTURE_ABSENT]
    assert said(read(training, path, shots[0].parent)) == [("red.jpg", "A red thing.")]


@pytest.mark.parametrize(
    "text", ["", "Just words.", "{}", "[1, 2]", '{"annotations": [], "images": []}', "a,b\n1,2"]
)
def test_what_holds_no_examples_is_refused(training: Training, tmp_path: Path, text: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(text)
    with pytest.raises(TrainFileUnknown):
        read(training, path)


@pytest.mark.parametrize("text", ['{"image": "a.jpg", "cap', "[" * 100_000])
def test_a_broken_document_is_refused_with_its_place(
    training: Training, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "set.json"
    path.write_text(text)
    with pytest.raises(BadInputFile):
        read(training, path)


def test_files_are_read_within_bounds(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(ROW))
    monkeypatch.setattr(bounds.read_text, "__defaults__", (10,))
    with pytest.raises(TrainFileTooLarge):
        read(training, path)
    with pytest.raises(BadInputFile):
        read(training, tmp_path / "nothing.jsonl")
    with pytest.raises(TrainFileUnknown):
        read(training, _empty(tmp_path))


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


# --- writing ---------------------------------------------------------------------------------


def test_what_is_written_as_lines_comes_back_whole(training: Training, shots: list[Path]) -> None:
    wanted = [
        example(shots[0], "A “red”\nthing", split=Split.VALIDATION, group="mine", label="red"),
        example(shots[1], "[1, 2, 3, 4]", kind=ExampleKind.BOX, box=Box(1, 2, 3.5, 4)),
    ]
    target = shots[0].with_name("out.jsonl")
    count = done(training.sources.write(wanted, target, ExamplesFormat.JSONL, CancelToken()))
    assert count == 2
    assert json.loads(target.read_text().splitlines()[0])["image"] == "red.jpg"
    back = read(training, target).examples
    assert [(one.image, one.turns, one.kind, one.split, one.group, one.label, one.box)
            for one in back] == [
        (one.image, one.turns, one.kind, one.split, one.group, one.label, one.box)
        for one in wanted
    ]  # fmt: skip
    with pytest.raises(TrainTargetTaken):
        done(training.sources.write(wanted, target, ExamplesFormat.JSONL, CancelToken()))


def test_what_is_written_as_llava_is_read_as_llava(training: Training, shots: list[Path]) -> None:
    turns = (Exchange("What is it?", "A thing."), Exchange("Which colour?", "Red."))
    asked = Example("k", str(shots[0]), turns, kind=ExampleKind.QUESTION)
    left_out = example(shots[1], split=Split.LEFT_OUT)
    target = shots[0].with_name("out.json")
    done(
        training.sources.write(
            [asked, left_out, example(shots[2], "Blue.")], target, ExamplesFormat.LLAVA,
            CancelToken(),
        )
    )  # fmt: skip
    found = read(training, target)
    assert found.source is TrainSource.LLAVA
    assert [one.turns for one in found.examples] == [
        turns,
        (Exchange("Describe the image.", "Blue."),),
    ]


# --- what the library keeps ------------------------------------------------------------------


def test_only_approved_texts_are_taken(services: AppServices, shots: list[Path]) -> None:
    sets = services.alttext.sets
    made = sets.new_set("Set")
    ids = done(sets.add_folder(made.id, shots[0].parent, CancelToken())).images
    done(sets.refresh(made.id, CancelToken()))
    for image_id, text in zip(ids, ("Approved.", "In review.", "A draft.", ""), strict=True):
        if text:
            sets.save_text(image_id, "en", text)
    sets.set_state(ids[1:2], "en", AltState.IN_REVIEW)
    assert services.training.sources.alt_texts().examples == ()
    sets.decide(ids, Decision.INFORMATIVE)
    assert done(sets.approve(ids[:1], "en", CancelToken())).refused == ()
    found = services.training.sources.alt_texts()
    assert [one.turns for one in found.examples] == [(Exchange("", "Approved."),)]
    assert found.examples[0].content == read_source(Path(found.examples[0].image)).content_hash
    assert services.training.sources.alt_texts("de").examples == ()


SCHEMA = Schema("receipt", (FieldSpec("vendor"), FieldSpec("total"), FieldSpec("items")))


def _document(
    services: AppServices,
    path: Path,
    said_of: Sequence[tuple[str, str]] = (),
    state: DocumentState = DocumentState.TO_REVIEW,
) -> None:
    library = services.library
    kept = library.put_document(path, read_source(path).content_hash, SCHEMA)
    values = (
        FieldValue("vendor", "ALDl", "ALDl", 0.4),
        FieldValue("total", "12,50", "12.50", 0.9),
        FieldValue("items/name", "Milk", "Milk", 0.9, row=0),
        FieldValue("items/name", "Bread", "Bread", 0.9, row=1),
    )
    reading = DocumentAsRead(values, (), DocumentLocale(), "f", 1)
    facts = DocumentFacts()
    library.keep_reading(kept.id, reading, facts, 0.5, DocumentState.TO_REVIEW)
    changes = [
        FieldChange(name, 0, None, Said(FieldValue(name, text, text, 1.0)))
        for name, text in said_of
    ]
    states = (DocumentState.TO_REVIEW, state)
    library.write_document(kept.id, DocumentAct.TYPED, "b", changes, states, facts, 0.1)


def test_of_documents_only_what_a_person_settled_is_taken(
    services: AppServices, shots: list[Path]
) -> None:
    _document(services, shots[0])
    _document(services, shots[1], [("vendor", "Aldi")])
    _document(services, shots[2], [("vendor", "Aldi")], DocumentState.REVIEWED)
    found = services.training.sources.documents()
    by_name = {Path(one.image).name: one for one in found.examples}
    assert set(by_name) == {"green.jpg", "blue.jpg"}
    corrected, reviewed = by_name["green.jpg"].turns[0], by_name["blue.jpg"].turns[0]
    assert json.loads(corrected.answer) == {"vendor": "Aldi"}
    assert json.loads(reviewed.answer) == {
        "vendor": "Aldi",
        "total": "12.50",
        "items": [{"name": "Milk"}, {"name": "Bread"}],
    }
    assert "vendor, total, items" in reviewed.ask
    assert "total" not in corrected.ask
    assert [(one.reason, one.detail) for one in found.skipped] == [(SkipReason.UNTOLD, "red.jpg")]


def test_only_accepted_boxes_are_taken_one_for_each_phrase(
    services: AppServices, shots: list[Path], tmp_path: Path
) -> None:
    objects = (
        thing(1, "cup", state=ObjectState.ACCEPTED, expressions=("the left cup", "cup")),
        thing(2, "dog", state=ObjectState.PROPOSED),
        thing(3, "cat", state=ObjectState.REJECTED),
        thing(4, "", state=ObjectState.ACCEPTED),
    )
    kept = PictureObjects(shots[0], read_source(shots[0]).content_hash, SIZE, objects)
    services.ground.keeping.save(kept)
    found = services.training.sources.objects()
    assert [(one.turns[0].ask, one.turns[0].answer, one.label) for one in found.examples] == [
        ("the left cup", "[2, 2, 11, 9]", "cup"),
        ("cup", "[2, 2, 11, 9]", "cup"),
    ]
    assert {one.box for one in found.examples} == {Box(1.5, 2.25, 11.125, 9)}
    assert [one.reason for one in found.skipped] == [SkipReason.NO_TEXT]
    target = shots[0].with_name("objects.jsonl")
    done(services.ground.exports.export(ObjectsFormat.JSONL, target, CancelToken()))
    rows = read(services.training, target)
    asked = {one.turns[0].ask for one in rows.examples}
    assert {"the left cup", "cup"} <= asked
    assert {one.kind for one in rows.examples} == {ExampleKind.BOX}


def _talk(services: AppServices, shots: list[Path]) -> list[int]:
    """Answers: about one picture, about two, to a follow-up, unfinished."""
    library = services.library
    talk = library.new_conversation("Talk", "starter", "")
    pictures = [
        library.add_chat_picture(
            talk, Attachment(path), read_source(path).content_hash, SIZE, b""
        ).id
        for path in shots[:2]
    ]
    answers = []
    plan = [(pictures[:1], TurnState.DONE), (pictures, TurnState.DONE), ((), TurnState.DONE),
            (pictures[:1], TurnState.PARTIAL)]  # fmt: skip
    for at, (shown, state) in enumerate(plan):
        asked = Turn(0, None, Role.USER, f"Question {at}?", pictures=tuple(shown))
        asked = library.add_turn(talk, asked)
        answered = Turn(0, asked.id, Role.ASSISTANT, f"Answer {at}.", state)
        answers.append(library.add_turn(talk, answered).id)
    return answers


def test_only_answers_with_a_thumb_up_are_taken(services: AppServices, shots: list[Path]) -> None:
    answers = _talk(services, shots)
    sources = services.training.sources
    assert sources.answers().examples == ()
    assert [sources.vote(one, +1) for one in answers] == [0, 0, 0, 0]
    (found,) = sources.answers().examples
    assert found.turns == (Exchange("Question 0?", "Answer 0."),)
    assert (found.kind, found.image) == (ExampleKind.QUESTION, str(shots[0]))
    assert sources.vote(answers[0], -1) == 1
    assert sources.votes(answers)[answers[0]] == -1
    assert sources.answers().examples == ()
    assert sources.vote(answers[0], 0) == -1
    assert answers[0] not in sources.votes(answers)


def test_a_deleted_conversation_teaches_nothing(services: AppServices, shots: list[Path]) -> None:
    answers = _talk(services, shots)
    services.training.sources.vote(answers[0], 1)
    services.library.delete_conversation(services.library.conversation_of_turn(answers[0]))
    assert services.training.sources.answers().examples == ()


def test_photos_of_the_library_are_taken_with_a_text_or_label(
    services: AppServices, shots: list[Path]
) -> None:
    done(services.index([shots[0].parent], CancelToken()))
    ids = [services.library.content_of(path) or 0 for path in shots]
    sources = services.training.sources
    labelled = sources.photos(ids[:2], label="Rocky")
    assert [(one.label, one.turns[0].answer) for one in labelled.examples] == [
        ("Rocky", "Rocky")
    ] * 2
    assert {one.image for one in labelled.examples} == {str(path) for path in shots[:2]}
    assert said(sources.photos(ids[:1], text="A picture.")) == [("red.jpg", "A picture.")]
    typed = sources.photos(ids[:2], texts={ids[0]: "One.", ids[1]: " "}, label="Rocky")
    assert said(typed) == [("red.jpg", "One."), ("green.jpg", "Rocky")]
    own = sources.photos(ids, own=PhotoText.CAPTION)
    assert (own.examples, {one.reason for one in own.skipped}) == ((), {SkipReason.NO_TEXT})


def test_a_picture_that_is_gone_is_told(services: AppServices, shots: list[Path]) -> None:
    done(services.index([shots[0].parent], CancelToken()))
    content_id = services.library.content_of(shots[0]) or 0
    shots[0].unlink()
    found = services.training.sources.photos([content_id], text="x")
    assert found.skipped == (
        SkippedRow(f"photo {content_id}", SkipReason.PICTURE_ABSENT, "red.jpg"),
    )
    assert len(COLOURS) == len(shots)
