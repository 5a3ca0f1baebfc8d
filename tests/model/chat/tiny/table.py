"""Every tiny network by the name of its family, and where each is built."""

from collections.abc import Callable
from pathlib import Path

from tests.model.chat.tiny import blip, gemma, idefics, llava, pages, qwen

BUILDERS: dict[str, Callable[[Path], Path]] = {
    "smolvlm": idefics.smolvlm,
    "idefics3": idefics.idefics3,
    "idefics2": idefics.idefics2,
    "qwen2-vl": qwen.qwen2_vl,
    "qwen2.5-vl": qwen.qwen2_5_vl,
    "qwen3-vl": qwen.qwen3_vl,
    "internvl": qwen.internvl,
    "llava": llava.llava,
    "llava-next": llava.llava_next,
    "llava-onevision": llava.llava_onevision,
    "paligemma": gemma.paligemma,
    "gemma3": gemma.gemma3,
    "lfm2-vl": gemma.lfm2_vl,
    "blip-caption": blip.blip_caption,
    "blip-vqa": blip.blip_vqa,
    "blip2": blip.blip2,
    "blip2-t5": blip.blip2_t5,
    "instructblip": blip.instructblip,
    "instructblip-t5": blip.instructblip_t5,
    "git": blip.git,
    "kosmos2": blip.kosmos2,
    "donut": pages.donut,
    "donut-vqa": pages.donut_vqa,
    "nougat": pages.nougat,
    "pix2struct": pages.pix2struct,
    "pix2struct-vqa": pages.pix2struct_vqa,
    "vilt": blip.vilt,
}
