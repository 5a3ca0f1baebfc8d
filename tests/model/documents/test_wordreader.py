"""LayoutLMv3: tiny networks of its true architecture choose among the words of a page."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from tests.model.chat.tiny import words as tokenizers
from vlm_desktop.backends.registry import Registry
from vlm_desktop.backends.wordreader import LayoutReader, _questioned, _runs, _span
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import ReadWords
from vlm_desktop.base.errors import Cancelled, ModelBroken, ModelUnsupported
from vlm_desktop.base.types import Box

LABELS = ("O", "B-TOTAL.TOTAL_PRICE", "I-TOTAL.TOTAL_PRICE", "B-MENU.NM")
PAGE = np.full((60, 80, 3), 255, np.uint8)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    def make(architecture: str) -> Path:
        folder = tmp_path_factory.mktemp("layout") / architecture
        tokenizer = tokenizers.layoutlm()
        images = transformers.LayoutLMv3ImageProcessor(
            apply_ocr=False, size={"height": 32, "width": 32}
        )
        config = transformers.LayoutLMv3Config(
            vocab_size=len(tokenizer), hidden_size=36, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=514, max_2d_position_embeddings=1024,
            coordinate_size=6, shape_size=6, input_size=32, patch_size=16,
        )  # fmt: skip
        if "Token" in architecture:
            config.id2label = dict(enumerate(LABELS))
            config.label2id = {name: number for number, name in enumerate(LABELS)}
        torch.manual_seed(3)
        getattr(transformers, architecture)(config).save_pretrained(folder)
        transformers.LayoutLMv3Processor(images, tokenizer).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="module")
def asking(build: Callable[[str], Path]) -> LayoutReader:
    folder = build("LayoutLMv3ForQuestionAnswering")
    return LayoutReader(folder, model_id="tiny", provider="cpu")


@pytest.fixture(scope="module")
def labelling(build: Callable[[str], Path]) -> LayoutReader:
    folder = build("LayoutLMv3ForTokenClassification")
    return LayoutReader(folder, model_id="tiny", provider="cpu")


def row(count: int) -> tuple[list[str], list[Box]]:
    said = [f"word{number}" for number in range(count)]
    return said, [Box(5.0 * k, 0, 5.0 * k + 4, 9) for k in range(count)]


def test_labels_are_those_of_the_network_itself(labelling: LayoutReader) -> None:
    said, boxes = row(6)
    found = labelling.labelled(said, boxes, PAGE, CancelToken())
    processor, model = labelling._processor, labelling._model
    scaled = [
        [round(1000 * v) for v in (b.x0 / 80, b.y0 / 60, b.x1 / 80, b.y1 / 60)] for b in boxes
    ]
    encoded = processor(
        images=torch.from_numpy(PAGE).permute(2, 0, 1), text=said, boxes=scaled, return_tensors="pt"
    )
    with torch.inference_mode():
        chosen = model(**encoded).logits[0].argmax(-1).tolist()
    labels = ["O"] * len(said)
    for token, word in reversed(list(enumerate(encoded.word_ids(0)))):
        if word is not None:
            labels[word] = LABELS[chosen[token]]
    assert found == tuple(_runs(labels))


def test_answers_are_words_of_the_page(asking: LayoutReader) -> None:
    said, boxes = row(8)
    found = asking.answer("What is the total?", said, boxes, PAGE, CancelToken())
    assert found is None or set(found.words) <= set(range(8))
    assert asking.answer("What is the total?", [], [], PAGE, CancelToken()) is None


def test_long_pages_are_read_in_windows(
    asking: LayoutReader, labelling: LayoutReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, boxes = row(700)
    windows = list(labelling._windows("", said, boxes, PAGE, CancelToken()))
    assert len(windows) > 1
    assert {word for _, places in windows for _, word in places} == set(range(700))
    asked = list(asking._windows("what is it", said, boxes, PAGE, CancelToken()))
    assert {word for _, places in asked for _, word in places} == set(range(700))
    assert labelling.labelled(said, boxes, PAGE, CancelToken()) is not None


def test_it_stops(asking: LayoutReader) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        asking.answer("x", *row(3), PAGE, cancel)


def test_nothing_is_an_answer() -> None:
    start, end = torch.zeros(5), torch.zeros(5)
    places = [(2, 0), (3, 1), (4, 2)]
    start[0] = end[0] = 5
    assert _span(start, end, places) is None
    start[3] = end[4] = 9
    score, found = _span(start, end, places)
    assert found == (1, 2)
    assert score == 8
    end[2] = 20
    assert _span(start, end, places)[1] == (0,), "an end before the start is none"


@pytest.mark.parametrize(
    ("labels", "runs"),
    [
        (["B-MENU.NM", "I-MENU.NM", "O", "I-X"], [("menu/nm", (0, 1)), ("x", (3,))]),
        (["B-A", "B-A", "S-A"], [("a", (0,)), ("a", (1,)), ("a", (2,))]),
        (["total", "total", "O"], [("total", (0, 1))]),
        (["O"], []),
        ([], []),
    ],
)
def test_runs_of_labels(labels: list[str], runs: list[tuple[str, tuple[int, ...]]]) -> None:
    assert list(_runs(labels)) == [ReadWords(*run) for run in runs]


def test_questions_label_their_answers() -> None:
    runs = _runs(["B-HEADER", "B-QUESTION", "I-QUESTION", "B-ANSWER", "B-ANSWER"])
    found = list(_questioned(tuple(runs), ["x", "Due", "date", "May", "June"]))
    assert found == [ReadWords("Due date", (3,))]


def test_the_shelf_takes_it_in(build: Callable[[str], Path], tmp_path: Path) -> None:
    registry = Registry(tmp_path / "none", tmp_path / "models", tmp_path / "none.toml")
    card = registry.import_folder(build("LayoutLMv3ForTokenClassification"), "forms")
    assert (card.tasks, card.family, card.converses) == (("document",), "word-reader", False)
    reader = registry.open_word_reader("forms", provider="cpu")
    assert not reader.asks
    reader.close()
    with pytest.raises(ModelUnsupported):
        registry.open_chat("forms")


def test_broken_and_foreign_folders_are_refused(
    build: Callable[[str], Path], tmp_path: Path
) -> None:
    with pytest.raises(ModelUnsupported):
        LayoutReader(build("LayoutLMv3ForSequenceClassification"), model_id="x", provider="cpu")
    folder = build("LayoutLMv3ForQuestionAnswering")
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ModelBroken):
        LayoutReader(folder, model_id="x", provider="cpu")
