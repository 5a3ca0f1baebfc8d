"""Real little tokenizers of every kind that the families use, trained on a few sentences."""

import json
import random
import string
from functools import cache

import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, trainers
from tokenizers import pre_tokenizers as before

_TEXT = """a photo of the dog cat boat red blue house running over under water sky tree man
woman child street beach mountain snow bicycle eating sleeping two three people playing guitar
what is in this picture question answer short ein Hund läuft über die Straße été château naïve"""
_MARKS = [*string.ascii_letters, *string.digits, *string.punctuation, "ä", "ß", "é"]


def corpus(lines: int = 300) -> list[str]:
    """Sentences of a small vocabulary, the same every time."""
    source = random.Random(5)
    words = _TEXT.split()
    made = [" ".join(source.choices(words, k=source.randint(3, 12))) for _ in range(lines)]
    return [*made, " ".join(_MARKS), *_MARKS]


@cache
def _byte_pairs(size: int) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Byte-level BPE, as GPT-2, Qwen and Llama 3 have it."""
    maker = Tokenizer(models.BPE())
    maker.pre_tokenizer = before.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=before.ByteLevel.alphabet(), show_progress=False
    )
    maker.train_from_iterator(corpus(), trainer)
    return _parts(maker)


@cache
def _fallback_pairs(first: tuple[str, ...], size: int) -> tuple[dict, list]:
    """BPE over pieces with bytes to fall back on, as SentencePiece's of Llama and Gemma."""
    maker = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    maker.normalizer = normalizers.Replace(" ", "▁")
    maker.pre_tokenizer = before.Split("▁", "merged_with_next")
    special = [*first, *(f"<0x{number:02X}>" for number in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    maker.train_from_iterator(corpus(), trainer)
    return _parts(maker)


def _parts(maker: Tokenizer) -> tuple[dict[str, int], list[tuple[str, str]]]:
    made = json.loads(maker.to_str())["model"]
    return made["vocab"], [tuple(pair) for pair in made["merges"]]


@cache
def _unigram(size: int) -> tuple[tuple[str, float], ...]:
    maker = Tokenizer(models.Unigram())
    maker.pre_tokenizer = before.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=size, show_progress=False)
    maker.train_from_iterator(corpus(), trainer)
    pieces = json.loads(maker.to_str())["model"]["vocab"]
    # The trainer leaves pieces that score alike in another order each time.
    return tuple(sorted(((piece, round(score, 6)) for piece, score in pieces), key=_place))


def _place(piece: tuple[str, float]) -> tuple[float, str]:
    return -piece[1], piece[0]


def special(*tokens: str) -> list[AddedToken]:
    return [AddedToken(token, normalized=False, special=True) for token in tokens]


def gpt2(**options: object) -> transformers.GPT2Tokenizer:
    """SmolLM's (SmolVLM) and OPT's (BLIP-2)."""
    vocab, merges = _byte_pairs(360)
    return transformers.GPT2Tokenizer(vocab=dict(vocab), merges=list(merges), **options)


def qwen(extra: list[str], **options: object) -> transformers.Qwen2Tokenizer:
    """Qwen2's, with the signs of its turns and `extra` ones."""
    vocab, merges = _byte_pairs(360)
    tokenizer = transformers.Qwen2Tokenizer(
        vocab=dict(vocab),
        merges=list(merges),
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        **options,
    )
    tokenizer.add_special_tokens(
        {"additional_special_tokens": special("<|im_start|>", "<|im_end|>", *extra)}
    )
    return tokenizer


def llama3(extra: list[str], **options: object) -> transformers.PreTrainedTokenizerFast:
    """A bare tokenizer file, as Idefics3 and LFM2 have it."""
    vocab, merges = _byte_pairs(360)
    backend = Tokenizer(models.BPE(vocab=dict(vocab), merges=list(merges)))
    backend.pre_tokenizer = before.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, **options)
    tokenizer.add_special_tokens({"additional_special_tokens": special(*extra)})
    return tokenizer


def llama(extra: list[str], **options: object) -> transformers.LlamaTokenizer:
    """Llama 2's, Vicuna's and Mistral's."""
    vocab, merges = _fallback_pairs(("<unk>", "<s>", "</s>"), 400)
    tokenizer = transformers.LlamaTokenizer(
        vocab=dict(vocab), merges=list(merges), add_bos_token=True, **options
    )
    if extra:
        tokenizer.add_special_tokens({"additional_special_tokens": special(*extra)})
    return tokenizer


def gemma(extra: list[str], **options: object) -> transformers.GemmaTokenizer:
    vocab, merges = _fallback_pairs(("<pad>", "<eos>", "<bos>", "<unk>", "<mask>"), 400)
    tokenizer = transformers.GemmaTokenizer(vocab=dict(vocab), merges=list(merges), **options)
    if extra:
        tokenizer.add_special_tokens({"additional_special_tokens": special(*extra)})
    return tokenizer


def nougat() -> transformers.NougatTokenizer:
    """Byte-level, with its four signs first."""
    vocab, merges = _byte_pairs(360)
    first = ("<s>", "<pad>", "</s>", "<unk>")
    numbered = {token: number for number, token in enumerate((*first, *vocab))}
    return transformers.NougatTokenizer(vocab=numbered, merges=list(merges))


def bart(**options: object) -> transformers.BartTokenizer:
    """Florence-2's: byte-level, with its five signs first."""
    vocab, merges = _byte_pairs(360)
    first = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    numbered = {token: number for number, token in enumerate((*first, *vocab))}
    return transformers.BartTokenizer(vocab=numbered, merges=list(merges), **options)


def layoutlm() -> transformers.LayoutLMv3Tokenizer:
    """RoBERTa's, with boxes beside its words."""
    vocab, merges = _byte_pairs(360)
    first = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    numbered = {token: number for number, token in enumerate((*first, *vocab))}
    return transformers.LayoutLMv3Tokenizer(vocab=numbered, merges=list(merges))


def bert() -> transformers.BertTokenizer:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = string.ascii_lowercase + string.digits + string.punctuation
    words += [*letters, *(f"##{letter}" for letter in letters), "##ing", *_TEXT.lower().split()]
    vocab = {word: number for number, word in enumerate(dict.fromkeys(words))}
    tokenizer = transformers.BertTokenizer(vocab=vocab)
    tokenizer.model_max_length = 512
    return tokenizer


def xlm_roberta() -> transformers.XLMRobertaTokenizer:
    """Kosmos-2's."""
    first = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return transformers.XLMRobertaTokenizer(vocab=[*first, *_unigram(260), ("<mask>", 0.0)])


def t5() -> transformers.T5Tokenizer:
    """Flan-T5's (BLIP-2, InstructBLIP)."""
    first = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return transformers.T5Tokenizer(vocab=[*first, *_unigram(260)], extra_ids=4)
