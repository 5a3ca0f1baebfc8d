"""Readers of examples: what each form becomes, and why a row becomes none."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import SkippedRow, SkipReason, TrainSource
from vlm_desktop.base.trainingrows import decode_row, encode_row, example_key
from vlm_desktop.base.types import Box
from vlm_desktop.engine.train.formats import cococaptions, conversations, plainrows, tables
from vlm_desktop.engine.train.formats.pictures import PictureFinder
from vlm_desktop.engine.train.formats.rows import BadRow, Draft, Row


def drafts(rows: Iterable[Row]) -> list[Draft]:
    found = list(rows)
    assert all(isinstance(one, Draft) for one in found), found
    return [one for one in found if isinstance(one, Draft)]


def reason(rows: Iterable[Row]) -> SkipReason:
    (one,) = rows
    assert isinstance(one, SkippedRow)
    return one.reason


# --- plain rows ----------------------------------------------------------------------------


def test_a_row_with_several_captions_is_an_example_each() -> None:
    row = {"image": "a.jpg", "captions": ["A dog.", " ", "A dog.", "A brown dog."]}
    made = drafts(plainrows.read(row, "line 1"))
    assert [one.turns for one in made] == [
        (Exchange("", "A dog."),),
        (Exchange("", "A brown dog."),),
    ]
    assert {one.image for one in made} == {"a.jpg"}


def test_a_question_takes_the_answer_that_most_people_gave() -> None:
    row = {
        "image": "a.jpg",
        "question": "How many?",
        "answers": ["2", {"answer": "3"}, {"answer": "3"}, 7],
        "split": "val",
    }
    (made,) = drafts(plainrows.read(row, "line 1"))
    assert made.turns == (Exchange("How many?", "3"),)
    assert (made.kind, made.split) == (ExampleKind.QUESTION, Split.VALIDATION)


def test_a_label_alone_is_what_is_to_be_said() -> None:
    (made,) = drafts(plainrows.read({"file_name": "x.png", "label": 3}, "line 1"))
    assert (made.label, made.turns) == ("3", (Exchange("", "3"),))


def test_of_several_labels_the_first_is_the_class() -> None:
    row = {"image": "a.jpg", "labels": ["soy yoghurt", "", "packages"]}
    (made,) = drafts(plainrows.read(row, "line 1"))
    assert (made.label, made.turns[0].answer) == ("soy yoghurt", "soy yoghurt, packages")


def test_what_was_made_for_testing_is_left_out() -> None:
    (made,) = drafts(plainrows.read({"image": "a.jpg", "text": "A.", "split": "test"}, "line 1"))
    assert made.split is Split.LEFT_OUT


def test_ground_rows_become_places_and_absences() -> None:
    here = {"image": "a.jpg", "phrase": "cup", "label": "cup", "box": [1, 2.4, 30, 40]}
    (made,) = drafts(plainrows.read(here, "line 1"))
    assert made.kind is ExampleKind.BOX
    assert made.box == Box(1, 2.4, 30, 40)
    assert made.turns == (Exchange("cup", "[1, 2, 30, 40]"),)
    (gone,) = drafts(plainrows.read(here | {"box": None}, "line 2"))
    assert (gone.box, gone.turns[0].answer) == (None, "[]")


def test_fields_are_asked_for_by_name() -> None:
    row = {"image": "r.jpg", "fields": {"total": "12.50", "vendor": "Aldi", "note": ""}}
    (made,) = drafts(plainrows.read(row, "line 1"))
    assert made.kind is ExampleKind.FIELDS
    assert json.loads(made.turns[0].answer) == {"total": "12.50", "vendor": "Aldi"}
    assert "total, vendor" in made.turns[0].ask
    assert "note" not in made.turns[0].ask


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("no row", SkipReason.MALFORMED),
        ({"caption": "A dog."}, SkipReason.NO_PICTURE),
        ({"image": 7, "caption": "A dog."}, SkipReason.NO_PICTURE),
        ({"image": "a\0.jpg", "caption": "A dog."}, SkipReason.NO_PICTURE),
        ({"image": "a.jpg", "caption": "  "}, SkipReason.NO_TEXT),
        ({"image": "a.jpg", "question": "Who?", "answer": ""}, SkipReason.NO_TEXT),
        ({"image": "a.jpg", "turns": [{"ask": "Who?"}]}, SkipReason.NO_TEXT),
        ({"image": "a.jpg", "phrase": "x", "box": [1, 2, 3]}, SkipReason.NO_PLACE),
        ({"image": "a.jpg", "phrase": "x", "box": [1, 2, 3, 1e400]}, SkipReason.NO_PLACE),
        ({"image": "a.jpg", "phrase": "", "box": [1, 2, 3, 4]}, SkipReason.NO_TEXT),
    ],
)
def test_rows_that_become_nothing_say_why(row: object, expected: SkipReason) -> None:
    assert reason(plainrows.read(row, "line 9")) is expected


def test_steering_characters_are_taken_out_of_texts() -> None:
    (made,) = drafts(plainrows.read({"image": "a.jpg", "text": "A\x1b[31m dog\r\nruns"}, "line 1"))
    assert made.turns[0].answer == "A [31m dog\nruns"


# --- our own lines -------------------------------------------------------------------------

_TEXT = st.text(max_size=40)
_EXAMPLES = st.builds(
    Example,
    key=st.text(alphabet="0123456789abcdef", max_size=24),
    image=st.text(min_size=1, max_size=30),
    turns=st.lists(st.builds(Exchange, _TEXT, _TEXT), min_size=1, max_size=3).map(tuple),
    kind=st.sampled_from(ExampleKind),
    split=st.sampled_from(Split),
    content=st.text(alphabet="0123456789abcdef", max_size=40),
    group=_TEXT,
    label=_TEXT,
    source=_TEXT,
    box=st.none() | st.builds(Box, *[st.floats(-1e6, 1e6)] * 4),
)


@given(_EXAMPLES)
def test_a_line_brings_an_example_back_whole(example: Example) -> None:
    line = encode_row(example)
    assert "\n" not in line
    assert decode_row(line) == example


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"image": "a", "turns": 3}', '{"image": "a", "turns": [], "kind": 1}']
)
def test_a_line_that_is_none_of_ours_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no example"):
        decode_row(line)


def test_a_key_goes_by_bytes_and_words_not_by_names() -> None:
    one = Example("", "a.jpg", (Exchange("", "A dog."),), content="h1")
    moved = Example("x", "b/other.jpg", (Exchange("", "A dog."),), content="h1", label="dog")
    assert example_key(one) == example_key(moved)
    other = Example("", "a.jpg", (Exchange("", "A cat."),), content="h1")
    assert example_key(one) != example_key(other)


# --- CSV -----------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_found_by_their_names(delimiter: str) -> None:
    lines = [["Id", "Alt Text", "File Name"], ["1", '"A dog', ""], ["2", "A cat", "b.jpg"]]
    lines[1] = ["1", f'"A dog{delimiter} running"', "a.jpg"]
    text = "\ufeff" + "\r\n".join(delimiter.join(line) for line in lines)
    assert tables.is_table(text)
    made = drafts(tables.read_table(text))
    assert [(one.image, one.turns[0].answer) for one in made] == [
        ("a.jpg", f"A dog{delimiter} running".replace("\t", " ")),
        ("b.jpg", "A cat"),
    ]
    assert [one.where for one in made] == ["line 2", "line 3"]


def test_rows_without_text_are_told_with_their_line() -> None:
    text = "image,caption\na.jpg,\n\nb.jpg,A cat\n"
    skipped, made = tables.read_table(text)
    assert skipped == SkippedRow("line 2", SkipReason.NO_TEXT)
    assert isinstance(made, Draft)


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2", "caption\nA dog", "image\na.jpg", "A dog. A cat."]
)
def test_a_table_that_says_nothing_of_pictures_is_none(text: str) -> None:
    assert not tables.is_table(text)


# --- conversations -------------------------------------------------------------------------

LLAVA = {
    "id": "1",
    "image": "a.jpg",
    "conversations": [
        {"from": "human", "value": "<image>\nWhat is it?"},
        {"from": "gpt", "value": "A cup."},
        {"from": "human", "value": "Which colour?"},
        {"from": "gpt", "value": "Red."},
    ],
}
SHAREGPT = {
    "images": ["a.jpg"],
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "<image>What is it?"},
        {"role": "assistant", "content": "A cup."},
    ],
}
PARTS = {
    "messages": [
        {
            "role": "user",
            "content": [{"type": "image", "image": "a.jpg"}, {"type": "text", "text": "Describe."}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "A cup."}]},
        {"role": "user", "content": "And now?"},
    ]
}


def test_llava_keeps_its_turns_without_the_mark() -> None:
    (made,) = drafts(conversations.read(LLAVA, "item 1"))
    assert made.turns == (Exchange("What is it?", "A cup."), Exchange("Which colour?", "Red."))
    assert conversations.family(LLAVA) is TrainSource.LLAVA


def test_sharegpt_puts_the_system_before_the_first_question() -> None:
    (made,) = drafts(conversations.read(SHAREGPT, "item 1"))
    assert made.turns == (Exchange("Be brief.\nWhat is it?", "A cup."),)
    assert conversations.family(SHAREGPT) is TrainSource.SHAREGPT


def test_pictures_inside_of_messages_are_found_and_an_open_question_is_dropped() -> None:
    (made,) = drafts(conversations.read(PARTS, "item 1"))
    assert (made.image, made.turns) == ("a.jpg", (Exchange("Describe.", "A cup."),))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"images": ["a.jpg", "b.jpg"]}, SkipReason.SEVERAL_PICTURES),
        ({"images": []}, SkipReason.NO_PICTURE),
        ({"messages": []}, SkipReason.NO_TEXT),
        ({"messages": [{"role": "user", "content": "Hm?"}]}, SkipReason.NO_TEXT),
        ({"messages": [{"role": "assistant", "content": "A."}] * 2}, SkipReason.MALFORMED),
        ({"messages": [{"role": "stranger", "content": "A."}]}, SkipReason.MALFORMED),
        (
            {"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": ""}]},
            SkipReason.NO_TEXT,
        ),
    ],
)
def test_conversations_that_become_nothing_say_why(
    change: dict[str, object], expected: SkipReason
) -> None:
    assert reason(conversations.read(SHAREGPT | change, "item 3")) is expected


# --- COCO ----------------------------------------------------------------------------------


def test_coco_gives_an_example_for_each_caption() -> None:
    said = {
        "images": [{"id": 7, "file_name": "a.jpg"}, {"id": [8], "file_name": "b.jpg"}, 3],
        "annotations": [
            {"image_id": 7, "caption": "A dog."},
            {"image_id": 7, "caption": "Brown dog."},
            {"image_id": 8, "caption": "Nobody knows."},
            {"image_id": 7, "caption": ""},
            "nonsense",
        ],
    }
    assert cococaptions.is_coco_captions(said)
    made = list(cococaptions.read(said))
    assert [one.turns[0].answer for one in made if isinstance(one, Draft)] == [
        "A dog.",
        "Brown dog.",
    ]
    assert [one.reason for one in made if isinstance(one, SkippedRow)] == [
        SkipReason.NO_PICTURE,
        SkipReason.NO_TEXT,
        SkipReason.NO_PICTURE,
    ]


def test_coco_without_captions_is_no_source() -> None:
    assert not cococaptions.is_coco_captions({"images": [], "annotations": [{"bbox": []}]})


# --- where names lead ----------------------------------------------------------------------


@pytest.fixture
def places(tmp_path: Path) -> Path:
    for name in ("set/a.jpg", "set/images/b.jpg", "elsewhere/c.jpg", "library/d.jpg", "set/e.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def finder(places: Path, folder: Path | None = None) -> PictureFinder:
    known = {"h1": places / "library" / "d.jpg"}
    return PictureFinder(places / "set", folder, [places / "library"], known.get, CancelToken())


def find(places: Path, name: str, *, folder: Path | None = None, content: str = "") -> object:
    draft = Draft("line 1", name, (), content=content)
    try:
        return finder(places, folder).find(draft).relative_to(places).as_posix()
    except BadRow as bad:
        return bad.reason


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", "set/a.jpg"),
        ("./images/../a.jpg", "set/a.jpg"),
        ("images\\b.jpg", "set/images/b.jpg"),
        ("b.jpg", "set/images/b.jpg"),
        ("../elsewhere/c.jpg", SkipReason.PICTURE_OUTSIDE),
        ("../library/d.jpg", SkipReason.PICTURE_OUTSIDE),
        ("nowhere.jpg", SkipReason.PICTURE_ABSENT),
        ("https://example.org/a.jpg", SkipReason.PICTURE_ABSENT),
        ("e.txt", SkipReason.NO_PICTURE),
        ("/etc/passwd", SkipReason.NO_PICTURE),
    ],
)
def test_names_lead_only_beside_and_below_the_file(
    places: Path, name: str, expected: object
) -> None:
    assert find(places, name) == expected


def test_full_paths_lead_only_into_what_the_person_gave(places: Path) -> None:
    outside = str(places / "elsewhere" / "c.jpg")
    assert find(places, outside) is SkipReason.PICTURE_OUTSIDE
    assert find(places, str(places / "library" / "d.jpg")) == "library/d.jpg"
    assert find(places, str(places / "set" / ".." / "elsewhere" / "c.jpg")) is (
        SkipReason.PICTURE_OUTSIDE
    )
    named = places / "elsewhere"
    assert find(places, outside, folder=named) == "elsewhere/c.jpg"
    assert find(places, "train2017/c.jpg", folder=named) == "elsewhere/c.jpg"


def test_a_picture_is_found_by_its_bytes(places: Path) -> None:
    assert find(places, "gone.jpg", content="h1") == "library/d.jpg"
    assert find(places, "gone.jpg", content="h2") is SkipReason.PICTURE_ABSENT
