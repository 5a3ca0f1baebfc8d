"""Everyday phrases that an encoder must go on to understand while it learns new names."""

from __future__ import annotations

from vlm_desktop.base.paths import bundled

_FORMS = ("{}", "a photo of {}", "{one} and {two}", "{one} in front of {two}", "{one} with {two}")


def everyday_phrases() -> tuple[str, ...]:
    """Always the same: every word of the bundled vocabulary in every form, beside another word."""
    path = bundled("resources") / "vocabularies" / "everyday.txt"
    lines = (one.strip() for one in path.read_text(encoding="utf-8").splitlines())
    words = [one for one in lines if one and not one.startswith("#")]
    found = []
    for place, word in enumerate(words):
        for step, form in enumerate(_FORMS):
            other = words[(place + 7 * step + 1) % len(words)]
            found.append(form.format(word, one=word, two=other))
    return tuple(dict.fromkeys(found))
