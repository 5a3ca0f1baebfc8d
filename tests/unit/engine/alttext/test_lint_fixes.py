"""Fixes come to rest: each ends its finding, none empties a text, none changes what it says."""

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from vlm_desktop.base.altchecks import Field
from vlm_desktop.base.alttext import Decision, PageContext
from vlm_desktop.engine.alttext.lint import LintContext, lint, put_right
from vlm_desktop.engine.alttext.lintrules import words

_PIECES = st.sampled_from(
    [
        "a dog", "two dogs", "Image of", "a photo of", "In this picture", "IMG_1234", "dog.jpg",
        "© 2020 Jane Doe", "(Photo by Jane Doe)", "Shot on iPhone 12", "- Wikipedia", "...",
        "click here", "&amp;", "<b>", "</b>", "&lt;i&gt;", "🐶🐶", "  ", "\n", ".", "!", ",", "|",
        "TWO DOGS PLAYING", "alt text", "TODO", "Das Bild zeigt", "einen Hund", "photo", "—",
        "OLYMPUS DIGITAL CAMERA", "Dr. Who", "東京。", "(", ")", "“Stop”", "read more", ": ", "*",
        "two-dogs-in-snow", "a_b_c", "Getty Images", "\u00a0", "\u200d", "e\u0301",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(_PIECES, max_size=7).map(" ".join),
    st.lists(_PIECES, max_size=5).map("".join),
    st.text(max_size=60),
)
CONTEXTS = st.builds(
    LintContext,
    decision=st.sampled_from(Decision),
    language=st.sampled_from(["en", "de", "ja", "th"]),
    page=st.builds(PageContext, caption=_PIECES, page_title=st.just("News | The Daily")),
    file_name=st.sampled_from(["", "dog.jpg", "two-dogs.png"]),
)


def letters(text: str) -> list[str]:
    return [word.casefold() for word in words(text)]


@settings(max_examples=120, deadline=None)
@given(TEXTS, TEXTS, CONTEXTS)
def test_a_fix_ends_its_finding_and_leaves_words(
    alt: str, extended: str, context: LintContext
) -> None:
    for one in lint(alt, extended, context):
        if one.fix is None:
            continue
        assert one.fix.strip()
        before = alt if one.field is Field.ALT else extended
        assert bool(words(one.fix)) == bool(words(before))
        fields = (one.fix, extended) if one.field is Field.ALT else (alt, one.fix)
        again = [(two.rule, two.field) for two in lint(*fields, context)]
        assert (one.rule, one.field) not in again


@settings(max_examples=120, deadline=None)
@given(TEXTS, TEXTS, CONTEXTS)
def test_fixes_come_to_rest(alt: str, extended: str, context: LintContext) -> None:
    alt, extended, applied = put_right(alt, extended, context)
    assert [one for one in lint(alt, extended, context) if one.fix is not None] == []
    assert put_right(alt, extended, context) == (alt, extended, ())
    assert len(applied) < 40


@settings(max_examples=120, deadline=None)
@given(TEXTS, CONTEXTS)
def test_a_fix_invents_no_words(text: str, context: LintContext) -> None:
    """All that is left was there, in its order; mark-up may have hidden signs in words."""
    for one in lint(text, "", context):
        if one.fix is None or one.rule == "markup":
            continue
        kept = iter(letters(regex.sub(r"[_-]+", " ", text)))
        for word in letters(regex.sub(r"[_-]+", " ", one.fix)):
            assert any(word == other for other in kept), (one.rule, text, one.fix)


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_positions_lie_in_the_text(text: str) -> None:
    for one in lint(text, "", LintContext()):
        assert 0 <= one.start <= one.end <= len(text)


def test_no_text_keeps_a_rule_busy() -> None:
    """Each of these once took a pattern hours; nobody would see this test end."""
    for piece in (
        " ",
        "\n",
        ".",
        "-",
        "- ",
        "(",
        "[",
        "a_",
        "a-",
        "A. ",
        "image:",
        "the image of ",
    ):
        text = f"x{piece * 5_000}x"
        lint(text, text, LintContext())
        lint(piece * 5_000, "", LintContext())
