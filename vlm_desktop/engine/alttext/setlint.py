"""Lint of the texts of a whole set: the same findings that the pane shows of each image."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

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
    texts = [image.text(brief.language).alt for image in images]
    for image, others in zip(images, likely_repeats(texts), strict=True):
        text = image.text(brief.language)
        if not text.alt and not text.extended:
            yield image, ()
            continue
        yield image, lint(text.alt, text.extended, lint_context(image, brief, others))


def likely_repeats(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """For each text the others that may say the same, so that not all are compared with all.

    Of those that say the very same words one is enough. Prefix filtering (Chaudhuri et al. 2006):
    two sets of words that share `_NEAR` of their words share at least one of their rarest ones.
    """
    alike: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        alike.setdefault(plain(text), []).append(place)
    alike.pop("", None)
    said = {words: set(words.split()) for words in alike}
    how_often = Counter(word for words in said.values() for word in words)
    rarest: dict[str, list[str]] = {}
    holding: dict[str, list[str]] = {}
    for key, words in said.items():
        ordered = sorted(words, key=lambda word: (how_often[word], word))
        rarest[key] = ordered[: len(ordered) - math.ceil(_NEAR * len(ordered)) + 1]
        for word in rarest[key]:
            holding.setdefault(word, []).append(key)
    for place, text in enumerate(texts):
        key = plain(text)
        keys = {other for word in rarest.get(key, ()) for other in holding[word]}
        found = [next((one for one in alike[other][:2] if one != place), None) for other in keys]
        yield tuple(texts[one] for one in sorted(one for one in found if one is not None))
