"""Whatever a file says: every reader gives drafts and reasons, and never stumbles."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vlm_desktop.base.training import ExampleKind
from vlm_desktop.base.trainingdata import SkippedRow
from vlm_desktop.engine.train.formats import cococaptions, conversations, plainrows, tables
from vlm_desktop.engine.train.formats.bounds import parsed
from vlm_desktop.engine.train.formats.rows import Draft, Row

_KEYS = st.sampled_from(
    [
        "image", "images", "file_name", "caption", "captions", "label", "labels", "question",
        "answer", "answers", "fields", "turns", "box", "phrase", "expressions", "split", "kind",
        "conversations", "messages", "from", "value", "role", "content", "annotations", "id",
        "image_id", "ask", "type", "text", "group", "path", "url", "image_url",
    ]
)  # fmt: skip
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["a.jpg", "human", "gpt", "user", "assistant", "system", "\0", "../x.jpg"])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=12,
)


def sound(rows: list[Row]) -> None:
    for one in rows:
        if isinstance(one, SkippedRow):
            continue
        assert isinstance(one, Draft)
        assert one.image.strip()
        assert "\0" not in one.image
        assert any(turn.answer for turn in one.turns)
        assert isinstance(one.kind, ExampleKind)
        json.dumps([one.label, one.group, one.content], ensure_ascii=False).encode()


@given(_VALUES)
@example({"image": "a.jpg", "box": [1, 2, 3, 10**400], "phrase": "x"})
@example({"image": "a.jpg", "label": 10**5000})
@example({"image": "a.jpg", "question": {"x": 1}, "answers": [[], {"answer": 3}]})
def test_rows_of_any_shape_are_read_or_told(said: object) -> None:
    sound(list(plainrows.read(said, "line 1")))
    sound(list(conversations.read(said, "item 1")))
    if isinstance(said, dict):
        conversations.is_conversation(said)
        conversations.family(said)
        plainrows.is_row(said)
        if cococaptions.is_coco_captions(said):
            sound(list(cococaptions.read(said)))


@given(st.text(max_size=200))
@example('image,caption\n"a.jpg,"A dog\n')
@example("image\tcaption\na.jpg\tA\0dog\n")
@example("image,caption\n" + '"' + "x" * 300_000)
def test_tables_of_any_shape_are_read_or_told(text: str) -> None:
    for body in (text, "image,caption\n" + text):
        if tables.is_table(body):
            sound(list(tables.read_table(body)))


@pytest.mark.parametrize("text", ["[" * 200_000, "{", '{"a": 1e', "\ud800"])
def test_what_is_no_json_is_one_kind_of_error(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        parsed(text)
