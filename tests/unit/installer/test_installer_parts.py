"""Which locks a machine needs, and where torch and torchvision come from."""

from pathlib import Path

import pytest

from installer.environment import State
from installer.parts import (
    REGISTRY,
    Locks,
    missing,
    offers_pair,
    pins,
    space_needed,
    torch_flavour,
)

ROOT = Path(__file__).resolve().parents[3]
PAIR = {"torch": "2.15.0", "torchvision": "0.29.2"}
CUDA_LOCK = "cuda-toolkit==13.2.2 ; sys_platform == 'linux' \\\n"


def _names(system: str, parts: str, torch: str, *, dev: bool = False) -> list[str]:
    return [part.name for part in Locks(ROOT, system).wanted(parts, torch, dev=dev)]


def test_parts_of_each_machine() -> None:
    start = ["tools", "common"]
    assert _names("linux", "cpu", "cpu") == [*start, "cpu", "torch", "project"]
    assert _names("linux", "cpu", REGISTRY) == [*start, "cpu", "torch", "cuda", "project"]
    assert _names("linux", "cuda", REGISTRY) == [*start, "gpu", "torch", "cuda", "project"]
    assert _names("darwin", "cpu", REGISTRY) == [*start, "cpu", "torch", "project"]
    assert _names("win32", "cuda", "cu132") == [*start, "gpu", "torch", "project"]
    assert _names("linux", "cpu", "cpu", dev=True)[-2:] == ["dev", "project"]


@pytest.mark.parametrize(
    ("parts", "system", "expected"),
    [
        ("cpu", "linux", "cpu"),
        ("cuda", "linux", ""),
        ("cpu", "darwin", ""),
        ("cpu", "win32", ""),
        ("cuda", "win32", "cu132"),
    ],
)
def test_which_of_pytorchs_own_indexes(parts: str, system: str, expected: str) -> None:
    assert torch_flavour(parts, CUDA_LOCK, system) == expected


def _page(names: dict[str, str]) -> dict[str, str]:
    return {
        name: f'<a href="/whl/cpu/{name}-{version}%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl#s">'
        for name, version in names.items()
    }


def _offered(pages: dict[str, str], python: tuple[int, ...] = (3, 12, 1)) -> bool:
    def fetch(address: str) -> str:
        return pages[address.rstrip("/").rsplit("/", 1)[1]]

    return offers_pair("cpu", PAIR, python, "x86_64", fetch)


def test_the_pair_is_taken_only_whole_and_only_for_this_python() -> None:
    assert _offered(_page(PAIR))
    assert not _offered(_page(PAIR), python=(3, 11, 7))
    assert not _offered(_page({**PAIR, "torchvision": "0.30.0"}))
    assert not _offered(_page({"torch": "2.15.0", "torchvision": "0.29.20"}))


def test_an_index_that_does_not_answer_offers_nothing() -> None:
    def refuse(_address: str) -> str:
        raise TimeoutError

    assert not offers_pair("cpu", PAIR, (3, 12), "x86_64", refuse)
    assert not offers_pair("", PAIR, (3, 12), "x86_64", refuse)


def test_a_changed_lock_is_installed_again() -> None:
    wanted = Locks(ROOT, "linux").wanted("cpu", "cpu", dev=False)
    state = State(done={part.name: part.digest for part in wanted})
    assert missing(wanted, state) == []
    state.done["common"] = "another"
    assert [part.name for part in missing(wanted, state)] == ["common"]


def test_torch_from_another_place_is_another_part() -> None:
    locks = Locks(ROOT, "linux")
    from_index = {part.name: part.digest for part in locks.wanted("cpu", "cpu", dev=False)}
    from_registry = {part.name: part.digest for part in locks.wanted("cpu", REGISTRY, dev=False)}
    assert from_index["torch"] != from_registry["torch"]
    assert from_index["common"] == from_registry["common"]


def test_space_for_each_kind_of_machine() -> None:
    locks = Locks(ROOT, "linux")
    small = space_needed(locks.wanted("cpu", "cpu", dev=True))
    large = space_needed(locks.wanted("cuda", REGISTRY, dev=True))
    assert 2e9 < small < 4.5e9
    assert 7e9 < large < 11e9
    assert space_needed([locks.ranges("cpu", dev=True)]) >= large


def test_pins_read_both_spellings() -> None:
    text = "torch===2.15.0 \\\n    --hash=sha256:0\nNumPy==2.4.6 ; python_version < '3.12' \\\n"
    assert pins(text) == {"torch": "2.15.0", "numpy": "2.4.6"}
