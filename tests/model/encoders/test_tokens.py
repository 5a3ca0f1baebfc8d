"""Token ids equal the reference's bit for bit, for every kind of tokeniser an export can carry."""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_clip.tokenizer import SimpleTokenizer

from tests.model.encoders.tinymodels import corpus
from vlm_desktop.backends.encoders import open_clip_dual
from vlm_desktop.backends.encoders.recipe import TextRecipe
from vlm_desktop.backends.encoders.tokens import TextTokens, pad_rows
from vlm_desktop.backends.encoders.torch_dual import DualModel

# What the libraries themselves warn about while being used as documented.
pytestmark = pytest.mark.filterwarnings(
    "ignore:This sequence already has </s>:UserWarning",
)

HARD = [
    "", " ", "   \t\n ", "a photo of a dog", "A PHOTO of a DOG!!!",
    "  leading and   double  spaces ", "un château à Köln, naïve résumé", "ΟΔΟΣ Σ",
    "İstanbul ı", "ﬁancé ½ ① Ⅳ ﷺ", "e\u0301 vs \u00e9", "一张照片 一只狗在海滩上奔跑",
    "猫が眠っている", "개가 달린다", "кошка спит", "قطة نائمة", "חתול ישן", "🐕🏖️",
    "👨‍👩‍👧‍👦 family", "a🐕b", "\u200b\u200dzero\u200bwidth\ufeff", "\u00a0nbsp\u3000wide",
    "\u2581under▁score_", "</s> end", "a </s> b", "dog</s>", "<unk> what", "</S>",
    "<|endoftext|> x", "<|startoftext|>", "<start_of_text> a <end_of_text>", "<pad> <bos><eos>",
    "[CLS] a [SEP] [MASK]", "don't can't it's we've I'm they'll he'd 'S",
    "3.14 1,000,000 2012-08-05 0x1F", "a-b_c/d\\e@f#g$h%i^j&k*l", "&amp; &lt;b&gt; &amp;amp;",
    "schÃ¶n", "\u2018quoted\u2019 \u201cdouble\u201d\u2026", "\x00\x01\x7f", "\ud800 lone",
    "tab\there\nnewline\r\n", "x" * 300, "dog " * 1000, " ".join(corpus()[:90]),
]  # fmt: skip


def exported(model: DualModel, folder) -> TextTokens:
    name, content = model.tokenizer_file()
    (folder / name).write_bytes(content)
    recipe = model.text
    return TextTokens(folder / name, TextRecipe(
        tokenizer=name, context_length=recipe.context_length, padding=recipe.padding,
        padding_side=recipe.padding_side, pad_id=recipe.pad_id, clean=recipe.clean,
    ))  # fmt: skip


KINDS = ["clip", "metaclip2", "siglip", "siglip2-fixed", "siglip2-naflex", "align", "altclip",
         "chinese-clip", "open-clip"]  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def both(request, read_tiny, tmp_path_factory):
    model = read_tiny(request.param)
    return request.param, model, exported(model, tmp_path_factory.mktemp("tokens"))


def test_hard_strings_one_by_one(both):
    _, model, ours = both
    for text in HARD:
        expected = model.tokenise([text])
        got = ours.encode([text])
        np.testing.assert_array_equal(got.ids, expected.ids, err_msg=repr(text)[:80])


def test_hard_strings_as_one_batch_with_their_mask(both):
    name, model, ours = both
    expected, got = model.tokenise(HARD), ours.encode(HARD)
    np.testing.assert_array_equal(got.ids, expected.ids)
    if model.text.attention_mask:
        np.testing.assert_array_equal(got.mask, expected.mask)
    assert got.ids.shape[1] <= model.text.context_length
    if model.text.padding == "max_length":
        assert got.ids.shape[1] == model.text.context_length, name


def test_random_mixtures(both):
    _, model, ours = both
    source = random.Random(2)
    signs = "abc DE.,'!-_ éß\u0301Σ猫犬🐕\u200d\t½<>|/&;0129"
    texts = ["".join(source.choices(signs, k=source.randint(1, 40))) for _ in range(400)]
    np.testing.assert_array_equal(ours.encode(texts).ids, model.tokenise(texts).ids)


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(text=st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=40))
def test_any_text(both, text):
    """Only assigned characters: libraries know different versions of Unicode."""
    _, model, ours = both
    np.testing.assert_array_equal(ours.encode([text]).ids, model.tokenise([text]).ids)


def test_open_clips_own_vocabulary_in_full(tmp_path):
    """The real 49,408 ids, with real sentences and each cleaning."""
    for clean in ("lower", "whitespace", "canonicalize"):
        source = SimpleTokenizer(clean=clean)
        path = tmp_path / f"{clean}.json"
        open_clip_dual.simple_tokenizer(source).save(str(path))
        recipe = TextRecipe(context_length=77, padding="max_length", clean=f"open_clip-{clean}")
        ours = TextTokens(path, recipe)
        texts = [text for text in HARD if "\ud800" not in text] + corpus()
        np.testing.assert_array_equal(ours.encode(texts).ids, source(texts).numpy())


@pytest.mark.parametrize("name", [kind for kind in KINDS if kind.startswith("siglip")])
def test_siglip_pads_to_64_whatever_the_batch(name, read_tiny, tmp_path):
    batch = exported(read_tiny(name), tmp_path).encode(["dog"])
    assert batch.ids.shape == (1, 64)


def test_rows_without_tokens_attend_to_one_pad():
    right = pad_rows([[], [5, 6]], 3, 9, "right")
    assert right.ids.tolist() == [[9, 9, 9], [5, 6, 9]]
    assert right.mask.tolist() == [[1, 0, 0], [1, 1, 0]]
    assert pad_rows([[5]], 3, 9, "left").ids.tolist() == [[9, 9, 5]]
