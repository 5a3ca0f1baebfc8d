"""Florence-2 (Xiao et al. 2023): a task and a phrase in, words with places out.

Places are a thousand bins a side (`backends.chat.boxes`, "locs"). A name of one or two words is
asked for as a category (<OPEN_VOCABULARY_DETECTION>), anything longer is grounded as a caption
(<CAPTION_TO_PHRASE_GROUNDING>): that is how it was taught each.
"""

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from vlm_desktop.backends.chat.boxes import located, placed_box
from vlm_desktop.backends.grounding.network import MOST_REGIONS, PhraseNetwork
from vlm_desktop.backends.grounding.thinning import thinned
from vlm_desktop.backends.grounding.windows import shown
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.grounding import FoundRegion
from vlm_desktop.base.types import Box, Size

DETECTION, GROUNDING = "<OPEN_VOCABULARY_DETECTION>", "<CAPTION_TO_PHRASE_GROUNDING>"
_NAME_WORDS = 2
MOST_TOKENS = 256


@dataclass(frozen=True, slots=True)
class _Seen:
    """The features that stand for a picture, and the pixels' tensor they come from."""

    features: torch.Tensor


class Florence(PhraseNetwork):
    """A `PhraseModel`; a region's score is the mean probability of the four words of its place."""

    def _look_at(self, image: PixelArray) -> _Seen:
        pixels, _ = shown(image)
        reader = self._reading().image_processor
        inputs = self._placed(reader(images=Image.fromarray(pixels), return_tensors="pt"))
        return _Seen(self._model.get_image_features(inputs["pixel_values"]).pooler_output)

    def _answer(self, seen: Any, words: str, size: Size) -> tuple[FoundRegion, ...]:
        pieces = self._written(seen, task_of(words) + words)
        whole = Box(0, 0, size.width, size.height)
        found = []
        for _, fractions, logprob in located(pieces):
            box = placed_box(fractions, whole)
            if box is not None:
                found.append(FoundRegion(box, min(1.0, float(torch.tensor(logprob).exp()))))
        return thinned(sorted(found, key=lambda one: -one.confidence), MOST_REGIONS)

    def _written(self, seen: _Seen, prompt: str) -> list[tuple[str, float]]:
        """The answer's tokens as text, each with its log probability."""
        tokenizer = self._reading().tokenizer
        inputs = self._placed(self._prompt(prompt))
        model = self._model
        embeds = model.get_input_embeddings()(inputs["input_ids"])
        places = (inputs["input_ids"] == model.config.image_token_id).unsqueeze(-1)
        embeds = embeds.masked_scatter(places, seen.features.to(embeds.dtype))
        encoded = model.get_encoder()(inputs_embeds=embeds, attention_mask=inputs["attention_mask"])
        done = model.generate(
            encoder_outputs=encoded, attention_mask=inputs["attention_mask"],
            max_new_tokens=MOST_TOKENS, do_sample=False,
            output_scores=True, return_dict_in_generate=True,
        )  # fmt: skip
        scores = model.compute_transition_scores(
            done.sequences, done.scores, getattr(done, "beam_indices", None), normalize_logits=True
        )[0]
        tokens = done.sequences[0][-len(scores) :] if len(scores) else done.sequences[0][:0]
        return [
            (tokenizer.decode([int(token)]), float(score))
            for token, score in zip(tokens, scores, strict=True)
            if int(token) not in (tokenizer.bos_token_id, tokenizer.eos_token_id,
                                  tokenizer.pad_token_id)
        ]  # fmt: skip

    def _prompt(self, prompt: str) -> dict[str, torch.Tensor]:
        """The ids of a prompt, with places for the picture in front."""
        processor = self._reading()
        (sentence,) = processor._construct_prompts(prompt)
        places = processor.image_token * processor.num_image_tokens
        tokenizer = processor.tokenizer
        text = f"{places}{tokenizer.bos_token}{sentence}{tokenizer.eos_token}"
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")
        return {"input_ids": ids["input_ids"], "attention_mask": ids["attention_mask"]}


def task_of(words: str) -> str:
    """The task that finds these words."""
    kept = [word for word in words.split() if word.lower() not in ("a", "an", "the")]
    return DETECTION if len(kept) <= _NAME_WORDS else GROUNDING
