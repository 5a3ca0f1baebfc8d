"""Services over a temporary home whose runs are worked on by a worker that only counts."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.engine.conftest import encoder, open_services, pool, reader, services
from vlm_desktop.cli.main import main
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.engine.train.teaching import Teaching

__all__ = ["Cli", "counting", "encoder", "open_services", "pool", "reader", "run_cli", "services"]

Cli = Callable[..., tuple[int, str, str]]
"""A command's words -> exit code, stdout, stderr."""


def counting(folder: Path) -> list[str]:
    """How to start a worker that only counts."""
    return [sys.executable, "-m", "tests.flow.training.plain_worker", str(folder)]


@pytest.fixture(name="cli")
def run_cli(
    open_services: Callable[..., AppServices],  # noqa: F811 - a fixture
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    """Runs commands over tmp_path/home, each as a program of its own would."""

    def build(_: Path | None) -> AppServices:
        services = open_services()
        training = services.training
        training.runs = Runs(services.paths.runs, lambda _: "r1", counting)
        training.teaching = Teaching(
            services.paths.home, training.data, training.doctor, training.runs,
            "tests.flow.training.looking:inspect",
        )  # fmt: skip
        return services

    def run(*words: object) -> tuple[int, str, str]:
        argv = ["--home", str(tmp_path / "home"), *map(str, words)]
        code = main(argv, build)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
