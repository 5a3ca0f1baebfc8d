"""The words to begin with when everything is tagged and when places are named."""

from pathlib import Path

from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.calibration import read_prompts

_LONGEST = 60


def everyday_words() -> tuple[str, ...]:
    """The bundled list, in its order: people, animals, nature, places, things, food."""
    return tuple(read_prompts(bundled("resources") / "vocabularies" / "everyday.txt"))


def words_in(text: str) -> tuple[str, ...]:
    """Words as a person types or pastes them: one a line or with commas between, each once.

    Lines that begin with # are left out, and so is what is too long to be a word.
    """
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = (" ".join(word.split()) for line in lines for word in line.split(","))
    distinct = {word.casefold(): word for word in found if 0 < len(word) <= _LONGEST}
    return tuple(distinct.values())


def words_from_file(path: Path) -> tuple[str, ...]:
    """`words_in` a text file. Raises OSError, UnicodeDecodeError."""
    return words_in(path.read_text(encoding="utf-8-sig"))
