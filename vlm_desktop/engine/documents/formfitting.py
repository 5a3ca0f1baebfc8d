"""Fitting the model that reads forms: `evaluate documents FORMS.jsonl --fit-forms FILE`.

Each stage is fitted on what the stage before says of forms it has not seen (`FOLDS`), so that it
learns how far that can be trusted; the last model of each stage is fitted on all. Logistic
regression by Newton's steps, with a penalty on weights of features of unit spread. Deterministic.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents import formmodel
from vlm_desktop.engine.documents.formfeatures import (
    CLASSES,
    class_features,
    context_features,
    join_features,
)
from vlm_desktop.engine.documents.formmodel import FormModel, Link
from vlm_desktop.engine.documents.formparts import Columns, Features, FormPage, gaps, near_lines
from vlm_desktop.engine.documents.metrics import PairFigures, pair_figures
from vlm_desktop.engine.documents.pageindex import tokens_of

FOLDS = 4
_RIDGE = 1.0
_STEPS = 12
_WORD_FORMS = 3
"""Forms a word has to stand on to be learned."""
_PIECE_FORMS = 4
"""The same of a piece of a word."""
_OTHER = "other"
Array = NDArray[np.float64]
Rows = list[tuple[Features, float]]


@dataclass(frozen=True, slots=True)
class Entity:
    """A text of a form as people marked it: boxes and texts of its words, on the file's page.

    `heads` are the places of the labels it belongs to, if it is a value.
    """

    kind: str
    words: tuple[tuple[Box, str], ...]
    heads: frozenset[int] = frozenset()


@dataclass(frozen=True)
class KnownForm:
    """One page with its marked texts."""

    name: str
    page: PageReading
    entities: tuple[Entity, ...]
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % FOLDS


def entities_of(form: Sequence[Mapping[str, Any]]) -> tuple[Entity, ...]:
    """The marked texts of a FUNSD annotation's list `form`.

    Raises KeyError, TypeError, ValueError for what is none.
    """
    place = {one["id"]: number for number, one in enumerate(form)}
    heads: dict[int, set[int]] = {}
    for one in form:
        for first, second in one["linking"]:
            if first not in place or second not in place:
                continue
            label, value = place[first], place[second]
            if form[label]["label"] == "answer":
                label, value = value, label
            if form[label]["label"] == "question" and form[value]["label"] == "answer":
                heads.setdefault(value, set()).add(label)
    return tuple(
        Entity(
            str(one["label"]),
            tuple(
                (Box(*map(float, word["box"])), str(word["text"]))
                for word in one["words"]
                if str(word["text"]).strip()
            ),
            frozenset(heads.get(number, ())),
        )
        for number, one in enumerate(form)
    )


def marked_texts(path: Path) -> tuple[Entity, ...]:
    """Those of a file in FUNSD's form. Raises BadInputFile."""
    try:
        return entities_of(json.loads(path.read_text(encoding="utf-8"))["form"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        detail = f"{type(error).__name__}: {error}"
        raise BadInputFile(path=path, line=None, detail=detail) from error


def owners(form: KnownForm) -> list[int | None]:
    """The marked text of each word that was read: that which covers most of it."""
    marked = [(box, number) for number, one in enumerate(form.entities) for box, _ in one.words]
    found: list[int | None] = []
    for word in form.page.words:
        box = form.page.view.box_to_page(word.box)
        shared: dict[int, float] = {}
        for other, number in marked:
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            if wide > 0 and high > 0:
                shared[number] = shared.get(number, 0.0) + wide * high
        best = max(shared, key=lambda one: shared[one], default=None)
        area = max(1e-6, (box.x1 - box.x0) * (box.y1 - box.y0))
        found.append(best if best is not None and shared[best] >= 0.25 * area else None)
    return found


def words_of_labels(forms: Sequence[KnownForm]) -> dict[str, float]:
    """How much each word is one of labels, by the forms where it is and is not."""
    label: dict[str, float] = {}
    other: dict[str, float] = {}
    seen: dict[str, int] = {}
    for form in forms:
        kinds: dict[str, set[str]] = {}
        for one in form.entities:
            for _, text in one.words:
                for token in tokens_of(text):
                    if token.text.isalpha() and len(token.text) > 1:
                        kinds.setdefault(token.text, set()).add(one.kind)
                        for piece in formmodel.pieces_of(token.text):
                            kinds.setdefault(piece, set()).add(one.kind)
        for word, some in kinds.items():
            seen[word] = seen.get(word, 0) + 1
            label[word] = label.get(word, 0.0) + ("question" in some)
            other[word] = other.get(word, 0.0) + ("answer" in some) + (_OTHER in some)
            other[word] += 0.5 * ("header" in some)
    return {
        word: round(max(-2.0, min(2.0, math.log((label[word] + 0.7) / (other[word] + 1.2)))), 2)
        for word, count in sorted(seen.items())
        if count >= (_PIECE_FORMS if word.startswith(formmodel.PIECE) else _WORD_FORMS)
    }


class _Stages:
    """One model a fold, fitted on the other folds, and one on all."""

    def __init__(self, forms: Sequence[KnownForm]) -> None:
        self.forms = forms
        self.every_word = words_of_labels(forms)
        self.all: dict[str, Mapping[str, float]] = {}
        self._held: list[dict[str, Mapping[str, float]]] = [{} for _ in range(FOLDS)]
        self._models = [
            FormModel(words_of_labels([one for one in forms if one.fold != fold]), table)
            for fold, table in enumerate(self._held)
        ]

    def model(self, form: KnownForm) -> FormModel:
        """The one that has not seen a form."""
        return self._models[form.fold]

    def fit(self, table: str, rows: Callable[[KnownForm], Rows]) -> None:
        made = [(form.fold, rows(form)) for form in self.forms]
        names = sorted({name for _, some in made for features, _ in some for name in features})
        folds = np.concatenate([np.full(len(some), fold) for fold, some in made])
        values = _matrix([features for _, some in made for features, _ in some], names)
        truth = np.array([right for _, some in made for _, right in some])
        for fold in range(FOLDS):
            keep = folds != fold
            self._held[fold][table] = _weights(values[keep], truth[keep], names)
        self.all[table] = _weights(values, truth, names)

    def fit_classes(
        self, stage: str, rows: Callable[[KnownForm], Sequence[tuple[Features, str]]]
    ) -> None:
        for name in CLASSES:

            def mine(form: KnownForm, name: str = name) -> Rows:
                return [(features, float(kind == name)) for features, kind in rows(form)]

            self.fit(f"{stage}_{name}", mine)


@dataclass
class _Work:
    """What is known of one form so far, all of it said by models that have not seen it."""

    form: KnownForm
    owner: list[int | None]
    page: FormPage
    kinds: list[str]
    part_owner: list[int | None]
    chances: formmodel.Chances
    links: list[Link]

    def is_right(self, link: Link) -> float:
        value, label = self.part_owner[link.value], self.part_owner[link.label]
        return float(value is not None and label in self.form.entities[value].heads)

    def is_one(self, first: int, second: int) -> float:
        owner = self.part_owner[first]
        return float(owner is not None and owner == self.part_owner[second])


@dataclass(frozen=True)
class FittedForms:
    """The model fitted on all, and how its pairs did on forms that were left out."""

    model: FormModel
    left_out: PairFigures


def fit_forms(forms: Sequence[KnownForm]) -> FittedForms:
    """Fit all stages. Half a minute for a hundred forms."""
    stages = _Stages(forms)
    owner = {form.name: owners(form) for form in forms}
    stages.fit(formmodel.GAP, lambda form: _gap_rows(form, stages.model(form), owner[form.name]))
    work = {form.name: _work(form, stages.model(form), owner[form.name]) for form in forms}
    _fit_classes(stages, work)
    _fit_links(stages, work)
    slope, offset, left_out = _left_out(stages)
    return FittedForms(FormModel(stages.every_word, stages.all, (slope, offset)), left_out)


def _work(form: KnownForm, model: FormModel, owner: list[int | None]) -> _Work:
    page = formmodel.cut(form.page, model)
    part_owner = [_owner(page, place, owner) for place in range(len(page.parts))]
    kinds = [form.entities[one].kind if one is not None else _OTHER for one in part_owner]
    return _Work(form, owner, page, kinds, part_owner, [], [])


def _fit_classes(stages: _Stages, work: Mapping[str, _Work]) -> None:
    looks = {
        name: [
            class_features(one.page, place, stages.model(one.form).sense)
            for place in range(len(one.page.parts))
        ]
        for name, one in work.items()
    }

    def rows(form: KnownForm) -> list[tuple[Features, str]]:
        return list(zip(looks[form.name], work[form.name].kinds, strict=True))

    stages.fit_classes(formmodel.SEEMS, rows)
    for name, one in work.items():
        model = stages.model(one.form)
        first = formmodel.shares(model, formmodel.SEEMS, looks[name])
        looks[name] = [
            some | context_features(one.page, place, first)
            for place, some in enumerate(looks[name])
        ]
    stages.fit_classes(formmodel.IS, rows)
    for name, one in work.items():
        model = stages.model(one.form)
        one.chances = formmodel.shares(model, formmodel.IS, looks[name])


def _fit_links(stages: _Stages, work: Mapping[str, _Work]) -> None:
    def joins(form: KnownForm) -> Rows:
        one = work[form.name]
        return [
            (join_features(one.page, *pair, one.chances), one.is_one(*pair))
            for pair in formmodel.joinable(one.page)
        ]

    def links(form: KnownForm) -> Rows:
        one = work[form.name]
        return [(link.features, one.is_right(link)) for link in one.links]

    stages.fit(formmodel.JOIN, joins)
    for one in work.values():
        one.links = formmodel.linkable(one.page, one.chances)
    stages.fit(formmodel.LINK, links)
    for one in work.values():
        model = stages.model(one.form)
        sure = formmodel.joined(one.page, one.chances, model)
        one.links = formmodel.with_rivals(one.links, sure, model)
    stages.fit(formmodel.RIVALS, links)
    stages.fit(formmodel.SPLIT, lambda form: _split_rows(work[form.name], stages.model(form)))


def _split_rows(one: _Work, model: FormModel) -> Rows:
    told = model.chances(formmodel.RIVALS, [link.features for link in one.links])
    found = []
    for half in formmodel.splittable(one.page, one.links, told, one.chances, model):
        words = one.page.parts[half.part].words
        value, label = one.owner[words[half.word]], one.owner[words[half.word - 1]]
        good = value is not None and label in one.form.entities[value].heads
        found.append((half.features, float(good)))
    return found


def _left_out(stages: _Stages) -> tuple[float, float, PairFigures]:
    """The calibration, and the figures, of pairs on forms that were left out."""
    odds, right, documents = [], [], []
    for form in stages.forms:
        found = []
        for pair in formmodel.pairs_on(form.page, stages.model(form)):
            found.append((form.page.text(pair.label), form.page.text(pair.value)))
            odds.append(pair.log_odds)
            right.append(float(pair_figures([([found[-1]], form.pairs)]).recall > 0))
        documents.append((found, form.pairs))
    values = np.column_stack([odds, np.ones(len(odds))])
    fitted = _weights(values, np.array(right), ("odds", "offset"))
    return fitted.get("odds", 1.0), fitted.get("offset", 0.0), pair_figures(documents)


_HEAD = """\
# How much each feature counts when a form is read without being told its labels. Made by
# `evaluate documents FORMS.jsonl --fit-forms`; the tables are told in
# vlm_desktop/engine/documents/formmodel.py, the features in formparts.py, formfeatures.py and
# formlinks.py beside it. Each table is a logistic regression; `words` says how much a word is one
# of labels (2) rather than of values (-2), "~abc" the same of unknown words that hold abc, where <
# and > are the ends of a word. Fitted on 122 forms of FUNSD (Jaume et al. 2019, for
# research); 27 others were left out.
"""


def written(model: FormModel) -> str:
    """The resource as text."""
    slope, offset = model.calibration
    tables = [f"{_HEAD}\ncalibration = [{slope}, {offset}]\n"]
    for name, table in (*model.tables.items(), ("words", model.words)):
        rows = "".join(f"{_key(one)} = {weight}\n" for one, weight in table.items())
        tables.append(f"\n[{name}]\n{rows}")
    return "".join(tables)


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def _gap_rows(form: KnownForm, model: FormModel, owner: Sequence[int | None]) -> Rows:
    page = form.page
    columns = Columns(page)
    found = []
    for indices, cells in near_lines(page):
        for place, features in gaps(page, indices, cells, columns, model.sense):
            one, other = owner[indices[place - 1]], owner[indices[place]]
            if one is not None and other is not None:
                found.append((features, float(one != other)))
    return found


def _owner(page: FormPage, place: int, owner: Sequence[int | None]) -> int | None:
    counts: dict[int, int] = {}
    for word in page.parts[place].words:
        mine = owner[word]
        if mine is not None:
            counts[mine] = counts.get(mine, 0) + len(page.reading.words[word].text)
    return max(counts, key=lambda one: counts[one], default=None)


def _matrix(rows: Sequence[Features], names: Sequence[str]) -> Array:
    place = {name: number for number, name in enumerate(names)}
    values = np.zeros((len(rows), len(names)))
    for number, features in enumerate(rows):
        values[number, [place[name] for name in features]] = list(features.values())
    return values


def _weights(values: Array, truth: Array, names: Sequence[str]) -> dict[str, float]:
    """Logistic regression by Newton's steps; the offset is not drawn to 0."""
    if not len(values):
        return {"offset": -_STEPS / 2}
    spread = np.maximum(values.std(axis=0), 0.05)
    if "offset" in names:
        spread[names.index("offset")] = 1.0
    scaled = values / spread
    at = np.zeros(len(names))
    pull = np.full(len(names), _RIDGE)
    if "offset" in names:
        pull[names.index("offset")] = 1e-3
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ at, -30, 30)))
        slope = scaled.T @ (chance - truth) + pull * at
        curve = (scaled * np.maximum(chance * (1 - chance), 1e-6)[:, None]).T @ scaled
        step = np.linalg.solve(curve + np.diag(pull), slope)
        at -= step
        if np.abs(step).max() < 1e-3:
            break
    found = at / spread
    return {
        name: round(float(one), 3)
        for name, one in zip(names, found, strict=True)
        if abs(one) >= 0.0005
    }
