"""In which precision and where a model runs: by what fits, and by one forward that is tried."""

import importlib.util

import pytest
import torch

from tests.model.chat.contract import ask
from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.chat.loading import Plan, load_fitting, plans
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory, ProviderRefused

BILLION = 1_000_000_000
GIB = 1024**3


@pytest.fixture
def machine(monkeypatch):
    """A machine of one's own: a GPU and its free memory, the CPU's, and bitsandbytes or not."""

    def make(device="cpu", gpu=0, memory=64 * GIB, quantisation=False):
        def choose(provider):
            return torch.device("cpu" if provider == "cpu" else device)

        def free(kind, limit=0):
            return (min(gpu, limit) if limit else gpu) if kind == "cuda" else memory

        monkeypatch.setattr(loading, "choose_device", choose)
        monkeypatch.setattr(loading, "free_bytes", free)
        monkeypatch.setattr(loading, "has_quantisation", lambda: quantisation)

    return make


def test_a_cpu_computes_in_float32_while_it_fits(machine):
    machine()
    assert plans("auto", BILLION) == [Plan("cpu", "fp32"), Plan("cpu", "bf16")]
    machine(memory=3 * GIB)
    assert plans("auto", BILLION) == [Plan("cpu", "bf16")]
    machine(memory=GIB)
    assert plans("auto", BILLION) == [Plan("cpu", "bf16")], "an estimate may be wrong"


def test_a_gpu_is_used_in_half_precision_and_left_when_it_is_too_small(machine):
    machine("cuda", 24 * GIB)
    assert plans("auto", 8 * BILLION)[0] == Plan("cuda", "bf16")
    assert plans("auto", 8 * BILLION)[-1].device == "cpu"
    machine("cuda", 12 * GIB)
    assert plans("auto", 8 * BILLION)[0] == Plan("cpu", "fp32")
    assert plans("cuda", 8 * BILLION) == [Plan("cuda", "fp16")], "asked for by name: tried there"
    machine("cuda", 12 * GIB, quantisation=True)
    assert plans("auto", 8 * BILLION)[0] == Plan("cuda", "int8")
    machine("cuda", 7 * GIB, quantisation=True)
    assert plans("auto", 8 * BILLION)[0] == Plan("cuda", "int4")
    assert plans("cpu", BILLION)[0] == Plan("cpu", "fp32")


def test_a_limit_of_the_settings_counts_as_what_is_free(machine):
    machine("cuda", 24 * GIB)
    assert plans("auto", 4 * BILLION, memory_limit=4 * GIB)[0].device == "cpu"


def test_a_device_that_is_not_there_is_not_replaced_in_silence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ProviderRefused):
        plans("cuda", BILLION)


def test_the_next_way_is_tried_when_one_does_not_fit_or_overflows(tiny_folder):
    ways = [Plan("cpu", "fp32"), Plan("cpu", "fp16"), Plan("cpu", "bf16")]
    tried = []

    def trial(model):
        tried.append(model.dtype)
        if model.dtype is torch.float32:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        if model.dtype is torch.float16:
            raise ValueError("its numbers overflow in this precision")

    loaded = load_fitting(tiny_folder("llava"), "tiny", ways, trial)
    assert tried == [torch.float32, torch.float16, torch.bfloat16]
    assert loaded.plan == Plan("cpu", "bf16")
    assert [one.split(":")[0] for one in loaded.passed_over] == ["cpu fp32", "cpu fp16"]
    assert "2.00 gib" in loaded.passed_over[0].lower()


def test_when_no_way_is_left_the_last_reason_counts(tiny_folder):
    def starve(_):
        raise MemoryError("no room")

    def overflow(_):
        raise ValueError("its numbers overflow in this precision")

    with pytest.raises(ModelOutOfMemory):
        load_fitting(tiny_folder("llava"), "tiny", [Plan("cpu", "fp32")], starve)
    with pytest.raises(ModelBroken, match="overflow"):
        load_fitting(tiny_folder("llava"), "tiny", [Plan("cpu", "fp16")], overflow)


def test_a_forward_without_numbers_is_not_accepted(tiny_folder, monkeypatch):
    folder = tiny_folder("llava")
    good = torch.nn.Linear.forward

    def infinite(layer, values):
        found = good(layer, values)
        return found * float("inf") if values.dtype is torch.float32 else found

    ways = [Plan("cpu", "fp32"), Plan("cpu", "bf16")]
    monkeypatch.setattr(loading, "plans", lambda *_: ways)
    monkeypatch.setattr(torch.nn.Linear, "forward", infinite)
    model = TransformersChat(folder, provider="cpu")
    model.load()
    assert model.spec.precision == "bf16"
    assert "overflow" in model.passed_over[0]


@pytest.mark.parametrize("name", ["smolvlm", "qwen3-vl", "gemma3", "lfm2-vl", "internvl"])
def test_half_precision_answers(name, tiny_folder, monkeypatch):
    monkeypatch.setattr(loading, "plans", lambda *_: [Plan("cpu", "bf16")])
    model = TransformersChat(tiny_folder(name), provider="cpu")
    assert ask(model).text
    assert model.spec.precision == "bf16"
    assert model.spec.memory_bytes < 3 * model.spec.parameters


# Where it cannot run there is nothing to be tested: bitsandbytes needs an NVIDIA GPU.
if torch.cuda.is_available() and importlib.util.find_spec("bitsandbytes"):

    @pytest.mark.parametrize("precision", ["int8", "int4"])
    def test_quantised_weights_answer(precision, tiny_folder, monkeypatch):
        monkeypatch.setattr(loading, "plans", lambda *_: [Plan("cuda", precision)])
        model = TransformersChat(tiny_folder("smolvlm"))
        assert ask(model).text
        assert model.spec.precision == precision
