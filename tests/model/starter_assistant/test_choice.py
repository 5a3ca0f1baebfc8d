"""How classifier and decoder of the starter choose a short answer together."""

from random import Random

import numpy as np
import pytest
import torch

from vlm_desktop.backends.chat import beams, generating
from vlm_desktop.backends.chat.choosing import Chooser
from vlm_desktop.backends.chat.starter_answers import AnswerClassifier, AnswersConfig
from vlm_desktop.backends.chat.starter_choice import (
    CANDIDATES,
    AnswerTable,
    ChoosingDecoder,
    Seen,
    chances_of,
    own_logprobs,
    question_tokens,
    tells_sides,
    wants_short_answer,
    weigh,
)
from vlm_desktop.backends.chat.starter_folder import unpacked
from vlm_desktop.backends.chat.starter_network import Memory, StarterConfig, StarterNetwork
from vlm_desktop.backends.chat.starter_speech import Spelling
from vlm_desktop.backends.chat.starter_views import corners
from vlm_desktop.backends.chat.starter_writing import look_at, next_logits
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.training.starter.assistant.answers import (
    HINTED,
    MADE,
    NAMED,
    PANEL,
    SINGLE,
    common_answers,
    examples_of,
    right_shares,
    spellings,
    targets,
)
from vlm_desktop.training.starter.assistant.batches import Words
from vlm_desktop.training.starter.assistant.choose import Speaking
from vlm_desktop.training.starter.assistant.corpus import Picture, train_tokenizer
from vlm_desktop.training.starter.assistant.export import eighth
from vlm_desktop.training.starter.assistant.questions import Asked

ANSWERS = ["red", "blue", "red and blue", "a boat", "seven"]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer([*ANSWERS, "what color is the boat?"] * 4, 300)


@pytest.fixture(scope="module")
def network(tokenizer) -> StarterNetwork:
    torch.manual_seed(0)
    shape = StarterConfig(tokenizer.get_vocab_size(), 32, 2, 4, features=40, cells=9, embedding=16)
    return StarterNetwork(shape).eval().requires_grad_(False)


def read(network: StarterNetwork, prompt: list[int]) -> tuple[Memory, torch.Tensor]:
    """What is kept after a prompt about a drawn picture, and the logits behind it."""
    torch.manual_seed(1)
    memory = look_at(network, network.see(torch.rand(1, 9, 40), torch.randn(1, 16)), 40)
    return memory, next_logits(network, memory, torch.tensor([prompt]), 0)[0]


class Known:
    """A decoder with given candidates; what it would say itself is `own`, again and again."""

    def __init__(self, scores: dict[tuple[int, ...], float], own: int, size: int) -> None:
        self._scores, self._own, self._size, self.steps = scores, own, size, 0

    def _logits(self, rows: int) -> torch.Tensor:
        logits = torch.zeros(rows, self._size)
        logits[:, self._own] = 9.0
        return logits

    def prefill(self) -> torch.Tensor:
        return self._logits(1)

    def step(self, tokens) -> torch.Tensor:
        self.steps += 1
        return self._logits(len(tokens))

    def branch(self, parents) -> None:
        pass

    def candidates(self) -> dict[tuple[int, ...], float]:
        return self._scores


def written(tokenizer, scores: dict[str, float], **options) -> str:
    """What the loop writes with these candidates, by beams where they are asked for."""
    said = AnswerTable(list(scores), tokenizer).said
    known = dict(zip(said, scores.values(), strict=True))
    end, size = said[0][-1], tokenizer.get_vocab_size()
    decoder = ChoosingDecoder(Known(known, end, size))
    wanted, spelling = GenerationOptions(**options), Spelling(tokenizer)
    rest = {"ends": frozenset({end}), "room": 8, "cancel": CancelToken()}
    if wanted.beams > 1:
        return beams.search(decoder, spelling, wanted, prompt=(), **rest).text.strip()
    stream = generating.write(decoder, Chooser(wanted, spelling, ()), spelling, wanted, **rest)
    return "".join(token.text for token in stream).strip()


@pytest.mark.parametrize("best", ANSWERS)
@pytest.mark.parametrize("count", [1, 3])
def test_the_best_candidate_is_what_is_written(tokenizer, best, count):
    scores = {one: 0.0 if one == best else -8.0 for one in ANSWERS}
    assert written(tokenizer, scores, beams=count) == best


def test_an_opening_that_may_not_come_leaves_the_next_best(tokenizer):
    scores = {"red": 0.0, "red and blue": -0.1, "blue": -3.0, "seven": -2.0}
    assert written(tokenizer, scores, banned_starts=("red",)) == "seven"
    assert written(tokenizer, scores, banned_starts=("red",), beams=2) == "seven"
    everything = tuple(scores)
    found = written(tokenizer, scores, banned_starts=everything)
    assert found not in scores, "then its own words are all there is"


def test_drawing_follows_the_scores(tokenizer):
    scores = {"red": 0.0, "blue": -0.5, "seven": -20.0}
    drawn = [written(tokenizer, scores, temperature=1.0, seed=seed) for seed in range(40)]
    assert {"red", "blue"} == set(drawn)
    assert drawn.count("red") > drawn.count("blue")


def test_the_decoders_part_is_the_probability_of_the_whole_answer(network, tokenizer):
    prompt = tokenizer.encode("what color is the boat?").ids
    said = AnswerTable(ANSWERS, tokenizer).said
    memory, logits = read(network, prompt)
    found = own_logprobs(network, memory, logits, len(prompt), said)
    for answer, total in zip(said, found.tolist(), strict=True):
        memory, logits = read(network, prompt)
        expected = 0.0
        for place, token in enumerate(answer):
            expected += float(logits.log_softmax(-1)[token])
            logits = next_logits(network, memory, torch.tensor([[token]]), len(prompt) + place)[0]
        assert total == pytest.approx(expected, abs=1e-3)


def test_both_have_a_say(network, tokenizer):
    prompt = tokenizer.encode("what color is the boat?").ids
    table = AnswerTable(ANSWERS, tokenizer)
    memory, logits = read(network, prompt)
    chances = torch.tensor([0.5, 0.1, 0.01, 0.3, 0.0])

    def best(share: float) -> tuple[int, ...]:
        scores = weigh(chances, table, network, memory, logits, len(prompt), share)
        assert len(scores) == len(ANSWERS) <= CANDIDATES
        assert max(scores.values()) == 0.0
        return max(scores, key=lambda one: scores[one])

    own = own_logprobs(network, memory, logits, len(prompt), table.said)
    assert best(0.0) == table.said[0]
    assert best(1e4) == table.said[int(own.argmax())]


def test_corners_are_the_quarters_of_a_picture_and_more():
    picture = np.zeros((1, 3, 14, 14), np.float32)
    picture[0, :, 7:, :7] = 1.0
    found = corners(np.concatenate([picture, 1 - picture]))
    assert found.shape == (8, 3, 14, 14)
    assert found[2].mean() > 0.7
    assert found[[0, 3]].mean() < 0.2
    assert found[1].mean() < 0.05
    assert np.allclose(found[4:], 1 - found[:4], atol=1e-6)


def test_corners_are_seen_beside_every_view():
    config = AnswersConfig(5, 50, 16, 8, 4, features=6, embedding=8, members=1, corners=4)
    torch.manual_seed(2)
    classifier = AnswerClassifier(config).eval()
    classifier.directions.normal_()
    views, near = torch.rand(2, 9, 6), torch.rand(4, 9, 6)
    seen = classifier.see(views, near)
    assert seen.shape == (2, 16)
    assert torch.equal(seen[:, :8], classifier.pool(views))
    assert torch.equal(seen[0, 8:], seen[1, 8:])
    assert torch.allclose(seen[0, 8:12], classifier.pool(near)[:, :4].mean(0), atol=1e-6)
    tokens = torch.tensor([[3, 4, 0]])
    with torch.no_grad():
        assert classifier(seen, torch.randn(2, 8), torch.randn(1, 8), tokens).shape == (2, 5)


def test_what_was_read_of_a_question_counts_beside_its_embedding():
    config = AnswersConfig(
        5, 50, 16, 8, 4, features=6, embedding=8, members=1, readings=3, readers=1
    )
    torch.manual_seed(2)
    classifier = AnswerClassifier(config).eval()
    classifier.directions.normal_()
    seen, whole = classifier.pool(torch.rand(1, 9, 6)), torch.randn(1, 8)
    asked, tokens = torch.randn(1, 11), torch.tensor([[3, 4, 0]])
    longer = torch.cat([asked[:, :8] * 7, asked[:, 8:]], -1)
    other = torch.cat([asked[:, :8], asked[:, 8:] + 1], -1)
    with torch.no_grad():
        said = classifier(seen, whole, asked, tokens)
        assert torch.allclose(classifier(seen, whole, longer, tokens), said, atol=1e-6)
        assert not torch.allclose(classifier(seen, whole, other, tokens), said, atol=1e-6)


def test_the_decoder_goes_by_the_embedding_alone():
    network = StarterNetwork(
        StarterConfig(100, 32, 1, 4, features=40, cells=9, embedding=16, sense=1)
    ).eval()
    asked, whole = torch.randn(1, 16), torch.randn(1, 16)
    with torch.no_grad():
        alone = network.understand(asked, whole)
        assert torch.equal(network.understand(torch.cat([asked, asked], -1), whole), alone)


def test_the_mirror_is_not_asked_about_sides():
    config = AnswersConfig(5, 50, 16, 8, directions=4, features=6, embedding=8, members=2)
    torch.manual_seed(2)
    classifier = AnswerClassifier(config).eval()
    classifier.directions.normal_()
    seen = Seen(classifier.pool(torch.rand(2, 9, 6)), torch.randn(2, 8))
    asked, tokens = torch.randn(1, 8), [3, 4, 0, 0]
    with torch.no_grad():
        both = chances_of(classifier, seen, asked, tokens, sides=False)
        one = chances_of(classifier, seen, asked, tokens, sides=True)
        plain = Seen(seen.pooled[:1], seen.whole[:1])
        assert torch.equal(one, chances_of(classifier, plain, asked, tokens, sides=False))
    assert not torch.allclose(both, one)
    assert both.shape == (5,)
    assert ((both > 0) & (both < 1)).all()
    assert tells_sides("Is the Left hand up?")
    assert not tells_sides("Is the bright leftover food good?")


@pytest.mark.parametrize(
    "words",
    ["What color is the bus?", "is it raining", "how many dogs are there?", "two dogs?",
     "where is the cat", "In what room is this?"],
)  # fmt: skip
def test_questions_for_a_word_or_two(words):
    assert wants_short_answer(words)


@pytest.mark.parametrize(
    "words",
    ["Why is the man smiling?", "Explain the joke", "tell me more", "a red bus", "how come?"],
)
def test_what_the_decoder_answers_alone(words):
    assert not wants_short_answer(words)


def test_examples_say_how_right_each_answer_is(tokenizer):
    panel = Asked("What color is it?", ("red",) * 6 + ("Blue.",) * 2 + ("2", "two"), "other")
    single = Asked("what is in the water", ("boat",), "object")
    made = Asked("Is there a boat?", ("yes",), "yes/no")
    pictures = [
        Picture(None, "train", asked=[panel, single], labels=["sail"]),
        Picture(None, "train", captions=["a red boat", "the red one", "red"], made=[made]),
        Picture(None, "held", asked=[single]),
        Picture(None, "tune", made=[made]),
    ]
    questions = ["what color is it?", "what is in the water", "is there a boat?"]
    words = Words(tokenizer, 24, {one: row for row, one in enumerate(questions)})
    found = examples_of(pictures, words, 8)
    assert [one.sort for one in found] == [PANEL, SINGLE, HINTED, MADE, NAMED, MADE]
    assert [one.sense for one in found] == [0, 1, -1, 2, -1, 2]
    assert [one.photo for one in found] == [0, 0, 0, 1, 1, 3], "but what is held back"
    assert all(len(one.tokens) == 8 for one in found)
    assert found[0].shares == pytest.approx({"red": 1.0, "blue": 0.6, "2": 0.6})
    hints = {"red": 1.0, "blue": 0.6, "boat": 1.0, "sail": 0.8, "water": 0.8}
    assert found[2].shares == pytest.approx(hints)
    assert found[4].shares == pytest.approx({"red": 1.0, "boat": 1 / 3})
    known = common_answers(found, 3)
    assert known[0] == "red"
    assert len(known) == 3
    assert spellings(pictures, ["2", "red"])[1] == "red"
    assert spellings(pictures, ["2"]) == ["two"]
    rows, columns, values = targets(found[:1], {"red": 0, "2": 1})
    assert rows.tolist() == [0, 0]
    assert dict(zip(columns.tolist(), values.tolist(), strict=True)) == pytest.approx(
        {0: 1, 1: 0.6}
    )


def test_one_answer_alone_is_right():
    assert right_shares(["Two dogs."]) == {"2 dogs": 1.0}
    many = Random(0).sample(["cat"] * 3 + ["dog"] * 7, 10)
    assert right_shares(many) == pytest.approx({"cat": 0.9, "dog": 1.0})


def test_a_question_is_read_up_to_a_length(tokenizer):
    assert len(question_tokens(tokenizer, "what color is the boat " * 20, 16)) == 16
    short = question_tokens(tokenizer, "Boat?", 16)
    assert short == question_tokens(tokenizer, "  boat ?", 16)
    assert short[-1] == 0


def test_what_answers_mean_is_merged_into_their_weights():
    torch.manual_seed(4)
    speaking = Speaking(torch.nn.Linear(6, 5), torch.randn(5, 9))
    hidden = torch.randn(3, 6)
    with torch.no_grad():
        assert torch.allclose(speaking(hidden), speaking.merged()(hidden), atol=1e-5)
        plain = torch.nn.functional.linear(hidden, speaking.weight, speaking.bias)
        assert not torch.allclose(speaking(hidden), plain, atol=1e-3)


def test_the_classifier_is_kept_small_and_comes_back():
    config = AnswersConfig(5, 50, 16, 8, directions=4, features=6, embedding=8, members=2)
    torch.manual_seed(3)
    classifier = AnswerClassifier(config).eval()
    classifier.directions.normal_()
    stored = eighth(classifier)
    assert stored["members.0.out.weight"].dtype == torch.int8
    assert stored["members.0.out.bias"].dtype == torch.float16
    again = AnswerClassifier(config).eval()
    again.load_state_dict(unpacked(stored))
    twice = eighth(again)
    assert all(torch.equal(twice[name], value) for name, value in stored.items())
    seen = torch.rand(3, 9, 6)
    asked, whole, tokens = torch.randn(3, 8), torch.randn(3, 8), torch.randint(0, 50, (3, 7))
    with torch.no_grad():
        first = classifier(classifier.pool(seen), whole, asked, tokens)
        second = again(again.pool(seen), whole, asked, tokens)
    assert torch.allclose(first, second, atol=5e-3)
    assert not torch.equal(first, second)
