"""Reads a batch for the kill test, saying on stdout when part is done, then waits to be killed.

Run as `python -m tests.flow.documents.interrupted_documents HOME FILES HOW_MANY_FILES STOP_AFTER`.
"""

import sys
import threading
from pathlib import Path

from tests.flow.documents.kept import Desk, Scripted
from tests.flow.documents.vendors import SCHEMA, vendor
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import DocumentRowDone, KeptBatch


def main(home: Path, files: Path, how_many: int, stop_after: int) -> None:
    desk = Desk(home, files, Scripted())
    for number in range(how_many):
        desk.printed(vendor(number), 1)
    verb = desk.batch.add([files], SCHEMA, CancelToken())
    made: KeptBatch | None = None
    while made is None:
        try:
            next(verb)
        except StopIteration as end:
            made = end.value
    rows = 0
    for event in desk.batch.run(made.id, CancelToken()):
        rows += isinstance(event, DocumentRowDone)
        if rows == stop_after:
            sys.stdout.write(f"{made.id}\n")
            sys.stdout.flush()
            threading.Event().wait(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
