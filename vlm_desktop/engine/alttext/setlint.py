"""Lint of the texts of a whole set: the same findings that the pane shows of each image."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from vlm_desktop.base.altchecks import Finding
from vlm_desktop.base.alttext import AltImage, Brief
from vlm_desktop.engine.alttext.lint import LintContext, lint
from vlm_desktop.engine.alttext.lintrules import plain

_NEAR = 0.9
"""What `lintrules.near` calls the same: so much of the words is shared."""


def lint_context(image: AltImage, brief: Brief, others: Sequence[str] = ()) -> LintContext:
    """What an image's text is held against; `others` are the texts of the set's other images."""
    return LintContext(
        destination=brief.destination,
        language=brief.language,
        decision=image.decision,
        page=image.context,
        file_name=image.path.name if image.path is not None else "",
        others=tuple(others),
        names=brief.names,
    )


def lint_set(
    images: Sequence[AltImage], brief: Brief
) -> Iterator[tuple[AltImage, tuple[Finding, ...]]]:
    """Each image with the findings of its text in the brief's language."""
    texts = {image.id: image.text(brief.language).alt for image in images}
    repeats = _likely_repeats(texts)
    for image in images:
        text = image.text(brief.language)
        if not text.alt and not text.extended:
            yield image, ()
            continue
        others = [texts[one] for one in repeats.get(image.id, ())]
        yield image, lint(text.alt, text.extended, lint_context(image, brief, others))


def _likely_repeats(texts: Mapping[int, str]) -> dict[int, list[int]]:
    """For each text the others that may say the same, so that not all are compared with all.

    Prefix filtering (Chaudhuri et al. 2006): two sets of words that share `_NEAR` of their words
    share at least one of their rarest ones.
    """
    said = {key: set(plain(text).split()) for key, text in texts.items()}
    how_often = Counter(word for words in said.values() for word in words)
    holding: dict[str, list[int]] = {}
    rarest: dict[int, list[str]] = {}
    for key, words in said.items():
        ordered = sorted(words, key=lambda word: (how_often[word], word))
        length = len(ordered) - math.ceil(_NEAR * len(ordered)) + 1
        rarest[key] = ordered[:length] if ordered else []
        for word in rarest[key]:
            holding.setdefault(word, []).append(key)
    return {
        key: sorted({other for word in words for other in holding[word]} - {key})
        for key, words in rarest.items()
    }
