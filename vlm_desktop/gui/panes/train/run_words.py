"""Runs in sentences: how far one is, what came of it, what is to be known of it."""

import datetime

from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Interval, RunInfo, RunState, Validated
from vlm_desktop.gui.panes.train.run_story import RunLook
from vlm_desktop.gui.strings import train_run as strings

GOOD, CAREFUL, BAD = "good", "careful", "bad"
_TONES = {RunState.DONE: GOOD, RunState.STOPPED: GOOD, RunState.FAILED: BAD}
_TONES |= {RunState.INTERRUPTED: CAREFUL, RunState.PAUSED: CAREFUL}


def tone_of(state: RunState) -> str:
    """Of the stylesheet; "" for what goes its way."""
    return _TONES.get(state, "")


def title_of(info: RunInfo) -> str:
    """The model, and what it learns from."""
    if not info.data:
        return info.model
    return fill(strings.ROW_TITLE, model=info.model, data=info.data)


def when(at: float, now: float) -> str:
    """When a run was started: "09:30" for today."""
    moment = datetime.datetime.fromtimestamp(at)
    days = (datetime.datetime.fromtimestamp(now).date() - moment.date()).days
    time = f"{moment:%H:%M}"
    if days == 0:
        return time
    if days == 1:
        return fill(strings.YESTERDAY, time=time)
    return f"{moment:%Y-%m-%d}, {time}"


def best_words(info: RunInfo) -> str:
    """The best figure so far, else that of the base; "" before there is one."""
    metric = strings.metric_name(info.metric)
    if info.best is not None:
        return fill(strings.ROW_BEST, metric=metric, value=info.best.value)
    if info.base is not None:
        return fill(strings.ROW_BASE, metric=metric, value=info.base.value)
    return ""


def state_words(info: RunInfo, look: RunLook, others: tuple[RunInfo, ...] = ()) -> str:
    """How it stands, in a sentence. `others` are all runs."""
    match info.state:
        case RunState.QUEUED:
            first = next((one for one in others if one.state is RunState.RUNNING), None)
            if first is None:
                return strings.SAY_QUEUED_ALONE
            return fill(strings.SAY_QUEUED, other=title_of(first))
        case RunState.RUNNING:
            return running_words(look)
        case RunState.PAUSED if info.detail:
            return fill(strings.SAY_PAUSED_WHY, step=info.step, why=info.detail)
        case RunState.PAUSED if look.last is None:
            return strings.SAY_NOT_STARTED
        case RunState.PAUSED:
            return fill(strings.SAY_PAUSED, step=info.step)
        case RunState.STOPPED:
            return fill(strings.SAY_STOPPED, step=info.step)
        case RunState.INTERRUPTED if look.saved is None:
            return strings.SAY_INTERRUPTED_FIRST
        case RunState.INTERRUPTED:
            return fill(strings.SAY_INTERRUPTED, step=look.saved)
        case RunState.FAILED:
            why = info.detail
            return fill(strings.SAY_FAILED, why=why) if why else strings.SAY_FAILED_UNTOLD
        case RunState.DONE:
            return _done_words(info)


def running_words(look: RunLook) -> str:
    """ "Step 120 of 400: loss 1.23, falling; validation 0.41 (0.35 to 0.47)." """
    ready, last = look.preparing, look.last
    if ready is not None:
        if ready.total:
            return fill(strings.SAY_PREPARING, done=ready.done, total=ready.total)
        return fill(strings.SAY_PREPARING_SOME, done=ready.done)
    if last is None:
        return strings.SAY_STARTING
    said = look.evaluated[-1] if look.evaluated else None
    return fill(
        strings.SAY_STEP,
        step=last.step,
        total=last.total_steps,
        loss=last.loss,
        trend=strings.SAY_TREND.get(look.trend, ""),
        validation=_validation(said) if said is not None else "",
    )


def _validation(said: Validated) -> str:
    metric = strings.metric_name(said.metric)
    return _interval(strings.SAY_VALIDATION, said.score, metric=metric)


def _done_words(info: RunInfo) -> str:
    if info.best is None or info.best_step is None:
        return fill(strings.SAY_DONE, step=info.step)
    metric = strings.metric_name(info.metric)
    said = _interval(
        strings.SAY_DONE_BEST, info.best, step=info.step, metric=metric, best=info.best_step
    )
    return said + (fill(strings.SAY_BEFORE, value=info.base.value) if info.base else "")


def _interval(form: str, score: Interval, **more: object) -> str:
    return fill(form, value=score.value, low=score.low, high=score.high, **more)


def left_words(info: RunInfo, look: RunLook) -> str:
    """How long it will take, "" where nobody knows."""
    if info.state is not RunState.RUNNING or look.last is None or look.preparing is not None:
        return ""
    return strings.left(*look.last.seconds_left)


def fact_words(look: RunLook) -> str:
    """What the last step took, in a line."""
    last, measured = look.last, look.memory
    if last is None:
        return ""
    used = strings.memory(last.memory_bytes)
    memory = fill(strings.FACT_MEMORY, memory=used)
    if measured is not None:
        estimated = strings.memory(measured.estimated_bytes)
        memory = fill(strings.FACT_MEMORY_ESTIMATED, memory=used, estimated=estimated)
    return " · ".join(
        (
            fill(strings.FACT_GRADIENT, value=last.gradient_norm),
            fill(strings.FACT_RATE, value=last.rate),
            fill(strings.FACT_SPEED, value=last.tokens_per_second),
            memory,
        )
    )


def notices(look: RunLook) -> list[str]:
    """What a person must know: alarms, and what was made smaller. Of alarms that were raised again
    the last one is said."""
    alarms = {one.code: one for one in look.alarms}
    found = [fill(strings.NOTICE_SIGN, text=trainstrings.run_event(one)) for one in alarms.values()]
    found += [
        fill(strings.ADJUSTED_SIGN, text=trainstrings.run_event(one)) for one in look.adjusted
    ]
    return found


def ended_words(info: RunInfo) -> str:
    """A run that ended while nobody may have looked, for the status line."""
    model = title_of(info)
    if info.state is RunState.DONE and info.best is not None and info.base is not None:
        return fill(
            strings.ENDED_BEST,
            model=model,
            metric=strings.metric_name(info.metric),
            value=info.best.value,
            base=info.base.value,
        )
    form = strings.ENDED.get(info.state, "")
    return fill(form, model=model, why=info.detail or strings.SAY_FAILED_UNTOLD)


def marks(said: Validated, best: Validated | None) -> str:
    """What is special about an evaluation."""
    if best is not None and said.step == best.step:
        return strings.MARK_BEST
    return strings.MARK_BASE if said.step == 0 else ""
