"""Conversations in memory and a model that says what a test wants."""

import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tests.gui.chat.fake_conversations import FakeConversations
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatCapabilities,
    GenerationOptions,
    Role,
    SeenImage,
    StopReason,
    Token,
    TokenUsage,
)
from vlm_desktop.base.chatwork import (
    BatchCell,
    BatchRow,
    BatchTable,
    BlankTest,
    ChatChoice,
    ContextUse,
    ConversationExport,
    ConversationFormat,
    NounFound,
    NounsFound,
    PictureCost,
    Repeated,
    SampleAgreement,
    SeenPicture,
    Side,
    SpeedEstimate,
)
from vlm_desktop.base.conversations import (
    AnswerBegun,
    AnswerSource,
    Attachment,
    Turn,
    TurnState,
    Why,
)
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.chatkeeping import failure_of

Answers = Generator[Event, None, Turn]
TIMING = AnswerTiming(prepare=0.02, vision=0.31, prefill=0.12, generate=2.0, reused=12)
USAGE = TokenUsage(system=24, text=18, image=128, reply=41)


@dataclass
class FakeChat(FakeConversations):
    """Answers with `answer(question)`, word by word, while `gate` is open."""

    answer: Callable[[str], str] = lambda question: f"An answer to “{question}”."
    error: AppError | None = None
    ready: tuple[ChatChoice, ...] = (
        ChatChoice("starter-assistant", "Starter assistant", True, 50_000_000, ("chat",)),
        ChatChoice("big", "Big model", True, 5_000_000_000, ("chat",)),
    )
    can: ChatCapabilities = field(
        default_factory=lambda: ChatCapabilities(max_images=8, image_budget=(64, 128, 256))
    )
    asked: list[tuple[str, tuple[Attachment, ...], GenerationOptions]] = field(default_factory=list)
    regions: list[Attachment] = field(default_factory=list)
    regenerated: list[tuple[int, Why, str]] = field(default_factory=list)
    exported: list[tuple[int, Path, ConversationFormat]] = field(default_factory=list)
    saved: list[tuple[BatchTable, Path]] = field(default_factory=list)
    source: AnswerSource = AnswerSource.MODEL
    boxes: tuple[tuple[str, int, Box], ...] = ()
    """(what, number of the picture of the conversation, where) that answers name."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gate = threading.Event()
        self.gate.set()

    # --- asking --------------------------------------------------------------------------

    def ask(
        self,
        conversation_id: int,
        text: str,
        pictures: Sequence[Attachment],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Answers:
        self.asked.append((text, tuple(pictures), options))
        question = self._question(conversation_id, text, pictures)
        return (yield from self._answer(question, options, cancel, model_id=model_id))

    def ask_region(
        self,
        conversation_id: int,
        text: str,
        region: Attachment,
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Answers:
        self.regions.append(region)
        return (
            yield from self.ask(
                conversation_id, text, (region,), options, cancel, model_id=model_id
            )
        )

    def _answer(
        self,
        question: Turn,
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
        why: Why = Why.ASKED,
        note: str = "",
        side: int = 0,
    ) -> Answers:
        one = self._of(question.id)
        turn = Turn(
            id=next(self._ids),
            parent=question.id,
            role=Role.ASSISTANT,
            text="",
            state=TurnState.PARTIAL,
            why=why,
            note=note,
            model_id=model_id or one.model_id or "starter-assistant",
            source=self.source,
            options=options,
        )
        self._keep(replace(one, turns=(*one.turns, turn), leaf=turn.id))
        yield AnswerBegun(one.id, question.id, turn.id, turn.model_id, self.source, side)
        written = ""
        try:
            for piece in self.answer(question.text).split(" "):
                while not self.gate.wait(0.005):
                    cancel.raise_if_cancelled()
                cancel.raise_if_cancelled()
                if self.error is not None:
                    raise self.error
                text = f" {piece}" if written else piece
                written += text
                yield Token(text)
        except (Cancelled, GeneratorExit):
            self._change(replace(turn, text=written))
            raise
        except AppError as error:
            failure = failure_of(error)
            self._change(replace(turn, text=written, state=TurnState.FAILED, failure=failure))
            raise
        done = replace(
            turn,
            text=written,
            state=TurnState.DONE,
            stop=StopReason.END,
            usage=USAGE,
            decode=0.08,
            timing=TIMING,
            boxes=tuple(
                (what, self._of(turn.id).pictures[number].id, box)
                for what, number, box in self.boxes
            ),
        )
        self._change(done)
        return done

    def regenerate(
        self,
        turn_id: int,
        cancel: CancelToken,
        *,
        why: Why = Why.ANOTHER,
        note: str = "",
        model_id: str = "",
        options: GenerationOptions | None = None,
    ) -> Answers:
        self.regenerated.append((turn_id, why, note))
        one = self._of(turn_id)
        turn = one.turn(turn_id)
        question = one.turn(turn.parent or 0)
        used = options or turn.options
        return (
            yield from self._answer(question, used, cancel, model_id=model_id, why=why, note=note)
        )

    def edit(
        self,
        turn_id: int,
        text: str,
        cancel: CancelToken,
        *,
        pictures: Sequence[Attachment] | None = None,
        options: GenerationOptions | None = None,
        model_id: str = "",
    ) -> Answers:
        one = self._of(turn_id)
        turn = one.turn(turn_id)
        kept = [one.picture(number).attachment for number in turn.pictures]
        question = self._question(one.id, text, pictures or kept, Why.EDITED, turn.parent)
        used = options or GenerationOptions()
        return (yield from self._answer(question, used, cancel, model_id=model_id))

    def go_on(self, turn_id: int, cancel: CancelToken) -> Answers:
        question = self._of(turn_id).turn(turn_id)
        return (yield from self._answer(question, GenerationOptions(), cancel))

    def run_again(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, Repeated]:
        one = self._of(turn_id)
        before = one.turn(turn_id)
        question = one.turn(before.parent or 0)
        turn = yield from self._answer(question, before.options, cancel, why=Why.REPEATED)
        return Repeated(before, turn, before.text == turn.text, ())

    def compare(
        self,
        conversation_id: int,
        text: str,
        pictures: Sequence[Attachment],
        sides: Sequence[Side],
        cancel: CancelToken,
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        question = self._question(conversation_id, text, pictures)
        found = []
        for number, side in enumerate(sides):
            turn = yield from self._answer(
                question,
                side.options,
                cancel,
                model_id=side.model_id,
                why=Why.COMPARED,
                side=number,
            )
            found.append(turn)
        self._keep(replace(self.kept[conversation_id], leaf=found[0].id))
        return tuple(found)

    # --- beside --------------------------------------------------------------------------

    def default_model(self) -> str:
        return self.ready[0].model_id if self.ready else ""

    def models(self) -> tuple[ChatChoice, ...]:
        return (*self.ready, ChatChoice("far", "Far model", False, 0, ("chat",)))

    def capabilities(self, model_id: str = "") -> ChatCapabilities:
        del model_id
        return self.can

    def context(
        self,
        conversation_id: int,
        text: str,
        pictures: Sequence[Attachment],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, ContextUse]:
        del cancel, model_id, text
        yield from ()
        known = [one.letter for one in self.kept[conversation_id].pictures if not one.dropped]
        letters = known + ["X"] * len(pictures)
        costs = tuple(PictureCost(one, options.max_image_tokens or 128, 0.4) for one in letters)
        usage = TokenUsage(24, 60, sum(one.tokens for one in costs), options.max_new_tokens)
        budgets = tuple((one, one * len(costs), one / 100) for one in self.can.image_budget)
        speed = SpeedEstimate(0.4, 0.1, 0.05, 3)
        return ContextUse("starter-assistant", usage, 2048, costs, speed, budgets)

    def look(
        self,
        picture: Attachment,
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
        letter: str = "",
    ) -> Generator[Event, None, SeenPicture]:
        del picture, cancel, model_id
        yield from ()
        tiles = tuple(np.full((96, 96, 3), 60 * n + 40, np.uint8) for n in range(3))
        boxes = tuple(Box(0, 0, 96, 96) for _ in tiles)
        tokens = options.max_image_tokens or 192
        return SeenPicture(letter, SeenImage(Size(400, 300), tiles, boxes, tokens))

    def blank_test(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, BlankTest]:
        del cancel
        yield from ()
        return BlankTest(self._of(turn_id).turn(turn_id).text, "a grey wall", True)

    def sample_agreement(
        self, turn_id: int, cancel: CancelToken, *, samples: int = 5, temperature: float = 0.7
    ) -> Generator[Event, None, SampleAgreement]:
        del cancel, temperature
        yield from ()
        answer = self._of(turn_id).turn(turn_id).text
        return SampleAgreement(answer, (answer,) * (samples - 1) + ("a dog",), samples - 1)

    def nouns_found(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, NounsFound]:
        del turn_id, cancel
        yield from ()
        return NounsFound("m", (NounFound("cat", 2, 5, 0.9), NounFound("hat", 8, 11, 0.1)))

    def batch(
        self,
        pictures: Sequence[Attachment],
        questions: Sequence[str],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, BatchTable]:
        del options
        rows = []
        for number, picture in enumerate(pictures):
            while not self.gate.wait(0.005):
                cancel.raise_if_cancelled()
            cells = tuple(BatchCell(self.answer(one)) for one in questions)
            rows.append(BatchRow(number, len(pictures), picture, cells, 0.2))
            yield rows[-1]
        return BatchTable(model_id, tuple(questions), tuple(rows))

    def save_batch(self, table: BatchTable, target: Path) -> Path:
        self.saved.append((table, target))
        return target

    def photos(self, content_ids: Sequence[int]) -> tuple[Attachment, ...]:
        return tuple(Attachment(self.folder / f"photo {one:03}.jpg") for one in content_ids)

    def close(self) -> None:
        self.gate.set()

    def export(
        self, conversation_id: int, target: Path, kind: ConversationFormat, cancel: CancelToken
    ) -> Generator[Event, None, ConversationExport]:
        del cancel
        yield from ()
        self.exported.append((conversation_id, target, kind))
        return ConversationExport(target, ())
