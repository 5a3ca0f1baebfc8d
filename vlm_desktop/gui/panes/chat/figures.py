"""How fast an answer was, in figures: tokens a second, and what the first word took."""

from vlm_desktop.base.conversations import Turn, TurnState
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings

_AT_ONCE = 0.01
"""Seconds below which two decimals would say that it took no time."""


def figures(turn: Turn) -> str:
    """One short line; "" for an answer no model wrote."""
    if not turn.usage.reply:
        return ""
    parts = []
    if turn.tokens_per_second:
        parts.append(fill(strings.RATE, rate=turn.tokens_per_second))
    timing = turn.timing
    form = strings.FIRST_WORD
    if turn.seconds_to_first_token < _AT_ONCE:
        form = strings.FIRST_WORD_AT_ONCE
    elif turn.state is not TurnState.DONE:
        form = strings.FIRST_WORD_ALONE  # measured from outside
    parts.append(
        fill(
            form,
            seconds=turn.seconds_to_first_token,
            decode=turn.decode + timing.prepare,
            vision=timing.vision,
            prefill=timing.prefill,
        )
    )
    return strings.BETWEEN.join(parts)


def figures_tip(turn: Turn) -> str:
    """The time to the first word by what it went to, and the tokens by part."""
    if not turn.usage.reply:
        return ""
    timing, usage = turn.timing, turn.usage
    parts = fill(
        strings.FIRST_WORD_PARTS,
        decode=turn.decode,
        prepare=timing.prepare,
        vision=timing.vision,
        prefill=timing.prefill,
    )
    lines = [parts] if turn.state is TurnState.DONE else []
    lines += [
        fill(
            strings.TOKENS_PARTS,
            system=usage.system,
            text=usage.text,
            image=usage.image,
            reply=usage.reply,
        ),
    ]
    if timing.reused:
        lines.append(fill(strings.TOKENS_REUSED, count=timing.reused))
    return "\n".join(lines)
