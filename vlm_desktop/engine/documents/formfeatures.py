"""What a part of a form looks like, and how two parts stand to each other: readable numbers.

`class_features` speak for what a part is (label, value, heading, other text), `join_features` for
two parts being one text, `link_features` for a value belonging to a label. Distances are in
heights of the page's usual text.
"""

import math
import re
import statistics
from collections.abc import Callable, Mapping, Sequence

from vlm_desktop.engine.documents.formparts import Features, FormPage, Part
from vlm_desktop.engine.documents.vocabulary import vocabulary, words_of

CLASSES = ("question", "answer", "header", "other")
Chances = Sequence[Mapping[str, float]]
"""Of each part how likely it is of each class."""
_DATE = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}|\b(19|20)\d\d\b")
_MONEY = re.compile(r"[$€£]\s*\d|\d[.,]\d\d\b")
_PHONE = re.compile(r"\(?\d{3}\)?[-/. ]+\d{3}[-. ]?\d{3,4}")
_ENUMERATED = re.compile(r"^\(?([0-9]{1,2}|[a-zA-Z])[.)]\s")
_LEADS = re.compile(r"[._…\-–—=*]{3,}$")
_TICK = re.compile(r"^[\W_]*[xX✓✔☑☒☐□]?[\W_]*$")
_COLONS = (":", "：")
_SHAPES = {
    "person": re.compile(
        r"\b(Mr|Mrs|Ms|Miss|Dr|Prof|Messrs)\b\.?|\b[A-Z]\. ?([A-Z]\. ?)?[A-Z][a-z]{2}"
        r"|^[A-Z][a-z]+,? [A-Z]\.?( [A-Z][a-z]+)?$"
    ),
    "company": re.compile(r"\b(inc|co|corp|ltd|llc|plc|gmbh|company|corporation|limited)\b", re.I),
    "place": re.compile(
        r"\b[A-Z][A-Za-z]\.? \d{5}\b|\bP\. ?O\. ?Box\b"
        r"|^\d+ .*\b(street|st|avenue|ave|road|rd|drive)\b",
        re.I,
    ),
    "month": re.compile(
        r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)([a-z]*|\.) *\d", re.I
    ),
    "yes": re.compile(r"^(yes|no|none|n ?/ ?a|unknown|same|tbd)\W*$", re.I),
    "measure": re.compile(r"\d ?(mg|mm|cm|ml|kg|g|gm|lbs?|in|ft|oz|hrs?|%|°)(?![a-z])", re.I),
    "asks_number": re.compile(r"(\bno|\bnr|\bnumber|#)\W*$", re.I),
}
"""What texts of some kinds look like."""


def class_features(page: FormPage, place: int, sense: Callable[[str], float]) -> Features:
    """What speaks for the class of a part, without knowing its neighbours' classes."""
    part = page.parts[place]
    found = _text(part, page, sense)
    found |= _looks(part, page)
    left, right = page.left(place)[:1], page.right(place)[:1]
    above, below = page.above(place, 1), page.below(place, 1)
    row = page.rows[part.row]
    found["row_alone"] = float(len(row) == 1)
    found["row_many"] = float(len(row) >= 4)
    found["row_first"] = float(not left)
    found["row_last"] = float(not right)
    for name, some in (("left", left), ("right", right), ("above", above), ("below", below)):
        if not some:
            found[f"{name}_none"] = 1.0
            continue
        other = page.parts[some[0]]
        found[f"{name}_colon"] = float(ends_in_colon(other.text))
        found[f"{name}_sense"] = sense(other.text)
        found[f"{name}_digits"] = _digits(other.text)
        if name in ("left", "right"):
            gap = other.box.x0 - part.box.x1 if name == "right" else part.box.x0 - other.box.x1
            found[f"{name}_near"] = math.exp(-max(0.0, gap) / (2 * page.body))
            found[f"{name}_far"] = float(gap > 8 * page.body)
        else:
            gap = other.box.y0 - part.box.y1 if name == "below" else part.box.y0 - other.box.y1
            found[f"{name}_near"] = math.exp(-max(0.0, gap) / page.body)
            found[f"{name}_far"] = float(gap > 4 * page.body)
            found[f"{name}_aligned"] = float(abs(other.box.x0 - part.box.x0) < 0.6 * page.body)
            found[f"{name}_like"] = float(0.85 < other.height / max(part.height, 1e-6) < 1.18)
    return found


def _text(part: Part, page: FormPage, sense: Callable[[str], float]) -> Features:
    text = part.text
    signs = [c for c in text if not c.isspace()]
    letters = sum(c.isalpha() for c in signs)
    words = text.split()
    names = words_of(text)
    known = vocabulary().naming
    digits = _digits(text)
    return {
        "offset": 1.0,
        "colon": float(ends_in_colon(text)),
        "colon_inside": float(":" in text[:-1] and not ends_in_colon(text)),
        "sense": sense(text),
        "sense_first": sense(words[0]) if words else 0.0,
        "sense_last": sense(words[-1]) if words else 0.0,
        "known": sum(one in known for one in names) / max(1, len(names)),
        "words_1": float(len(words) == 1),
        "words_2": float(len(words) == 2),
        "words_3": float(3 <= len(words) <= 4),
        "words_6": float(6 <= len(words) <= 8),
        "words_9": float(len(words) >= 9),
        "digits": digits,
        "digits_only": float(digits > 0 and letters == 0),
        "digits_none": float(digits == 0),
        "letters_none": float(letters == 0 and digits == 0),
        "capitals": float(letters > 1 and text.upper() == text),
        "title": float(
            letters > 1
            and all(w[:1].isupper() for w in words if w[:1].isalpha())
            and text.upper() != text
        ),
        "lower_first": float(text[:1].islower()),
        "lower_rest": float(len(words) > 1 and any(w[:1].islower() for w in words[1:])),
        "bracketed": float(text.startswith("(") and text.rstrip(":").endswith(")")),
        "bracket": float("(" in text),
        "stop": float(text.endswith(".") and len(words) > 3),
        "question_mark": float(text.endswith("?")),
        "hash": float(text.rstrip(":").endswith(("#", "No.", "NO.", "№"))),
        "date": float(bool(_DATE.search(text))),
        "money": float(bool(_MONEY.search(text))),
        "phone": float(bool(_PHONE.search(text))),
        "percent": float("%" in text),
        "enumerated": float(bool(_ENUMERATED.match(text))),
        "leader": float(bool(_LEADS.search(text))),
        "tick": float(bool(_TICK.match(text))),
        "single": float(len(signs) == 1),
        "page_colons": page.style.colons,
        "page_colons_none": page.style.colons * (1.0 - float(ends_in_colon(text))),
        "label_case": page.style.alike(text),
        "label_case_no_colon": page.style.alike(text) * (1.0 - float(ends_in_colon(text))),
        **{name: float(bool(shape.search(text))) for name, shape in _SHAPES.items()},
    }


def _looks(part: Part, page: FormPage) -> Features:
    words = [page.reading.words[word] for word in part.words]
    sure = min(word.confidence for word in words)
    tall = part.height / page.body
    wide = page.box.x1 - page.box.x0
    high = max(1.0, page.box.y1 - page.box.y0)
    letter = (part.box.x1 - part.box.x0) / max(1, len(part.text)) / max(part.height, 1e-6)
    centre = abs(part.middle - (page.box.x0 + page.box.x1) / 2) / max(1.0, wide)
    return {
        "unsure": float(sure < 0.8),
        "doubt": 1.0 - statistics.fmean(word.confidence for word in words),
        "tall": max(0.0, min(1.0, tall - 1.15)),
        "small": max(0.0, min(1.0, 0.85 - tall)),
        "letters_wide": max(0.0, min(0.5, letter - 0.55)),
        "letters_narrow": max(0.0, min(0.5, 0.4 - letter)),
        "centred": float(centre < 0.06),
        "at_left": float(part.box.x0 - page.box.x0 < 0.12 * wide),
        "at_right": float(part.box.x0 - page.box.x0 > 0.6 * wide),
        "at_top": max(0.0, 0.2 - (part.box.y0 - page.box.y0) / high) * 5,
        "at_bottom": max(0.0, (part.box.y1 - page.box.y0) / high - 0.88) * 8,
        "in_table": float(part.cell is not None),
        "in_head": float(part.cell is not None and part.cell[1] == 0),
        "in_first_column": float(part.cell is not None and part.cell[2] == 0),
        "column_of": min(4, _aligned(page, part)) / 4,
    }


def _aligned(page: FormPage, part: Part) -> int:
    """Parts of the rows nearby that begin at its left edge."""
    count = 0
    for number in range(max(0, part.row - 5), min(len(page.rows), part.row + 6)):
        if number != part.row:
            count += any(
                abs(page.parts[other].box.x0 - part.box.x0) < 0.5 * page.body
                for other in page.rows[number]
            )
    return count


def context_features(page: FormPage, place: int, chances: Chances) -> Features:
    """What the neighbours seem to be, for judging a part's class once more."""
    found: Features = {"offset": 1.0}
    own = chances[place]
    for name in CLASSES:
        found[f"own_{name}"] = math.log(max(0.01, own[name]))
    near = {
        "left": page.left(place)[:1],
        "right": page.right(place)[:1],
        "above": page.above(place, 1),
        "below": page.below(place, 1),
    }
    for side, some in near.items():
        for name in CLASSES:
            found[f"{side}_{name}"] = chances[some[0]][name] if some else 0.0
        if some:
            other, part = page.parts[some[0]], page.parts[place]
            aligned = abs(other.box.x0 - part.box.x0) < 0.6 * page.body
            if side in ("above", "below"):
                gap = max(part.box.y0, other.box.y0) - min(part.box.y1, other.box.y1)
                if aligned and gap < page.body:
                    for name in CLASSES:
                        found[f"{side}_line_{name}"] = chances[some[0]][name]
    if near["left"] and near["right"]:
        found["between"] = (
            chances[near["left"][0]]["question"] * chances[near["right"][0]]["question"]
        )
    row = [chances[one] for one in page.rows[page.parts[place].row] if one != place]
    if row:
        found["row_question"] = statistics.fmean(one["question"] for one in row)
        found["row_answer"] = statistics.fmean(one["answer"] for one in row)
    return found


def join_features(page: FormPage, first: int, second: int, chances: Chances) -> Features:
    """What speaks for `second` going on what `first` says: under it, or beside it."""
    one, other = page.parts[first], page.parts[second]
    mine, its = chances[first], chances[second]
    same = {name: math.sqrt(mine[name] * its[name]) for name in CLASSES}
    beside = float(one.row == other.row)
    gap = (other.box.x0 - one.box.x1 if beside else other.box.y0 - one.box.y1) / page.body
    shared = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
    narrow = min(one.box.x1 - one.box.x0, other.box.x1 - other.box.x0)
    tall = other.height / max(one.height, 1e-6)
    side = "beside" if beside else "under"
    found = {
        "offset": 1.0,
        f"{side}_offset": 1.0,
        f"{side}_gap": max(-0.5, min(4.0, gap)),
        f"{side}_touch": float(gap < 0.5),
        f"{side}_far": float(gap > 1.2),
        "same_size": float(0.85 < tall < 1.18),
        "other_size": float(not 0.7 < tall < 1.4),
        "colon_ends": float(ends_in_colon(one.text)),
        "colon_later": float(ends_in_colon(other.text)),
        "stop": float(one.text.endswith((".", ")", "?"))),
        "goes_on": float(one.text.endswith((",", "-", "&", "/", "and", "of", "the", "("))),
        "lower_first": float(other.text[:1].islower()),
        "bracket": float(other.text.startswith("(")),
        "enumerated": float(bool(_ENUMERATED.match(other.text))),
        "digits": _digits(other.text),
        "both_capitals": float(one.text.isupper() and other.text.isupper()),
        "same_cell": float(one.cell is not None and one.cell == other.cell),
        "other_cell": float(one.cell != other.cell),
    }
    if not beside:
        height = page.body
        found["under_left"] = float(abs(one.box.x0 - other.box.x0) < 0.6 * height)
        found["under_middle"] = float(abs(one.middle - other.middle) < 0.6 * height)
        found["under_indent"] = float(other.box.x0 - one.box.x0 > 2 * height)
        found["under_outdent"] = float(one.box.x0 - other.box.x0 > 2 * height)
        found["under_share"] = max(0.0, shared) / max(1e-6, narrow)
        found["under_long"] = float(len(one.text) > 35)
        found["under_served"] = _right_answer(page, first, chances)
        found["under_serves"] = _right_answer(page, second, chances)
        found["under_labelled"] = _left_question(page, second, chances)
        found["under_aligned_left"] = found["under_left"] * float(gap < 0.7)
    for name, value in same.items():
        found[f"{side}_{name}"] = value
    found["differ_question_answer"] = mine["question"] * its["answer"]
    found["differ_answer_question"] = mine["answer"] * its["question"]
    return found


def _right_answer(page: FormPage, place: int, chances: Chances) -> float:
    some = page.right(place)[:1]
    return chances[some[0]]["answer"] if some else 0.0


def _left_question(page: FormPage, place: int, chances: Chances) -> float:
    some = page.left(place)[:1]
    return chances[some[0]]["question"] if some else 0.0


def ends_in_colon(text: str) -> bool:
    return text.rstrip(" ._").endswith(_COLONS)


def _digits(text: str) -> float:
    signs = [c for c in text if c.isalnum()]
    return sum(c.isdigit() for c in signs) / max(1, len(signs))
