"""A translation drafted from an approved text, by a model that follows instructions."""

from collections.abc import Generator
from dataclasses import replace

from vlm_desktop.base.alterrors import NotTranslating
from vlm_desktop.base.alttext import (
    Author,
    Brief,
    Candidate,
    Decision,
    PageContext,
    WrittenBy,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.events import Event, Notice
from vlm_desktop.engine.alttext import styles
from vlm_desktop.engine.alttext.openings import banned_starts
from vlm_desktop.engine.alttext.polishing import polished_alt, polished_extended
from vlm_desktop.engine.alttext.writers import Instructed, Said, say, writer_for
from vlm_desktop.engine.answering import Answerer

_LONGER = 1.6
"""A translation may be so much longer than its text."""
_LEAST = 60


def translation(
    answerer: Answerer,
    model_id: str,
    text: str,
    extended: str,
    source: str,
    brief: Brief,
    cancel: CancelToken,
) -> Generator[Event, None, Candidate]:
    """See `drafting.Drafter.translate`."""
    if not isinstance(writer_for(answerer, model_id, cancel), Instructed):
        raise NotTranslating(model=model_id)
    kept = replace(brief, people_policy="")  # the approved text says who people are
    said, prompt = yield from _ask(answerer, model_id, text, source, brief, cancel)
    polished = polished_alt(
        said.text, kept, PageContext(), Decision.UNDECIDED, complete=said.complete
    )
    other = ""
    if extended.strip():
        yield Notice("alt-extended")
        more, _ = yield from _ask(answerer, model_id, extended, source, brief, cancel)
        other = polished_extended(more.text, kept, PageContext(), complete=more.complete).text
    return Candidate(
        alt=polished.text,
        extended=other,
        written_by=WrittenBy(Author.MODEL, model_id, said.spec.revision, prompt.whole, 0),
        logprob=said.logprob,
        notes=("translated", *polished.notes),
    )


def _ask(
    answerer: Answerer,
    model_id: str,
    text: str,
    source: str,
    brief: Brief,
    cancel: CancelToken,
) -> Generator[Event, None, tuple[Said, styles.Prompt]]:
    can, _ = answerer.about(model_id, cancel)
    characters = max(_LEAST, round(_LONGER * len(text)))
    prompt = styles.translation_prompt(text, source, brief.language, characters)
    options = GenerationOptions(
        max_new_tokens=prompt.tokens, banned_starts=banned_starts(brief.language)
    )
    said = yield from say(answerer, model_id, can, prompt, None, options, cancel)
    return said, prompt
