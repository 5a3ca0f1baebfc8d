"""What each family of generative models needs to be told apart and run, as data.

A family is one row: the `model_type` of its config.json and what differs from the others. The
adapter named in the row runs it (`CHAT_FAMILIES` of `backends.registry` says which class that is).
Importing this loads no network.
"""

from dataclasses import dataclass

CHAT, CAPTION, VQA, DOCUMENT = "chat", "caption", "vqa", "document"
ALL_TASKS = (CHAT, CAPTION, VQA)

GENERIC = "transformers-chat"
CAPTIONER = "transformers-captioner"
CLASSIFIER = "transformers-classifier"

CROP, SNAPSHOT, NEVER = "crop", "snapshot", "never"


@dataclass(frozen=True, slots=True)
class ChatFamily:
    """One `model_type` of transformers.

    `template` is a Jinja chat template for folders that bring none; it may use `image_token` and
    the tokenizer's special tokens. `knob` names what sets the tokens of a picture (see `budgets`).

    `reuse` says how a part of the key-value cache can be used again: "crop" cuts it back to any
    length; "snapshot" keeps a copy as it was after the last picture, for decoders with states that
    cannot be cut; "never" for decoders whose pictures see the question. `fresh_pictures`: pictures
    are read only into an empty cache, because their tokens see each other. `token_types` is what
    the decoder wants as token_type_ids: "" nothing, "image" ones at pictures, "prefix" zeros.

    `onnx_vision` names how all that turns pixels into features becomes a graph for ONNX Runtime
    (`towers.TOWERS`), "" where it takes more than pixels of one size. `stop_words` are tokens that
    end an answer beside the model's own.

    `needs_picture`: words alone are not answered. `boxes` names how an answer says where
    (`boxes.STYLES`), "" for not at all. `architectures` lists those that are run with their tasks,
    where a `model_type` has others too.

    `crowded`: each of several pictures is given fewer tokens than one alone. `mends` are regular
    expressions and what takes their place, for the text around pictures once they stand in it.
    """

    model_type: str
    adapter: str = GENERIC
    tasks: tuple[str, ...] = ALL_TASKS
    template: str = ""
    knob: str = ""
    max_images: int = 16
    multi_turn: bool = True
    system_prompt: bool = True
    needs_picture: bool = False
    boxes: str = ""
    points: bool = False
    reuse: str = CROP
    fresh_pictures: bool = False
    token_types: str = ""
    onnx_vision: str = ""
    stop_words: tuple[str, ...] = ()
    architectures: tuple[tuple[str, tuple[str, ...]], ...] = ()
    crowded: bool = False
    mends: tuple[tuple[str, str], ...] = ()

    def tasks_of(self, architecture: str) -> tuple[str, ...]:
        """What a network of this family does; nothing when it is one that does not answer."""
        return dict(self.architectures).get(architecture, ()) if self.architectures else self.tasks


_VICUNA = (
    "{% for message in messages %}"
    "{% if message.role == 'system' %}{{ message.content[0].text }} {% endif %}"
    "{% if message.role == 'user' %}USER: {% for part in message.content %}"
    "{% if part.type == 'image' %}{{ image_token }}\n{% else %}{{ part.text }}{% endif %}"
    "{% endfor %} {% endif %}"
    "{% if message.role == 'assistant' %}ASSISTANT: {{ message.content[0].text }}"
    "{{ eos_token }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
"""LLaVA 1.5, as it was trained."""

_IDEFICS = (
    "<|im_start|>{% for message in messages %}{{ message.role | capitalize }}"
    "{% if message.content[0].type == 'image' %}:{% else %}: {% endif %}"
    "{% for part in message.content %}"
    "{% if part.type == 'image' %}{{ image_token }}{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}<end_of_utterance>\n{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)

_FAKE = "<fake_token_around_image>"
_IDEFICS2_MENDS = ((_FAKE + _FAKE, _FAKE), (rf"{_FAKE}(?=[^\s<])", _FAKE + " "))
"""Neighbours share a sign, and a word does not touch one."""

_PREFIX = (
    "{% set asked = namespace(words='') %}{% for part in messages[-1].content %}"
    "{% if part.type == 'image' %}{{ image_token }}{% else %}"
    "{% set asked.words = asked.words + part.text %}{% endif %}{% endfor %}{{ bos_token }}"
    "{% set task = asked.words.split(' ')[0] | lower %}"
    "{% if not asked.words | trim %}caption en{% elif task in"
    " ['answer', 'caption', 'cap', 'describe', 'detect', 'segment', 'ocr', 'question'] %}"
    "{{ asked.words }}{% else %}answer en {{ asked.words }}{% endif %}{{ '\\n' }}"
)
"""PaliGemma reads pictures, a beginning, and a task in a line of its own; a plain question is one
to answer in English.
"""

ROWS = (
    ChatFamily(
        "smolvlm", template=_IDEFICS, knob="edge", onnx_vision="tiles",
        stop_words=("<end_of_utterance>",),
    ),
    ChatFamily(
        "idefics3", template=_IDEFICS, knob="edge", onnx_vision="tiles",
        stop_words=("<end_of_utterance>",),
    ),
    ChatFamily("idefics2", template=_IDEFICS.removeprefix("<|im_start|>"), knob="splitting",
               mends=_IDEFICS2_MENDS,
               stop_words=("<end_of_utterance>",)),
    ChatFamily("qwen2_vl", knob="pixels", boxes="corners"),
    ChatFamily("qwen2_5_vl", knob="pixels", boxes="json-pixels", points=True),
    ChatFamily("qwen3_vl", knob="pixels", boxes="json-thousandths", points=True),
    ChatFamily("internvl", knob="tiles", onnx_vision="features"),
    ChatFamily("llava", template=_VICUNA, onnx_vision="layers"),
    ChatFamily("llava_next", template=_VICUNA),
    ChatFamily("llava_onevision", crowded=True),
    ChatFamily(
        "paligemma", tasks=(CAPTION, VQA), template=_PREFIX, max_images=1, multi_turn=False,
        system_prompt=False, needs_picture=True, boxes="bins", reuse=NEVER, token_types="prefix",
        onnx_vision="features",
    ),
    ChatFamily(
        "gemma3", knob="panning", fresh_pictures=True, token_types="image",
        onnx_vision="features", stop_words=("<end_of_turn>",),
    ),
    ChatFamily("lfm2_vl", knob="tokens", reuse=SNAPSHOT),
    ChatFamily("blip", CAPTIONER, onnx_vision="patches", architectures=(
        ("BlipForConditionalGeneration", (CAPTION,)), ("BlipForQuestionAnswering", (VQA,)),
    )),
    ChatFamily("blip-2", CAPTIONER, onnx_vision="features", architectures=(
        ("Blip2ForConditionalGeneration", (CAPTION, VQA)),
    )),
    ChatFamily("instructblip", CAPTIONER, onnx_vision="patches", tasks=(CAPTION, VQA)),
    ChatFamily("git", CAPTIONER, tasks=(CAPTION, VQA)),
    ChatFamily("kosmos-2", CAPTIONER, tasks=(CAPTION, VQA)),
    ChatFamily("vision-encoder-decoder", CAPTIONER, tasks=(DOCUMENT,)),
    ChatFamily("pix2struct", CAPTIONER, tasks=(DOCUMENT, VQA)),
    ChatFamily("vilt", CLASSIFIER, architectures=(("ViltForQuestionAnswering", (VQA,)),)),
)  # fmt: skip
FAMILIES = {row.model_type: row for row in ROWS}
