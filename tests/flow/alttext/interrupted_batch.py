"""Drafts a set for the kill test, saying on stdout when half is done, then waits to be killed.

Run as `python -m tests.flow.alttext.interrupted_batch HOME FOLDER HOW_MANY`.
"""

import sys
import threading
from pathlib import Path

from tests.fake_drafting import FakeDrafting
from tests.flow.alttext.fake_checks import FakeChecking
from vlm_desktop.base.altkeeping import AltRowDone
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.alttext.batch import AltBatch
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


def main(home: Path, folder: Path, how_many: int) -> None:
    library = Library.open(HomePaths(home))
    sets = AltSets(lambda: library, lambda: DecodePool(1, DecodeLimits()))
    batch = AltBatch(lambda: library, sets, FakeDrafting(), FakeChecking())
    made = sets.new_set("Killed")
    for _ in sets.add_folder(made.id, folder, CancelToken()):
        pass
    rows = 0
    for event in batch.draft_set(made.id, CancelToken()):
        rows += isinstance(event, AltRowDone)
        if rows == how_many:
            sys.stdout.write(f"{made.id}\n")
            sys.stdout.flush()
            threading.Event().wait(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
