"""The starter model's training, end to end on a few synthetic photos and tiny networks."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
onnxruntime = pytest.importorskip("onnxruntime")

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: E402

from vlm_desktop.training.starter import evaluate, export, losses  # noqa: E402
from vlm_desktop.training.starter.corpus import build_corpus  # noqa: E402
from vlm_desktop.training.starter.data import (  # noqa: E402
    Photo,
    hold_back_tenth,
    load_pixels,
    read_folders,
    split_for_tuning,
)
from vlm_desktop.training.starter.fit import Towers, fit  # noqa: E402
from vlm_desktop.training.starter.image_tower import (  # noqa: E402
    Classifier,
    ImageConfig,
    ImageTower,
    load_classifier,
)
from vlm_desktop.training.starter.imprint import class_directions, imprint  # noqa: E402
from vlm_desktop.training.starter.nonsense import nonsense  # noqa: E402
from vlm_desktop.training.starter.report import (  # noqa: E402
    absent_queries,
    measure,
    onnx_encoders,
    torch_encoders,
)
from vlm_desktop.training.starter.sampler import FitConfig  # noqa: E402
from vlm_desktop.training.starter.text_tower import TextConfig, TextTower, tokenise  # noqa: E402
from vlm_desktop.training.starter.texts import keyword_table, statement  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.model

SIZE = 64
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 200, 40),
    "blue": (40, 50, 220),
    "yellow": (230, 220, 40),
    "white": (245, 245, 245),
    "black": (10, 10, 10),
}
IMAGE = ImageConfig(
    blocks=((1, 8, 1, 1), (2, 12, 1, 2), (2, 16, 1, 2), (2, 24, 1, 2), (2, 32, 1, 2)),
    stem=8,
    features=48,
    dimension=32,
    pool_heads=4,
    context_layers=1,
    context_width=24,
    dropout=0.0,
)
TEXT = TextConfig(
    vocabulary=40,
    width=32,
    layers=1,
    heads=2,
    inner=64,
    positions=64,
    dimension=32,
    dropout=0.0,
    head_dropout=0.0,
)
QUICK = FitConfig(
    size=SIZE,
    epochs=12,
    captioned=12,
    stated=2,
    labelled=4,
    mixed=4,
    nonsense=8,
    words=4,
    keywords=4,
    lr_head=3e-3,
    lr_image=3e-3,
    lr_text=3e-3,
    ema=0.5,
    frozen_share=0.0,
    word_drop=0.0,
    keyword_weight=0.2,
    push_weight=0.5,
    keep_weight=0.3,
)
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "a",
    "photo",
    "of",
    "square",
    "circle",
    "sky",
    "nothing",
    "secret",
    *COLOURS,
]


def _tokenizer(folder: Path) -> Tokenizer:
    made = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.enable_padding()
    made.save(str(folder / "source.json"))
    made.no_padding()
    return made


def _picture(path: Path, colour: tuple[int, int, int], shade: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(shade)
    noise = draw.integers(-20, 20, (48, 80, 3))
    pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path)


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One captioned folder and, in another, a labelled sub-folder."""
    base = tmp_path_factory.mktemp("photos")
    rows: list[dict[str, object]] = []
    for name, colour in COLOURS.items():
        for shade in range(3):
            image = f"images/{name}{shade}.png"
            _picture(base / "captioned" / image, colour, shade)
            dev = shade == 2
            said = [
                f"a {name} square",
                f"a photo of {name}",
                f"{name} sky",
                f"the {name} circle",
                f"{name} secret" if dev else f"{name} square",
            ]
            rows.append({"image": image, "captions": said, "split": "dev" if dev else "train"})
    _write(base / "captioned" / "captions.jsonl", rows)
    labelled: list[dict[str, object]] = []
    for name in ("red", "blue"):
        for shade in range(10):
            image = f"images/{name}{shade}.png"
            _picture(base / "set" / "colours" / image, COLOURS[name], 50 + shade)
            labelled.append({"image": image, "labels": [f"{name} circle"]})
    _write(base / "set" / "colours" / "labels.jsonl", labelled)
    return base


@pytest.fixture(scope="module")
def photos(folder: Path) -> list[Photo]:
    return read_folders([folder / "captioned", folder / "set"])


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return _tokenizer(folder)


@pytest.fixture(scope="module")
def trained(photos: list[Photo], tokenizer: Tokenizer) -> tuple[Towers, list[dict[str, float]]]:
    """Towers after a short run with every term of the loss, copying from a teacher."""
    torch.manual_seed(0)
    names = [[name] for name in COLOURS]
    chosen = [one for one in photos if one.split == "train"]
    corpus = build_corpus(
        chosen, tokenizer, names, SIZE, torch.device("cpu"), nonsense_count=40, word_count=10
    )
    classifier = Classifier(IMAGE, len(names) + 1).eval().requires_grad_(False)
    teacher = Towers(ImageTower(IMAGE), TextTower(TEXT), QUICK).eval().requires_grad_(False)
    towers = Towers(ImageTower(IMAGE), TextTower(TEXT), QUICK)
    terms = fit(corpus, towers, QUICK, classifier=classifier)
    assert {"to_image", "to_text", "name", "push", "keep", "keyword", "anchor"} <= set(terms[0])
    copied = fit(
        corpus,
        Towers(ImageTower(IMAGE), TextTower(TEXT), QUICK),
        FitConfig(**{**vars(QUICK), "epochs": 1.0}),
        teachers=[teacher],
    )
    assert "copy" in copied[0]
    return towers, terms


def test_loss_decreases(trained: tuple[Towers, list[dict[str, float]]]) -> None:
    _, terms = trained
    first = np.mean([one["to_image"] + one["to_text"] for one in terms[:3]])
    last = np.mean([one["to_image"] + one["to_text"] for one in terms[-3:]])
    assert np.isfinite(last)
    assert last < 0.8 * first


def test_held_back_photos_stay_out(photos: list[Photo], tokenizer: Tokenizer) -> None:
    train = [one for one in photos if one.split == "train"]
    dev = [one for one in photos if one.split == "dev"]
    assert len(dev) == len(COLOURS) + 2  # a tenth of each labelled class besides the dev rows
    assert not {one.path for one in train} & {one.path for one in dev}
    corpus = build_corpus(
        train, tokenizer, [], SIZE, torch.device("cpu"), nonsense_count=5, word_count=0
    )
    assert not (corpus.tokens == WORDS.index("secret")).any()
    with pytest.raises(ValueError, match="held-back"):
        build_corpus(photos, tokenizer, [], SIZE, torch.device("cpu"))


def test_the_held_back_tenth_is_always_the_same(tmp_path: Path) -> None:
    made = [
        [Photo(tmp_path / f"{i}.png", labels=[f"class {i % 3}"]) for i in order]
        for order in (range(60), reversed(range(60)))
    ]
    for photos in made:
        hold_back_tenth(photos)
    held = [{one.path for one in photos if one.split == "dev"} for photos in made]
    assert held[0] == held[1]
    assert len(held[0]) == 6


def test_tuning_photos_come_from_training(folder: Path) -> None:
    photos = read_folders([folder / "captioned"])
    before = {one.path for one in photos if one.split == "dev"}
    split_for_tuning(photos, 4)
    assert before == {one.path for one in photos if one.split == "dev"}
    assert sum(one.split == "tune" for one in photos) == 4


def test_exports_agree_with_the_towers(
    trained: tuple[Towers, list[dict[str, float]]],
    photos: list[Photo],
    tokenizer: Tokenizer,
    folder: Path,
    tmp_path: Path,
) -> None:
    towers, _ = trained
    texts = ["a red square", "a photo of a blue circle in the green sky", "white"]
    pixels = load_pixels(photos[:3], SIZE)
    image, text = torch_encoders(towers, tokenizer, torch.device("cpu"))
    expected = image(pixels), text(texts)
    export.export_image(towers, tmp_path / "image.onnx", SIZE)
    export.export_text(towers, tmp_path / "text.onnx")
    export.export_tokenizer(folder / "source.json", tmp_path / "tokenizer.json")
    export.write_description(tmp_path, towers, SIZE, 64)
    for name in ("image.onnx", "text.onnx"):
        model = onnx.load(str(tmp_path / name))
        assert all(one.version <= 20 for one in model.opset_import if not one.domain)
    told = tomllib.loads((tmp_path / "model.toml").read_text(encoding="utf-8"))
    assert told["dimension"] == 32
    assert told["image"]["size"] == [SIZE, SIZE]
    onnx_image, onnx_text = onnx_encoders(tmp_path)
    assert (onnx_image(pixels) * expected[0]).sum(1).min() > 0.999
    assert (onnx_text(texts) * expected[1]).sum(1).min() > 0.995
    assert onnx_image(pixels[:1]).shape == (1, 32)  # the batch axis is dynamic
    assert onnx_text(texts[2:]).shape == (1, 32)  # and so is the length of texts
    figures = measure(photos, onnx_image, onnx_text, [[name] for name in COLOURS], SIZE)
    assert 0.0 <= figures["dev_captions"]["text_to_image_r1"] <= 100.0
    assert figures["dev_labels"]["photos"] == 2


def test_classifier_weights_are_read_in_graph_order(tmp_path: Path) -> None:
    source = Classifier(IMAGE, 7)
    convs = [one for one in source.modules() if isinstance(one, torch.nn.Conv2d)]
    nodes, tensors = [], []
    for index, conv in enumerate(convs):
        for kind, value in (("w", conv.weight), ("b", conv.bias)):
            array = value.detach().numpy()
            tensors.append(onnx.numpy_helper.from_array(array, f"{kind}{index}"))
        nodes.append(
            onnx.helper.make_node(
                "Conv", [f"x{index}", f"w{index}", f"b{index}"], [f"x{index + 1}"]
            )
        )
    graph = onnx.helper.make_graph(nodes, "classifier", [], [], tensors)
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "c.onnx"))
    read = load_classifier(tmp_path / "c.onnx", IMAGE, 7)
    pixels = torch.randn(2, 3, SIZE, SIZE)
    assert torch.equal(read(pixels), source.eval()(pixels))
    with pytest.raises(ValueError, match="convolutions"):
        load_classifier(tmp_path / "c.onnx", ImageConfig())


def test_imprinting_moves_names_and_keeps_other_texts(
    photos: list[Photo], tokenizer: Tokenizer
) -> None:
    torch.manual_seed(1)
    names = [[name] for name in COLOURS]
    chosen = [one for one in photos if one.split == "train"]
    corpus = build_corpus(
        chosen, tokenizer, names, SIZE, torch.device("cpu"), nonsense_count=5, word_count=0
    )
    towers = Towers(ImageTower(IMAGE), TextTower(TEXT)).eval()
    classifier = Classifier(IMAGE, len(names) + 1).eval()
    told = imprint(towers, corpus, chosen, tokenizer, names, classifier, steps=40)
    assert told[-1] < 0.8 * told[0]


def test_class_directions_point_to_their_class() -> None:
    torch.manual_seed(2)
    images = torch.nn.functional.normalize(torch.randn(400, 16), dim=1)
    weights = torch.nn.functional.normalize(torch.randn(5, 16), dim=1)
    found = class_directions(images, 10.0 * images @ weights.T, ridge=0.01)
    expected = torch.nn.functional.normalize(weights - weights.mean(0), dim=1)
    assert (found * expected).sum(1).min() > 0.99


def test_texts_that_mean_nothing_choose_no_photo() -> None:
    images = torch.nn.functional.normalize(torch.randn(4, 8), dim=1)
    far = torch.nn.functional.normalize(-images.sum(0, keepdim=True), dim=1)
    positive = torch.zeros(4, 1, dtype=torch.bool)
    allowed = torch.ones(4, 1, dtype=torch.bool)
    scale, null = torch.tensor(40.0), torch.tensor(0.3)
    low, _ = losses.contrastive(images, far, positive, allowed, scale, null)
    high, _ = losses.contrastive(images, images[:1], positive, allowed, scale, null)
    assert low < high


def test_recall_and_refusal_of_a_perfect_encoder() -> None:
    images = np.eye(6, dtype=np.float32)
    owner = np.repeat(np.arange(6), 2)
    found = evaluate.recall(images, images[owner], owner)
    assert found["text_to_image_r1"] == found["image_to_text_r1"] == 100.0
    nothing = -images[:3]
    told = evaluate.refusal(images, images, nothing, nothing)
    assert told["kept"] == told["refused_keeping_94"] == 100.0


def test_made_up_texts_are_repeatable_and_not_the_measured_ones() -> None:
    made = nonsense(3000, 0, ["dog"])
    assert made == nonsense(3000, 0, ["dog"])
    assert len(set(made)) == 3000
    assert not set(made) & set(absent_queries())
    assert len(set(absent_queries())) >= 200


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("what is the color of the horses", "brown", "a brown horses"),
        ("what parked next to the church", "car", "car parked next to the church"),
        ("How many tents are in the image?", "10", "10 tents"),
        ("What kind of food is shown?", "donuts", "a photo of donuts"),
        ("Is the water calm?", "no", ""),
    ],
)
def test_statements(question: str, answer: str, expected: str) -> None:
    assert statement(question, answer) == expected


def test_keywords_join_plurals() -> None:
    words, rows = keyword_table([["two dogs run", "a dog"], ["the dog sleeps"]], least=2)
    assert words == ["dog"]
    assert rows == [{0: 2}, {0: 1}]


def test_tokens_are_cut_and_padded(tokenizer: Tokenizer) -> None:
    ids = tokenise(tokenizer, ["a red square", " ".join(["red"] * 30)], 8)
    assert ids.shape == (2, 8)
    assert ids[0, 5:].tolist() == [0, 0, 0]
    assert ids[1, -1] == WORDS.index("[SEP]")
