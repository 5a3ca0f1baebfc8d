"""The parts of the adapter: choosing, spelling, beams, caches, schemas; each on its own."""

import json
import os

import pytest
import torch
import transformers
from transformers import DynamicCache

from tests.model.chat.tiny import words
from vlm_desktop.backends.chat.beams import search
from vlm_desktop.backends.chat.choosing import Chooser, narrowed
from vlm_desktop.backends.chat.families import CROP, NEVER, SNAPSHOT
from vlm_desktop.backends.chat.featurecache import FeatureCache
from vlm_desktop.backends.chat.generating import write
from vlm_desktop.backends.chat.pictures import Prepared, reduced_size
from vlm_desktop.backends.chat.prefixcache import PrefixCache
from vlm_desktop.backends.chat.prompting import Prompt, Span
from vlm_desktop.backends.chat.schema import SchemaReader
from vlm_desktop.backends.chat.spelling import Speller, StopWatch
from vlm_desktop.backends.chat.vision import Features
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, StopReason, TokenUsage
from vlm_desktop.base.errors import OptionUnsupported


@pytest.fixture(scope="module")
def tokenizer():
    return words.gpt2(bos_token="<s>", eos_token="</s>", unk_token="</s>")


class Scripted:
    """A decoder that wants to say certain tokens, and next to them the runners-up."""

    def __init__(self, tokenizer, *wishes: str):
        ids = [tokenizer(wish)["input_ids"] for wish in wishes]
        self.ids = [*map(list, zip(*ids, strict=True)), [tokenizer.eos_token_id]]
        self.size = len(tokenizer)
        self.at = 0

    def prefill(self):
        return self._logits()

    def step(self, tokens):
        self.at += 1
        return self._logits().repeat(len(tokens), 1)

    def branch(self, parents):
        pass

    def _logits(self):
        logits = torch.zeros(1, self.size)
        for rank, token in enumerate(self.ids[min(self.at, len(self.ids) - 1)]):
            logits[0, token] = max(float(logits[0, token]), 20.0 - rank)
        return logits


def said(tokenizer, decoder, grammar=None, **options):
    wanted = GenerationOptions(**options)
    chooser = Chooser(wanted, tokenizer, [], grammar)
    ends = frozenset({tokenizer.eos_token_id})
    stream = write(decoder, chooser, tokenizer, wanted, ends=ends, room=1000, cancel=CancelToken())
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            written = end.value
            break
    assert "".join(piece.text for piece in pieces) == written.text
    return written


# --- spelling --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a photo of the dog", "Straße, naïve 😀👍🏽 ΟΔΟΣ 犬", " leading", "\n\n"]
)
@pytest.mark.parametrize("kind", ["gpt2", "llama", "xlm_roberta"])
def test_pieces_are_whole_characters_and_together_the_text(text, kind):
    maker = getattr(words, kind)
    made = maker() if kind == "xlm_roberta" else maker([]) if kind == "llama" else maker()
    ids = made(text, add_special_tokens=False)["input_ids"]
    speller = Speller(made)
    pieces = [speller.add(token) for token in ids]
    assert all("\ufffd" not in piece for piece in pieces)
    assert "".join(pieces) == made.decode(
        ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )


def test_a_character_that_is_never_finished_is_not_said(tokenizer):
    speller = Speller(tokenizer)
    ids = tokenizer("a dog 犬")["input_ids"]
    assert "".join(speller.add(token) for token in ids[:-1]) == "a dog "


def test_a_preview_changes_nothing(tokenizer):
    speller = Speller(tokenizer)
    ids = tokenizer("a dog and 犬")["input_ids"]
    for token in ids:
        expected = speller.preview(token)
        assert speller.preview(token) == expected
        assert speller.add(token) == expected


def test_what_may_begin_a_stop_string_is_held_back():
    watch = StopWatch(("###", "\nUser:"))
    shown = [watch.add(piece) for piece in ("one #", "# two", "\nUse", "ful\nUs", "er: three")]
    assert shown == ["one ", "## two", "", "\nUseful", ""]
    assert watch.stopped
    watch = StopWatch(("###",))
    assert [watch.add("end ##"), watch.rest()] == ["end ", "##"]


# --- choosing --------------------------------------------------------------------------


def test_an_opening_is_kept_from_coming_however_tokens_cut_it(tokenizer):
    wishes = (" a photo of the dog", " the dog house the red")
    length = min(len(tokenizer(wish)["input_ids"]) for wish in wishes)
    cut = [tokenizer.decode(tokenizer(wish)["input_ids"][:length]) for wish in wishes]
    free = said(tokenizer, Scripted(tokenizer, *cut))
    assert free.text == cut[0]
    for banned in ("A Photo", "a p", "A PHOTO OF THE"):
        text = said(tokenizer, Scripted(tokenizer, *cut), banned_starts=(banned,)).text
        assert not text.strip().casefold().startswith(banned.casefold())
        assert text


def test_marks_in_front_do_not_hide_an_opening_and_may_be_banned_themselves(tokenizer):
    cut = ' "**A photo', " the dog is red"
    length = min(len(tokenizer(wish)["input_ids"]) for wish in cut)
    wishes = [tokenizer.decode(tokenizer(wish)["input_ids"][:length]) for wish in cut]
    for banned in ("a photo", '"*'):
        text = said(tokenizer, Scripted(tokenizer, *wishes), banned_starts=(banned,)).text
        assert not text.strip().startswith('"**A photo')
        assert not text.strip().startswith(banned)


def test_only_the_opening_is_banned(tokenizer):
    wish = " the dog a photo"
    assert said(tokenizer, Scripted(tokenizer, wish), banned_starts=("a photo",)).text == wish


def test_when_nothing_may_come_the_answer_ends(tokenizer):
    every = tuple(tokenizer.decode([token]) for token in range(len(tokenizer)))
    banned = tuple({one.strip().casefold()[:1] for one in every if one.strip()} | {"\ufffd"})
    written = said(tokenizer, Scripted(tokenizer, " dog"), banned_starts=banned)
    assert written.stop in (StopReason.END, StopReason.LENGTH)
    assert not written.text.strip(" \t\r\n*_#>\"'`“‘")


def test_top_k_and_top_p_leave_the_best():
    scores = torch.tensor([5.0, 4.0, 3.0, -2.0])
    kept = narrowed(scores, GenerationOptions(top_k=2))
    assert (kept > 0).tolist() == [True, True, False, False]
    kept = narrowed(scores, GenerationOptions(top_p=0.01))
    assert (kept > 0).tolist() == [True, False, False, False]
    kept = narrowed(scores, GenerationOptions(top_p=0.8))
    assert (kept > 0).tolist() == [True, True, False, False]


def test_a_penalty_passes_over_places_that_cannot_be_said(tokenizer):
    beyond = len(tokenizer) + 5
    chooser = Chooser(GenerationOptions(repetition_penalty=2.0), tokenizer, [beyond, 1])
    logits = torch.zeros(len(tokenizer))
    logits[1], logits[2] = 3.0, 2.0
    choice = chooser.choose(logits)
    assert choice is not None
    assert choice.token == 2


def test_a_penalty_keeps_from_saying_it_again(tokenizer):
    ids = tokenizer(" dog boat")["input_ids"]
    options = GenerationOptions(repetition_penalty=2.0)
    chooser = Chooser(options, tokenizer, [ids[0]])
    logits = torch.zeros(len(tokenizer))
    logits[ids[0]], logits[ids[-1]] = 6.0, 4.0
    first = chooser.choose(logits)
    assert first is not None
    assert first.token == ids[-1]
    again = chooser.choose(logits)
    assert again is not None
    assert again.token == ids[0], "both were said, the better one comes"


# --- schemas ---------------------------------------------------------------------------

SCHEMA = json.dumps({
    "type": "object",
    "properties": {"dogs": {"type": "integer"}, "colour": {"enum": ["red", "blue"]}},
    "required": ["dogs", "colour"], "additionalProperties": False,
})  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["gpt2", "llama", "qwen"])
def test_any_network_fulfils_a_schema(kind, seed):
    made = words.gpt2(eos_token="</s>") if kind == "gpt2" else getattr(words, kind)([])
    ends = frozenset({made.eos_token_id})
    torch.manual_seed(seed)

    class Noise:
        def prefill(self):
            return torch.randn(1, len(made) + 7)

        def step(self, tokens):
            return torch.randn(len(tokens), len(made) + 7)

    options = GenerationOptions(max_new_tokens=120, temperature=0.7, seed=seed)
    grammar = SchemaReader("tiny", made, ends).grammar(SCHEMA)
    chooser = Chooser(options, made, [], grammar)
    stream = write(Noise(), chooser, made, options, ends=ends, room=500, cancel=CancelToken())
    text = "".join(piece.text for piece in stream)
    try:
        answer = json.loads(text)
    except ValueError:
        assert len(text) > 60, "only a number without end is cut off"
        return
    assert set(answer) == {"dogs", "colour"}
    assert answer["colour"] in ("red", "blue")


@pytest.mark.parametrize("schema", ["{", "[]", '{"type": "nothing"}', '{"$ref": "#/nowhere"}'])
def test_a_wrong_schema_says_what_is_wrong(tokenizer, schema):
    reader = SchemaReader("tiny", tokenizer, frozenset({tokenizer.eos_token_id}))
    with pytest.raises(OptionUnsupported) as refused:
        reader.grammar(schema)
    assert refused.value.fields["option"] == "json_schema"
    assert len(str(refused.value.fields["detail"])) > 5


# --- beams -----------------------------------------------------------------------------


def test_beams_end_at_the_end_and_stop_at_stop_strings(tokenizer):
    options = GenerationOptions(beams=3)
    wish = " the dog ### boat"
    written = search(
        Scripted(tokenizer, wish), tokenizer, options,
        prompt=[], ends=frozenset({tokenizer.eos_token_id}), room=100, cancel=CancelToken(),
    )  # fmt: skip
    assert (written.text, written.stop) == (wish, StopReason.END)
    options = GenerationOptions(beams=3, stop=("###",), banned_starts=("a photo",))
    written = search(
        Scripted(tokenizer, wish), tokenizer, options,
        prompt=[], ends=frozenset({tokenizer.eos_token_id}), room=100, cancel=CancelToken(),
    )  # fmt: skip
    assert (written.text, written.stop) == (" the dog ", StopReason.STOP)


# --- the key-value cache ---------------------------------------------------------------

IMAGE = 9


def prompt(*parts: int | str) -> Prompt:
    """Ids; a name stands for a picture of three places between two signs."""
    ids: list[int] = []
    spans = []
    for part in parts:
        if isinstance(part, str):
            ids += [8, IMAGE, IMAGE, IMAGE, 8]
            spans.append(Span(len(ids) - 4, len(ids) - 1, Prepared({}, "", 3, part), part))
        else:
            ids.append(part)
    return Prompt(tuple(ids), tuple(spans), TokenUsage())


def filled(cache: DynamicCache, length: int) -> DynamicCache:
    values = torch.arange(float(length)).reshape(1, 1, length, 1)
    cache.update(values, values, 0)
    return cache


def after(first: Prompt, second: Prompt, *written: int, reuse=CROP, fresh=False) -> int:
    store = PrefixCache(None, IMAGE, reuse=reuse, fresh_pictures=fresh)
    cache, reused = store.take(first)
    assert reused == 0
    store.keep(first, written, filled(cache, len(first.ids) + len(written)))
    cache, reused = store.take(second)
    assert cache.get_seq_length() == reused
    return reused


def test_what_two_prompts_begin_with_is_read_once():
    assert after(prompt(1, "a", 2, 3), prompt(1, "a", 2, 4)) == 7
    assert after(prompt(1, "a", 2, 3), prompt(1, "a", 2, 3, 5, 6, 7), 5, 6) == 10, "the answer too"
    assert after(prompt(1, 2), prompt(1, 2)) == 1, "one token is always read"
    assert after(prompt(1, 2), prompt(3, 2)) == 0


def test_another_picture_is_never_taken_for_the_first():
    assert after(prompt(1, "a", 2), prompt(1, "b", 2)) == 2
    assert after(prompt(1, "a", "b", 2), prompt(1, "a", "c", 2)) == 7
    assert after(prompt(1, "#1", 2), prompt(1, "#2", 2)) == 0, "nameless ones are not kept"


def test_pictures_that_see_each_other_are_read_into_an_empty_cache():
    assert after(prompt(1, "a", 2), prompt(1, "a", 3), fresh=True) == 6
    assert after(prompt(1, "a", 2), prompt(1, "a", 3, "b"), fresh=True) == 0


def test_a_cache_that_may_not_be_used_again_is_not():
    assert after(prompt(1, "a", 2), prompt(1, "a", 2, 3), reuse=NEVER) == 0


def test_a_cache_that_was_lent_is_not_lent_twice():
    store = PrefixCache(None, IMAGE, reuse=CROP, fresh_pictures=False)
    first = prompt(1, 2, 3)
    store.keep(first, (), filled(DynamicCache(), 3))
    assert store.take(first)[1] == 2
    assert store.take(first)[1] == 0, "the first request failed and brought nothing back"


def test_a_snapshot_is_copied_and_stays(tiny_config):
    store = PrefixCache(tiny_config, IMAGE, reuse=SNAPSHOT, fresh_pictures=False)
    first, second = prompt(1, "a", 2, 3), prompt(1, "a", 4, 5)
    cache, _ = store.take(first)
    assert store.anchor(first, 0) == 5
    store.snapshot(first, 5, filled(cache, 5))
    for _ in range(2):
        cache, reused = store.take(second)
        assert reused == 5
        filled(cache, 3)


@pytest.fixture
def tiny_config(tiny_folder):

    return transformers.AutoConfig.from_pretrained(tiny_folder("llava"))


# --- features --------------------------------------------------------------------------


def features(number: float, size: int = 100) -> Features:
    return Features(torch.full((size, 4), number), (torch.full((size, 2), -number),))


def same(one: Features | None, other: Features) -> bool:
    return one is not None and torch.equal(one.pooled, other.pooled) and len(one.deep) == 1


def test_features_come_back_from_memory_and_from_disk(tmp_path):
    cache = FeatureCache(tmp_path / "features")
    cache.put("a", features(1))
    assert same(cache.get("a"), features(1))
    later = FeatureCache(tmp_path / "features")
    assert same(later.get("a"), features(1))
    assert later.get("b") is None
    assert FeatureCache(None).get("a") is None


def test_memory_is_bounded_and_drops_what_was_not_used(tmp_path):
    size = features(0).size_bytes
    cache = FeatureCache(None, memory_bytes=10 * size)
    for number in range(10):
        cache.put(str(number), features(number))
    assert cache.get("0") is not None
    cache.put("10", features(10))
    assert cache.get("1") is None
    assert cache.get("0") is not None
    cache.put("large", features(1, 500))
    assert cache.get("large") is None, "one entry does not push out all others"
    assert cache.get("0") is not None
    cache.forget()
    assert cache.get("0") is None


def test_the_disk_is_bounded(tmp_path):
    cache = FeatureCache(tmp_path, memory_bytes=0, disk_bytes=10 * features(0).size_bytes)
    for number in range(25):
        cache.put(str(number), features(number))
        for age, path in enumerate(sorted(tmp_path.iterdir(), key=os.path.getmtime)):
            os.utime(path, (age, age))
    assert 5 <= len(list(tmp_path.iterdir())) <= 10
    assert cache.get("24") is not None
    assert cache.get("0") is None


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\xff" * 8 + b"{}"])
def test_a_file_that_does_not_read_is_no_entry(tmp_path, content):
    FeatureCache(tmp_path).put("a", features(1))
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    cache = FeatureCache(tmp_path)
    assert cache.get("a") is None
    assert not path.exists()
    cache.put("a", features(2))
    assert same(FeatureCache(tmp_path).get("a"), features(2))


def test_a_folder_that_refuses_writing_costs_time_only(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = FeatureCache(blocked)
    cache.put("a", features(1))
    assert same(cache.get("a"), features(1))


# --- sizes -----------------------------------------------------------------------------


def test_pictures_are_reduced_to_what_a_processor_can_use():
    assert reduced_size(100, 200) == (100, 200)
    height, width = reduced_size(8_000, 12_500)
    assert height * width <= 12_000_000
    assert width / height == pytest.approx(12_500 / 8_000, rel=1e-3)
    assert reduced_size(1, 5_000) == (1, 100)
    assert reduced_size(5_000, 2) == (200, 2)
