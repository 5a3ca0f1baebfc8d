"""Tiny networks of the true architectures, with their real processors, in the hub's layout."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers as hf
from safetensors.torch import load_file, save_file

Made = tuple[Any, Any]
"""A model and its processor."""
SIDE = 64
_WIDTH, _PATCH = 16, 8
_CELLS = SIDE // _PATCH


def _prompts(kind: str, **more: Any) -> Any:
    return getattr(hf, f"{kind}PromptEncoderConfig")(
        hidden_size=_WIDTH, image_size=SIDE, patch_size=_PATCH, mask_input_channels=4, **more
    )


def _decoder(kind: str, **more: Any) -> Any:
    return getattr(hf, f"{kind}MaskDecoderConfig")(
        hidden_size=_WIDTH, mlp_dim=24, num_hidden_layers=1, num_attention_heads=2,
        iou_head_hidden_dim=16, **more,
    )  # fmt: skip


def _first(kind: str, **decoder: Any) -> Any:
    """SAM and SAM-HQ: a plain vision transformer, one level."""
    vision = getattr(hf, f"{kind}VisionConfig")(
        hidden_size=24, output_channels=_WIDTH, num_hidden_layers=2, num_attention_heads=2,
        image_size=SIDE, patch_size=_PATCH, mlp_dim=32, window_size=3, global_attn_indexes=[1],
        num_pos_feats=_WIDTH // 2,
    )  # fmt: skip
    config = getattr(hf, f"{kind}Config")(
        vision_config=vision,
        prompt_encoder_config=_prompts(kind),
        mask_decoder_config=_decoder(kind, **decoder),
    )
    return getattr(hf, f"{kind}Model")(config)


def _pads() -> Any:
    return hf.SamImageProcessor(
        size={"longest_edge": SIDE}, pad_size={"height": SIDE, "width": SIDE},
        mask_size={"longest_edge": SIDE // 4},
        mask_pad_size={"height": SIDE // 4, "width": SIDE // 4},
    )  # fmt: skip


def stretches() -> Any:
    return hf.Sam2ImageProcessor(size={"height": SIDE, "width": SIDE})


def _levels(side: int = SIDE) -> list[list[int]]:
    cells = side // _PATCH
    return [[4 * cells, 4 * cells], [2 * cells, 2 * cells], [cells, cells]]


def sam() -> Made:
    return _first("Sam"), hf.SamProcessor(_pads())


def sam_hq() -> Made:
    return _first("SamHQ", vit_dim=24), hf.SamHQProcessor(_pads())


def _sam2_vision() -> Any:
    backbone = hf.Sam2HieraDetConfig(
        hidden_size=8, num_attention_heads=1, image_size=[SIDE, SIDE], patch_kernel_size=[3, 3],
        patch_stride=[2, 2], patch_padding=[1, 1], blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64], num_attention_heads_per_stage=[1, 2, 2, 4],
        window_size_per_stage=[4, 4, 4, 4], global_attention_blocks=[3],
        window_positional_embedding_background_size=[4, 4],
    )  # fmt: skip
    return hf.Sam2VisionConfig(
        backbone_config=backbone, backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=_levels(), fpn_hidden_size=_WIDTH,
    )  # fmt: skip


def sam2() -> Made:
    config = hf.Sam2Config(
        vision_config=_sam2_vision(),
        prompt_encoder_config=_prompts("Sam2"),
        mask_decoder_config=_decoder("Sam2"),
    )
    return hf.Sam2Model(config), hf.Sam2Processor(stretches())


def _memory(cells: int) -> dict[str, Any]:
    """What models of videos have beside what pictures need."""
    return {
        "image_size": SIDE, "memory_encoder_hidden_size": _WIDTH,
        "memory_encoder_output_channels": 8, "memory_attention_hidden_size": _WIDTH,
        "memory_attention_num_layers": 1, "memory_attention_feed_forward_hidden_size": 16,
        "memory_attention_rope_feat_sizes": [cells, cells],
        "mask_downsampler_embed_dim": _WIDTH, "memory_fuser_embed_dim": _WIDTH,
        "memory_fuser_intermediate_dim": 16, "memory_fuser_num_layers": 1,
    }  # fmt: skip


def sam2_video() -> Made:
    """As the checkpoints of SAM 2.1 are published."""
    config = hf.Sam2VideoConfig(
        vision_config=_sam2_vision(),
        prompt_encoder_config=_prompts("Sam2Video"),
        mask_decoder_config=_decoder("Sam2Video"),
        **_memory(_CELLS),
    )
    processor = hf.Sam2VideoProcessor(stretches(), hf.Sam2VideoVideoProcessor())
    return hf.Sam2VideoModel(config), processor


def edgetam() -> Made:
    backbone = hf.TimmWrapperConfig(
        architecture="repvit_m0_9", do_pooling=False,
        model_args={
            "in_chans": 3, "features_only": True, "out_indices": [0, 1, 2, 3],
            "embed_dim": (8, 16, 24, 32), "depth": (1, 1, 1, 1),
        },
    )  # fmt: skip
    vision = hf.EdgeTamVisionConfig(
        backbone_config=backbone, backbone_channel_list=[32, 24, 16, 8],
        backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]], fpn_hidden_size=_WIDTH,
    )  # fmt: skip
    prompts = hf.EdgeTamPromptEncoderConfig(
        hidden_size=_WIDTH, image_size=SIDE, patch_size=16, mask_input_channels=4
    )
    config = hf.EdgeTamConfig(
        vision_config=vision,
        prompt_encoder_config=prompts,
        mask_decoder_config=_decoder("EdgeTam"),
    )
    return hf.EdgeTamModel(config), hf.Sam2Processor(stretches())


def sam3() -> Made:
    backbone = hf.Sam3ViTConfig(
        hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        image_size=SIDE, patch_size=_PATCH, window_size=4, global_attn_indexes=[1],
        pretrain_image_size=SIDE // 2,
    )  # fmt: skip
    vision = hf.Sam3VisionConfig(
        backbone_config=backbone, fpn_hidden_size=_WIDTH, backbone_feature_sizes=_levels(),
        scale_factors=[4.0, 2.0, 1.0],
    )  # fmt: skip
    config = hf.Sam3TrackerConfig(
        vision_config=vision,
        prompt_encoder_config=_prompts("Sam3Tracker"),
        mask_decoder_config=_decoder("Sam3Tracker"),
    )
    images = hf.Sam3ImageProcessor(
        size={"height": SIDE, "width": SIDE}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    return hf.Sam3TrackerModel(config), hf.Sam3TrackerProcessor(images)


def edgetam_video() -> Made:
    """As the checkpoint of EdgeTAM is published."""
    pictures, processor = edgetam()
    prompts = hf.EdgeTamVideoPromptEncoderConfig(
        hidden_size=_WIDTH, image_size=SIDE, patch_size=16, mask_input_channels=4
    )
    memory = _memory(4)
    del memory["memory_attention_feed_forward_hidden_size"]
    del memory["memory_attention_rope_feat_sizes"]
    config = hf.EdgeTamVideoConfig(
        vision_config=pictures.config.vision_config, prompt_encoder_config=prompts,
        mask_decoder_config=_decoder("EdgeTamVideo"), memory_attention_rope_q_sizes=[4, 4],
        memory_attention_rope_k_sizes=[2, 2], memory_attention_mlp_hidden_size=16,
        perceiver_resampler_num_latents=4, perceiver_resampler_num_latents_2d=4,
        perceiver_resampler_hidden_size=8, perceiver_resampler_mlp_intermediate_size=16,
        perceiver_resampler_attention_head_dim=8, **memory,
    )  # fmt: skip
    return hf.EdgeTamVideoModel(config), processor


def sam3_video() -> Made:
    """As the checkpoint of SAM 3 is published: a detector and a tracker that share an encoder."""
    pictures, processor = sam3()
    vision = {**pictures.config.vision_config.to_dict(), "scale_factors": [4.0, 2.0, 1.0, 0.5]}
    tracker = hf.Sam3TrackerVideoConfig(
        vision_config=vision,
        prompt_encoder_config=_prompts("Sam3TrackerVideo").to_dict(),
        mask_decoder_config=_decoder("Sam3TrackerVideo").to_dict(),
        **_memory(_CELLS),
    )
    small = {"hidden_size": 16, "num_attention_heads": 2}
    layers = {**small, "num_layers": 1, "intermediate_size": 16}
    words = {
        **small, "model_type": "clip_text_model", "intermediate_size": 16, "vocab_size": 99,
        "num_hidden_layers": 1, "projection_dim": 16, "max_position_embeddings": 8,
    }  # fmt: skip
    detector = hf.Sam3Config(
        vision_config=vision, text_config=words, geometry_encoder_config=layers,
        detr_encoder_config=layers, detr_decoder_config={**layers, "num_queries": 4},
        mask_decoder_config=small,
    )  # fmt: skip
    config = hf.Sam3VideoConfig(detector_config=detector, tracker_config=tracker)
    return hf.Sam3VideoModel(config), processor


BUILDERS: dict[str, Callable[[], Made]] = {
    "sam": sam,
    "sam-hq": sam_hq,
    "sam2": sam2,
    "sam2.1": sam2_video,
    "edgetam": edgetam,
    "edgetam-video": edgetam_video,
    "sam3": sam3,
    "sam3-video": sam3_video,
}


def build(name: str, folder: Path) -> Path:
    """Write the tiny network of a family; the same one every time."""
    torch.manual_seed(7)
    model, processor = BUILDERS[name]()
    for weight in model.parameters():
        if weight.ndim > 1:  # as made, numbers would vanish on their way through it
            torch.nn.init.normal_(weight, std=weight[0].numel() ** -0.5)
    model.save_pretrained(folder)
    _as_published(folder / "model.safetensors")
    processor.save_pretrained(folder)
    return folder


def _as_published(path: Path) -> None:
    """transformers saves a part of SAM 3 under its name twice; its checkpoint has it once."""
    weights = load_file(path)
    once = {name.replace("tracker_model." * 2, "tracker_model."): weights[name] for name in weights}
    save_file(once, path, metadata={"format": "pt"})
