"""The steps of set-up against a pip that only pretends."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from installer import machine, pip, setup
from installer.environment import Environment, State
from installer.parts import REGISTRY, TORCH_INDEX, Locks
from installer.pip import Result, Tally
from installer.setup import Setup, SetupFailed

ROOT = Path(__file__).resolve().parents[3]
OK = Result(0, "")


class FakePip:
    """Notes every call; answers from `fail`, which maps a piece of a call to pip's output."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.fail: dict[str, str] = {}

    def __call__(
        self,
        _environment: Environment,
        arguments: Sequence[str],
        _say: Callable[[str], None],
        _terminal: bool,
    ) -> Result:
        self.calls.append(list(arguments))
        line = " ".join(arguments)
        for piece, text in self.fail.items():
            if piece in line:
                return Result(1, text)
        return OK

    @property
    def locks(self) -> list[str]:
        """The names of the lock files installed, in order."""
        return [Path(call[-1]).stem for call in self.calls if "--require-hashes" in call]


class FakeEnvironment(Environment):
    """Made in an instant; its Python is never started."""

    made = 0
    trouble = ""

    @property
    def starts(self) -> bool:
        return self.made > 0

    def has_pip(self) -> bool:
        return self.made > 0

    def version(self) -> tuple[int, ...]:
        return (3, 12, 1)

    def make(self) -> str:
        self.made += 1
        self.save(State())
        return self.trouble


@pytest.fixture
def fake_pip(monkeypatch: pytest.MonkeyPatch) -> FakePip:
    fake = FakePip()
    monkeypatch.setattr(pip, "run_pip", fake)
    monkeypatch.setattr(pip, "python_output", lambda *_: OK)
    monkeypatch.setattr(setup, "window_trouble", lambda *_, **__: "")
    monkeypatch.setattr(setup, "offers_pair", lambda *_: False)
    monkeypatch.setattr(machine, "has_nvidia", lambda: False)
    monkeypatch.setattr(machine, "missing_space", lambda *_: 0)
    for name in ("VLM_DESKTOP_PARTS", "VLM_DESKTOP_LOCK"):
        monkeypatch.delenv(name, raising=False)
    return fake


def _setup(folder: Path, lines: list[str] | None = None) -> Setup:
    said = lines if lines is not None else []
    return Setup(
        FakeEnvironment(folder / ".venv"), Locks(ROOT, "linux"), write=said.append, terminal=False
    )


def test_everything_once_then_nothing(tmp_path: Path, fake_pip: FakePip) -> None:
    task = _setup(tmp_path)
    task.install(dev=False)
    assert fake_pip.locks == ["tools", "common", "cpu", "torch", "cuda"]
    assert fake_pip.calls[-1][-2:] == ["-e", str(ROOT)]
    fake_pip.calls.clear()
    task.install(dev=False)
    assert fake_pip.calls == []
    task.install(dev=True)
    assert fake_pip.locks == ["dev"]


def test_the_tests_parts_are_enough_to_run(tmp_path: Path, fake_pip: FakePip) -> None:
    task = _setup(tmp_path)
    task.install(dev=True)
    fake_pip.calls.clear()
    task.install(dev=False)
    assert fake_pip.calls == []


def test_an_interruption_is_gone_on_with(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = _setup(tmp_path)

    def stop(*arguments: Any) -> Result:
        if any("torch.txt" in str(word) for word in arguments[1]):
            raise KeyboardInterrupt
        return fake_pip(*arguments)

    monkeypatch.setattr(pip, "run_pip", stop)
    with pytest.raises(KeyboardInterrupt):
        task.install(dev=False)
    assert task.environment.load().begun == "torch"
    swept: list[int] = []
    monkeypatch.setattr(task.environment, "sweep", lambda: swept.append(1))
    monkeypatch.setattr(pip, "run_pip", fake_pip)
    fake_pip.calls.clear()
    task.install(dev=False)
    assert swept == [1]
    assert fake_pip.locks == ["torch", "cuda"]


def test_the_small_pair_comes_together_from_one_place(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "offers_pair", lambda *_: True)
    _setup(tmp_path).install(dev=False)
    pair = next(call for call in fake_pip.calls if "--index-url" in call)
    assert f"{TORCH_INDEX}/cpu" in pair
    assert [word.split("==")[0] for word in pair if "+cpu" in word] == ["torch", "torchvision"]
    assert "cuda" not in fake_pip.locks
    assert "torch" not in fake_pip.locks


def test_when_the_small_pair_fails_both_come_from_the_registry(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "offers_pair", lambda *_: True)
    fake_pip.fail["--index-url"] = "ERROR: Read timed out."
    task = _setup(tmp_path)
    task.install(dev=False)
    assert fake_pip.locks == ["tools", "common", "cpu", "torch", "cuda"]
    assert task.environment.load().torch == REGISTRY


def test_what_the_lock_cannot_give_is_taken_by_range(tmp_path: Path, fake_pip: FakePip) -> None:
    fake_pip.fail["common.txt"] = "ERROR: No matching distribution found for pyside6==6.11.3"
    lines: list[str] = []
    task = _setup(tmp_path, lines)
    task.install(dev=True)
    assert fake_pip.calls[-1][-1] == f"{ROOT}[cpu,dev]"
    assert any("pyside6==6.11.3" in line and "newest parts" in line for line in lines)
    fake_pip.calls.clear()
    task.install(dev=True)
    task.install(dev=False)
    assert fake_pip.calls == []


def test_a_hash_that_differs_is_never_passed_over(tmp_path: Path, fake_pip: FakePip) -> None:
    fake_pip.fail["common.txt"] = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM"
    with pytest.raises(SetupFailed, match="not the one this version was tested with"):
        _setup(tmp_path).install(dev=False)
    assert fake_pip.locks == ["tools", "common"]


def test_ranges_by_hand(tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLM_DESKTOP_LOCK", "off")
    monkeypatch.setenv("VLM_DESKTOP_PARTS", "cuda")
    _setup(tmp_path).install(dev=False)
    assert fake_pip.locks == []
    assert fake_pip.calls[-1][-1] == f"{ROOT}[gpu]"


def test_a_gpu_that_appears_changes_the_runtime(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = _setup(tmp_path)
    task.install(dev=False)
    fake_pip.calls.clear()
    monkeypatch.setattr(machine, "has_nvidia", lambda: True)
    task.install(dev=False)
    assert ["uninstall", "--yes", "onnxruntime"] in fake_pip.calls
    assert fake_pip.locks == ["gpu"]
    assert "cpu" not in task.environment.load().done


def test_too_little_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "missing_space", lambda *_: 1_500_000_000)
    with pytest.raises(SetupFailed, match=r"free 1\.5 GB more"):
        _setup(tmp_path).install(dev=False)
    assert fake_pip.calls == []


def test_an_environment_that_cannot_be_made_is_explained(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "package_manager", lambda: "apt-get")
    monkeypatch.setattr(FakeEnvironment, "trouble", "ensurepip is not available")
    with pytest.raises(SetupFailed, match=r"apt-get install python3\.\d+-venv"):
        _setup(tmp_path).install(dev=False)
    assert fake_pip.calls == []


def test_parts_that_do_not_start_are_noticed(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Result(1, "Traceback\nImportError: libgomp.so.1: cannot open shared object file\n")
    monkeypatch.setattr(pip, "python_output", lambda *_: broken)
    with pytest.raises(SetupFailed, match=r"libgomp\.so\.1"):
        _setup(tmp_path).install(dev=False)
    assert fake_pip.calls


def test_a_good_answer_about_the_window_is_remembered(
    tmp_path: Path, fake_pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    answers = iter(["libraries are missing", "", ""])

    def trouble(_environment: Environment, *, x11: bool) -> str:
        asked.append(x11)
        return next(answers)

    monkeypatch.setattr(setup, "window_trouble", trouble)
    monkeypatch.setenv("DISPLAY", ":0")
    task = _setup(tmp_path)
    assert task.check_window(display=True) == "libraries are missing"
    assert task.check_window(display=True) == ""
    assert task.check_window(display=True) == ""
    assert task.check_window(display=False) == ""
    assert asked == [True, True]
    assert fake_pip.calls == []


def test_the_tally_follows_pip() -> None:
    tally = Tally()
    tally.read("  Downloading torch-2.15.0-cp311-manylinux_x86_64.whl (530.5 MB)\n")
    tally.read("  Downloading pip-26.3-py3-none-any.whl (1500 kB)\n")
    assert str(tally) == "532 MB fetched, fetching pip"
    tally.read("Installing collected packages: a, b\n")
    assert str(tally) == "532 MB fetched, unpacking"
