"""Choosing a provider by trial: each way to fail keeps its own reason."""

from typing import Any

import numpy as np
import pytest

from vlm_desktop.backends import runtime
from vlm_desktop.backends.providers import builtin_trial, choose_provider, lowest_cosine
from vlm_desktop.backends.reports import Rejection
from vlm_desktop.base.errors import ProviderRefused

ALL = ("cuda", "directml", "coreml", "openvino", "cpu")


class Fake:
    """A session on the CPU that claims, and distorts, as a provider might."""

    def __init__(self, request: runtime.SessionRequest, behaviour: str) -> None:
        self._real = runtime.open_session(runtime.SessionRequest(request.graph, threads=1))
        self._provider = request.provider
        self._behaviour = behaviour

    def get_providers(self) -> list[str]:
        if self._behaviour == "falls back":
            return ["CPUExecutionProvider"]
        return [runtime.SHORT_NAMES[self._provider], "CPUExecutionProvider"]

    def run(self, names: Any, feeds: Any) -> list[np.ndarray]:
        answer = self._real.run(names, feeds)
        if self._behaviour == "wrong":
            return [answer[0][:, ::-1]]
        if self._behaviour == "nan":
            return [answer[0] * np.float32("nan")]
        if self._behaviour == "oom":
            raise RuntimeError("Failed to allocate memory for requested buffer of size 99")
        if self._behaviour == "crashes":
            raise RuntimeError("Non-zero status code returned\nmore lines")
        return answer


def factory(behaviours: dict[str, str]):
    opened: list[str] = []

    def sessions(request: runtime.SessionRequest) -> Fake:
        opened.append(request.provider)
        behaviour = behaviours.get(request.provider, "works")
        if behaviour == "does not load":
            raise RuntimeError("Failed to load library libcudnn.so.9")
        if behaviour == "no room":
            raise RuntimeError("CUDA failure 2: out of memory")
        return Fake(request, behaviour)

    return sessions, opened


@pytest.fixture(autouse=True)
def no_preloading(monkeypatch):
    monkeypatch.setattr(runtime, "preload_libraries", lambda: None)


def choose(behaviours: dict[str, str], built: tuple[str, ...] = ALL, **options: Any):
    sessions, opened = factory(behaviours)
    choice = choose_provider(built=lambda: built, sessions=sessions, **options)
    return choice, opened


@pytest.mark.parametrize(
    ("behaviour", "reason", "detail"),
    [
        ("does not load", Rejection.LOAD_FAILED, "libcudnn.so.9"),
        ("no room", Rejection.OUT_OF_MEMORY, "out of memory"),
        ("falls back", Rejection.FELL_BACK, "library"),
        ("wrong", Rejection.WRONG_NUMBERS, "cosine"),
        ("nan", Rejection.WRONG_NUMBERS, "nan"),
        ("oom", Rejection.OUT_OF_MEMORY, "Failed to allocate"),
        ("crashes", Rejection.RUN_FAILED, "Non-zero status code returned"),
    ],
)
def test_each_failure_has_its_reason_and_the_next_one_is_tried(behaviour, reason, detail):
    choice, _ = choose({"cuda": behaviour})
    first = choice.trials[0]
    assert (first.provider, first.rejection) == ("cuda", reason)
    assert detail in first.detail
    assert "\n" not in first.detail
    assert choice.provider == "directml"
    rest = {trial.provider: trial.rejection for trial in choice.trials[1:]}
    assert rest == {
        "directml": None, "coreml": Rejection.NOT_TRIED, "openvino": Rejection.NOT_TRIED,
        "cpu": None,
    }  # fmt: skip


def test_when_all_fail_the_cpu_runs():
    choice, _ = choose(dict.fromkeys(ALL[:-1], "falls back"))
    assert choice.provider == "cpu"
    assert [trial.rejection for trial in choice.trials[:-1]] == [Rejection.FELL_BACK] * 4


def test_a_build_with_the_cpu_only_tries_nothing():
    choice, opened = choose({}, built=("cpu",))
    assert choice.provider == "cpu"
    assert opened == []
    assert {trial.rejection for trial in choice.trials[:-1]} == {Rejection.NOT_IN_BUILD}


def test_the_cpus_answer_is_computed_once():
    _, opened = choose({"cuda": "wrong", "directml": "wrong"})
    assert opened == ["cuda", "cpu", "directml", "coreml"]


def test_what_was_asked_for_by_name_is_never_replaced():
    choice, _ = choose({}, wanted="coreml")
    assert choice.provider == "coreml"
    with pytest.raises(ProviderRefused, match="failed-to-load.*libcudnn"):
        choose({"cuda": "does not load"}, wanted="cuda")
    with pytest.raises(ProviderRefused, match="not-in-this-build"):
        choose({}, built=("cpu",), wanted="cuda")
    with pytest.raises(ProviderRefused, match="known are auto, cuda"):
        choose({}, wanted="tensorrt")


def test_the_cpu_by_name_tries_nothing():
    choice, opened = choose({}, wanted="cpu")
    assert (choice.provider, opened) == ("cpu", [])


def test_this_machine_answers():
    choice = choose_provider(threads=1)
    assert choice.provider in runtime.built_providers()
    assert {trial.provider for trial in choice.trials} == set(runtime.SHORT_NAMES)


def test_the_builtin_trial_tells_rows_apart():
    trial = builtin_trial()
    session = runtime.open_session(runtime.SessionRequest(trial.graph, threads=1))
    answer = runtime.run_session(session, trial.feeds)
    assert answer.shape == (2, 8)
    assert lowest_cosine(answer[:1], answer[1:]) < 0.99


def test_session_options_are_fixed():
    options = runtime.session_options(3)
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (3, 1)
    for key in ("session.intra_op.allow_spinning", "session.inter_op.allow_spinning"):
        assert options.get_session_config_entry(key) == "0"
    assert runtime.session_options(0).intra_op_num_threads == runtime.available_cores()


def test_cuda_searches_by_heuristic_and_its_arena_is_capped():
    assert runtime.provider_options("cuda", 5_000_000) == {
        "cudnn_conv_algo_search": "HEURISTIC",
        "arena_extend_strategy": "kSameAsRequested",
        "gpu_mem_limit": "5000000",
    }
    assert "gpu_mem_limit" not in runtime.provider_options("cuda", 0)
    assert runtime.provider_options("cpu", 9) == {}
    assert runtime.default_memory_limit(b"12345") == runtime.GPU_ROOM + 10


def test_lowest_cosine():
    rows = np.eye(3, dtype=np.float32)
    assert lowest_cosine(rows, rows) == 1
    assert lowest_cosine(rows, np.roll(rows, 1, axis=0)) == 0
    assert np.isnan(lowest_cosine(rows, rows[:2]))
    assert np.isnan(lowest_cosine(rows, np.full((3, 3), np.inf)))
