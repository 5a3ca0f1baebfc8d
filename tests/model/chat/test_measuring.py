"""What `bench chat` measures, on tiny networks; and that the stand-in has the size it says."""

import pytest
import torch
import transformers

from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.backends.chat import measuring, standin
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.paths import bundled


def drive(steps):
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path / "none", tmp_path / "models", tmp_path / "none.toml")
    made.import_folder(BUILDERS["smolvlm"](tmp_path / "tiny"))
    return made


def test_both_ratios_are_taken_and_the_steps_told(registry):
    steps, figures = drive(registry.measure_answers("tiny", CancelToken(), provider="cpu"))
    assert [done for done, _ in steps] == list(range(len(steps)))
    assert steps[-1] == (steps[-1][1], steps[-1][1])
    assert figures.model_id == "tiny"
    assert figures.image_tokens > 0
    assert figures.tokens > 0
    assert figures.second_over_first > 0
    assert figures.first_seconds > 0
    assert figures.stream_seconds > 0
    assert figures.generate_seconds > 0


def test_the_same_tokens_are_streamed_and_generated(registry, monkeypatch):
    counts = []
    bare = measuring._bare_transformers

    def counted(model, tokens):
        counts.append(tokens)
        return bare(model, tokens)

    kind = next(iter(measuring._BARE))
    monkeypatch.setattr(measuring, "_BARE", {kind: counted})
    _, figures = drive(registry.measure_answers("tiny", CancelToken(), provider="cpu"))
    assert set(counts) == {figures.tokens}


def test_a_second_question_does_not_look_again(registry):
    model = registry.open_chat("tiny", provider="cpu")
    image = measuring._picture(1)
    first = measuring._ask(model, "what", image, CancelToken(), 2)
    second = measuring._ask(model, "who", image, CancelToken(), 2)
    assert first.timing.vision > 0
    assert first.timing.reused == 0
    assert second.timing.vision == 0
    assert second.timing.reused > second.usage.image


def test_the_starter_is_measured_too(tmp_path):
    made = Registry(bundled("models"), tmp_path / "models", tmp_path / "none.toml")
    _, figures = drive(made.measure_answers("starter", CancelToken(), provider="cpu"))
    assert figures.vision == "onnx"
    assert figures.tokens > 0
    assert figures.generate_seconds > 0


def test_it_can_be_cancelled(registry):
    cancel = CancelToken()
    steps = registry.measure_answers("tiny", cancel, provider="cpu")
    next(steps)
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(steps)


def test_the_stand_in_has_the_size_of_the_real_one():
    tokenizer = standin._tokenizer()
    text = "A photo of 2 dogs, naïve 犬"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert len(tokenizer) <= 49_280
    with torch.device("meta"):
        network = transformers.SmolVLMForConditionalGeneration(standin._config(tokenizer))
    assert sum(one.numel() for one in network.parameters()) == pytest.approx(256e6, rel=0.03)
