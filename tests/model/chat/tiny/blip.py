"""BLIP (caption, VQA), BLIP-2, InstructBLIP, GIT, Kosmos-2, and ViLT, which only classifies."""

from pathlib import Path

import transformers

from tests.model.chat.tiny import words
from tests.model.chat.tiny.saving import TEXT, VISION, save

_SIDE, _PATCH = 28, 7
_BERT = {name: TEXT[name] for name in VISION}
_VIEW = VISION | {"image_size": _SIDE, "patch_size": _PATCH}
ANSWERS = ("yes", "no", "red", "2", "dog")


def _images() -> transformers.BlipImageProcessor:
    return transformers.BlipImageProcessor(size={"height": _SIDE, "width": _SIDE})


def _blip(folder: Path, network: type) -> Path:
    tokenizer = words.bert()
    tokenizer.add_special_tokens({"bos_token": "[DEC]"})
    tokenizer.add_special_tokens({"additional_special_tokens": ["[ENC]"]})
    processor = transformers.BlipProcessor(_images(), tokenizer)
    config = transformers.BlipConfig(
        vision_config=_VIEW,
        text_config=_BERT
        | {
            "vocab_size": len(tokenizer), "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0,
        },
        projection_dim=16,
        image_text_hidden_size=16,
    )  # fmt: skip
    return save(folder, network, config, processor, eos=3, pad_token_id=0)


def blip_caption(folder: Path) -> Path:
    return _blip(folder, transformers.BlipForConditionalGeneration)


def blip_vqa(folder: Path) -> Path:
    return _blip(folder, transformers.BlipForQuestionAnswering)


_QFORMER = _BERT | {
    "encoder_hidden_size": 32, "cross_attention_frequency": 1, "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0, "max_position_embeddings": 512,
}  # fmt: skip


def blip2(folder: Path) -> Path:
    """With OPT behind the query transformer."""
    tokenizer = words.gpt2(
        bos_token="</s>", eos_token="</s>", pad_token="<pad>", unk_token="</s>"
    )  # fmt: skip
    processor = transformers.Blip2Processor(_images(), tokenizer, num_query_tokens=4)
    config = transformers.Blip2Config(
        vision_config=_VIEW,
        qformer_config=_QFORMER,
        text_config={
            "model_type": "opt", "hidden_size": 32, "ffn_dim": 64, "num_hidden_layers": 2,
            "num_attention_heads": 2, "word_embed_proj_dim": 32, "vocab_size": len(tokenizer),
            "max_position_embeddings": 512, "pad_token_id": tokenizer.pad_token_id,
            "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
            "tie_word_embeddings": False, "dropout": 0.0,
        },
        num_query_tokens=4,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )  # fmt: skip
    network = transformers.Blip2ForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, bos_token_id=tokenizer.bos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def _t5(tokenizer: object) -> dict:
    return {
        "model_type": "t5", "d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2,
        "vocab_size": len(tokenizer), "feed_forward_proj": "gated-gelu",  # type: ignore[arg-type]
        "decoder_start_token_id": 0, "tie_word_embeddings": False, "dropout_rate": 0.0,
    }  # fmt: skip


def blip2_t5(folder: Path) -> Path:
    """With Flan-T5 behind the query transformer: an encoder and a decoder."""
    tokenizer = words.t5()
    processor = transformers.Blip2Processor(_images(), tokenizer, num_query_tokens=4)
    config = transformers.Blip2Config(
        vision_config=_VIEW,
        qformer_config=_QFORMER,
        text_config=_t5(tokenizer),
        num_query_tokens=4,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    network = transformers.Blip2ForConditionalGeneration
    return save(
        folder, network, config, processor, eos=1, decoder_start_token_id=0, pad_token_id=0
    )  # fmt: skip


def instructblip(folder: Path) -> Path:
    """With Vicuna; the question goes into the query transformer, too, by its own tokenizer."""
    tokenizer, asked = words.llama([], pad_token="<pad>"), words.bert()
    asked.add_special_tokens({"bos_token": "[DEC]"})
    processor = transformers.InstructBlipProcessor(_images(), tokenizer, asked, num_query_tokens=4)
    config = transformers.InstructBlipConfig(
        vision_config=_VIEW,
        qformer_config=_QFORMER | {"vocab_size": len(asked)},
        text_config=TEXT | {"model_type": "llama", "vocab_size": len(tokenizer)},
        num_query_tokens=4,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    network = transformers.InstructBlipForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, bos_token_id=1, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def instructblip_t5(folder: Path) -> Path:
    tokenizer, asked = words.t5(), words.bert()
    processor = transformers.InstructBlipProcessor(_images(), tokenizer, asked, num_query_tokens=4)
    config = transformers.InstructBlipConfig(
        vision_config=_VIEW,
        qformer_config=_QFORMER | {"vocab_size": len(asked)},
        text_config=_t5(tokenizer),
        num_query_tokens=4,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    network = transformers.InstructBlipForConditionalGeneration
    return save(
        folder, network, config, processor, eos=1, decoder_start_token_id=0, pad_token_id=0
    )  # fmt: skip


def git(folder: Path) -> Path:
    tokenizer = words.bert()
    images = transformers.CLIPImageProcessor(
        size={"shortest_edge": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE}
    )
    processor = transformers.GitProcessor(images, tokenizer)
    config = transformers.GitConfig(
        vision_config=_VIEW,
        **_BERT,
        vocab_size=len(tokenizer),
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=0,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    network = transformers.GitForCausalLM
    return save(folder, network, config, processor, eos=3, bos_token_id=2, pad_token_id=0)


def kosmos2(folder: Path) -> Path:
    tokenizer = words.xlm_roberta()
    images = transformers.CLIPImageProcessor(
        size={"shortest_edge": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE}
    )
    processor = transformers.Kosmos2Processor(images, tokenizer)
    config = transformers.Kosmos2Config(
        vision_config=_VIEW,
        text_config={
            "vocab_size": len(tokenizer), "embed_dim": 32, "layers": 2, "ffn_dim": 64,
            "attention_heads": 2, "max_position_embeddings": 512, "dropout": 0.0,
            "attention_dropout": 0.0,
        },
        latent_query_num=64,
        tie_word_embeddings=False,
    )  # fmt: skip
    network = transformers.Kosmos2ForConditionalGeneration
    return save(folder, network, config, processor, eos=2, bos_token_id=0, pad_token_id=1)


def vilt(folder: Path) -> Path:
    tokenizer = words.bert()
    tokenizer.model_max_length = 40
    images = transformers.ViltImageProcessor(size={"shortest_edge": 32}, size_divisor=8)
    processor = transformers.ViltProcessor(images, tokenizer)
    config = transformers.ViltConfig(
        **_BERT | {"num_hidden_layers": 5},
        vocab_size=len(tokenizer),
        image_size=32,
        patch_size=8,
        id2label=dict(enumerate(ANSWERS)),
        label2id={answer: number for number, answer in enumerate(ANSWERS)},
    )
    network = transformers.ViltForQuestionAnswering
    return save(folder, network, config, processor, eos=3)
