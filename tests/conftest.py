"""Shared fixtures; a test's ring (unit, flow, gui, model) is the folder it lies in."""

import gc
import os
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_TESTS = Path(__file__).parent
_NOBODY = 65534
_RINGS = ("unit", "flow", "gui", "model")

# How long an example takes says how busy the machine is, nothing of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what is imported out of each collection of garbage, while it comes and after.

    It is a few million objects that stay to the end; walking them again and again took longer
    than importing them.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """Let the end of the interpreter find what was kept out: extensions look for leaks then."""
    gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        ring = item.path.relative_to(_TESTS).parts[0]
        if ring in _RINGS:
            item.add_marker(getattr(pytest.mark, ring))


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a non-daemon thread running."""
    before = set(threading.enumerate())
    yield
    leaked = [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.daemon
    ]
    for thread in leaked:
        thread.join(timeout=2)
    still = [thread.name for thread in leaked if thread.is_alive()]
    assert not still, f"threads left running: {still}"


@pytest.fixture
def ordinary_user(tmp_path: Path) -> Iterator[Path]:
    """A folder in which permissions hold: for root, who may do anything, as another user."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are a POSIX matter")
    if os.geteuid() != 0:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, _NOBODY, _NOBODY)
        os.seteuid(_NOBODY)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real photos beside the checkout; tests that need them skip where they are absent."""
    folder = _TESTS.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared test data does not lie beside this checkout")
    return folder
