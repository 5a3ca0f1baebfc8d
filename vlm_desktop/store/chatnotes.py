"""What chatting learns and keeps beside conversations: system prompts, speeds on this machine."""

from collections.abc import Sequence

from vlm_desktop.base.conversations import PromptPreset
from vlm_desktop.store.contents import clean
from vlm_desktop.store.part import Part

SPEEDS_KEPT = 31
"""Measurements of a model and kind that are kept: enough for a median that follows the machine."""


class ChatNotesPart(Part):
    """Each method is one transaction."""

    def prompt_presets(self) -> list[PromptPreset]:
        """A person's own, by name."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT name, text FROM prompt_presets ORDER BY folded"
            ).fetchall()
        return [PromptPreset(name, text) for name, text in rows]

    def save_prompt_preset(self, name: str, text: str) -> None:
        """One of the same name, whatever the case, is replaced."""
        shown = clean(name).strip()
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO prompt_presets (name, folded, text) VALUES (?, ?, ?)"
                " ON CONFLICT (folded) DO UPDATE SET name = excluded.name, text = excluded.text",
                (shown, shown.casefold(), clean(text)),
            )

    def delete_prompt_preset(self, name: str) -> bool:
        with self._db.writing() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM prompt_presets WHERE folded = ?",
                    (clean(name).strip().casefold(),),
                ).rowcount
            )

    def add_chat_speeds(self, model_id: str, measured: Sequence[tuple[str, float]]) -> None:
        """Keep (kind, seconds a token) of a model on a device; the oldest of a kind go.

        Kinds: "vision" and "prefill" a token of the prompt, "reply" a token of the answer.
        """
        with self._db.writing() as connection:
            for kind, seconds in measured:
                connection.execute(
                    "INSERT INTO chat_speeds (model_id, kind, seconds) VALUES (?, ?, ?)",
                    (model_id, kind, seconds),
                )
                connection.execute(
                    "DELETE FROM chat_speeds WHERE model_id = ?1 AND kind = ?2 AND id NOT IN"
                    " (SELECT id FROM chat_speeds WHERE model_id = ?1 AND kind = ?2"
                    "  ORDER BY id DESC LIMIT ?3)",
                    (model_id, kind, SPEEDS_KEPT),
                )

    def chat_speeds(self, model_id: str) -> dict[str, list[float]]:
        """Seconds a token by kind, the oldest first."""
        found: dict[str, list[float]] = {}
        with self._db.reading() as connection:
            for kind, seconds in connection.execute(
                "SELECT kind, seconds FROM chat_speeds WHERE model_id = ? ORDER BY id", (model_id,)
            ):
                found.setdefault(kind, []).append(seconds)
        return found
