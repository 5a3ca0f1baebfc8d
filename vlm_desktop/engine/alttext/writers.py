"""Who writes a draft: a model that follows instructions, or one that captions and answers briefly.

Both are asked through `Answerer`, one candidate at a time. For the lane "model".
"""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Protocol

from vlm_desktop.base.alterrors import SentencesNotWritten
from vlm_desktop.base.alttext import (
    AltStyle,
    Author,
    Brief,
    Candidate,
    Decision,
    PageContext,
    StructuredDescription,
    WrittenBy,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatCapabilities,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    ImagePart,
    Message,
    Role,
    StopReason,
    TextPart,
    Token,
)
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import OcrLine
from vlm_desktop.engine.alttext import ocrwords, styles
from vlm_desktop.engine.alttext.colours import colour_names
from vlm_desktop.engine.alttext.openings import banned_starts
from vlm_desktop.engine.alttext.people import neutral
from vlm_desktop.engine.alttext.polishing import polished_alt, polished_extended
from vlm_desktop.engine.answering import STARTER_FAMILY, Answerer
from vlm_desktop.engine.prompting import Request
from vlm_desktop.engine.structured import field_values

_WARMTH, _NUCLEUS = 0.7, 0.9
_CAPTION_WARMTH = 0.5
_CAPTION_TOKENS = 60
_CAPTION_BEAMS = 5
_EXTENDED_TOKENS = 700
_SHORT_TOKENS = 12
CAPTION_STYLES = (AltStyle.CONCISE, AltStyle.DETAILED, AltStyle.DESCRIPTIVE)
"""What a captioner can honestly do: its caption, and short answers beside it."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be drafted. `lines` are the words read in the picture, where they were read."""

    image: ChatImage
    brief: Brief
    context: PageContext
    decision: Decision
    model_id: str
    seed: int = 0
    lines: tuple[OcrLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A model's answer. `complete` is False where it ran out of room; `logprob` of all tokens."""

    text: str
    complete: bool
    logprob: float | None
    spec: ChatSpec


class Writer(Protocol):
    """Writes parts of a draft. All raise ModelError and Cancelled."""

    offered: tuple[AltStyle, ...]
    languages: tuple[str, ...]
    """Those it writes; empty where it is not known, and so is not refused."""

    def alt(
        self, task: Task, attempt: int, cancel: CancelToken
    ) -> Generator[Event, None, Candidate]:
        """One way to say it; another one for every `attempt`. Yields `Token`s."""
        ...

    def extended(self, task: Task, cancel: CancelToken) -> Generator[Event, None, str]:
        """The extended description. Yields `Token`s."""
        ...

    def structured(
        self, task: Task, brief: str, cancel: CancelToken
    ) -> Generator[Event, None, StructuredDescription]:
        """The description in parts; `brief` is the alt text that was drafted."""
        ...


def writer_for(answerer: Answerer, model_id: str, cancel: CancelToken) -> Writer:
    """Who writes with a model. Raises OptionUnsupported for one that cannot write sentences."""
    can, spec = answerer.about(model_id, cancel)
    if can.answers:
        raise SentencesNotWritten(model=model_id)
    if can.multi_turn and can.asks:
        return Instructed(answerer, can)
    return Captioning(answerer, can, starter=spec.family == STARTER_FAMILY)


def say(
    answerer: Answerer,
    model_id: str,
    can: ChatCapabilities,
    prompt: styles.Prompt,
    image: ChatImage | None,
    options: GenerationOptions,
    cancel: CancelToken,
) -> Generator[Event, None, Said]:
    """Ask a model once. The system's words go in front of the question where it takes none."""
    messages = []
    user = prompt.user
    if prompt.system and can.system_prompt:
        messages.append(Message(Role.SYSTEM, (TextPart(prompt.system),)))
    elif prompt.system:
        user = prompt.whole
    parts = (TextPart(user),) if image is None else (ImagePart(0), TextPart(user))
    messages.append(Message(Role.USER, parts))
    request = Request(tuple(messages), () if image is None else (image,), (), ())
    total: float | None = 0.0
    answering = answerer.answer(model_id, request, options, cancel)
    while True:
        try:
            event = next(answering)
        except StopIteration as end:
            reply, spec = end.value.reply, end.value.spec
            return Said(reply.text, reply.stop is not StopReason.LENGTH, total, spec)
        if isinstance(event, Token) and event.count:
            known = total is not None and event.logprob is not None
            total = total + event.logprob if known else None  # type: ignore[operator]
        yield event


# --- models that follow instructions -------------------------------------------------------


class Instructed:
    """A `Writer` over a model that is told in words what to do."""

    offered: tuple[AltStyle, ...] = tuple(AltStyle)
    languages: tuple[str, ...] = ()

    def __init__(self, answerer: Answerer, can: ChatCapabilities) -> None:
        self._answerer = answerer
        self._can = can

    def alt(
        self, task: Task, attempt: int, cancel: CancelToken
    ) -> Generator[Event, None, Candidate]:
        prompt = styles.alt_prompt(task.brief, task.context, task.decision)
        options = _options(task, attempt, prompt.tokens, _WARMTH)
        said = yield from self._say(task, prompt, options, cancel)
        return _candidate(task, said, options, prompt.whole)

    def extended(self, task: Task, cancel: CancelToken) -> Generator[Event, None, str]:
        prompt = styles.extended_prompt(task.brief, task.context, task.decision)
        options = _options(task, 0, _EXTENDED_TOKENS, _WARMTH)
        said = yield from self._say(task, prompt, options, cancel)
        return polished_extended(said.text, task.brief, task.context, complete=said.complete).text

    def structured(
        self, task: Task, brief: str, cancel: CancelToken
    ) -> Generator[Event, None, StructuredDescription]:
        if not self._can.json:
            return _measured(task, StructuredDescription(brief=brief))
        prompt = styles.structured_prompt(task.brief, task.context)
        options = GenerationOptions(
            max_new_tokens=prompt.tokens, json_schema=styles.STRUCTURED_SCHEMA
        )
        said = yield from _quiet(self._say(task, prompt, options, cancel))
        names = ("brief", "subject", "text", "mood")
        values = dict(zip(names, field_values(said.text, names), strict=True))
        (listed,) = field_values(said.text, ("colours",))
        made = StructuredDescription(
            brief=values["brief"] or brief,
            subject=values["subject"],
            colours=styles.listed_names(listed),
            text=values["text"],
            mood=values["mood"],
        )
        return _measured(task, made)

    def _say(
        self, task: Task, prompt: styles.Prompt, options: GenerationOptions, cancel: CancelToken
    ) -> Generator[Event, None, Said]:
        return say(self._answerer, task.model_id, self._can, prompt, task.image, options, cancel)


# --- captioners ----------------------------------------------------------------------------


class Captioning:
    """A `Writer` over a model that captions, and answers short questions where it does.

    What it is not asked in words it does not know: context, audience and names stay unread, which
    the candidate notes. Sentences beside the caption are made from its answers by rule.
    """

    offered: tuple[AltStyle, ...] = CAPTION_STYLES
    languages: tuple[str, ...] = ("en",)

    def __init__(self, answerer: Answerer, can: ChatCapabilities, *, starter: bool) -> None:
        self._answerer = answerer
        self._can = can
        self._starter = starter

    def alt(
        self, task: Task, attempt: int, cancel: CancelToken
    ) -> Generator[Event, None, Candidate]:
        ask, _, _ = styles.captioner()
        options = _options(task, attempt, _CAPTION_TOKENS, _CAPTION_WARMTH)
        if task.seed + attempt == 1:  # the best that is searched for comes before drawn ones
            options = replace(options, beams=_CAPTION_BEAMS, temperature=0.0, seed=0)
        prompt = styles.Prompt("", ask, 0)
        said = yield from self._say(task, prompt, options, cancel)
        notes = ("starter",) if self._starter else ()
        if task.context.says_anything or task.brief.audience or task.brief.names:
            notes = (*notes, "ignored")
        return _candidate(task, said, options, ask, notes)

    def extended(self, task: Task, cancel: CancelToken) -> Generator[Event, None, str]:
        """Sentences made of short answers, measured colours and the words that were read."""
        if task.decision is Decision.COMPLEX:
            made = ocrwords.as_rows(task.lines)
            yield Token(made, 0)
            return made
        said = styles.words_for("sentences", task.brief.language)
        answers = yield from self._answers(task, cancel)
        lines = [said[field].format(answer=answer) for field, answer in answers.items()]
        colours = colour_names(task.image.pixels, task.brief.language)
        if colours:
            lines.append(said["colours"].format(answer=_listed(colours, said["and"])))
        if task.lines:
            lines.append(said["text"].format(answer=ocrwords.as_sentence(task.lines)))
        made = polished_extended(" ".join(lines), task.brief, task.context).text
        yield Token(made, 0)
        return made

    def structured(
        self, task: Task, brief: str, cancel: CancelToken
    ) -> Generator[Event, None, StructuredDescription]:
        answers = yield from self._answers(task, cancel)
        subject = answers.get("subject", "")
        if task.brief.people_policy == "neutral":
            subject = neutral(subject)
        return _measured(task, StructuredDescription(brief=brief, subject=subject))

    def _answers(self, task: Task, cancel: CancelToken) -> Generator[Event, None, dict[str, str]]:
        """Short answers that the model was sure enough of, by field."""
        found: dict[str, str] = {}
        if not self._can.asks:
            return found
        _, least, asked = styles.captioner()
        options = GenerationOptions(max_new_tokens=_SHORT_TOKENS)
        for one in asked:
            prompt = styles.Prompt("", one.ask, 0)
            said = yield from _quiet(self._say(task, prompt, options, cancel))
            sure = said.logprob is not None and math.exp(said.logprob) >= least
            if sure and said.text.strip():
                found[one.field] = said.text.strip().rstrip(".")
        return found

    def _say(
        self, task: Task, prompt: styles.Prompt, options: GenerationOptions, cancel: CancelToken
    ) -> Generator[Event, None, Said]:
        return say(self._answerer, task.model_id, self._can, prompt, task.image, options, cancel)


# --- what both share -----------------------------------------------------------------------


def _options(task: Task, attempt: int, tokens: int, warmth: float) -> GenerationOptions:
    """Greedy first, then drawn by chance; openings that say nothing are forbidden."""
    banned = banned_starts(task.brief.language)
    seed = task.seed + attempt
    if not seed:
        return GenerationOptions(max_new_tokens=tokens, banned_starts=banned)
    return GenerationOptions(
        max_new_tokens=tokens,
        temperature=warmth,
        top_p=_NUCLEUS,
        seed=seed,
        banned_starts=banned,
    )


def _candidate(
    task: Task,
    said: Said,
    options: GenerationOptions,
    prompt: str,
    notes: tuple[str, ...] = (),
) -> Candidate:
    polished = polished_alt(
        said.text, task.brief, task.context, task.decision, complete=said.complete
    )
    told = ("context",) if task.context.says_anything and "ignored" not in notes else ()
    return Candidate(
        alt=polished.text,
        written_by=WrittenBy(Author.MODEL, task.model_id, said.spec.revision, prompt, options.seed),
        logprob=said.logprob,
        notes=(*notes, *told, *polished.notes),
    )


def _measured(task: Task, made: StructuredDescription) -> StructuredDescription:
    """What the model left open, from the pixels and the words that were read."""
    return replace(
        made,
        colours=made.colours or colour_names(task.image.pixels, task.brief.language),
        text=made.text or ocrwords.as_sentence(task.lines),
    )


def _listed(words: tuple[str, ...], conjunction: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def _quiet(asking: Generator[Event, None, Said]) -> Generator[Event, None, Said]:
    """Without its tokens: they are no part of what is shown."""
    while True:
        try:
            event = next(asking)
        except StopIteration as end:
            said: Said = end.value
            return said
        if not isinstance(event, Token):
            yield event
