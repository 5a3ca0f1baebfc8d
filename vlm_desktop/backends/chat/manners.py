"""How BLIP, BLIP-2, InstructBLIP, GIT and Kosmos-2 are asked: one `Manner` for each architecture.

Their decoders are fed in ways of their own: over cross-attention, through a query transformer
that may read the question too, or with the picture in front of a text that does not know of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from PIL import Image
from transformers.modeling_outputs import BaseModelOutput


@dataclass(frozen=True, slots=True)
class Begun:
    """What a decoder is called with: `first` to read the prompt, `every` at each call.

    `tokens` names the argument that takes the next token; tensors begin with the answers.
    `place` is the first answer token's position, for a network that would count the picture too.
    """

    network: Callable[..., Any]
    first: Mapping[str, torch.Tensor]
    every: Mapping[str, torch.Tensor] = field(default_factory=dict)
    tokens: str = "input_ids"
    place: int = 0


@dataclass(frozen=True, slots=True)
class Manner:
    """How an architecture is asked.

    `see(model, inputs)` gives the features of a picture, whatever is asked about it;
    `read(processor, text)` the ids of a prompt by name, on the CPU; `begin(model, features, ids)`
    what the decoder is called with. `prompt` has a place for the words of a question, `bare` is
    read when there are none; `bare` alone is read by models that are not asked anything. `boxes`
    is a style of `boxes`, `needs` a folder without which another tokenizer would be taken.

    Readers of documents say more: `encode(image_processor, picture, words)` makes the inputs of a
    page, with the question drawn on it where `draws_words`; `places(config, image_processor)` the
    tokens that stand for a picture, `fields(tokenizer, tokens)` the (name, value) pairs of an
    answer that has them.
    """

    see: Callable[[Any, Mapping[str, Any]], torch.Tensor]
    read: Callable[[Any, str], dict[str, torch.Tensor]]
    begin: Callable[[Any, torch.Tensor, Mapping[str, torch.Tensor]], Begun]
    prompt: str = ""
    bare: str = ""
    boxes: str = ""
    needs: str = ""
    encode: Callable[[Any, Image.Image, str], Mapping[str, Any]] | None = None
    draws_words: bool = False
    places: Callable[[Any, Any], int] | None = None
    fields: Callable[[Any, Sequence[int]], tuple[tuple[str, str], ...]] | None = None


# --- BLIP: the decoder looks at the picture, or at the question that has looked at it -----


def _see_blip(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    seen: torch.Tensor = model.vision_model(**inputs).last_hidden_state
    return seen


def read_words(processor: Any, text: str) -> dict[str, torch.Tensor]:
    ids = processor.tokenizer(text, return_tensors="pt")
    return {"input_ids": ids["input_ids"], "attention_mask": ids["attention_mask"]}


def _begin_blip_caption(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    """The prompt's own ending is left out, and it begins as the decoder does."""
    text = ids["input_ids"][:, :-1].clone()
    text[:, 0] = model.config.text_config.bos_token_id
    return Begun(model.text_decoder, {"input_ids": text}, {"encoder_hidden_states": seen})


def _begin_blip_answer(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    question = model.text_encoder(**ids, encoder_hidden_states=seen).last_hidden_state
    start = torch.full((1, 1), model.decoder_start_token_id, device=seen.device)
    return Begun(model.text_decoder, {"input_ids": start}, {"encoder_hidden_states": question})


# --- GIT: the picture in front of the text ------------------------------------------------


def _see_git(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    """The pixels themselves: its decoder takes nothing else."""
    del model
    pixels: torch.Tensor = inputs["pixel_values"]
    return pixels


def _begin_git(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    text = ids["input_ids"][:, :-1]
    return Begun(model, {"input_ids": text, "pixel_values": seen}, place=text.shape[1])


# --- BLIP-2 and InstructBLIP: a few queries stand for the picture -------------------------


def _see_queries(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    seen: torch.Tensor = model.get_image_features(**inputs, return_dict=True).pooler_output
    return seen


def _read_queries(processor: Any, text: str) -> dict[str, torch.Tensor]:
    """Places for the queries, then the words as the language model begins a text."""
    places = str(processor.image_token) * processor.num_query_tokens
    image = processor.tokenizer(places, add_special_tokens=False, return_tensors="pt")
    return {
        "input_ids": torch.cat([image["input_ids"], read_words(processor, text)["input_ids"]], 1)
    }


def _read_instructed(processor: Any, text: str) -> dict[str, torch.Tensor]:
    asked = processor.qformer_tokenizer(text, return_tensors="pt")
    return _read_queries(processor, text) | {"question": asked["input_ids"]}


def _begin_queries(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    """The features at their places; an encoder reads all before its decoder begins."""
    text = ids["input_ids"]
    language = model.language_model
    embeds = model.get_input_embeddings()(text)
    places = (text == model.config.image_token_id).unsqueeze(-1)
    embeds = embeds.masked_scatter(places, seen.to(embeds.dtype))
    if not language.config.is_encoder_decoder:
        return Begun(language, {"inputs_embeds": embeds})
    encoded = language.get_encoder()(inputs_embeds=embeds).last_hidden_state

    def network(encoder: torch.Tensor, **more: Any) -> Any:
        return language(encoder_outputs=BaseModelOutput(encoder), **more)

    start = torch.full((1, 1), language.config.decoder_start_token_id, device=text.device)
    return Begun(network, {"decoder_input_ids": start}, {"encoder": encoded}, "decoder_input_ids")


def _begin_instructed(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    """The queries see the picture with the question in mind."""
    queries = model.query_tokens.expand(1, -1, -1)
    length = queries.shape[1] + ids["question"].shape[1]
    found = model.qformer(
        input_ids=ids["question"],
        attention_mask=torch.ones((1, length), dtype=torch.long, device=seen.device),
        query_embeds=queries,
        encoder_hidden_states=seen,
        encoder_attention_mask=torch.ones(seen.shape[:-1], dtype=torch.long, device=seen.device),
        return_dict=True,
    ).last_hidden_state[:, : queries.shape[1]]
    return _begin_queries(model, model.language_projection(found.to(seen.dtype)), ids)


# --- Kosmos-2: places of the picture in the text, and boxes in the answer -----------------


def _see_kosmos(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    """Every patch, normalised, gathered into its queries."""
    patches = model.vision_model(**inputs).last_hidden_state
    patches = model.vision_model.model.post_layernorm(patches)
    seen: torch.Tensor = model.image_to_text_projection(
        torch.nn.functional.normalize(patches, dim=-1)
    )[0]
    return seen


def _read_kosmos(processor: Any, text: str) -> dict[str, torch.Tensor]:
    """Written by its own processor, which wants a picture for the places that it makes."""
    blank = Image.new("RGB", (8, 8))
    ids = processor(images=blank, text=text, return_tensors="pt")
    mask = ids["image_embeds_position_mask"].bool()
    return {"input_ids": ids["input_ids"], "image_embeds_position_mask": mask}


def _begin_kosmos(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    return Begun(model.text_model, {**ids, "image_embeds": seen})


MANNERS: Mapping[str, Manner] = {
    # Captions go on from the words that it was trained with.
    "BlipForConditionalGeneration": Manner(
        _see_blip, read_words, _begin_blip_caption, bare="a picture of"
    ),
    "BlipForQuestionAnswering": Manner(
        _see_blip, read_words, _begin_blip_answer, "{words}", "what is in the picture?"
    ),
    "GitForCausalLM": Manner(_see_git, read_words, _begin_git),
    "Blip2ForConditionalGeneration": Manner(
        _see_queries, _read_queries, _begin_queries, "Question: {words} Answer:", "a photo of"
    ),
    "InstructBlipForConditionalGeneration": Manner(
        _see_blip, _read_instructed, _begin_instructed, "{words}", "A short image description.",
        needs="qformer_tokenizer",
    ),
    "Kosmos2ForConditionalGeneration": Manner(
        _see_kosmos, _read_kosmos, _begin_kosmos,
        "<grounding>Question: {words} Answer:", "<grounding>An image of", "patches",
    ),
}  # fmt: skip


def plain(words: str, tokenizer: Any) -> str:
    """Words in which no control token is left: what a user types is never a command."""
    for token in {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}:
        if token in words:
            words = words.replace(token, " ")
    return words.strip()
