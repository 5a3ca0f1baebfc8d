"""What the machine is: GPU, display, disk, package managers."""

from pathlib import Path

import pytest

from installer import machine
from installer.explain import missing_libraries
from installer.window import trouble_sentence


def _nothing(_name: str) -> str | None:
    return None


def test_a_driver_file_is_enough_for_nvidia() -> None:
    found = machine.has_nvidia(
        exists=lambda name: name == "/proc/driver/nvidia/version", which=_nothing, system="linux"
    )
    assert found


def test_no_driver_and_no_program_is_no_gpu() -> None:
    assert not machine.has_nvidia(exists=lambda _name: False, which=_nothing, system="linux")


def test_a_mac_is_never_asked() -> None:
    assert not machine.has_nvidia(exists=lambda _name: True, which=_nothing, system="darwin")


@pytest.mark.parametrize(
    ("script", "expected"),
    [("echo 'GPU 0: a card'", True), ("echo 'no devices were found'", False), ("exit 9", False)],
)
def test_nvidia_smi_must_name_a_gpu(script: str, expected: bool, tmp_path: Path) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    found = machine.has_nvidia(
        exists=lambda _name: False, which=lambda _name: str(program), system="linux"
    )
    assert found is expected


@pytest.mark.parametrize(
    ("environment", "gpu", "before", "expected"),
    [
        ({}, False, "", "cpu"),
        ({}, True, "", "cuda"),
        ({}, True, "cpu", "cuda"),
        ({}, False, "cuda", "cuda"),
        ({"VLM_DESKTOP_PARTS": "cpu"}, True, "cuda", "cpu"),
        ({"VLM_DESKTOP_PARTS": " CUDA "}, False, "cpu", "cuda"),
        ({"VLM_DESKTOP_PARTS": "nonsense"}, False, "", "cpu"),
    ],
)
def test_choice_of_parts(
    environment: dict[str, str], gpu: bool, before: str, expected: str
) -> None:
    assert machine.wanted_parts(environment, lambda: gpu, before) == expected


@pytest.mark.parametrize(
    ("environment", "system", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_display(environment: dict[str, str], system: str, expected: bool) -> None:
    assert machine.has_display(environment, system) is expected


@pytest.mark.parametrize(
    ("system", "kind", "implementation", "wide", "word"),
    [
        ("linux", "x86_64", "CPython", True, ""),
        ("darwin", "arm64", "CPython", True, ""),
        ("darwin", "x86_64", "CPython", True, "Intel Macs"),
        ("linux", "x86_64", "PyPy", True, "PyPy"),
        ("win32", "AMD64", "CPython", False, "32-bit"),
    ],
)
def test_unsupported_pythons_are_told_apart(
    system: str, kind: str, implementation: str, wide: bool, word: str
) -> None:
    sentence = machine.unsupported(
        system=system, machine=kind, implementation=implementation, wide=wide
    )
    assert (sentence == "") if word == "" else word in sentence


def test_space_is_measured_where_the_folder_will_lie(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(place: Path) -> int:
        asked.append(place)
        return 3_000_000_000

    folder = tmp_path / "not" / "yet" / ".venv"
    assert machine.missing_space(folder, 8_000_000_000, free) == 5_000_000_000
    assert machine.missing_space(folder, 2_000_000_000, free) == 0
    assert set(asked) == {tmp_path}


@pytest.mark.parametrize(
    ("manager", "root", "expected"),
    [
        ("apt-get", False, "sudo apt-get install python3.12-venv"),
        ("apt-get", True, "apt-get install python3.12-venv"),
        ("dnf", False, "sudo dnf install python3 python3-pip"),
        ("pacman", False, "sudo pacman -S python"),
        ("zypper", False, "sudo zypper install python3 python3-pip"),
        ("", False, "install the venv and ensurepip modules of Python"),
    ],
)
def test_line_that_brings_venv(manager: str, root: bool, expected: str) -> None:
    assert machine.venv_line(manager, root=root, version="3.12") == expected


def test_the_first_manager_found_is_named() -> None:
    assert machine.package_manager(lambda name: name if name == "zypper" else None) == "zypper"
    assert machine.package_manager(lambda _name: None) == ""


def test_what_the_loader_misses_becomes_a_line_for_each_system() -> None:
    text = (
        "libEGL.so.1: cannot open shared object file: No such file or directory\n"
        "libxcb-cursor.so.0: cannot open shared object file\n"
        "libEGL.so.1: cannot open shared object file\n"
    )
    assert missing_libraries(text) == ("libEGL.so.1", "libxcb-cursor.so.0")
    expected = {
        "apt-get": "sudo apt-get install libegl1 libxcb-cursor0",
        "dnf": "sudo dnf install libglvnd-egl xcb-util-cursor",
        "pacman": "sudo pacman -S libglvnd xcb-util-cursor",
        "zypper": "sudo zypper install libEGL1 libxcb-cursor0",
    }
    for manager, line in expected.items():
        assert trouble_sentence(text, manager, root=False).endswith(line)
    assert "system's packages" in trouble_sentence(text, "", root=False)


def test_a_qt_failure_of_another_kind_is_quoted() -> None:
    sentence = trouble_sentence("ImportError: DLL load failed\n", "", root=False)
    assert "DLL load failed" in sentence


def test_every_library_has_a_package_for_every_manager() -> None:
    libraries = [*machine.QT_LIBRARIES, *machine.X11_LIBRARIES]
    for manager in ("apt-get", "dnf", "pacman", "zypper"):
        line = machine.libraries_line(libraries, manager, root=True)
        assert len(line.split()) > 6
        assert ".so" not in line
