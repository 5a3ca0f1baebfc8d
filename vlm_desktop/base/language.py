"""The language of the window: which words stand in the modules of strings, and how numbers look.

Strings are English constants in Python modules. Another language is a folder of tables,
`resources/translations/LANGUAGE/AREA.toml`, whose keys are the constants' names. `use` puts
those words in the constants' places, once, before any widget is made; so widgets must read the
constants when they are built and never keep them at module level.
"""

import importlib
import os
import re
import string
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

ENGLISH = "en"
PSEUDO = "pseudo"
SYSTEM = "system"

_LONGER = 0.4
_ACCENTS = str.maketrans("aceinouyACEINOUY", "äçéîñöüÿÄÇÉÎÑÖÜŸ")
_KEPT = re.compile(r"(\{[^}]*\}|&.|\n)")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SEPARATORS: dict[str, dict[int, int | str]] = {"de": {ord(","): ".", ord("."): ","}}


class _Formatter(string.Formatter):
    """`str.format`, with the separators of the language in numbers that ask for them."""

    separators: dict[int, int | str] | None = None

    def format_field(self, value: Any, format_spec: str) -> str:
        text: str = super().format_field(value, format_spec)
        wanted = isinstance(value, int | float) and ("," in format_spec or "." in format_spec)
        return text.translate(self.separators) if wanted and self.separators else text


_formatter = _Formatter()
_in_use = [ENGLISH]


def current() -> str:
    """The language whose numbers and dates are used: "en" for the pseudo-language."""
    return ENGLISH if _in_use[0] == PSEUDO else _in_use[0]


def fill(template: str, **values: object) -> str:
    """A sentence with its named places filled; numbers in the language's manner."""
    return _formatter.vformat(template, (), values)


def one_line(text: str) -> str:
    """Line breaks and steering characters escaped: names of files may hold them."""
    return _BREAKS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def wanted_language(setting: str) -> str:
    """The language to use: the setting, or for "system" what the environment says."""
    if setting != SYSTEM:
        return setting
    return "de" if _system_locale().lower().startswith(("de", "german")) else ENGLISH


def _system_locale() -> str:
    """Such as "de_AT.UTF-8". First the variables of gettext, in its order; then the platform."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value
    try:
        return importlib.import_module("locale").getlocale()[0] or ""
    except ValueError:
        return ""


def use(language: str, areas: Mapping[str, ModuleType], folder: Path) -> None:
    """Put the words of `language` into the modules, by the name of their area.

    `folder` holds a folder per language. Words without a translation stay English.
    """
    _in_use[0] = language
    _formatter.separators = _SEPARATORS.get(language)
    if language == ENGLISH:
        return
    for area, module in areas.items():
        if language == PSEUDO:
            table = {
                name: _pseudo(words)
                for name, words in words_of(module).items()
                if not _is_date_form(name, words)
            }
        else:
            table = read_table(folder / language / f"{area}.toml")
        _apply(module, table)


def words_of(module: ModuleType) -> dict[str, str | dict[str, str]]:
    """The constants of a module of strings: texts, and tables of texts by their keys' names."""
    found: dict[str, str | dict[str, str]] = {}
    for name, value in vars(module).items():
        if not name.isupper() or name.startswith("_"):
            continue
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
            found[name] = {key_name(key): text for key, text in value.items()}
    return found


def key_name(key: object) -> str:
    """How a key of a table of texts is written in a translation."""
    if isinstance(key, type):
        return key.__name__
    return str(key.value) if isinstance(key, Enum) else str(key)


def read_table(path: Path) -> dict[str, Any]:
    """The words of one area; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    # Not at the top: the window starts with this module, and in English reads no table.
    read: dict[str, Any] = importlib.import_module("tomllib").loads(text)
    return read


def _apply(module: ModuleType, table: Mapping[str, Any]) -> None:
    for name, words in words_of(module).items():
        chosen = table.get(name)
        if isinstance(words, str) and isinstance(chosen, str):
            setattr(module, name, chosen)
        elif isinstance(words, dict) and isinstance(chosen, dict):
            old = getattr(module, name)
            new = {key: chosen.get(key_name(key), text) for key, text in old.items()}
            setattr(module, name, new)


def _is_date_form(name: str, words: str | dict[str, str]) -> bool:
    """Whether the letters stand for parts of a date ("dddd, d MMMM yyyy")."""
    return name.endswith("_FORM") and isinstance(words, str) and "{" not in words


def _pseudo(words: str | dict[str, str]) -> str | dict[str, str]:
    """Every text longer by two fifths, accented and in brackets; its places are kept."""
    if isinstance(words, dict):
        return {key: _lengthened(text) for key, text in words.items()}
    return _lengthened(words)


def _lengthened(text: str) -> str:
    if not any(letter.isalpha() for letter in _KEPT.sub("", text)):
        return text
    parts = [
        part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in _KEPT.split(text)
    ]
    padding = "~" * max(1, round(len(text) * _LONGER))
    return f"[{''.join(parts)}{padding}]"
