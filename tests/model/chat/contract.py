"""What every model that answers keeps to, whatever runs it.

A module of tests subclasses `WritingContract`, or `ChatContract` for a model that answers as a
whole, and gives the fixture `make`, which opens a fresh
model at each call:

    class TestStarter(WritingContract):
        @pytest.fixture
        def make(self, ...): return lambda: StarterAssistant(...)

A backend that is not loaded by `from_pretrained` overrides `starve`, too.
"""

import gc
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tests.model.chat.reference import picture, said, user
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    Message,
    Reply,
    Role,
    StopReason,
    TextPart,
    Token,
)
from vlm_desktop.base.errors import (
    Cancelled,
    ModelBroken,
    ModelOutOfMemory,
    NothingAsked,
    PictureNeeded,
    PromptTooLong,
    TooManyPictures,
)

TOKENS = 8
ASKED = [user(0, "what is in this picture")]


def asking(
    model: ChatModel,
    messages: Sequence[Message] = ASKED,
    images: Sequence[ChatImage] | None = None,
    cancel: CancelToken | None = None,
    **options: Any,
) -> Any:
    """The generator of an answer."""
    images = [picture(1)] if images is None else images
    wanted = GenerationOptions(**({"max_new_tokens": TOKENS} | options))
    return model.stream(messages, images, wanted, cancel or CancelToken())


def drive(stream: Any) -> tuple[list[Token], Reply]:
    """All of an answer; its pieces put together are its text."""
    tokens = []
    reply = None
    while reply is None:
        try:
            tokens.append(next(stream))
        except StopIteration as end:
            reply = end.value
    assert "".join(token.text for token in tokens) == reply.text
    return tokens, reply


def ask(model: ChatModel, *parts: Any, **options: Any) -> Reply:
    return drive(asking(model, *parts, **options))[1]


class ChatContract:
    """The suite. `make` opens a fresh model; `longest` is the aspect that it is tried with."""

    longest = 230

    @pytest.fixture
    def make(self) -> Callable[[], ChatModel]:
        raise NotImplementedError

    @pytest.fixture
    def model(self, make: Callable[[], ChatModel]) -> ChatModel:
        return make()

    @pytest.fixture
    def starve(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Make the next load run out of memory."""

        def start(*_: object, **__: object) -> None:
            raise torch.OutOfMemoryError("out of memory. Tried to allocate 4.00 GiB")

        def starved() -> None:
            monkeypatch.setattr(transformers.PreTrainedModel, "from_pretrained", start)

        return starved

    # --- an answer ---------------------------------------------------------------------

    def test_an_answer_is_its_pieces(self, model: ChatModel) -> None:
        tokens, reply = drive(asking(model))
        assert reply.usage.reply >= 1
        assert sum(token.count for token in tokens) <= reply.usage.reply
        if model.capabilities.streams:
            assert all(token.text for token in tokens)
            assert all(token.logprob is None or token.logprob <= 1e-4 for token in tokens)
        else:
            assert len(tokens) == 1

    def test_its_times_are_told(self, model: ChatModel) -> None:
        timing = ask(model).timing
        assert timing.prepare > 0
        assert timing.vision >= 0
        assert timing.to_first_token > 0

    def test_the_count_before_is_the_count_after(self, model: ChatModel) -> None:
        images = [picture(1)]
        before = model.usage(ASKED, images, GenerationOptions(max_new_tokens=TOKENS))
        after = ask(model, ASKED, images).usage
        assert before.reply == 0
        assert (before.system, before.text, before.image) == (after.system, after.text, after.image)
        assert before.image >= 0
        assert model.look(images[0], GenerationOptions()).tokens == before.image

    def test_greedy_answers_are_the_same_each_time(self, model: ChatModel, make: Any) -> None:
        first = ask(model)
        assert ask(model).text == first.text, "with what was kept of the first time"
        assert ask(make()).text == first.text

    # --- pictures ----------------------------------------------------------------------

    def test_two_pictures(self, model: ChatModel) -> None:
        messages = [user(0, 1, "which one is red")]
        images = [picture(1), picture(2, 30, 60)]
        if model.capabilities.max_images < 2:
            with pytest.raises(TooManyPictures):
                ask(model, messages, images)
            return
        both = ask(model, messages, images)
        swapped = ask(model, [user(1, 0, "which one is red")], images)
        assert both.usage.image == swapped.usage.image >= 2
        assert ask(model, messages, images).text == both.text, "after other ones in between"

    def test_words_only(self, model: ChatModel) -> None:
        try:
            reply = ask(model, [user("what is a boat")], [])
        except PictureNeeded:
            return
        assert reply.usage.image == 0

    def test_odd_shapes(self, model: ChatModel) -> None:
        for height, width in ((1, 1), (17, 29), (3, 3 * self.longest), (3 * self.longest, 3)):
            pixels = np.full((height, width, 3), 90, np.uint8)
            drive(asking(model, ASKED, [ChatImage(pixels)], max_new_tokens=1))

    def test_what_is_seen_lies_within_the_picture(self, model: ChatModel) -> None:
        image = picture(4, 120, 70)
        for budget in (None, *model.capabilities.image_budget[:2]):
            seen = model.look(image, GenerationOptions(max_image_tokens=budget))
            assert (seen.size.width, seen.size.height) == (120, 70)
            assert len(seen.tiles) == len(seen.boxes) >= 1
            for tile, box in zip(seen.tiles, seen.boxes, strict=True):
                assert tile.dtype == np.uint8
                assert tile.ndim == 3
                assert tile.shape[2] == 3
                assert 0 <= box.x0 < box.x1 <= 120
                assert 0 <= box.y0 < box.y1 <= 70

    def test_a_smaller_budget_takes_fewer_tokens(self, model: ChatModel) -> None:
        budgets = model.capabilities.image_budget
        image = picture(5, 400, 300)
        if len(budgets) < 2:
            least = ask(model, ASKED, [image], max_image_tokens=1).usage.image
            assert least == ask(model, ASKED, [image]).usage.image, "there is no choice"
            return
        counts = [
            ask(model, ASKED, [image], max_image_tokens=budget).usage.image for budget in budgets
        ]
        assert counts == sorted(counts)
        assert counts[0] < counts[-1]
        assert all(count <= budget for count, budget in zip(counts, budgets, strict=True))
        least = ask(model, ASKED, [image], max_image_tokens=1).usage.image
        assert least == counts[0], "below the smallest there is nothing"

    # --- what cannot be answered -------------------------------------------------------

    @pytest.mark.parametrize(
        "messages",
        [[], [user("  \n ")], [Message(Role.USER, ())], [user("hello"), said("yes")],
         [Message(Role.SYSTEM, (TextPart("be brief"),))]],
    )  # fmt: skip
    def test_nothing_asked(self, model: ChatModel, messages: list[Message]) -> None:
        with pytest.raises(NothingAsked):
            ask(model, messages, [])
        with pytest.raises(NothingAsked):
            model.usage(messages, [], GenerationOptions())

    def test_more_than_the_context_holds(self, model: ChatModel) -> None:
        limit = model.spec.context_length
        if not limit or not model.capabilities.asks:
            assert ask(model, [user(0, "boat " * 40)]).usage.reply > 0, "it knows no limit"
            return
        with pytest.raises(PromptTooLong):
            ask(model, [user(0, "boat " * (3 * limit))])
        assert ask(model).usage.reply > 0

    # --- stopping ----------------------------------------------------------------------

    def test_cancelled_before_it_began(self, model: ChatModel) -> None:
        cancel = CancelToken()
        cancel.cancel()
        with pytest.raises(Cancelled):
            drive(asking(model, cancel=cancel))

    def test_closing_stops_it(self, model: ChatModel) -> None:
        whole = ask(model)
        stream = asking(model)
        next(stream)
        stream.close()
        with pytest.raises(StopIteration):
            next(stream)
        assert ask(model).text == whole.text

    # --- bad days ----------------------------------------------------------------------

    def test_an_error_of_the_network_comes_out(
        self, model: ChatModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = ask(model)
        for after in (0, 25):
            with monkeypatch.context() as patch:
                failing_within(patch, RuntimeError("expected scalar type Half"), after)
                with pytest.raises(ModelBroken, match="expected scalar type"):
                    ask(model, [user(0, f"another question {after}")], [picture(7 + after)])
        assert ask(model).text == whole.text

    def test_out_of_memory_while_it_answers(
        self, model: ChatModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = ask(model)
        shortages = (
            torch.OutOfMemoryError("CUDA out of memory."),
            MemoryError(),
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        )
        for number, error in enumerate(shortages):
            with monkeypatch.context() as patch:
                failing_within(patch, error, 5 * number)
                with pytest.raises(ModelOutOfMemory):
                    ask(model, [user(0, f"and this {number}")], [picture(3 + number)])
        again = ask(model)
        assert again.text == whole.text
        assert again.timing.reused == 0, "what took memory was dropped"

    def test_out_of_memory_while_it_loads(
        self, make: Any, starve: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        model = make()
        starve()
        with pytest.raises(ModelOutOfMemory):
            model.load()
        monkeypatch.undo()
        assert ask(model).text == ask(make()).text

    # --- loading -----------------------------------------------------------------------

    def test_unloading_frees_and_loading_brings_back(self, make: Any) -> None:
        model = make()
        known = {id(one) for one in modules()}
        model.load()
        model.load()
        first = ask(model)
        networks = [weakref.ref(one) for one in modules() if id(one) not in known]
        assert networks
        model.unload()
        gc.collect()
        assert not [one for one in networks if one() is not None]
        model.unload()
        assert ask(model).text == first.text

    def test_it_says_what_runs_it(self, model: ChatModel) -> None:
        model.load()
        spec = model.spec
        assert spec.device in ("cpu", "cuda", "mps")
        assert spec.precision in ("fp32", "fp16", "bf16", "int8", "int4")
        assert spec.vision in ("onnx", "torch")
        assert spec.parameters > 0
        assert spec.memory_bytes > 0
        assert spec.revision
        assert spec.family


class WritingContract(ChatContract):
    """The suite for models that write word by word."""

    def test_a_seed_gives_the_same_answer_each_time(self, model: ChatModel) -> None:
        answers = [
            ask(model, temperature=2.0, seed=seed, max_new_tokens=16).text
            for seed in (1, 1, 2, 3, 4)
        ]
        assert answers[0] == answers[1]
        assert len(set(answers)) > 1

    def test_no_more_tokens_than_asked_for(self, model: ChatModel) -> None:
        reply = ask(model, max_new_tokens=3)
        assert reply.usage.reply <= 3
        if reply.usage.reply == 3:
            assert reply.stop in (StopReason.LENGTH, StopReason.END)

    def test_a_stop_string_ends_the_answer_before_it(self, model: ChatModel) -> None:
        whole = ask(model).text
        stop = whole[len(whole) // 2 :][:2]
        assert stop
        reply = ask(model, stop=(stop, "never said"))
        assert reply.text == whole[: whole.index(stop)]
        assert reply.stop is StopReason.STOP

    def test_a_banned_opening_does_not_come(self, model: ChatModel) -> None:
        said_first = ask(model).text.strip()[:3]
        reply = ask(model, banned_starts=(said_first.upper(),))
        assert not reply.text.strip().casefold().startswith(said_first.casefold())

    def test_it_stops_within_a_token_of_cancel(self, model: ChatModel) -> None:
        whole = ask(model)
        cancel = CancelToken()
        stream = asking(model, cancel=cancel)
        next(stream)
        cancel.cancel()
        with pytest.raises(Cancelled):
            next(stream)
        assert ask(model).text == whole.text, "what it kept is still right"


def check_a_huge_picture(model: ChatModel) -> None:
    """100 megapixels, held in a few bytes; the answer comes from what is left of it.

    Not for each family: it takes a while, and some reduce pictures by the same code.
    """
    row = np.linspace(0, 255, 12_500).astype(np.uint8)
    image = ChatImage(np.broadcast_to(row[None, :, None], (8_000, 12_500, 3)), "huge")
    tokens = model.look(image, GenerationOptions()).tokens
    assert ask(model, ASKED, [image]).usage.image == tokens


def failing_within(patch: pytest.MonkeyPatch, error: BaseException, after: int) -> None:
    """Linear layers fail after so many good calls, as long as the patch lasts."""
    good = torch.nn.Linear.forward
    calls = 0

    def forward(layer: torch.nn.Linear, values: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls > after:
            raise error
        return good(layer, values)

    patch.setattr(torch.nn.Linear, "forward", forward)


def modules() -> list[torch.nn.Module]:
    """Every network that is alive in this process."""
    return [one for one in gc.get_objects() if issubclass(type(one), torch.nn.Module)]
