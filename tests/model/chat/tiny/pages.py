"""Donut (fields, and questions), Nougat and Pix2Struct (plain, and with the question drawn)."""

from pathlib import Path

import transformers

from tests.model.chat.tiny import words
from tests.model.chat.tiny.saving import save

FIELDS = ("total", "menu", "nm")


def _reader_of_pages(folder: Path, processor: object) -> Path:
    tokenizer = processor.tokenizer  # type: ignore[attr-defined]
    encoder = transformers.DonutSwinConfig(
        image_size=[64, 32], patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2],
        window_size=4,
    )  # fmt: skip
    decoder = transformers.MBartConfig(
        vocab_size=len(tokenizer), d_model=32, decoder_layers=2, decoder_attention_heads=2,
        decoder_ffn_dim=64, max_position_embeddings=192, is_decoder=True, dropout=0.0,
        add_cross_attention=True, pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id = tokenizer.bos_token_id
    config.pad_token_id = tokenizer.pad_token_id
    network = transformers.VisionEncoderDecoderModel
    return save(
        folder, network, config, processor, eos=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.bos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def _donut(folder: Path, tags: tuple[str, ...]) -> Path:
    tokenizer = words.xlm_roberta()
    tokenizer.add_special_tokens(
        {"additional_special_tokens": words.special("<sep/>", "<s_iitcdip>", "<s_synthdog>", *tags)}
    )
    images = transformers.DonutImageProcessor(size={"height": 64, "width": 32})
    return _reader_of_pages(folder, transformers.DonutProcessor(images, tokenizer))


def donut(folder: Path) -> Path:
    pairs = [tag for name in FIELDS for tag in (f"<s_{name}>", f"</s_{name}>")]
    return _donut(folder, (*pairs, "<s_cord-v2>"))


def donut_vqa(folder: Path) -> Path:
    asked = ("<s_question>", "</s_question>", "<s_answer>", "</s_answer>")
    return _donut(folder, ("<s_docvqa>", *asked))


def nougat(folder: Path) -> Path:
    images = transformers.NougatImageProcessor(size={"height": 64, "width": 32})
    return _reader_of_pages(folder, transformers.NougatProcessor(images, words.nougat()))


def _pix2struct(folder: Path, *, asked: bool) -> Path:
    tokenizer = words.t5()
    images = transformers.Pix2StructImageProcessor(
        patch_size={"height": 8, "width": 8}, max_patches=24, is_vqa=asked
    )
    config = transformers.Pix2StructConfig(
        vision_config={
            "hidden_size": 32, "patch_embed_hidden_size": 3 * 8 * 8, "d_ff": 64, "d_kv": 16,
            "num_hidden_layers": 2, "num_attention_heads": 2, "seq_len": 64,
        },
        text_config={
            "vocab_size": len(tokenizer), "hidden_size": 32, "d_kv": 16, "d_ff": 64,
            "num_layers": 2, "num_heads": 2, "dropout_rate": 0.0,
        },
        is_vqa=asked,
    )  # fmt: skip
    network = transformers.Pix2StructForConditionalGeneration
    processor = transformers.Pix2StructProcessor(images, tokenizer)
    return save(
        folder, network, config, processor, eos=1, decoder_start_token_id=0, pad_token_id=0
    )  # fmt: skip


def pix2struct(folder: Path) -> Path:
    return _pix2struct(folder, asked=False)


def pix2struct_vqa(folder: Path) -> Path:
    return _pix2struct(folder, asked=True)
