"""What a command says: the answer on stdout, progress and errors on stderr."""

import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, TextIO, TypeVar

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Notice, Phase, Progress, Quarantined
from vlm_desktop.base.language import one_line

Result = TypeVar("Result")

_REDRAW_SECONDS = 0.2
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Output:
    """Two streams and the choice of JSON. Text that no terminal can show is escaped."""

    def __init__(self, *, as_json: bool, answer: TextIO, progress: TextIO) -> None:
        self.as_json = as_json
        self._answer = answer
        self._progress = progress
        self._live = progress.isatty()
        self._drawn_at = 0.0
        self._drawn = ""

    def json(self, document: Any) -> None:
        """One JSON document, on one line, so that many answers make JSON lines."""
        self._answer.write(json.dumps(document, ensure_ascii=True) + "\n")
        self._answer.flush()

    def text(self, line: str) -> None:
        """One line of answer for a person."""
        self._answer.write(_printable(line, self._answer) + "\n")

    def piece(self, text: str) -> None:
        """The next piece of an answer that is still being written."""
        self._clear()
        self._answer.write(_printable(text, self._answer))
        self._answer.flush()

    def say(self, sentence: str) -> None:
        """One sentence on stderr."""
        self._clear()
        self._progress.write(_printable(sentence, self._progress) + "\n")
        self._progress.flush()

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Columns for a person; the last one takes what room is left."""
        cells = [[_printable(cell, self._answer) for cell in row] for row in rows]
        widths = [
            max(len(line[column]) for line in [list(heads), *cells]) for column in range(len(heads))
        ]
        for line in [list(heads), *cells]:
            padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
            self._answer.write("  ".join(padded).rstrip() + "\n")

    def event(self, event: Event) -> None:
        """Show what a verb reports while it works."""
        if isinstance(event, Quarantined):
            self.say(one_line(f"{event.path}: {strings.refusal(event.reason, event.detail)}."))
        elif isinstance(event, Notice):
            self.say(one_line(strings.notice(event.code, event.detail)))
        elif isinstance(event, Progress):
            self._draw(event)

    def _draw(self, progress: Progress) -> None:
        if not self._live or time.monotonic() - self._drawn_at < _REDRAW_SECONDS:
            return
        if progress.phase is Phase.DOWNLOAD:  # in bytes
            done, rate = strings.bytes_text(progress.done), strings.bytes_text(progress.rate)
            total = "" if progress.total is None else f" of {strings.bytes_text(progress.total)}"
        else:
            done, rate = f"{progress.done:,}", f"{progress.rate:.1f}"
            total = "" if progress.total is None else f" of {progress.total:,}"
        speed = f", {rate} a second" if progress.rate else ""
        self._clear()
        self._drawn = f"{strings.PHASES[progress.phase]}: {done}{total}{speed}"
        self._drawn_at = time.monotonic()
        self._progress.write(self._drawn)
        self._progress.flush()

    def _clear(self) -> None:
        if self._drawn:
            self._progress.write("\r" + " " * len(self._drawn) + "\r")
            self._drawn = ""

    def close(self) -> None:
        """Wipe the progress line and flush; a reader that went away is no error."""
        self._clear()
        for stream in (self._answer, self._progress):
            with contextlib.suppress(BrokenPipeError):
                stream.flush()

    def drive(
        self,
        verb: Generator[Event, None, Result],
        cancel: CancelToken,
        show: Callable[[Event], None] | None = None,
    ) -> Result:
        """Run a verb to its end, showing its events. Ctrl-C cancels it and is raised again."""
        show = show or self.event
        try:
            while True:
                show(next(verb))
        except StopIteration as end:
            result: Result = end.value
            return result
        except KeyboardInterrupt:
            cancel.cancel()
            verb.close()
            raise


def _printable(text: str, stream: TextIO) -> str:
    """File names may hold bytes that are no text; show those escaped.

    So are, on a terminal, characters that would steer it: models and pictures write what they like.
    """
    if stream.isatty():
        text = _STEERING.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def standard(*, as_json: bool) -> Output:
    return Output(as_json=as_json, answer=sys.stdout, progress=sys.stderr)
