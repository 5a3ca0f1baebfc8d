"""What a model is told when it drafts: prompts put together from the rows of `alttext.toml`."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from vlm_desktop.base.alttext import AltStyle, Brief, Decision, PageContext
from vlm_desktop.base.paths import bundled

_TOLD = 600
"""Characters of each text around an image that a model is told."""
_LEAST_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said as the system and as the user; `characters` is what was asked for."""

    system: str
    user: str
    characters: int

    @property
    def whole(self) -> str:
        return f"{self.system}\n\n{self.user}"

    @property
    def tokens(self) -> int:
        """Tokens an answer of that length may take, with room for languages that take more."""
        return self.characters // 2 + 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a model that gives short answers."""

    field: str
    ask: str


@lru_cache(maxsize=1)
def rows() -> Mapping[str, Any]:
    """The tables of `resources/prompts/alttext.toml`."""
    path = bundled("resources") / "prompts" / "alttext.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words_for(table: str, language: str) -> dict[str, str]:
    """Words in a language; English where there are none."""
    tables = rows()[table]
    found: dict[str, str] = tables.get(primary(language), tables.get("en", {}))
    return found


def primary(language: str) -> str:
    """ "de" of "de-AT"."""
    return language.casefold().replace("_", "-").split("-")[0]


def language_name(language: str) -> str:
    """The English name of a language, for prompts; its tag where the name is not known."""
    name: str = rows()["languages"].get(primary(language), "")
    return name or f"the language “{language}”"


def captioner() -> tuple[str, float, tuple[Asked, ...]]:
    """What a captioner is asked: for its caption, the least probability, short questions."""
    table = rows()["captioner"]
    asked = tuple(Asked(one["field"], one["ask"]) for one in table["question"])
    return table["ask"], float(table["least"]), asked


def wants_extended(style: AltStyle, decision: Decision) -> bool:
    """Whether an extended description is drafted beside the alt text."""
    if decision in (Decision.FUNCTIONAL, Decision.TEXT, Decision.DECORATIVE):
        return False
    return decision is Decision.COMPLEX or "extended" in rows()["style"][style.value]


def alt_prompt(brief: Brief, context: PageContext, decision: Decision) -> Prompt:
    """Ask for the alt text."""
    style = rows()["style"][brief.style.value]
    limit = brief.destination.limit or style["characters"]
    characters = max(_LEAST_CHARACTERS, min(limit, style["characters"]))
    task = rows()["decision"].get(decision.value, style)["alt"]
    return _prompt(task, brief, context, characters)


def extended_prompt(brief: Brief, context: PageContext, decision: Decision) -> Prompt:
    """Ask for the extended description."""
    table = rows()
    style = table["style"][brief.style.value]
    detailed = table["style"][AltStyle.DETAILED.value]["extended"]
    task = table["decision"].get(decision.value, {}).get("extended") or style.get("extended")
    return _prompt(task or detailed, brief, context, 0)


def structured_prompt(brief: Brief, context: PageContext) -> Prompt:
    """Ask for a description in parts, to be answered by `STRUCTURED_SCHEMA`."""
    prompt = _prompt(rows()["structured"]["alt"], brief, context, 0)
    return Prompt(prompt.system, prompt.user, 800)


def translation_prompt(text: str, source: str, target: str, characters: int) -> Prompt:
    """Ask for a translation of an approved text."""
    table = rows()["translation"]
    form = rows()["rules"]["form"]
    user = table["ask"].format(
        source=language_name(source),
        target=language_name(target),
        characters=characters,
        text=text.replace("”", '"'),
    )
    return Prompt(f"{table['role']} {form}", user, characters)


STRUCTURED_SCHEMA = """{"type": "object", "properties": {
"brief": {"type": "string", "maxLength": 300}, "subject": {"type": "string", "maxLength": 100},
"colours": {"type": "array", "items": {"type": "string", "maxLength": 30}, "maxItems": 5},
"text": {"type": "string", "maxLength": 300}, "mood": {"type": "string", "maxLength": 60}},
"required": ["brief", "subject", "colours", "text", "mood"], "additionalProperties": false}"""


def _prompt(task: str, brief: Brief, context: PageContext, characters: int) -> Prompt:
    rules = rows()["rules"]
    told = [
        rules["role"],
        rules["seen"],
        rules.get(brief.people_policy, rules["neutral"]),
        rules["opening"],
        rules["form"],
    ]
    if characters:
        told.append(rules["length"].format(characters=characters))
    told.append(rules["language"].format(language=language_name(brief.language)))
    if brief.audience.strip():
        told.append(rules["audience"].format(text=_quoted(brief.audience)))
    if brief.names:
        told.append(rules["names"].format(text=", ".join(map(_quoted, brief.names))))
    told += [
        rules["glossary"].format(word=_quoted(word), preferred=_quoted(preferred))
        for word, preferred in brief.glossary
    ]
    if brief.notes.strip():
        told.append(rules["notes"].format(text=_quoted(brief.notes)))
    around = _around(context)
    said = "\n".join([rules["context"], *around, "", task]) if around else task
    return Prompt(" ".join(told), said, characters or 1_500)


def _around(context: PageContext) -> list[str]:
    """What stands around the image, a line each, in the order of the table."""
    values = {one.name: getattr(context, one.name) for one in fields(context)}
    return [
        line.format(text=_quoted(values[name]))
        for name, line in rows()["context"].items()
        if values[name].strip()
    ]


def _quoted(text: str) -> str:
    """One line that cannot close the quotation it stands in."""
    one_line = " ".join(text.split()).replace("“", '"').replace("”", '"')
    return one_line if len(one_line) <= _TOLD else one_line[:_TOLD].rsplit(" ", 1)[0] + " …"


def listed_names(text: str) -> tuple[str, ...]:
    """The words of a JSON list, or of one with commas."""
    try:
        found = json.loads(text)
    except ValueError:
        found = text.split(",")
    some = found if isinstance(found, list) else [found]
    return tuple(dict.fromkeys(str(one).strip() for one in some if str(one).strip()))
