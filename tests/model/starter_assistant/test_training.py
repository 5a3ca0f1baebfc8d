"""The assistant's training, end to end on a few drawn pictures; and the parts it is made of."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from PIL import Image

from vlm_desktop.backends.chat.starter import StarterAssistant, one_thread
from vlm_desktop.backends.chat.starter_network import StarterConfig, StarterNetwork
from vlm_desktop.backends.chat.starter_writing import look_at, next_logits, search, write
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.splits import is_held_out
from vlm_desktop.base.vqascores import vqa_accuracy
from vlm_desktop.training.starter.__main__ import main as start
from vlm_desktop.training.starter.assistant import command
from vlm_desktop.training.starter.assistant.batches import Recipe, Text, TextPool, Words, pack
from vlm_desktop.training.starter.assistant.corpus import (
    all_texts,
    answer_shares,
    plain_answer,
    plain_caption,
    read_pictures,
    train_tokenizer,
)
from vlm_desktop.training.starter.assistant.critic import Judge
from vlm_desktop.training.starter.assistant.features import view_of

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 200, 40),
    "blue": (40, 50, 220),
    "yellow": (230, 220, 40),
    "white": (245, 245, 245),
    "black": (10, 10, 10),
}
SMALL = StarterConfig(100, 32, 3, 4, features=40, cells=9, embedding=16, positions=20)


def save_square(path: Path, colour: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    pixels = draw.integers(100, 140, (224, 224, 3), dtype=np.uint8)
    x, y = draw.integers(20, 90, 2)
    pixels[y : y + 110, x : x + 110] = COLOURS[colour]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def lone_thread() -> Iterator[None]:
    """Networks this small only wait where several threads share a busy processor."""
    with one_thread(torch.device("cpu")):
        yield


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pictures with captions, and others with questions, in the layout of the real data."""
    captioned = tmp_path_factory.mktemp("captioned")
    asked = tmp_path_factory.mktemp("asked")
    told, questions = [], []
    for number in range(24):
        colour = list(COLOURS)[number % 6]
        name = f"images/{number}.png"
        save_square(captioned / name, colour, number)
        captions = [
            f"A {colour} square on a gray wall .",
            f"There is a {colour} square",
            f"a {colour} square in the middle",
            f"One {colour} square .",
        ]
        split = "dev" if number >= 18 else "train"
        told.append({"image": name, "captions": captions, "split": split})
        name = f"images/COCO_train2014_{number:012}.png"
        save_square(asked / name, colour, 100 + number)
        answers = [colour] * 8 + ["gray", "none"]
        row = {"image": name, "question": "What color is the square?", "type": "other"}
        questions.append(row | {"answer": colour, "answers": answers})
        row = {"image": name, "question": "what is gray", "type": "object", "answer": "wall"}
        questions.append(row)
    for folder, table, rows in ((captioned, "captions", told), (asked, "qa", questions)):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{table}.jsonl").write_text(text, encoding="utf-8")
    return [captioned, asked]


@pytest.mark.usefixtures("lone_thread")
def test_a_small_assistant_learns_colours(folders, shipped, tmp_path, ask, monkeypatch):
    monkeypatch.setattr("vlm_desktop.training.starter.assistant.corpus.TUNE", 0)
    arguments = ["--encoder", str(shipped), "--work", str(tmp_path / "work")]
    arguments += ["--out", str(tmp_path / "out"), "--views", "2", "--device", "cpu"]
    for folder in folders:
        arguments += ["--data", str(folder)]
    for value in ("vocabulary=400", "width=32", "layers=2", "heads=2", "positions=24"):
        arguments += ["--shape", value]
    for value in ("epochs=100", "captioned=6", "asked=6", "rate=0.004", "warmup=20", "average=0.9"):
        arguments += ["--fit", value]
    for value in ("steps=3", "captioned=4", "draws=3"):
        arguments += ["--critic", value]
    for value in ("width=32", "directions=16", "epochs=30", "batch=16", "rate=0.004", "members=1"):
        arguments += ["--choose", value]
    assert command.main(arguments) == 0
    figures = json.loads((tmp_path / "work" / "figures.json").read_text(encoding="utf-8"))
    assert figures["held_answers"]["vqa"] > figures["held_answers_blank"]["vqa"] + 20, figures
    assert figures["held_answers"]["one_word"] == 100
    assert figures["dev_captions_1"]["bleu_4"] > 30

    model = StarterAssistant(tmp_path / "out")
    held = sorted(one for one in folders[1].glob("images/*.png") if is_held_out(one.name))
    right = 0
    for path in held:
        pixels = np.asarray(Image.open(path))
        colour = list(COLOURS)[int(path.stem[-4:]) % 6]
        right += ask(model, "What color is the square?", ChatImage(pixels))[1].text == colour
    assert right >= len(held) * 0.6
    assert model.spec.parameters < 400_000
    sums = (tmp_path / "out" / "model.toml").read_text(encoding="utf-8")
    assert '"assistant.safetensors" = "' in sums
    assert '"text.onnx" = "' in sums
    assert '"assistant_answers.safetensors" = "' in sums
    assert "\nreadings = 768\n" in sums
    # going on from what is there leaves out the first stage, or the second too
    arguments += ["--resume", str(tmp_path / "work" / "critic.safetensors"), "--skip-fit"]
    assert command.main(arguments) == 0
    before = (tmp_path / "out" / "assistant.safetensors").read_bytes()
    arguments += ["--skip-critic"]
    arguments[arguments.index("--resume") + 1] = str(tmp_path / "out" / "assistant.safetensors")
    assert command.main(arguments) == 0
    assert (tmp_path / "out" / "assistant.safetensors").read_bytes() == before
    assert StarterAssistant(tmp_path / "out").spec.revision != model.spec.revision


def test_the_command_is_reached_by_its_word():
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    assert start is not command.main


def test_held_out_photos_are_those_of_the_one_rule(folders, tmp_path, monkeypatch):
    monkeypatch.setattr("vlm_desktop.training.starter.assistant.corpus.TUNE", 0)
    pictures = read_pictures(folders)
    asked = [one for one in pictures if one.asked]
    held = {one.path.name for one in asked if one.split == "held"}
    assert held == {one.path.name for one in asked if is_held_out(one.path.name)}
    assert 0 < len(held) < len(asked) / 2
    words = " ".join(all_texts(pictures))
    assert "square" in words
    # the same photo under another name stays out too
    twin = tmp_path / "twin"
    number = sorted(held)[0].split("_")[-1]
    save_square(twin / "images" / number, "red", 0)
    row = {"image": f"images/{number}", "captions": ["a secret"]}
    (twin / "captions.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    more = read_pictures([*folders, twin])
    assert [one.split for one in more if one.path.name == number] == ["left out"]
    assert "secret" not in " ".join(all_texts(more))


def test_texts_are_learnt_in_one_form():
    assert plain_caption('A dog , a "cat" and 2 men .') == "a dog, a cat and 2 men"
    assert plain_answer("The Dog.") == "dog"
    assert plain_answer("2") == "two"
    assert answer_shares(["2", "two", "2", "3"]) == {"two": 1.0, "three": 1 / 3}
    assert answer_shares(["yes"]) == {"yes": 1.0}


def test_accuracy_is_that_of_vqa():
    assert vqa_accuracy("two", ["2"] * 10) == 1.0
    assert vqa_accuracy("cat", ["cat"] + ["dog"] * 9) == pytest.approx(0.3)
    assert vqa_accuracy("bird", ["cat"] + ["dog"] * 9) == 0.0


def test_a_tokenizer_gives_texts_back():
    texts = ["a black dog's ball, on the snow", "what is the man doing?"] * 5
    tokenizer = train_tokenizer(texts, 400)
    for text in texts:
        assert tokenizer.decode(tokenizer.encode(text).ids).strip() == text
    assert tokenizer.encode("Ünbekannt 🐶").ids, "no text is without tokens"


def test_texts_in_a_row_do_not_see_each_other():
    rows = pack([[Text((1, 2), (3, 4)), Text((5,), (6, 7, 8))], [Text((1,), (9,))]])
    assert rows.tokens.tolist() == [[1, 2, 3, 5, 6, 7], [1, 0, 0, 0, 0, 0]]
    assert rows.positions.tolist()[0] == [0, 1, 2, 0, 1, 2]
    assert rows.at.tolist() == [1, 2, 3, 4, 5, 6]
    assert rows.target.tolist() == [3, 4, 6, 7, 8, 9]
    mask = rows.mask()[0]
    assert not mask[3:, :3].any()
    assert not mask[:3, 3:].any()
    assert mask[5, 3:].all()
    assert not mask[4, 5]


def test_a_mirrored_picture_brings_no_left_and_right(folders, monkeypatch):
    monkeypatch.setattr("vlm_desktop.training.starter.assistant.corpus.TUNE", 0)
    pictures = read_pictures(folders)[:1]
    pictures[0].captions[:] = ["a square on the left", "a square"]
    pool = TextPool(pictures, Words(train_tokenizer(["a square"], 300), 24), Recipe(made=0))
    assert len(pool.draw(0, False, Random(0))) == 2
    assert len(pool.draw(0, True, Random(0))) == 1


def test_views_keep_their_size_and_are_the_same_each_time():
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(view_of(pixels, 0, (1,))[0]), pixels)
    flipped, mirrored = view_of(pixels, 1, (1,))
    assert mirrored
    assert np.array_equal(np.asarray(flipped), pixels[:, ::-1])
    for view in range(2, 6):
        first, again = view_of(pixels, view, (7, view)), view_of(pixels, view, (7, view))
        assert first[0].size == (64, 64)
        assert np.array_equal(np.asarray(first[0]), np.asarray(again[0]))


def test_the_judge_prefers_what_people_say_and_whole_sentences():
    captions = {0: ["a red dog runs", "the red dog is running"], 1: ["a blue boat", "one boat"]}
    judge = Judge(captions)
    right = judge.score(0, "a red dog runs", True)
    assert right > judge.score(0, "a blue boat", True)
    assert right > judge.score(0, "a red dog runs", False), "one that breaks off"


@pytest.fixture
def small() -> tuple[StarterNetwork, torch.Tensor]:
    torch.manual_seed(0)
    network = StarterNetwork(SMALL).eval().requires_grad_(False)
    for one in network.parameters():
        one.mul_(2)
    return network, network.see(torch.rand(2, 9, 40), torch.randn(2, 16))


def test_reading_piece_by_piece_is_reading_at_once(small):
    network, seen = small
    tokens = torch.randint(6, 100, (2, 9))
    places = torch.arange(9).expand(2, 9)
    mask = torch.ones(2, 9, 9, dtype=torch.bool).tril()
    whole = network.logits(network(seen, network.read(tokens, places), mask))
    memory = look_at(network, seen).repeated(1, 9)
    assert torch.allclose(next_logits(network, memory, tokens[:, :4], 0), whole[:, 3], atol=1e-4)
    for place in range(4, 9):
        step = next_logits(network, memory, tokens[:, place : place + 1], place)
        assert torch.allclose(step, whole[:, place], atol=1e-4)


def test_one_beam_is_greedy_and_more_find_likelier_texts(small):
    network, seen = small
    prompts = torch.full((2, 1), 2)
    memory = look_at(network, seen)
    greedy = write(network, memory.repeated(1, 13), prompts, end=1, longest=12)
    one = search(network, memory, prompts, end=1, longest=12, beams=1)
    many = search(network, memory, prompts, end=1, longest=12, beams=6)
    assert [w.tokens for w in greedy] == [w.tokens for w in one]
    for wide, narrow in zip(many, greedy, strict=True):
        assert wide.logprob / (len(wide.tokens) + 1) >= narrow.logprob / (len(narrow.tokens) + 1)
