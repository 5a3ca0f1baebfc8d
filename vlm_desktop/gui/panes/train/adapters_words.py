"""Adapters in words: pure functions of what the engine says of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QDate, QLocale

from vlm_desktop.base.adapters import (
    AdapterExported,
    AdapterInfo,
    AdapterMerged,
    AdapterState,
    ColumnCompared,
    ItemCompared,
    ModelsCompared,
    WornNow,
)
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import RunInfo
from vlm_desktop.gui.panes.search.grid_words import locale
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.strings import bytes_text

_LIKELY_CHANCE = 0.05
_STEP = re.compile(r"step (\d+)")


def base_name(info: AdapterInfo) -> str:
    return info.base_name or info.base


def percent(strength: float) -> int:
    """A strength as people set it."""
    return round(100 * strength)


def teaches(info: AdapterInfo) -> str:
    return fill(strings.TEACHES.get(info.kind, strings.TEACHES_ELSE), base=base_name(info))


def state_words(info: AdapterInfo) -> str:
    """Whether it is in use, or why it cannot be."""
    if info.state is not AdapterState.SOUND:
        return strings.STATES[info.state.value]
    if info.worn is None:
        return strings.NOT_WORN
    return fill(strings.WORN, percent=percent(info.worn))


def problem_words(info: AdapterInfo) -> str:
    """Why it cannot be used, and what to do about it; "" where it can."""
    if info.state is AdapterState.SOUND:
        return ""
    problem = info.problem.removesuffix(".")
    return fill(strings.PROBLEMS[info.state.value], base=base_name(info), problem=problem)


def best_words(info: AdapterInfo) -> str:
    """The best figure, beside that of the base; "" where none is known."""
    found = info.metrics
    if "best" not in found:
        return ""
    form = strings.BEST if "base" in found else strings.BEST_ONLY
    return fill(form, metric=info.metric, best=found["best"], base=found.get("base", 0.0))


def made_words(info: AdapterInfo) -> str:
    """The day it was made; "" where that is not known."""
    try:
        day = datetime.fromisoformat(info.made).astimezone()
    except ValueError:
        return ""
    shown = QDate(day.year, day.month, day.day)
    return locale().toString(shown, QLocale.FormatType.ShortFormat)


def facts_words(info: AdapterInfo) -> str:
    """Figure, size and day in one line."""
    parts = (best_words(info), bytes_text(info.bytes) if info.bytes else "", made_words(info))
    return " · ".join(part for part in parts if part)


def row_words(info: AdapterInfo) -> str:
    """A row as a screen reader says it."""
    return fill(
        strings.ROW_NAME, name=info.name, state=state_words(info), teaches=teaches(info),
        facts=facts_words(info),
    )  # fmt: skip


def run_words(run: RunInfo) -> str:
    """A run that may become an adapter: what was taught, its figure, when."""
    day = datetime.fromtimestamp(run.started).astimezone()
    shown = QDate(day.year, day.month, day.day)
    when = locale().toString(shown, QLocale.FormatType.ShortFormat)
    said = [fill(strings.FROM_RUN_ITEM, model=run.model, when=when)]
    if run.data:
        said.insert(0, run.data)
    if run.best is not None:
        said.append(fill(strings.BEST_ONLY, metric=run.metric, best=run.best.value))
    return " · ".join(said)


# --- what it learned, where it comes from --------------------------------------------------


def learned_words(info: AdapterInfo) -> tuple[str, ...]:
    """Its figures, a sentence each."""
    found, said = info.metrics, []
    if "best" in found:
        best = found["best"]
        form = strings.SCORE_BASE if "base" in found else strings.SCORE
        said.append(
            fill(
                form, metric=info.metric, base=found.get("base", 0.0), best=best,
                low=found.get("best low", best), high=found.get("best high", best),
            )
        )  # fmt: skip
        if "best blind" in found:
            said.append(fill(strings.BLIND, blind=found["best blind"]))
        if "base general" in found and "best general" in found:
            general = (found["base general"], found["best general"])
            said.append(fill(strings.GENERAL, before=general[0], after=general[1]))
    return tuple(said) or (strings.NO_FIGURES,)


def lineage(info: AdapterInfo) -> tuple[tuple[str, str, str], ...]:
    """Word, what is shown, and the whole of it where that is longer."""
    revision = info.base_revision
    known = bool(revision)
    base = fill(strings.FACT_REVISION, base=base_name(info), revision=_short(revision))
    licence = fill(strings.FACT_LICENCE_SAID, licence=info.licence) if info.licence else ""
    rows = (
        (strings.FACT_BASE, base if known else base_name(info), f"{info.base} {revision}".strip()),
        (strings.FACT_DATA, _short(info.data), info.data),
        (strings.FACT_RUN, info.run, info.run),
        (strings.FACT_MADE, made_words(info), info.made),
        (strings.FACT_LICENCE, licence, info.licence),
        (strings.FACT_SIZE, bytes_text(info.bytes) if info.bytes else "", f"{info.bytes:,}"),
        (strings.FACT_SUM, _short(info.sha256), info.sha256),
    )
    return tuple((word, shown or strings.UNKNOWN, whole) for word, shown, whole in rows)


def _short(digest: str) -> str:
    return f"{digest[:12]}…" if len(digest) > 13 else digest


# --- in use --------------------------------------------------------------------------------


def together_words(info: AdapterInfo, others: Sequence[AdapterInfo]) -> str:
    """What else its model wears; "" where that is nothing."""
    worn = [
        fill(strings.OTHER, name=one.name, percent=percent(one.worn))
        for one in others
        if one.id != info.id and one.worn is not None and one.wearer is info.wearer
    ]
    if info.worn is None or not worn:
        return ""
    return fill(strings.TOGETHER, others=", ".join(worn))


def worn_words(worn: WornNow, infos: Sequence[AdapterInfo]) -> str:
    """A model with what it wears: "Starter + Shop (80 %)"."""
    names = {one.id: one.name for one in infos}
    bases = {one.base: base_name(one) for one in infos}
    return dressed(worn.model_id, worn.adapters, bases, names)


def dressed(
    model_id: str,
    adapters: Sequence[tuple[str, float]],
    bases: Mapping[str, str],
    names: Mapping[str, str],
) -> str:
    """The same, from names of models and of adapters by their ids."""
    base = model_id.partition("+")[0]
    parts = [bases.get(base, base)]
    for adapter_id, strength in adapters:
        name = names.get(adapter_id, adapter_id)
        told = fill(strings.OTHER, name=name, percent=percent(strength))
        parts.append(name if percent(strength) == 100 else told)
    return " + ".join(parts)


def is_on_words(worn: WornNow, infos: Sequence[AdapterInfo]) -> str:
    return fill(strings.IS_ON[worn.wearer.value], model=worn_words(worn, infos))


# --- what came of it -----------------------------------------------------------------------


def merged_words(done: AdapterMerged, model: str) -> str:
    said = [fill(strings.MERGED, model=model, size=bytes_text(done.bytes))]
    if done.replayed:
        same = sum(one.is_same for one in done.replayed)
        said.append(fill(strings.REPLAYED, same=same, total=len(done.replayed)))
    return " ".join([*said, *_closeness(done)])


def exported_words(done: AdapterExported, name: str) -> str:
    size = bytes_text(done.bytes)
    said = [fill(strings.EXPORTED, name=name, path=done.folder, size=size)]
    if done.onnx is not None:
        said.append(strings.EXPORTED_ONNX)
    return " ".join([*said, *_closeness(done)])


def _closeness(done: AdapterMerged | AdapterExported) -> list[str]:
    pairs = ((strings.CLOSE_TEXTS, done.texts), (strings.CLOSE_IMAGES, done.images))
    return [fill(form, lowest=one.lowest, rows=one.rows) for form, one in pairs if one is not None]


# --- comparing -----------------------------------------------------------------------------


def summary_words(found: ModelsCompared, info: AdapterInfo) -> tuple[str, ...]:
    """What comparing says, most important first, a sentence or two each."""
    base, tuned, *others = found.columns
    counts = fill(
        strings.SUMMARY, name=info.name, base=base_name(info), improved=tuned.improved,
        harmed=tuned.harmed, equal=tuned.equal,
    )  # fmt: skip
    chance = strings.SURE if tuned.p < _LIKELY_CHANCE else strings.UNSURE
    said = [f"{counts} {fill(chance, p=tuned.p)}", _means(found.metric, base, tuned)]
    general = [info.metrics.get(f"{one} general") for one in ("base", "best")]
    if general[0] is not None and general[1] is not None:
        said.append(fill(strings.GENERAL, before=general[0], after=general[1]))
    said += [
        fill(
            strings.OTHER_COLUMN, name=column_name(one.name), metric=found.metric, mean=one.mean,
            improved=one.improved, harmed=one.harmed, p=one.p,
        )
        for one in others
    ]  # fmt: skip
    return tuple(said)


def _means(metric: str, base: ColumnCompared, tuned: ColumnCompared) -> str:
    change = tuned.difference
    return fill(
        strings.MEANS, metric=metric, base=base.mean, mean=tuned.mean, value=change.value,
        low=change.low, high=change.high,
    )  # fmt: skip


def column_name(name: str) -> str:
    """An adapter's name as it is; of a checkpoint its step."""
    step = _STEP.fullmatch(name)
    return fill(strings.CHECKPOINT, step=int(step[1])) if step else name


def change_words(item: ItemCompared) -> str:
    if item.change == 0:
        return strings.SAME
    form = strings.BETTER if item.change > 0 else strings.WORSE
    return fill(form, change=abs(item.change))
