"""Answers for the kill test, saying on stdout when so much is written, then waits to be killed.

Run as `python -m tests.flow.chat.interrupted_answer HOME PHOTO`.
"""

import sys
import threading
from pathlib import Path

from tests.fakes import ColourEncoder, FakeChatModel, FakeRegistry, SignReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Token
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.keptanswers import SAVE_TOKENS
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


def main(home: Path, photo: Path) -> None:
    words = " ".join(f"word{number}" for number in range(1000))
    model = FakeChatModel(say=lambda *_: words)
    paths = HomePaths(home)
    services = AppServices(
        paths,
        Settings(),
        FakeRegistry(ColourEncoder(), SignReader(), {"starter": model}),  # type: ignore[arg-type]
        lambda: Library.open(paths),
        lambda: DecodePool(1, DecodeLimits()),
    )
    chat = services.chat
    talk = chat.start()
    options = GenerationOptions(max_new_tokens=1000)
    pieces = 0
    for event in chat.ask(talk.id, "count", [Attachment(photo)], options, CancelToken()):
        pieces += isinstance(event, Token)
        if pieces == SAVE_TOKENS + 5:
            sys.stdout.write(f"{talk.id}\n")
            sys.stdout.flush()
            threading.Event().wait(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
