"""The command line over the flow ring's services."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.engine.conftest import (
    encoder,
    open_services,
    photos,
    pool,
    reader,
    services,
)
from vlm_desktop.cli.main import main
from vlm_desktop.engine.services import AppServices

__all__ = ["Cli", "run_cli", "encoder", "open_services", "photos", "pool", "reader", "services"]

Cli = Callable[..., tuple[int, str, str]]
"""A command's words -> exit code, stdout, stderr."""


@pytest.fixture(name="cli")
def run_cli(
    open_services: Callable[..., AppServices],  # noqa: F811 - a fixture
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    """Runs commands over tmp_path/home, each as a program of its own would."""

    def run(*words: object) -> tuple[int, str, str]:
        argv = ["--home", str(tmp_path / "home"), *map(str, words)]
        code = main(argv, lambda _: open_services())
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
