"""Another language in the places of the constants."""

import locale
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from vlm_desktop.base import language
from vlm_desktop.base.events import Phase


@pytest.fixture
def area() -> ModuleType:
    module = ModuleType("area")
    module.HELLO = "Hello, {name}"  # type: ignore[attr-defined]
    module.MENU = "&File…"  # type: ignore[attr-defined]
    module.DOT = " · "  # type: ignore[attr-defined]
    module.PHASES = {Phase.OCR: "Reading {done:,}", KeyError: "No key"}  # type: ignore[attr-defined]
    module.LIMIT = 7  # type: ignore[attr-defined]
    return module


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.use("en", {}, Path())


def test_words_of_the_table_stand_in_their_places(area: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "area.toml").write_text(
        'HELLO = "Hallo, {name}"\n[PHASES]\nocr = "{done:,} gelesen"\n', encoding="utf-8"
    )
    language.use("de", {"area": area, "other": ModuleType("other")}, tmp_path)
    assert area.HELLO == "Hallo, {name}"
    assert area.MENU == "&File…", "what has no translation stays"
    assert {Phase.OCR: "{done:,} gelesen", KeyError: "No key"} == area.PHASES
    assert language.fill(area.PHASES[Phase.OCR], done=12_345) == "12.345 gelesen"
    assert area.LIMIT == 7


def test_numbers_follow_the_language_but_words_do_not() -> None:
    assert language.fill("{n:,} of {x:.1f} in {path}", n=1_234, x=0.5, path="a,b.c") == (
        "1,234 of 0.5 in a,b.c"
    )
    language.use("de", {}, Path())
    assert language.fill("{n:,} of {x:.1f} in {path}", n=1_234, x=0.5, path="a,b.c") == (
        "1.234 of 0,5 in a,b.c"
    )


def test_the_pseudo_language_lengthens_and_keeps_places(area: ModuleType) -> None:
    language.use("pseudo", {"area": area}, Path())
    assert area.HELLO.format(name="Ann").startswith("[Hëllö, Ann".replace("ë", "é"))
    assert len(area.HELLO) > 1.3 * len("Hello, {name}")
    assert area.MENU.startswith("[&F")
    assert area.DOT == " · "
    assert "{done:,}" in area.PHASES[Phase.OCR]


def test_the_language_of_the_system_is_used_when_it_is_spoken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for code, wanted in (("de_AT.UTF-8", "de"), ("fr_FR", "en"), ("C", "en"), ("en_GB", "en")):
        monkeypatch.setenv("LANG", code)
        assert language.wanted_language("system") == wanted
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert language.wanted_language("system") == "de"
    assert language.wanted_language("en") == "en"


def test_without_variables_the_platform_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for code, wanted in (("German_Austria", "de"), ("de_CH", "de"), (None, "en")):
        monkeypatch.setattr(locale, "getlocale", lambda code=code: (code, "UTF-8"))
        assert language.wanted_language("system") == wanted
