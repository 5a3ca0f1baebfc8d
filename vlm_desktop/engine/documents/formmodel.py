"""The small model that reads forms: `resources/documents/forms.toml`, weights for all to read.

Each judgement is a logistic function of a weighted sum of features (`formparts`, `formfeatures`,
`formlinks` say which): whether a gap parts two texts, what a part is, then what it is beside what
its neighbours seem to be, whether two parts are one text, and whether a value belongs to a label.
The last is judged twice: by itself, then beside its rivals. At the end, gaps within parts that
found no partner are judged once more: a label and its value may have been left together.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.formfeatures import (
    CLASSES,
    class_features,
    context_features,
    join_features,
)
from vlm_desktop.engine.documents.formlinks import (
    candidates,
    link_features,
    rival_features,
    split_features,
    through_features,
)
from vlm_desktop.engine.documents.formparts import Columns, Features, FormPage, form_page, gaps
from vlm_desktop.engine.documents.pageindex import tokens_of

GAP, JOIN, LINK, RIVALS, SPLIT = "gap", "join", "link", "rivals", "split"
SEEMS, IS = "seems", "is"
"""Names of the tables. `seems_question` is the first judgement of a class, `is_question` the one
beside its neighbours."""
LEAST_SPLIT = 0.01
LEAST_GAP = 0.3
"""Parts that were cut in vain find each other again as values of one label."""
LEAST_JOIN = 0.65
LEAST_HALF = 0.05
LEAST_LINK = 0.4
"""From here on a value belongs to a label, and to further ones."""
LEAST_ROLE = 0.3
"""What is a label that surely has a value is no value itself, and the other way round."""
LEAST_ONLY = 0.05
"""A label that has no value so far gets its likeliest one from here on."""
PIECE = "~"
_FILLING = re.compile(r"[:：]+|[._·…=*\-–—]{2,}")
_MOST_ODDS = 12.0
Chances = list[dict[str, float]]


@dataclass(frozen=True)
class FormModel:
    """`words` says how much a word is one of labels rather than of values, -2..2, and the same of
    pieces of words, marked by `PIECE`; `tables` are the weights. `calibration` turns the log odds
    of a pair into ones that held."""

    words: Mapping[str, float]
    tables: Mapping[str, Mapping[str, float]]
    calibration: tuple[float, float] = (1.0, 0.0)
    senses: dict[str, float] = field(default_factory=dict)

    def sense(self, text: str) -> float:
        """How much a text's words are those of labels, 0 where none is known."""
        known = self.senses.get(text)
        if known is None:
            some = [
                told
                for one in tokens_of(text)
                if (told := self._sense_of_word(one.text)) is not None
            ]
            known = sum(some) / len(some) if some else 0.0
            if len(self.senses) < 20_000:
                self.senses[text] = known
        return known

    def _sense_of_word(self, word: str) -> float | None:
        """A word that is not known is taken by its pieces."""
        known = self.words.get(word)
        if known is None and word.isalpha():
            some = [self.words[one] for one in pieces_of(word) if one in self.words]
            if some:
                known = sum(some) / len(some)
        return known

    def chances(self, table: str, rows: Sequence[Features]) -> list[float]:
        """The probabilities that one judgement says of each."""
        weights = self.tables[table]
        return [
            logistic(sum(weights.get(name, 0.0) * value for name, value in features.items()))
            for features in rows
        ]


@dataclass(frozen=True, slots=True)
class Link:
    """A value's part and a label's part, with what stands where, and how likely they belong."""

    value: int
    label: int
    side: str
    features: Features


@dataclass(frozen=True, slots=True)
class Half:
    """A gap within a part: the label may end before this word of it, the value begin there."""

    part: int
    word: int
    features: Features
    chance: float = 0.0


@dataclass(frozen=True, slots=True)
class FormPair:
    """A label and its value as indices of words, the value row by row, in reading order.

    `log_odds` are calibrated; `speaks` is what each feature of the value's weakest link adds to
    them before that.
    """

    label: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    log_odds: float
    speaks: Mapping[str, float]

    @property
    def value(self) -> tuple[int, ...]:
        return tuple(word for row in self.rows for word in row)


@cache
def form_model() -> FormModel:
    """The bundled weights."""
    path = bundled("resources") / "documents" / "forms.toml"
    return model_from(tomllib.loads(path.read_text(encoding="utf-8")))


def model_from(data: Mapping[str, Any]) -> FormModel:
    """The model that the tables of a file are."""
    slope, offset = data["calibration"]
    tables = {
        name: table for name, table in data.items() if isinstance(table, dict) and name != "words"
    }
    return FormModel(data["words"], tables, (float(slope), float(offset)))


def pieces_of(word: str) -> list[str]:
    """Three letters of a word each, its ends marked, as `FormModel.words` names them."""
    marked = f"<{word}>"
    return [f"{PIECE}{marked[place : place + 3]}" for place in range(len(marked) - 2)]


def logistic(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def pairs_on(reading: PageReading, model: FormModel) -> list[FormPair]:
    """Labels with their values on one page, from top to bottom."""
    page = cut(reading, model)
    chances = classes(page, model)
    joins = joined(page, chances, model)
    links = with_rivals(linkable(page, chances), joins, model)
    told = model.chances(RIVALS, [one.features for one in links])
    halves = splittable(page, links, told, chances, model)
    sure = model.chances(SPLIT, [one.features for one in halves])
    halves = [replace(one, chance=chance) for one, chance in zip(halves, sure, strict=True)]
    return assembled(page, joins, links, halves, model)


def cut(reading: PageReading, model: FormModel) -> FormPage:
    """The page as parts."""

    def are_gaps(rows: Sequence[Features]) -> list[bool]:
        return [one > LEAST_GAP for one in model.chances(GAP, rows)]

    return form_page(reading, are_gaps, model.sense)


def classes(page: FormPage, model: FormModel) -> Chances:
    """What each part is, judged twice."""
    features = [class_features(page, place, model.sense) for place in range(len(page.parts))]
    chances = shares(model, SEEMS, features)
    looks = [one | context_features(page, place, chances) for place, one in enumerate(features)]
    return shares(model, IS, looks)


def shares(model: FormModel, stage: str, rows: Sequence[Features]) -> Chances:
    """The chances of the classes of each, which sum to 1."""
    told = [model.chances(f"{stage}_{name}", rows) for name in CLASSES]
    found = []
    for some in zip(*told, strict=True):
        whole = max(1e-9, sum(some))
        found.append({name: one / whole for name, one in zip(CLASSES, some, strict=True)})
    return found


def joined(page: FormPage, chances: Chances, model: FormModel) -> dict[tuple[int, int], float]:
    """How likely parts near each other are one text."""
    pairs = joinable(page)
    features = [join_features(page, *pair, chances) for pair in pairs]
    return dict(zip(pairs, model.chances(JOIN, features), strict=True))


def joinable(page: FormPage) -> list[tuple[int, int]]:
    """Parts that may be one text: under each other, or beside each other."""
    found = []
    for place in range(len(page.parts)):
        found += [(place, other) for other in page.below(place)]
        found += [(place, other) for other in page.right(place)[:1]]
    return found


def linkable(page: FormPage, chances: Chances) -> list[Link]:
    """Values and labels that are compared."""
    return [
        Link(place, label, side, link_features(page, place, label, side, order, chances))
        for place in range(len(page.parts))
        for label, side, order in candidates(page, place, chances)
    ]


def with_rivals(
    links: Sequence[Link], joins: Mapping[tuple[int, int], float], model: FormModel
) -> list[Link]:
    """Links with what the other labels of the same value, the other values of the same label, and
    the parts that the value seems to go on from, say of them."""
    chances = model.chances(LINK, [one.features for one in links])
    of_value: dict[int, list[tuple[float, int]]] = {}
    of_label: dict[int, list[tuple[float, int]]] = {}
    for place, (one, chance) in enumerate(zip(links, chances, strict=True)):
        of_value.setdefault(one.value, []).append((chance, place))
        of_label.setdefault(one.label, []).append((chance, place))
    for table in (of_value, of_label):
        for some in table.values():
            some.sort(reverse=True)
            del some[2:]
    told = {(one.value, one.label): chance for one, chance in zip(links, chances, strict=True)}
    before: dict[int, list[tuple[int, float]]] = {}
    for (first, second), chance in joins.items():
        before.setdefault(second, []).append((first, chance))
    found = []
    for place, (one, chance) in enumerate(zip(links, chances, strict=True)):
        through = [
            (joined, told.get((other, one.label), 0.0))
            for other, joined in before.get(one.value, ())
        ]
        others = _best(of_value[one.value], place), _best(of_label[one.label], place)
        rivals = rival_features(chance, *others, one.side) | through_features(through)
        found.append(replace(one, features=one.features | rivals))
    return found


def splittable(
    page: FormPage,
    links: Sequence[Link],
    told: Sequence[float],
    chances: Chances,
    model: FormModel,
) -> list[Half]:
    """The gaps that were left within parts, with what speaks for a label ending there."""
    values, labels = [0.0] * len(page.parts), [0.0] * len(page.parts)
    for one, chance in zip(links, told, strict=True):
        values[one.value] = max(values[one.value], chance)
        labels[one.label] = max(labels[one.label], chance)
    columns = Columns(page.reading)
    found = []
    for place, part in enumerate(page.parts):
        some = list(gaps(page.reading, part.words, page.cells, columns, model.sense))
        told = model.chances(GAP, [features for _, features in some])
        for (word, features), first in zip(some, told, strict=True):
            if first > LEAST_SPLIT:
                looks = split_features(
                    features, chances[place], values[place], labels[place], first
                )
                found.append(Half(place, word, looks))
    return found


def _best(ranked: Sequence[tuple[float, int]], own: int) -> float:
    return next((chance for chance, place in ranked if place != own), 0.0)


def assembled(
    page: FormPage,
    joins: Mapping[tuple[int, int], float],
    links: Sequence[Link],
    halves: Sequence[Half],
    model: FormModel,
) -> list[FormPair]:
    """Parts that are one text put together, and each label's values in reading order."""
    group = _groups(len(page.parts), joins)
    members: dict[int, list[int]] = {}
    for place, root in enumerate(group):
        members.setdefault(root, []).append(place)
    found = []
    for label, some in _chosen(group, links, model).items():
        rows = _rows(page, [place for value, _, _ in some for place in members[value]])
        words = tuple(word for row in _rows(page, members[label]) for word in row)
        weakest = min(some, key=lambda one: one[1])[2]
        pair = _pair(words, rows, links[weakest].features, RIVALS, model)
        found.append((min(members[label]), pair))
    labels = {part for label, _ in found for part in members[group[label]]}
    found += _split(page, halves, labels, model)
    return [pair for _, pair in sorted(found, key=lambda one: one[0])]


def _chosen(
    group: Sequence[int], links: Sequence[Link], model: FormModel
) -> dict[int, list[tuple[int, float, int]]]:
    """The values of each label, as (text, chance, link), taken from the surest link on.

    A text is a label or a value; a link that is not likely is taken only for a label and a value
    that have no other.
    """
    best: dict[tuple[int, int], tuple[float, int]] = {}
    told = model.chances(RIVALS, [one.features for one in links])
    for number, (one, chance) in enumerate(zip(links, told, strict=True)):
        label, value = group[one.label], group[one.value]
        if label != value and chance > best.get((label, value), (LEAST_ONLY, 0))[0]:
            best[label, value] = chance, number
    found: dict[int, list[tuple[int, float, int]]] = {}
    served: dict[int, float] = {}
    for (label, value), (chance, number) in sorted(best.items(), key=lambda one: -one[1][0]):
        is_value = served.get(label, 0.0) >= LEAST_ROLE
        is_label = value in found and found[value][0][1] >= LEAST_ROLE
        likely = chance > LEAST_LINK
        if is_value or is_label or not (likely or (label not in found and value not in served)):
            continue
        found.setdefault(label, []).append((value, chance, number))
        served.setdefault(value, chance)
    return found


def _split(
    page: FormPage, halves: Sequence[Half], told: set[int], model: FormModel
) -> list[tuple[int, FormPair]]:
    """Parts that are no label of anything yet, where a label and its value stand in one."""
    best: dict[int, Half] = {}
    for one in halves:
        if one.part not in told and one.chance > LEAST_HALF:
            best[one.part] = max(best.get(one.part, one), one, key=lambda half: half.chance)
    found = []
    for part, one in best.items():
        words = page.parts[part].words
        rows = (words[one.word :],)
        found.append((part, _pair(words[: one.word], rows, one.features, SPLIT, model)))
    return found


def _pair(
    label: tuple[int, ...],
    rows: tuple[tuple[int, ...], ...],
    features: Features,
    table: str,
    model: FormModel,
) -> FormPair:
    weights = model.tables[table]
    speaks = {name: weights.get(name, 0.0) * value for name, value in features.items()}
    slope, offset = model.calibration
    odds = slope * sum(speaks.values()) + offset
    return FormPair(label, rows, max(-_MOST_ODDS, min(_MOST_ODDS, odds)), speaks)


def _groups(count: int, joins: Mapping[tuple[int, int], float]) -> list[int]:
    """The first part of the text that each part belongs to."""
    root = list(range(count))

    def top(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for (first, second), chance in joins.items():
        if chance > LEAST_JOIN:
            root[top(second)] = top(first)
    return [top(place) for place in range(count)]


def _rows(page: FormPage, places: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The words of parts row by row; signs that only fill a line are left out beside others."""
    rows: dict[int, list[int]] = {}
    for place in sorted(places, key=lambda one: (page.parts[one].row, page.parts[one].box.x0)):
        rows.setdefault(page.parts[place].row, []).extend(page.parts[place].words)
    words = page.reading.words
    kept = [
        tuple(word for word in row if not _FILLING.fullmatch(words[word].text))
        for row in rows.values()
    ]
    kept = [row for row in kept if row]
    return tuple(kept or [tuple(row) for row in rows.values()])
