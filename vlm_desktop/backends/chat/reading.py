"""What of a model reads requests: processor, tokenizer, template; no network is run."""

from collections.abc import Sequence
from typing import Any

from vlm_desktop.backends.chat import budgets
from vlm_desktop.backends.chat.boxes import read_boxes
from vlm_desktop.backends.chat.choosing import Grammar
from vlm_desktop.backends.chat.families import ChatFamily
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.chat.looking import seen_image, seen_size
from vlm_desktop.backends.chat.pictures import Prepared, Preparer
from vlm_desktop.backends.chat.prompting import Prompt, check_asked, compose
from vlm_desktop.backends.chat.wording import Wording
from vlm_desktop.backends.late import resolve
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Role,
    SeenImage,
    TextPart,
)
from vlm_desktop.base.errors import OptionUnsupported, PictureNeeded
from vlm_desktop.base.types import Box

SCHEMAS = "vlm_desktop.backends.chat.schema:SchemaReader"


class RequestReader:
    """Reads requests for one model, and remembers the pictures that it prepared last.

    `choices` are the budgets a picture can be given. Making one raises `ModelBroken` when there
    is no chat template.
    """

    def __init__(
        self, model_id: str, processor: Any, family: ChatFamily, folder: ChatFolder
    ) -> None:
        self._id = model_id
        self._family = family
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.wording = Wording(model_id, processor, family)
        self.image_token = folder.image_token_id or int(processor.image_token_id)
        self.preparer = Preparer(processor, self.image_token)
        self.choices = budgets.settings(family.knob, processor)
        self._schemas: Any = None

    def read(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> Prompt:
        """The request in tokens. Raises what `ChatRefused` covers, and `ModelBroken`."""
        shown = [index for message in messages for index in message.images]
        check_asked(self._id, messages, len(shown), max_images=self._family.max_images)
        if not shown and self._family.needs_picture:
            raise PictureNeeded(model=self._id)
        self._check_options(options)
        if not self._family.multi_turn:
            pictures_first = (ImagePart(index) for index in shown)
            messages = [Message(Role.USER, (*pictures_first, TextPart(messages[-1].text)))]
        crowded = self._family.crowded and len(shown) > 1
        pictures = [self.prepare(images[index], options, crowded=crowded) for index in shown]
        return compose(self._id, self.wording, self.tokenizer, self.image_token, messages, pictures)

    def _check_options(self, options: GenerationOptions) -> None:
        if options.beams > 1:
            for name, used in (("temperature", options.temperature > 0),
                               ("json_schema", bool(options.json_schema))):  # fmt: skip
                if used:
                    detail = "it does not go together with beams"
                    raise OptionUnsupported(model=self._id, option=name, detail=detail)

    def look(self, image: ChatImage, options: GenerationOptions) -> SeenImage:
        """What the model would be given of a picture."""
        budget = budgets.arguments(self.choices, options.max_image_tokens)
        return seen_image(self.preparer, self.processor, image, budget)

    def prepare(
        self, image: ChatImage, options: GenerationOptions, *, crowded: bool = False
    ) -> Prepared:
        budget = budgets.arguments(self.choices, options.max_image_tokens)
        return self.preparer.prepare(image, budget, crowded=crowded)

    def grammar(self, options: GenerationOptions, ends: frozenset[int]) -> Grammar:
        """What lets only answers through that fulfil `options.json_schema`."""
        if self._schemas is None:
            make = resolve(SCHEMAS, "answers in the form of a schema")
            self._schemas = make(self._id, self.tokenizer, ends)
        grammar: Grammar = self._schemas.grammar(options.json_schema)
        return grammar

    def boxes(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        prompt: Prompt,
        tokens: Sequence[int],
    ) -> tuple[tuple[str, int, Box], ...]:
        """Where the answer says things are, in the picture that was shown last."""
        if not self._family.boxes or not prompt.spans:
            return ()
        index = [number for message in messages for number in message.images][-1]
        height, width = images[index].pixels.shape[:2]
        said = self.tokenizer.decode(tokens, skip_special_tokens=False)
        seen = seen_size(prompt.spans[-1].picture, self.processor.image_processor)
        found = read_boxes(self._family.boxes, said, Box(0, 0, width, height), seen)
        return tuple((what, index, box) for what, box in found)
