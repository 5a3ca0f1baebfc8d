"""Tiny networks of the true architectures, saved in the hub's layout with real tokenisers."""

import io
import json
import random
import string
from collections.abc import Callable
from pathlib import Path

import open_clip
import sentencepiece
import torch
import transformers
from open_clip.tokenizer import bytes_to_unicode
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers.models.chinese_clip.image_processing_pil_chinese_clip import (
    ChineseCLIPImageProcessorPil,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.efficientnet.image_processing_pil_efficientnet import (
    EfficientNetImageProcessorPil,
)
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil

SIDE = 32
TRANSFORMER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}  # fmt: skip
VISION = TRANSFORMER | {"image_size": SIDE, "patch_size": 8}

_TEXT = """a photo of the dog cat boat red blue house running over under water sky tree man
woman child street beach mountain snow bicycle eating sleeping two three people playing guitar
ein Hund läuft über die Straße été château ΟΔΟΣ öffnet naïve"""
_WORDS = _TEXT.split()


def corpus(lines: int = 400) -> list[str]:
    """Sentences of a small vocabulary, the same every time."""
    source = random.Random(5)
    made = [" ".join(source.choices(_WORDS, k=source.randint(3, 12))) for _ in range(lines)]
    return [
        *made,
        "一张照片 一只狗 在 海滩 上 奔跑",
        "猫 睡觉",
        *string.ascii_letters,
        *string.digits,
    ]


# --- tokenisers ------------------------------------------------------------------------


def clip_tokenizer() -> transformers.CLIPTokenizer:
    letters = list(bytes_to_unicode().values())
    vocabulary = {"<|startoftext|>": 0, "<|endoftext|>": 1}
    for sign in [*letters, *(letter + "</w>" for letter in letters)]:
        vocabulary.setdefault(sign, len(vocabulary))
    merges = []
    for left, right in ("do", ("p", "h"), ("o", "t"), ("a", "t</w>"), ("do", "g</w>")):
        vocabulary.setdefault(left + right, len(vocabulary))
        merges.append((left, right))
    tokenizer = transformers.CLIPTokenizer(vocab=vocabulary, merges=merges)
    tokenizer.model_max_length = 77
    return tokenizer


def piece_model(folder: Path, **options: object) -> Path:
    """A SentencePiece unigram model as T5 and SigLIP have it (nmt_nfkc, </s>=1, <unk>=2)."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, vocab_size=300,
        character_coverage=0.995, minloglevel=2, hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc", **options,
    )  # fmt: skip
    path = folder / "spiece.model"
    path.write_bytes(model.getvalue())
    return path


def siglip_tokenizer(folder: Path) -> transformers.SiglipTokenizer:
    path = piece_model(folder, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    return transformers.SiglipTokenizer(str(path), model_max_length=64)


def xlm_tokenizer(folder: Path) -> transformers.PreTrainedTokenizerBase:
    piece_model(folder, pad_id=-1, eos_id=2, unk_id=0, bos_id=1)
    reader = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    pieces = [
        (reader.id_to_piece(number), reader.get_score(number))
        for number in range(3, reader.get_piece_size())
    ]
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *pieces]
    (folder / "spiece.model").unlink()
    tokenizer = transformers.XLMRobertaTokenizer(vocab=[*vocabulary, ("<mask>", 0.0)])
    tokenizer.model_max_length = 40
    return tokenizer


def bert_tokenizer(extra: str = "") -> transformers.BertTokenizer:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = string.ascii_lowercase + string.digits + string.punctuation + extra
    words += [*letters, *(f"##{letter}" for letter in letters), "photo", "dog", "##ing", "the"]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    tokenizer = transformers.BertTokenizer(vocab=vocabulary)
    tokenizer.model_max_length = 52
    return tokenizer


def gemma_tokenizer() -> transformers.PreTrainedTokenizerBase:
    """Siglip2Tokenizer over a byte-fallback BPE, padding on the right as the hub's files say."""
    backend = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    backend.normalizer = normalizers.Replace(" ", "▁")
    backend.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    backend.decoder = decoders.Fuse()
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *(f"<0x{n:02X}>" for n in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=special, show_progress=False)
    backend.train_from_iterator([text.lower() for text in corpus()], trainer)
    made = json.loads(backend.to_str())["model"]
    tokenizer = transformers.Siglip2Tokenizer(
        vocab=made["vocab"], merges=[tuple(pair) for pair in made["merges"]], padding_side="right"
    )
    tokenizer.model_max_length = 64
    return tokenizer


def _enliven(model: torch.nn.Module) -> None:
    """Weights large enough that every sentence and picture gets a vector of its own."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1 and "logit" not in name:
                torch.nn.init.normal_(parameter, std=1.2 / parameter[0].numel() ** 0.5)


# --- models ----------------------------------------------------------------------------


def _save(folder: Path, model: torch.nn.Module, processor: object) -> None:
    _enliven(model)
    model.save_pretrained(folder)  # type: ignore[attr-defined]
    processor.save_pretrained(folder)  # type: ignore[attr-defined]


def make_clip(folder: Path) -> None:
    tokenizer = clip_tokenizer()
    text = TRANSFORMER | {
        "vocab_size": len(tokenizer), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1
    }  # fmt: skip
    config = transformers.CLIPConfig(text_config=text, vision_config=VISION, projection_dim=16)
    images = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    processor = transformers.CLIPProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.CLIPModel(config), processor)


def make_metaclip2(folder: Path) -> None:
    tokenizer = xlm_tokenizer(folder)
    text = TRANSFORMER | {
        "vocab_size": len(tokenizer), "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1,
        "max_position_embeddings": 40,
    }  # fmt: skip
    config = transformers.MetaClip2Config(text_config=text, vision_config=VISION, projection_dim=16)
    images = CLIPImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, do_center_crop=False, resample=3
    )
    processor = transformers.CLIPProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.MetaClip2Model(config), processor)


def make_siglip(folder: Path) -> None:
    tokenizer = siglip_tokenizer(folder)
    text = TRANSFORMER | {"vocab_size": len(tokenizer), "max_position_embeddings": 64}
    config = transformers.SiglipConfig(text_config=text, vision_config=VISION)
    images = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    processor = transformers.SiglipProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.SiglipModel(config), processor)


def _gemma_text() -> tuple[transformers.PreTrainedTokenizerBase, dict]:
    tokenizer = gemma_tokenizer()
    return tokenizer, TRANSFORMER | {"vocab_size": len(tokenizer), "max_position_embeddings": 64}


def make_siglip2_fixed(folder: Path) -> None:
    """google/siglip2-base-patch16-256 and its like: SiglipModel with the SigLIP 2 tokeniser."""
    tokenizer, text = _gemma_text()
    config = transformers.SiglipConfig(text_config=text, vision_config=VISION)
    images = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE}, resample=2)
    processor = transformers.SiglipProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.SiglipModel(config), processor)


def make_siglip2_naflex(folder: Path) -> None:
    tokenizer, text = _gemma_text()
    vision = TRANSFORMER | {"patch_size": 8, "num_patches": 16}
    config = transformers.Siglip2Config(text_config=text, vision_config=vision)
    images = Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16)
    processor = transformers.Siglip2Processor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.Siglip2Model(config), processor)


def make_align(folder: Path) -> None:
    tokenizer = bert_tokenizer()
    text = TRANSFORMER | {"vocab_size": len(tokenizer), "max_position_embeddings": 64}
    vision = {
        "image_size": 65, "width_coefficient": 0.1, "depth_coefficient": 0.1, "hidden_dim": 32,
        "num_hidden_layers": 7,
    }  # fmt: skip
    config = transformers.AlignConfig(text_config=text, vision_config=vision, projection_dim=32)
    images = EfficientNetImageProcessorPil(
        size={"height": 78, "width": 78}, crop_size={"height": 65, "width": 65},
        do_center_crop=True, do_normalize=False, include_top=False, rescale_offset=True,
        rescale_factor=1 / 127.5,
    )  # fmt: skip
    processor = transformers.AlignProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.AlignModel(config), processor)


def make_altclip(folder: Path) -> None:
    tokenizer = xlm_tokenizer(folder)
    text = TRANSFORMER | {
        "vocab_size": len(tokenizer), "max_position_embeddings": 60, "project_dim": 32,
        "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2,
    }  # fmt: skip
    config = transformers.AltCLIPConfig(text_config=text, vision_config=VISION, projection_dim=16)
    images = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    processor = transformers.AltCLIPProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.AltCLIPModel(config), processor)


def make_chinese_clip(folder: Path) -> None:
    tokenizer = bert_tokenizer("一张照片只狗在海滩上奔跑猫睡觉")
    text = TRANSFORMER | {"vocab_size": len(tokenizer), "max_position_embeddings": 64}
    config = transformers.ChineseCLIPConfig(
        text_config=text, vision_config=VISION, projection_dim=16
    )
    images = ChineseCLIPImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    processor = transformers.ChineseCLIPProcessor(image_processor=images, tokenizer=tokenizer)
    _save(folder, transformers.ChineseCLIPModel(config), processor)


def make_open_clip(folder: Path) -> None:
    """A ViT and a causal text tower with open_clip's own tokeniser."""
    config = {
        "embed_dim": 16,
        "vision_cfg": {"image_size": SIDE, "layers": 2, "width": 64, "patch_size": 8},
        "text_cfg": {
            "context_length": 77, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1
        },
    }  # fmt: skip
    preprocess = {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.25], "interpolation": "bicubic"}
    save_open_clip(folder, config, preprocess)


def save_open_clip(folder: Path, config: dict, preprocess: dict) -> None:
    model = open_clip.model.CLIP(**json.loads(json.dumps(config)))
    _enliven(model)
    save_file(
        {key: value.contiguous() for key, value in model.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": preprocess})
    )


MAKERS: dict[str, Callable[[Path], None]] = {
    "clip": make_clip,
    "metaclip2": make_metaclip2,
    "siglip": make_siglip,
    "siglip2-fixed": make_siglip2_fixed,
    "siglip2-naflex": make_siglip2_naflex,
    "align": make_align,
    "altclip": make_altclip,
    "chinese-clip": make_chinese_clip,
    "open-clip": make_open_clip,
}


def make(name: str, folder: Path) -> Path:
    """Write the tiny model called `name`; the same weights every time."""
    folder.mkdir(parents=True)
    torch.manual_seed(11)
    MAKERS[name](folder)
    return folder
