"""German: complete, with the same places, and keys that do not clash."""

import re
import string
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import vlm_desktop
from vlm_desktop.base.language import read_table, words_of
from vlm_desktop.base.paths import bundled
from vlm_desktop.gui.strings import areas

LANGUAGES = ("de",)
AREAS = areas()


def flat(words: dict[str, object]) -> dict[str, str]:
    """Texts by name, those of tables as "NAME.key"."""
    found = {}
    for name, value in words.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": str(text) for key, text in value.items()}
        else:
            found[name] = str(value)
    return found


def places(text: str) -> set[str]:
    """The named places of a sentence, with how each is written."""
    return {
        f"{name}:{form}" if form else name
        for _, name, form, _ in string.Formatter().parse(text)
        if name is not None
    }


def mnemonic(text: str) -> str:
    """The letter after a lone "&", "" where there is none."""
    at = text.replace("&&", "").find("&")
    return text.replace("&&", "")[at + 1].casefold() if at >= 0 else ""


def translated(language: str, area: str) -> dict[str, str]:
    return flat(read_table(bundled("resources") / "translations" / language / f"{area}.toml"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("area", AREAS)
def test_every_word_is_translated_and_none_is_left_over(language: str, area: str) -> None:
    english, other = flat(words_of(AREAS[area])), translated(language, area)
    assert sorted(set(english) - set(other)) == [], "not translated"
    assert sorted(set(other) - set(english)) == [], "not in the program any more"
    assert [
        name for name, text in other.items() if not text.strip() and english[name].strip()
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("area", AREAS)
def test_places_keys_and_marks_are_kept(language: str, area: str) -> None:
    english, other = flat(words_of(AREAS[area])), translated(language, area)
    for name in sorted(english.keys() & other.keys()):
        ours, theirs = english[name], other[name]
        assert places(ours) == places(theirs), name
        assert bool(mnemonic(ours)) == bool(mnemonic(theirs)), f"{name}: a key in one only"
        assert ours.endswith("…") == theirs.endswith("…"), f"{name}: “…” in one only"
        assert ours.count("\n") == theirs.count("\n"), f"{name}: lines"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_is_there_for_an_area_that_is_not(language: str) -> None:
    folder = bundled("resources") / "translations" / language
    assert {path.stem for path in folder.iterdir()} <= set(AREAS)


def test_areas_are_found() -> None:
    assert {"sentences", "shell", "pages", "query", "grid", "photo"} <= set(AREAS)
    assert all(isinstance(module, ModuleType) for module in AREAS.values())
    assert flat(words_of(AREAS["sentences"]))["ERROR_SENTENCES.Cancelled"] == "Stopped."


def test_every_word_is_said_somewhere() -> None:
    """Tables name some words as text, so any mention counts."""
    package = Path(vlm_desktop.__file__).parent
    sources = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    mentioned = Counter(re.findall(r"\b[A-Z][A-Z0-9_]+\b", sources))
    defined = Counter(name for module in AREAS.values() for name in words_of(module))
    assert [name for name, times in defined.items() if mentioned[name] <= times] == []
