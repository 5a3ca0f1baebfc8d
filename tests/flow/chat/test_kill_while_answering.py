"""kill -9 in the middle of an answer: what was written is there, marked as unfinished."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.flow.chat.conftest import OpenChat, ask, drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment, TurnState
from vlm_desktop.engine.keptanswers import SAVE_TOKENS

_REPO = Path(__file__).parents[3]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_the_partial_answer_is_there_and_marked(
    open_chat: OpenChat, red: Attachment, tmp_path: Path
) -> None:
    child = [sys.executable, "-m", "tests.flow.chat.interrupted_answer"]
    with subprocess.Popen(
        [*child, str(tmp_path / "home"), str(red.path)], cwd=_REPO, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        talk_id = int(process.stdout.readline())
        helpers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for helper in helpers:
            with contextlib.suppress(psutil.NoSuchProcess):
                helper.kill()
    assert process.returncode == -signal.SIGKILL

    chat = open_chat().chat
    question, answer = chat.open(talk_id).path()
    assert question.text == "count"
    assert answer.state is TurnState.PARTIAL
    written = answer.text.split()
    assert len(written) >= SAVE_TOKENS
    assert written == [f"word{number}" for number in range(len(written))]
    assert [one.turn for one in chat.conversations("word30")] == [answer.id]

    whole = drive(chat.regenerate(answer.id, CancelToken()))[1]
    assert whole.state is TurnState.DONE
    assert ask(chat, chat.open(talk_id), "and?").state is TurnState.DONE
