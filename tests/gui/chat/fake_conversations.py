"""Conversations in memory."""

import itertools
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.gui.chat.fake_peeking import jpeg
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import Role
from vlm_desktop.base.conversations import (
    Attachment,
    Conversation,
    ConversationSummary,
    Example,
    Picture,
    PromptPreset,
    Turn,
    Why,
)
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Size


@dataclass
class FakeConversations:
    """What is kept, and the tree."""

    folder: Path
    thumbnail: Callable[[Attachment], bytes] = lambda picture: jpeg(len(picture.path.name))
    deleted: dict[int, Conversation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pasted = self.folder / "pasted"
        self.swept = 0
        self.kept: dict[int, Conversation] = {}
        self.own: dict[str, PromptPreset] = {}
        self._gone_turns: dict[int, Conversation] = {}
        self._ids = itertools.count(1)

    # --- conversations -------------------------------------------------------------------

    def conversations(self, words: str = "", limit: int = 500) -> tuple[ConversationSummary, ...]:
        rows = [self._summary(one, words) for one in self.kept.values()]
        found = [one for one in rows if one is not None]
        return tuple(sorted(found, key=lambda one: (not one.pinned, -one.id)))[:limit]

    def _summary(self, one: Conversation, words: str) -> ConversationSummary | None:
        holding = [turn for turn in one.turns if words.lower() in turn.text.lower()]
        if words and not holding and words.lower() not in one.title.lower():
            return None
        return ConversationSummary(
            id=one.id,
            title=one.title,
            model_id=one.model_id,
            pinned=one.pinned,
            created_at=one.created_at,
            changed_at=one.changed_at,
            turns=len(one.turns),
            pictures=len(one.pictures),
            thumbnail=b"",
            excerpt=holding[0].text[:80] if words and holding else "",
            turn=holding[0].id if words and holding else None,
        )

    def start(
        self, *, model_id: str = "", system_prompt: str = "", title: str = ""
    ) -> Conversation:
        made = Conversation(
            id=next(self._ids),
            title=title,
            model_id=model_id,
            system_prompt=system_prompt,
            metadata=True,
            pinned=False,
            created_at="2026-11-20T10:00:00Z",
            changed_at="2026-11-20T10:05:00Z",
            leaf=None,
            turns=(),
            pictures=(),
        )
        return self._keep(made)

    def _keep(self, one: Conversation) -> Conversation:
        self.kept[one.id] = one
        return one

    def open(self, conversation_id: int) -> Conversation:
        return self.kept[conversation_id]

    def sweep(self) -> int:
        self.swept += 1
        return 0

    def rename(self, conversation_id: int, title: str) -> None:
        self._keep(replace(self.kept[conversation_id], title=title))

    def pin(self, conversation_id: int, pinned: bool) -> None:
        self._keep(replace(self.kept[conversation_id], pinned=pinned))

    def delete(self, conversation_id: int) -> None:
        self.deleted[conversation_id] = self.kept.pop(conversation_id)

    def restore(self, conversation_id: int) -> None:
        self.kept[conversation_id] = self.deleted.pop(conversation_id)

    def set_model(self, conversation_id: int, model_id: str) -> None:
        self._keep(replace(self.kept[conversation_id], model_id=model_id))

    def set_system_prompt(self, conversation_id: int, text: str) -> None:
        self._keep(replace(self.kept[conversation_id], system_prompt=text))

    def set_metadata(self, conversation_id: int, told: bool) -> None:
        self._keep(replace(self.kept[conversation_id], metadata=told))

    # --- the tree ------------------------------------------------------------------------

    def select(self, conversation_id: int, turn_id: int) -> Conversation:
        one = self.kept[conversation_id]
        return self._keep(replace(one, leaf=one.last_leaf(turn_id)))

    def branch(self, conversation_id: int, turn_id: int | None) -> Conversation:
        return self._keep(replace(self.kept[conversation_id], leaf=turn_id))

    def _of(self, turn_id: int) -> Conversation:
        for one in self.kept.values():
            if any(turn.id == turn_id for turn in one.turns):
                return one
        raise KeyError(turn_id)

    def _change(self, turn: Turn) -> Conversation:
        one = self._of(turn.id)
        turns = tuple(turn if old.id == turn.id else old for old in one.turns)
        return self._keep(replace(one, turns=turns))

    def vote(self, turn_id: int, vote: int) -> int:
        """As `training.sources.vote` does it."""
        turn = self._of(turn_id).turn(turn_id)
        self._change(replace(turn, vote=vote))
        return turn.vote

    def pin_turn(self, turn_id: int, pinned: bool) -> None:
        self._change(replace(self._of(turn_id).turn(turn_id), pinned=pinned))

    def delete_turn(self, turn_id: int) -> Conversation:
        one = self._of(turn_id)
        self._gone_turns[turn_id] = one
        gone = {turn_id}
        for turn in one.turns:
            if turn.parent in gone:
                gone.add(turn.id)
        left = tuple(turn for turn in one.turns if turn.id not in gone)
        return self._keep(replace(one, turns=left, leaf=one.turn(turn_id).parent))

    def restore_turn(self, turn_id: int) -> Conversation:
        return self._keep(self._gone_turns.pop(turn_id))

    # --- pictures, presets, examples -----------------------------------------------------

    def drop_picture(
        self, conversation_id: int, picture_id: int, *, caption: str | None = None
    ) -> Picture:
        return self._set_picture(conversation_id, picture_id, dropped=True, caption=caption or "")

    def take_picture_back(self, conversation_id: int, picture_id: int) -> Picture:
        return self._set_picture(conversation_id, picture_id, dropped=False, caption="")

    def _set_picture(self, number: int, picture_id: int, *, dropped: bool, caption: str) -> Picture:
        one = self.kept[number]
        made = replace(one.picture(picture_id), dropped=dropped, caption=caption)
        pictures = tuple(made if old.id == picture_id else old for old in one.pictures)
        self._keep(replace(one, pictures=pictures))
        return made

    def presets(self) -> tuple[PromptPreset, ...]:
        builtin = PromptPreset("Short", "Answer in one sentence.", builtin=True)
        return (builtin, *self.own.values())

    def save_preset(self, name: str, text: str) -> None:
        self.own[name] = PromptPreset(name, text)

    def delete_preset(self, name: str) -> PromptPreset | None:
        return self.own.pop(name, None)

    def example_from(self, turn_id: int) -> Conversation:
        one = self._of(turn_id)
        turn = one.turn(turn_id)
        question = one.turn(turn.parent or 0)
        made = Example(next(self._ids), question.pictures[0], question.text, turn.text)
        return self._keep(replace(one, examples=(*one.examples, made)))

    def add_example(
        self,
        conversation_id: int,
        picture: Attachment,
        question: str,
        answer: str,
        cancel: CancelToken,
    ) -> Generator[Event, None, Conversation]:
        del cancel
        yield from ()
        one = self.kept[conversation_id]
        known = next((old.id for old in one.pictures if old.attachment == picture), None)
        if known is None:
            known = next(self._ids)
            letter = "ABCDEFGH"[len(one.pictures)]
            size = Size(400, 300)
            made = Picture(known, letter, picture, "ab", size, self.thumbnail(picture))
            one = replace(one, pictures=(*one.pictures, made))
        example = Example(next(self._ids), known, question, answer)
        return self._keep(replace(one, examples=(*one.examples, example)))

    def remove_example(self, conversation_id: int, example_id: int) -> Conversation:
        one = self.kept[conversation_id]
        left = tuple(old for old in one.examples if old.id != example_id)
        return self._keep(replace(one, examples=left))

    def _question(
        self,
        number: int,
        text: str,
        pictures: Sequence[Attachment],
        why: Why = Why.ASKED,
        parent: int | None = -1,
    ) -> Turn:
        one = self.kept[number]
        known = {old.attachment: old for old in one.pictures}
        for at in pictures:
            if at not in known:
                made = Picture(
                    next(self._ids),
                    "ABCDEFGH"[len(known)],
                    at,
                    "ab",
                    Size(400, 300),
                    self.thumbnail(at),
                )
                known[at] = made
        turn = Turn(
            id=next(self._ids),
            parent=one.leaf if parent == -1 else parent,
            role=Role.USER,
            text=text,
            pictures=tuple(known[at].id for at in pictures),
            why=why,
        )
        title = one.title or text[:60]
        self._keep(
            replace(
                one,
                title=title,
                turns=(*one.turns, turn),
                leaf=turn.id,
                pictures=tuple(known.values()),
            )
        )
        return turn
