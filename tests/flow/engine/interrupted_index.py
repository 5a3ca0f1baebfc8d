"""Indexes a folder for the kill test, saying on stdout what is committed as it goes.

Run as `python -m tests.flow.engine.interrupted_index HOME FOLDER`. A line on stdin begins a process
of its own, whose id is said first, and "ended" with its exit code once it is over; its id stays
taken until a second line. They are forked, since importing the program takes longer than most of
them live.
"""

import os
import sys
import time
from pathlib import Path

from tests.fakes import ColourEncoder, FakeRegistry, SignReader
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Committed
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine import filling
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


class SlowEncoder(ColourEncoder):
    """Takes as long as a real network, so that a kill finds work in every stage."""

    def encode_images(self, images: list[PixelArray]) -> VectorArray:  # type: ignore[override]
        time.sleep(0.01 * len(images))
        return super().encode_images(images)


def main(home: Path, folder: Path) -> None:
    filling.COMMIT_SECONDS = 0.1  # many commits in a short test
    paths = HomePaths(home)
    services = AppServices(
        paths,
        Settings(search_model="colours"),
        FakeRegistry(SlowEncoder(), SignReader()),  # type: ignore[arg-type]
        lambda: Library.open(paths),
        lambda: DecodePool(2, DecodeLimits()),
    )
    for event in services.index([folder], CancelToken(), ocr=False):
        if isinstance(event, Committed):
            _say(event.files)
    services.close()


def serve(home: Path, folder: Path) -> None:
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            main(home, folder)
            os._exit(0)
        _say(child)
        over = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert over is not None
        _say(f"ended {over.si_status}")
        sys.stdin.readline()
        os.waitpid(child, 0)


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
