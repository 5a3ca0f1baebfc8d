"""The contracts a backend fulfils. Engine code knows these and nothing behind them."""

from collections.abc import Generator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatCapabilities,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    LookedWord,
    Message,
    Reply,
    SeenImage,
    Token,
    TokenUsage,
)
from vlm_desktop.base.documentanswers import ReadWords
from vlm_desktop.base.grounding import (
    FoundRegion,
    MaskChoice,
    MaskFeatures,
    MaskModelSpec,
    ObjectPrompt,
    PhraseTraits,
)
from vlm_desktop.base.ocrtext import ReadLine, ReadPicture
from vlm_desktop.base.types import Box, EncoderSpec, OcrLine


class ImageTextEncoder(Protocol):
    """A dual encoder: pictures and sentences into one embedding space.

    Not thread-safe; one thread uses an encoder at a time. Rows come back in the order of the
    input, float32 and of unit length. An empty input gives an array of shape [0, dimension].
    Raises `ModelOutOfMemory` when even one item does not fit; smaller shortages are met by
    halving the batch.
    """

    @property
    def spec(self) -> EncoderSpec: ...

    @property
    def image_lanes(self) -> int:
        """How many threads may call `encode_images` at once, after a first call; mostly 1."""
        ...

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        """Pictures of any size -> [n, dimension]."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        """Sentences -> [n, dimension]. Longer ones are cut at the context length."""
        ...

    def close(self) -> None:
        """Free the networks. The encoder cannot be used afterwards."""
        ...


@runtime_checkable
class KnowsNames(Protocol):
    """An encoder that was taught some texts, word by word."""

    def knows(self, text: str) -> bool: ...


class CellEncoder(Protocol):
    """An image tower seen from inside: a square map of cells, and their way into the embedding
    space. Any thread. Raises `ModelBroken`, `ModelOutOfMemory`."""

    def look(self, images: Sequence[PixelArray]) -> NDArray[np.float32]:
        """Pictures, each squashed to the tower's square -> [n, cells, features], row by row."""
        ...

    def pool(self, cells: NDArray[np.float32], shares: NDArray[np.float32]) -> VectorArray:
        """Regions, each with its shares [r, m] of cells [m, features], 0..1 and not all 0 ->
        [r, dimension], unit rows, comparable with the encoder's texts."""
        ...


@runtime_checkable
class HasCells(Protocol):
    """An encoder whose image tower can be seen from inside."""

    def cells(self) -> CellEncoder:
        """Raises `ModelBroken`."""
        ...


class TextReader(Protocol):
    """Reads the text in a picture (OCR). Not thread-safe."""

    def read(self, image: PixelArray) -> tuple[OcrLine, ...]:
        """Lines in reading order, boxes in pixels of `image`."""
        ...

    def read_words(self, image: PixelArray) -> ReadPicture:
        """The same with the place and the characters' confidences of every word."""
        ...

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        """What stands at known places of an upright picture, one line each; much quicker.

        A line without words where nothing can be read.
        """
        ...

    def close(self) -> None: ...


class WordReader(Protocol):
    """Reads words of a page that were read before, and chooses among them. Not thread-safe.

    `asks` says which of the two it does: answer questions, or label every word. Boxes are in
    pixels of `page`, uint8 [height, width, 3]. Both raise ModelError and Cancelled.
    """

    asks: bool
    revision: str

    def answer(
        self,
        question: str,
        words: Sequence[str],
        boxes: Sequence[Box],
        page: PixelArray,
        cancel: CancelToken,
    ) -> ReadWords | None:
        """The words that answer; None where the page does not say."""
        ...

    def labelled(
        self, words: Sequence[str], boxes: Sequence[Box], page: PixelArray, cancel: CancelToken
    ) -> tuple[ReadWords, ...]:
        """Runs of words with what they are, in reading order."""
        ...

    def close(self) -> None:
        """Free the network."""
        ...


class ChatModel(Protocol):
    """A model that answers with words about pictures.

    Not thread-safe; one thread uses it at a time (the lane "answers"). Making one reads
    configuration only; `load` reads the weights, and so does the first `stream`. Whoever has a
    network of another library behind this protocol translates its exceptions.
    """

    @property
    def capabilities(self) -> ChatCapabilities: ...

    @property
    def spec(self) -> ChatSpec:
        """Device, precision and memory are final once it is loaded."""
        ...

    def load(self) -> None:
        """Read the weights; nothing when they are there.

        Raises `ModelBroken`, `ModelUnsupported`, `ModelOutOfMemory`, `PartMissing`.
        """
        ...

    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage:
        """Tokens of a request, without running a network; `reply` is 0."""
        ...

    def look(self, image: ChatImage, options: GenerationOptions) -> SeenImage:
        """What the model would be given of a picture, without running a network."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        """Answer the last message, which is the user's.

        Stops within one token of `cancel` with `Cancelled`; closing the generator stops it as
        soon. An error while the answer is written comes out of this generator, whichever thread
        it happened in. Raises `ChatRefused` for what the model cannot take (`NothingAsked`,
        `PictureNeeded`, `TooManyPictures`, `PromptTooLong`, `OptionUnsupported`), and
        `ModelOutOfMemory`.
        """
        ...

    def unload(self) -> None:
        """Free the weights and the caches. `load` brings them back."""
        ...


@runtime_checkable
class CaptionLooker(Protocol):
    """A `ChatModel` that can say where it looked. Like it not thread-safe, and loaded first."""

    def caption_looks(self, image: ChatImage, cancel: CancelToken) -> tuple[LookedWord, ...]:
        """Its greedy caption, word by word. Raises `ModelBroken`, `ModelOutOfMemory`,
        `Cancelled`."""
        ...


@runtime_checkable
class WearsAdapters(Protocol):
    """A `ChatModel` that adapters can be put on and taken off, without loading its base again.
    Like it not thread-safe."""

    def wear(self, worn: Sequence[Worn]) -> None:
        """Answer from now on with these alone; several add up, none is the base. Who asks names
        them in `GenerationOptions.adapter` (`adapters.folder.worn_name`). Raises `BadInputFile`
        for one that does not fit, once the model is loaded."""
        ...


class MaskModel(Protocol):
    """A promptable segmenter: it looks at a picture once, then answers each prompt quickly.

    Not thread-safe. Making one reads configuration only. Library exceptions are translated.
    Raises `ModelBroken`, `ModelUnsupported`, `ModelOutOfMemory`, `Cancelled`.
    """

    @property
    def spec(self) -> MaskModelSpec: ...

    def encode(self, image: PixelArray, cancel: CancelToken) -> MaskFeatures:
        """All that `decode` needs of a picture. The slow half."""
        ...

    def decode(
        self, features: MaskFeatures, prompt: ObjectPrompt, cancel: CancelToken
    ) -> tuple[MaskChoice, ...]:
        """Masks for one object, the best first; prompt and masks in pixels of `features.size`."""
        ...

    def unload(self) -> None:
        """Free the weights; the next call reads them again."""
        ...


class PhraseModel(Protocol):
    """A detector that is told in words what to look for.

    Not thread-safe. Making one reads configuration only. Raises `ModelBroken`,
    `ModelUnsupported`, `ModelOutOfMemory`, `Cancelled`.
    """

    @property
    def spec(self) -> MaskModelSpec: ...

    @property
    def traits(self) -> PhraseTraits: ...

    def find(
        self, image: PixelArray, phrases: Sequence[str], cancel: CancelToken
    ) -> tuple[tuple[FoundRegion, ...], ...]:
        """For each phrase the regions that answer it, best first, in pixels of `image`.

        One pass a phrase, whatever else the family could do. `confidence` is the model's own
        score, 0..1, uncalibrated; models that give masks set them.
        """
        ...

    def heat(
        self, image: PixelArray, phrase: str, cancel: CancelToken
    ) -> NDArray[np.float32] | None:
        """How much each place answers, [rows, columns] over the whole picture, 0..1 and
        uncalibrated; None from a model that gives boxes only."""
        ...

    def unload(self) -> None:
        """Free the weights; the next call reads them again."""
        ...
