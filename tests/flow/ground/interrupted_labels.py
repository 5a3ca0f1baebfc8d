"""Labels a batch for the kill test, saying on stdout when part is done, then waits to be killed.

Run as `python -m tests.flow.ground.interrupted_labels HOME FILES HOW_MANY STOP_AFTER`.
"""

import sys
import threading
from pathlib import Path

from tests.flow.engine.conftest import drive
from tests.flow.ground.labels import Desk
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.groundkeeping import LabelRowDone


def main(home: Path, files: Path, how_many: int, stop_after: int) -> None:
    desk = Desk(home, files)
    desk.put(*(f"{number}.jpg" for number in range(how_many)))
    _, made = drive(desk.labelling.add([files], ["cup", "dog"], CancelToken()))
    rows = 0
    for event in desk.labelling.run(made.id, CancelToken()):
        rows += isinstance(event, LabelRowDone)
        if rows == stop_after:
            sys.stdout.write(f"{made.id}\n")
            sys.stdout.flush()
            threading.Event().wait(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
