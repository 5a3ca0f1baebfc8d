"""What each family of generative models needs to be told apart and run, as data.

A family is one row: the `model_type` of its config.json and what differs from the others. The
adapter named in the row runs it (`CHAT_FAMILIES` of `backends.registry` says which class that is).
Importing this loads no network.
"""

from dataclasses import dataclass

CHAT, CAPTION, VQA = "chat", "caption", "vqa"
ALL_TASKS = (CHAT, CAPTION, VQA)

GENERIC = "transformers-chat"


@dataclass(frozen=True, slots=True)
class ChatFamily:
    """One `model_type` of transformers."""

    model_type: str
    adapter: str = GENERIC
    tasks: tuple[str, ...] = ALL_TASKS


ROWS = (
    ChatFamily("smolvlm"),
    ChatFamily("idefics3"),
    ChatFamily("llava"),
)
FAMILIES = {row.model_type: row for row in ROWS}
