"""Words about people that say no more than a picture can show: English drafts, put right by rule.

A small captioner says "man", "girl" or "young" from a glance. Here such guesses become "person",
"child", "they", with articles and verbs to match. What the context or the names say may stay.
"""

from collections.abc import Iterable

import regex

from vlm_desktop.engine.alttext.lengths import listed

_NOUNS: dict[str, tuple[str, str]] = {
    # guessed noun -> (neutral noun, who was guessed)
    "man": ("person", "male"), "men": ("people", "male"), "guy": ("person", "male"),
    "guys": ("people", "male"), "gentleman": ("person", "male"), "gentlemen": ("people", "male"),
    "male": ("person", "male"), "males": ("people", "male"),
    "woman": ("person", "female"), "women": ("people", "female"), "lady": ("person", "female"),
    "ladies": ("people", "female"), "female": ("person", "female"), "females": ("people", "female"),
    "boy": ("child", "male"), "boys": ("children", "male"), "girl": ("child", "female"),
    "girls": ("children", "female"), "son": ("child", "male"), "sons": ("children", "male"),
    "daughter": ("child", "female"), "daughters": ("children", "female"),
    "brother": ("child", "male"), "brothers": ("children", "male"), "sister": ("child", "female"),
    "sisters": ("children", "female"), "father": ("adult", "male"), "fathers": ("adults", "male"),
    "dad": ("adult", "male"), "mother": ("adult", "female"), "mothers": ("adults", "female"),
    "mom": ("adult", "female"), "mum": ("adult", "female"), "grandfather": ("adult", "male"),
    "grandmother": ("adult", "female"), "husband": ("person", "male"), "wife": ("person", "female"),
    "boyfriend": ("person", "male"), "girlfriend": ("person", "female"),
    "girlfriends": ("people", "female"), "teenager": ("person", "age"),
    "teenagers": ("people", "age"), "teen": ("person", "age"), "teens": ("people", "age"),
    "businessman": ("businessperson", "male"), "businessmen": ("businesspeople", "male"),
    "businesswoman": ("businessperson", "female"), "policeman": ("police officer", "male"),
    "policemen": ("police officers", "male"), "policewoman": ("police officer", "female"),
    "fireman": ("firefighter", "male"), "firemen": ("firefighters", "male"),
    "cowgirl": ("rider", "female"), "waitress": ("waiter", "female"),
    "cheerleader girls": ("cheerleaders", "female"), "caucasian": ("person", "origin"),
    "asian": ("person", "origin"), "asians": ("people", "origin"),
    "africans": ("people", "origin"), "indians": ("people", "origin"),
    "muslims": ("people", "origin"), "elders": ("people", "age"),
}  # fmt: skip
_NEUTRAL = listed(
    "person people child children adult adults kid kids baby babies toddler toddlers player players"
    " rider riders skier skiers surfer surfers snowboarder snowboarders skateboarder skateboarders"
    " couple group crowd family dancer dancers athlete athletes runner runners worker workers"
    " biker bikers cyclist cyclists climber climbers swimmer swimmers hiker hikers performer"
    " performers musician musicians singer singers soldier soldiers student students tourist"
    " tourists friend friends individual individuals boxer boxers gymnast gymnasts golfer golfers"
)
_GUESSES: dict[str, str] = {
    # adjectives before a person: who they guess
    **dict.fromkeys(("male", "manly"), "male"),
    **dict.fromkeys(("female", "ladylike"), "female"),
    **dict.fromkeys(
        listed("young younger old older elderly middle-aged teenage teen adolescent senior"
               " preteen youthful"), "age"),
    **dict.fromkeys(
        listed("white black asian african african-american caucasian hispanic latino latina indian"
        " chinese japanese korean arab arabic european american mexican jewish muslim oriental"
        " ethnic brown-skinned dark-skinned light-skinned fair-skinned foreign native"),
        "origin"),
    **dict.fromkeys(
        listed("pretty beautiful attractive handsome ugly fat overweight obese skinny chubby"
        " disabled handicapped crippled homeless gay lesbian"), "looks"),
}  # fmt: skip
_TOLD_BY: dict[str, frozenset[str]] = {
    "male": listed(
        "man men guy gentleman male boy boys son sons father dad brother husband grandfather he"
        " him his mr king"
    ),
    "female": listed(
        "woman women lady ladies female girl girls daughter daughters mother mom mum sister wife"
        " grandmother she her hers mrs ms queen"
    ),
}
_VERBS = {"is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't"}
_PRONOUNS = {
    "he": ("they", "male"), "she": ("they", "female"), "him": ("them", "male"),
    "his": ("their", "male"), "hers": ("theirs", "female"), "himself": ("themself", "male"),
    "herself": ("themself", "female"),
}  # fmt: skip
_HER_OBJECT = listed(
    "and or in on at with while as to by from near behind beside during after before"
)
_WORD = regex.compile(r"\b[\p{L}][\p{L}-]*(?:['’]s\b)?", regex.IGNORECASE)
_ARTICLE = regex.compile(r"\b(an?)(?=\s+(\p{L}))", regex.IGNORECASE)
_PAIR = regex.compile(
    r"\b(?:an?|one) (person|child|adult)((?: in [^,.;]*?)?) and (?:an?|another|one) \1\b(?! in\b)",
    regex.IGNORECASE,
)
_PLURALS = {"person": "people", "child": "children", "adult": "adults"}
_ANIMALS = listed(
    "dog puppy cat kitten horse pony cow sheep goat lamb bird duck elephant giraffe zebra bear"
    " lion tiger monkey rabbit fish"
)
_OF_ANIMALS = {"they": "it", "them": "it", "their": "its", "theirs": "its", "themself": "itself"}
_VOWELS = "aeiou"


def neutral(text: str, told: Iterable[str] = ()) -> str:
    """An English text without guesses about gender, age, origin and looks of people.

    `told` are texts that a person wrote: what they say of somebody's gender may stay; other
    adjectives stay where the same word is told.
    """
    known = {word.casefold() for one in told for word in regex.findall(r"[\p{L}-]+", one)}
    stays = frozenset(kind for kind, words in _TOLD_BY.items() if words & known)
    before = text
    text = _without_guesses(text, stays, known)
    text = _nouns(text, stays, known)
    text = _pronouns(text, stays)
    if text == before:
        return text
    return with_articles(_counted(_joined(text)))


def guesses(text: str) -> bool:
    """Whether an English text says anything of people that `neutral` would change."""
    return neutral(text) != text


def _without_guesses(text: str, stays: frozenset[str], known: set[str]) -> str:
    """Adjectives before a person ("young", "black") go, one after the other."""
    found = list(_WORD.finditer(text))
    dropped: list[tuple[int, int]] = []
    people_after = False
    for at in range(len(found) - 1, -1, -1):
        word = found[at].group().casefold()
        joined = at + 1 < len(found) and regex.fullmatch(
            r"(?:,? | and )", text[found[at].end() : found[at + 1].start()]
        )
        kind = _GUESSES.get(word)
        if kind and people_after and joined and kind not in stays and word not in known:
            dropped.append((found[at].start(), found[at + 1].start()))
            continue
        own = _NOUNS.get(word.removesuffix("'s").removesuffix("’s"))
        is_person = own is not None or word.removesuffix("'s") in _NEUTRAL
        # "little", "smiling" or "blond" may stand between the guess and the person.
        describes = people_after and joined and word not in _STOPS
        people_after = is_person or bool(describes)
    for start, end in dropped:
        text = text[:start] + _opened_as(text, start, text[end:])
    return text


_STOPS = listed(
    "a an the and or of in on at with to from by for is are while as near his her their"
    " two three four five six several many some one who that which wearing holding"
)


def _case_as(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def _opened_as(text: str, at: int, new: str) -> str:
    """`new` with a capital where a sentence begins at `at` with one."""
    opens = not text[:at].strip() or text[:at].rstrip().endswith((".", "!", "?"))
    return new[:1].upper() + new[1:] if opens and text[at : at + 1].isupper() else new


def _nouns(text: str, stays: frozenset[str], known: set[str]) -> str:
    def replace(found: "regex.Match[str]") -> str:
        word: str = found.group()
        ending = word[-2:] if word.casefold().endswith(("'s", "’s")) else ""
        bare = word[: len(word) - len(ending)]
        row = _NOUNS.get(bare.casefold())
        if row is None or row[1] in stays or bare.casefold() in known:
            return word
        # "male" before a noun that is no person ("male lion") is about an animal.
        after = regex.match(r"\s+(\p{L}+)", text[found.end() :])
        adjective = bare.casefold() in ("male", "female", "asian", "caucasian")
        if adjective and after and after[1].casefold() not in _STOPS:
            return word
        return _opened_as(text, found.start(), row[0]) + ending

    return _WORD.sub(replace, text)


def _pronouns(text: str, stays: frozenset[str]) -> str:
    def replace(found: "regex.Match[str]") -> str:
        word = found.group()
        row = _PRONOUNS.get(word.casefold())
        if row is None or row[1] in stays:
            return str(word)
        return _case_as(word, of_animals.get(row[0], row[0]))

    of_animals = _OF_ANIMALS if _only_animals(text) else {}
    if not of_animals:
        text = _agreeing(text, stays)
    text = regex.sub(r"\b(?:he|she|him|his|hers|himself|herself)\b", replace, text, flags=regex.I)
    if "female" in stays:
        return text
    text = regex.sub(r"\bher\b", _her, text, flags=regex.I)
    return regex.sub(r"(?i)\btheir\b", "its", text) if of_animals else text


def _only_animals(text: str) -> bool:
    said = {word.casefold() for word in regex.findall(r"\p{L}+", text)}
    return bool(said & _ANIMALS) and not said & (_NEUTRAL | set(_NOUNS))


def _her(found: "regex.Match[str]") -> str:
    rest = regex.match(r"\s+([\p{L}-]+)", found.string[found.end() :])
    owns = rest is not None and rest[1].casefold() not in _HER_OBJECT
    return _case_as(found.group(), "their" if owns else "them")


def _agreeing(text: str, stays: frozenset[str]) -> str:
    """Verbs after "he" and "she" as they go with "they"."""

    def replace(found: "regex.Match[str]") -> str:
        who, gap, verb = found.group(1), found.group(2), found.group(3)
        if ("male" if who.casefold() == "he" else "female") in stays:
            return str(found.group())
        plural = _VERBS.get(verb.casefold())
        if plural is None:
            plural = verb
            if regex.search(r"(?:ch|sh|ss|x|o)es$", verb):
                plural = verb[:-2]
            elif verb.endswith("ies") and len(verb) > 4:
                plural = verb[:-3] + "y"
            elif verb.endswith("s") and not verb.endswith("ss"):
                plural = verb[:-1]
        return f"{who}{gap}{plural}"

    return regex.sub(r"\b(he|she)(\s+)([\p{L}']+)", replace, text, flags=regex.I)


def _joined(text: str) -> str:
    """What replacing left: "people and people", "people runners", "two person"."""
    text = regex.sub(r"(?i)\b(people|children|adults) (?:and|or) \1\b", r"\1", text)
    text = regex.sub(
        rf"(?i)\b(?:person|people|child|children) (?=(?:{'|'.join(sorted(_NEUTRAL))})\b)", "", text
    )
    several = r"(?i)\b((?:two|three|four|five|six|several|many) (?:\p{L}+ )?)(person|child)\b"
    return regex.sub(several, lambda found: found[1] + _PLURALS[found[2].casefold()], text)


def _counted(text: str) -> str:
    """ "A person and a person" are two people; the second "a person" is another one."""

    def two(found: "regex.Match[str]") -> str:
        if found.group(2):
            return str(found.group())
        plural = _PLURALS[found.group(1).casefold()]
        return _case_as(found.group(), f"two {plural}")

    paired = _PAIR.sub(two, text)
    if paired != text:
        text = regex.sub(
            r"(?i)(two (?:people|children|adults) (?:[\p{L}]+ )?)is\b", r"\1are", paired
        )
    for noun in _PLURALS:
        first = regex.search(rf"(?i)\ban? {noun}\b", text)
        if first is None:
            continue
        rest = regex.sub(rf"\ba {noun}\b", f"another {noun}", text[first.end() :])
        text = text[: first.end()] + rest
    return text


def with_articles(text: str) -> str:
    """ "a" and "an" as the word behind them wants."""

    def replace(found: "regex.Match[str]") -> str:
        right = "an" if found.group(2).casefold() in _VOWELS else "a"
        # Only what a dropped or changed word made wrong; "a uniform" and "an hour" stay.
        following = regex.match(r"\s+([\p{L}-]+)", found.string[found.end(1) :])
        word = following[1].casefold() if following else ""
        if word.startswith(("uni", "use", "eu", "one", "hour", "hon", "heir", "ut", "ukulele")):
            return str(found.group(1))
        return _case_as(found.group(1), right)

    return _ARTICLE.sub(replace, text)
