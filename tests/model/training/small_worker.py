"""The worker with the small learner of tests: `python -m tests.model.training.small_worker RUN`."""

import sys
from pathlib import Path

from vlm_desktop.base.network import install
from vlm_desktop.strings import last_words
from vlm_desktop.training.worker import main

LEARNERS = {"probe": "tests.model.training.small:build"}

if __name__ == "__main__":
    install()  # as the program does: nothing here needs the network, gloo neither
    sys.exit(main(Path(sys.argv[1]), last_words, LEARNERS))
