"""What of the Chat pane comes back at the next start."""

from typing import TYPE_CHECKING, Any

from vlm_desktop.gui.panes.chat.answer_settings import AnswerSettings

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.chat.chat_pane import ChatPane


def state_of(pane: "ChatPane", *, draft: str) -> dict[str, Any]:
    """The open conversation, the words not sent yet, what is folded, how answers are made."""
    conversation = pane.session.conversation
    return {
        "conversation": conversation.id if conversation and conversation.turns else 0,
        "draft": draft,
        "sizes": pane.beside.sizes(),
        "list": pane.column.isVisibleTo(pane),
        "options": pane.panel.isVisibleTo(pane),
        "answers": pane.panel.settings.to_table(),
        "budget": pane.composer.budget.max_image_tokens,
        "model": pane.choice.wanted,
        "prompt": pane.options.prompt,
    }


def restore(pane: "ChatPane", state: dict[str, Any]) -> None:
    """Take up what `state_of` once gave, or a part of it."""
    draft, sizes, answers = state.get("draft"), state.get("sizes"), state.get("answers")
    if isinstance(draft, str):
        pane.composer.put(draft)
    if isinstance(sizes, list) and len(sizes) == 3 and all(isinstance(n, int) for n in sizes):
        pane.beside.setSizes(sizes)
    if isinstance(answers, dict):
        pane.options.use_settings(AnswerSettings.read(answers))
    for name, action in pane.actions_of_pane.folds.items():
        if isinstance(state.get(name), bool) and state[name] != action.isChecked():
            action.trigger()
    budget, conversation = state.get("budget"), state.get("conversation")
    if isinstance(budget, int):
        pane.composer.budget.choose(budget)
    if isinstance(state.get("model"), str):
        pane.choice.wanted = state["model"]
    if isinstance(state.get("prompt"), str):
        pane.options.begin_with(state["prompt"])
    if isinstance(conversation, int) and conversation:
        pane.session.open(conversation)
