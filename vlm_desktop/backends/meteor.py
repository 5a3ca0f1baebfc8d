"""METEOR of captions, where it can run: it is a Java program, and not part of this one.

Denkowski and Lavie 2014, "Meteor Universal". The jar and its paraphrases come with the Python
package pycocoevalcap, which a person may install; with it and a Java runtime METEOR is that of the
COCO caption evaluation. Both are looked for, neither is fetched.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from vlm_desktop.base.cancel import CancelToken

_PACKAGE = "pycocoevalcap"
_JAR = "meteor-1.5.jar"
_PARAPHRASES = Path("data", "paraphrase-en.gz")
_HEAP = "-Xmx2G"


class MeteorAbsence(StrEnum):
    """Why there is no METEOR."""

    NO_JAVA = "java"
    NO_RESOURCES = "resources"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MeteorCommand:
    """A Java runtime and the folder with the jar and its data."""

    java: str
    folder: Path


def find_meteor() -> MeteorCommand | MeteorAbsence:
    """Look for what METEOR needs, without importing or starting anything."""
    found = importlib.util.find_spec(_PACKAGE)
    for place in found.submodule_search_locations or () if found else ():
        folder = Path(place) / "meteor"
        if (folder / _JAR).is_file() and (folder / _PARAPHRASES).is_file():
            java = shutil.which("java")
            return MeteorCommand(java, folder) if java else MeteorAbsence.NO_JAVA
    return MeteorAbsence.NO_RESOURCES


def meteor(
    command: MeteorCommand,
    candidates: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    cancel: CancelToken,
) -> float | MeteorAbsence:
    """METEOR of tokenised captions against tokenised references, 0..1; takes seconds.

    FAILED where the program ends before its answer. Raises Cancelled.
    """
    try:
        with _running(command) as (questions, answers):
            statistics = []
            for candidate, human in zip(candidates, references, strict=True):
                cancel.raise_if_cancelled()
                captions = [" ".join(caption) for caption in human]
                line = " ||| ".join(("SCORE", *captions, " ".join(candidate)))
                statistics.append(_answer(questions, answers, line))
            first = _answer(questions, answers, " ||| ".join(("EVAL", *statistics)))
            each = [first, *(answers.readline() for _ in candidates)]
            return float(each[-1])  # one a caption, then the whole corpus
    except (OSError, ValueError):
        return MeteorAbsence.FAILED


def _answer(questions: IO[str], answers: IO[str], line: str) -> str:
    questions.write(line + "\n")
    questions.flush()
    return answers.readline().strip()


@contextmanager
def _running(command: MeteorCommand) -> Iterator[tuple[IO[str], IO[str]]]:
    """The program's input and output; it is ended with the block."""
    arguments = ["-", "-", "-stdio", "-l", "en", "-norm"]
    with subprocess.Popen(
        [command.java, _HEAP, "-jar", _JAR, *arguments],
        cwd=command.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        try:
            if process.stdin is None or process.stdout is None:
                raise OSError("no pipes")
            yield process.stdin, process.stdout
        finally:
            process.kill()
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()
