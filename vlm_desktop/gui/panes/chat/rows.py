"""A conversation as rows of the transcript."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vlm_desktop import strings as sentences
from vlm_desktop.base.chat import Role
from vlm_desktop.base.conversations import AnswerSource, Conversation, Turn, TurnState, Why
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.facts import DoubtFacts, Life, Row, TurnFacts
from vlm_desktop.gui.panes.chat.figures import figures, figures_tip
from vlm_desktop.gui.panes.chat.model_choice import is_starter
from vlm_desktop.gui.panes.chat.places import count_of, places_of
from vlm_desktop.gui.strings import chat as strings

NEW_QUESTION = -1
NEW_ANSWER = -2
"""Keys of turns that have no ids yet; further answers of a comparison count on downwards."""

_LIVES = {
    TurnState.DONE: Life.DONE,
    TurnState.PARTIAL: Life.STOPPED,
    TurnState.FAILED: Life.FAILED,
}


@dataclass(frozen=True, slots=True)
class Names:
    """How things are called: models by id, and the errors of turns in words."""

    models: Mapping[str, str]
    error_of: Callable[[Turn], AppError | None]

    def model(self, model_id: str) -> str:
        if is_starter(model_id):
            return strings.STARTER_LINK
        return self.models.get(model_id) or model_id or strings.ANSWER


def rows_of(
    conversation: Conversation,
    names: Names,
    doubts: Mapping[int, tuple[DoubtFacts, ...]],
) -> list[Row]:
    """The branch that is shown, answers of a comparison beside each other at its end."""
    path = conversation.path()
    found: list[Row] = []
    for turn in path:
        if turn.role is Role.SYSTEM:
            continue
        beside = compared(conversation, turn) if turn is path[-1] else ()
        shown = beside or (turn,)
        found.append(
            tuple(
                facts_of(conversation, one, names, doubts, compared=bool(beside)) for one in shown
            )
        )
    return found


def compared(conversation: Conversation, turn: Turn) -> tuple[Turn, ...]:
    """The answers of the comparison that a turn is part of; none for other turns."""
    if turn.role is not Role.ASSISTANT or turn.why is not Why.COMPARED:
        return ()
    beside = [one for one in conversation.siblings(turn) if one.why is Why.COMPARED]
    return tuple(beside) if len(beside) > 1 else ()


def facts_of(
    conversation: Conversation,
    turn: Turn,
    names: Names,
    doubts: Mapping[int, tuple[DoubtFacts, ...]],
    *,
    compared: bool = False,
) -> TurnFacts:
    """What is shown of a turn."""
    siblings = conversation.siblings(turn)
    is_answer = turn.role is Role.ASSISTANT
    return TurnFacts(
        key=turn.id,
        role=turn.role,
        text=turn.text,
        life=_LIVES[turn.state],
        author=names.model(turn.model_id) if is_answer else strings.YOU,
        source=strings.SOURCES[turn.source] if turn.source is not AnswerSource.MODEL else "",
        plain=turn.source is not AnswerSource.MODEL,
        letters=tuple(conversation.picture(one).letter for one in turn.pictures),
        branch=1 if compared else siblings.index(turn) + 1,
        branches=1 if compared else len(siblings),
        why="" if compared else _why(turn),
        pinned=turn.pinned,
        figures=figures(turn) if is_answer else "",
        figures_tip=figures_tip(turn) if is_answer else "",
        trouble=_trouble(turn, names),
        schema=turn.options.json_schema if is_answer else "",
        compared=compared,
        places=count_of(places_of(conversation, turn)),
        vote=turn.vote,
        doubts=doubts.get(turn.id, ()),
    )


def _why(turn: Turn) -> str:
    words = strings.WHYS.get(turn.why, "")
    return fill(strings.WHY_NOTE, why=words, note=turn.note) if words and turn.note else words


def _trouble(turn: Turn, names: Names) -> str:
    if turn.state is not TurnState.FAILED:
        return ""
    error = names.error_of(turn)
    return sentences.sentence(error) if error is not None else strings.FAILED


def waiting_rows(
    rows: list[Row], text: str, letters: tuple[str, ...], authors: tuple[str, ...], *, asked: bool
) -> list[Row]:
    """`rows`, and what is being answered below; `asked` says that the question is there already."""
    answers = tuple(
        TurnFacts(
            key=NEW_ANSWER - side,
            role=Role.ASSISTANT,
            life=Life.WAITING,
            author=author,
            compared=len(authors) > 1,
        )
        for side, author in enumerate(authors)
    )
    if asked:
        return [*rows, answers]
    question = TurnFacts(
        key=NEW_QUESTION, role=Role.USER, text=text, author=strings.YOU, letters=letters
    )
    return [*rows, (question,), answers]
