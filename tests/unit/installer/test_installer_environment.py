"""The .venv folder: its record, its repair, and the lock against a second set-up."""

import subprocess
import sys
from pathlib import Path

import pytest

from installer.environment import (
    STATE,
    Environment,
    EnvironmentBusy,
    ForeignEnvironment,
    State,
    clean,
    digest,
)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "ünter wegs" / ".venv", windows=False)


def test_the_record_survives_and_a_broken_one_is_an_empty_one(environment: Environment) -> None:
    state = State(parts="cpu", torch="registry", done={"common": "1"}, begun="dev", qt="window")
    environment.save(state)
    assert environment.load() == state
    for broken in ("", "[1]", '{"other": 1}', "{"):
        (environment.folder / STATE).write_text(broken)
        assert environment.load() == State()


def test_an_environment_of_others_is_not_touched(environment: Environment) -> None:
    environment.folder.mkdir(parents=True)
    theirs = environment.folder / "pyvenv.cfg"
    theirs.write_text("version = 3.10.1\n")
    assert environment.is_foreign
    with pytest.raises(ForeignEnvironment):
        environment.make()
    assert theirs.exists()


def test_an_empty_folder_or_none_is_ours_to_fill(environment: Environment) -> None:
    assert not environment.is_foreign
    environment.folder.mkdir(parents=True)
    assert not environment.is_foreign


def test_version_is_read_from_the_configuration(environment: Environment) -> None:
    assert environment.version() == ()
    environment.folder.mkdir(parents=True)
    configuration = environment.folder / "pyvenv.cfg"
    configuration.write_text("home = /usr/bin\nversion = 3.12.1\n")
    assert environment.version() == (3, 12, 1)
    configuration.write_text("version_info = 3.13.0.final.0\n")
    assert environment.version() == (3, 13, 0)


def test_a_dangling_python_does_not_start(environment: Environment) -> None:
    environment.folder.mkdir(parents=True)
    (environment.folder / "pyvenv.cfg").write_text("version = 3.12.1\n")
    environment.python.parent.mkdir()
    environment.python.symlink_to(environment.folder / "gone")
    assert not environment.starts
    assert not environment.has_pip()


def test_half_installed_packages_are_swept_away(environment: Environment) -> None:
    environment.folder.mkdir(parents=True)
    (environment.folder / "pyvenv.cfg").write_text("version = 3.12.1\n")
    site = environment.site_packages()
    whole = site / "whole-1.0.dist-info"
    half = site / "half-1.0.dist-info"
    for folder in (whole, half, site / "~eft", site / "package"):
        folder.mkdir(parents=True)
    (whole / "RECORD").write_text("")
    (half / "METADATA").write_text("")
    assert environment.sweep() == ["half-1.0.dist-info", "~eft"]
    assert sorted(entry.name for entry in site.iterdir()) == ["package", "whole-1.0.dist-info"]


def test_a_second_setup_is_kept_out(environment: Environment) -> None:
    with environment.alone():
        other = Environment(environment.folder)
        with pytest.raises(EnvironmentBusy), other.alone():
            pass
    with Environment(environment.folder).alone():
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are inherited on POSIX only")
def test_a_child_that_outlives_setup_keeps_the_next_one_out(environment: Environment) -> None:
    with environment.alone():
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=environment.held,
        )
    try:
        with pytest.raises(EnvironmentBusy), Environment(environment.folder).alone():
            pass
    finally:
        child.communicate(b"\n", timeout=20)
    with Environment(environment.folder).alone():
        pass


def test_children_see_no_other_pythons_packages() -> None:
    given = {"PYTHONPATH": "x", "PYTHONHOME": "y", "PIP_TARGET": "z", "HTTPS_PROXY": "keep"}
    variables = clean(dict(given))
    assert not {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET"} & set(variables)
    assert variables["HTTPS_PROXY"] == "keep"
    assert variables["PIP_USER"] == "0"


def test_digest_tells_contents_and_their_borders_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") == digest(b"ab")
