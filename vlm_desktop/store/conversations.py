"""Conversations: the list, finding one by its words, one as a whole, taking out and back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vlm_desktop.base.chat import Role
from vlm_desktop.base.chaterrors import ConversationUnknown
from vlm_desktop.base.conversations import (
    AnswerSource,
    Attachment,
    Conversation,
    ConversationCounts,
    ConversationSummary,
    Example,
    Picture,
    Turn,
    TurnState,
    Why,
)
from vlm_desktop.base.types import Size
from vlm_desktop.store.contents import clean
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import below, decode_path, encode_path
from vlm_desktop.store.texts import TRIGRAM
from vlm_desktop.store.turncodec import decode_box, decode_details

_SUMMARY = (
    "SELECT id, title, model_id, pinned, created_at, changed_at,"
    " (SELECT count(*) FROM turns WHERE conversation_id = conversations.id"
    "  AND deleted_by IS NULL),"
    " (SELECT count(*) FROM chat_pictures WHERE conversation_id = conversations.id),"
    " (SELECT thumbnail FROM chat_pictures WHERE conversation_id = conversations.id"
    "  ORDER BY id LIMIT 1)"
    " FROM conversations WHERE deleted_at IS NULL"
)
_TURN = (
    "SELECT id, parent_id, role, text, state, created_at, why, note, pinned, model_id, source,"
    " details, coalesce((SELECT vote FROM turn_votes WHERE turn_id = turns.id), 0) FROM turns"
)
_PICTURE = (
    "SELECT id, path, page, box, content_hash, width, height, thumbnail, caption, dropped"
    " FROM chat_pictures"
)


def now() -> str:
    """ISO 8601 in UTC, to the millisecond: what is compared and shown."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class TurnMatch:
    """A turn that holds a word that was looked for."""

    conversation_id: int
    turn_id: int
    text: str


class ConversationsPart(Part):
    """Each method is one transaction. Raises `ConversationUnknown` for what is not there."""

    def new_conversation(self, title: str, model_id: str, system_prompt: str) -> int:
        stamp = now()
        with self._db.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO conversations (title, model_id, system_prompt, created_at, changed_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (clean(title), model_id, clean(system_prompt), stamp, stamp),
            )
            return int(cursor.lastrowid or 0)

    def conversation(self, conversation_id: int) -> Conversation:
        """All of it that was not taken out."""
        with self._db.snapshot() as connection:
            row = connection.execute(
                "SELECT title, model_id, system_prompt, metadata, pinned, created_at, changed_at,"
                " leaf FROM conversations WHERE id = ? AND deleted_at IS NULL",
                (conversation_id,),
            ).fetchone()
            if row is None:
                raise ConversationUnknown
            turns = _turns(connection, conversation_id)
            pictures = read_pictures(connection, conversation_id)
            examples = connection.execute(
                "SELECT id, picture_id, question, answer FROM chat_examples"
                " WHERE conversation_id = ? ORDER BY id",
                (conversation_id,),
            ).fetchall()
        title, model_id, system_prompt, metadata, pinned, created_at, changed_at, leaf = row
        known = {turn.id for turn in turns}
        return Conversation(
            id=conversation_id,
            title=title,
            model_id=model_id,
            system_prompt=system_prompt,
            metadata=bool(metadata),
            pinned=bool(pinned),
            created_at=created_at,
            changed_at=changed_at,
            leaf=leaf if leaf in known else None,
            turns=turns,
            pictures=pictures,
            examples=tuple(Example(*example) for example in examples),
        )

    def conversation_summaries(
        self, limit: int, only: Sequence[int] | None = None
    ) -> list[ConversationSummary]:
        """Pinned ones first, then the latest changed; of those in `only`."""
        among = "" if only is None else f" AND id IN ({','.join(map(str, map(int, only)))})"
        with self._db.reading() as connection:
            rows = connection.execute(
                f"{_SUMMARY}{among} ORDER BY pinned DESC, changed_at DESC, id DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            ConversationSummary(
                id=key,
                title=title,
                model_id=model_id,
                pinned=bool(pinned),
                created_at=created_at,
                changed_at=changed_at,
                turns=turns,
                pictures=pictures,
                thumbnail=thumbnail or b"",
            )
            for (
                key, title, model_id, pinned, created_at, changed_at, turns, pictures, thumbnail,
            ) in rows
        ]  # fmt: skip

    def conversations_titled(self, word: str) -> set[int]:
        """Those whose title holds a word, in any case."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT id, title FROM conversations WHERE deleted_at IS NULL"
            ).fetchall()
        wanted = clean(word).casefold()
        return {key for key, title in rows if wanted in title.casefold()}

    def turns_saying(self, word: str, limit: int) -> list[TurnMatch]:
        """Turns that hold a word anywhere, in any case, the latest first.

        Words under 3 letters are looked for without the index.
        """
        wanted = clean(word)
        if len(wanted) >= TRIGRAM:
            source = "turns_fts JOIN turns ON turns.id = turns_fts.rowid"
            holds, value = "turns_fts MATCH ?", '"' + wanted.replace('"', '""') + '"'
        else:
            escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            source, holds, value = "turns", "turns.text LIKE ? ESCAPE '\\'", f"%{escaped}%"
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT conversation_id, turns.id, turns.text FROM {source}"
                " JOIN conversations ON conversations.id = conversation_id"
                f" WHERE {holds} AND deleted_by IS NULL AND conversations.deleted_at IS NULL"
                " ORDER BY turns.id DESC LIMIT ?",
                (value, limit),
            ).fetchall()
        return [TurnMatch(*row) for row in rows]

    def conversation_counts(self) -> ConversationCounts:
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM conversations WHERE deleted_at IS NULL),"
                " (SELECT count(*) FROM turns JOIN conversations"
                "  ON conversations.id = conversation_id"
                "  WHERE deleted_by IS NULL AND conversations.deleted_at IS NULL),"
                " (SELECT count(*) FROM chat_pictures JOIN conversations"
                "  ON conversations.id = conversation_id WHERE conversations.deleted_at IS NULL),"
                " (SELECT count(*) FROM conversations WHERE deleted_at IS NOT NULL)"
            ).fetchone()
        return ConversationCounts(*row)

    def set_conversation(
        self,
        conversation_id: int,
        *,
        title: str | None = None,
        model_id: str | None = None,
        system_prompt: str | None = None,
        metadata: bool | None = None,
        pinned: bool | None = None,
    ) -> None:
        """Change what is given."""
        given = {
            "title": None if title is None else clean(title),
            "model_id": model_id,
            "system_prompt": None if system_prompt is None else clean(system_prompt),
            "metadata": metadata,
            "pinned": pinned,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        if not changes:
            return
        names = ", ".join(f"{name} = ?" for name in changes)
        with self._db.writing() as connection:
            found = connection.execute(
                f"UPDATE conversations SET {names} WHERE id = ? AND deleted_at IS NULL",
                (*changes.values(), conversation_id),
            ).rowcount
            if not found:
                raise ConversationUnknown

    # --- taking out ----------------------------------------------------------------------

    def delete_conversation(self, conversation_id: int) -> None:
        """It is not seen any more; `restore_conversation` brings it back."""
        with self._db.writing() as connection:
            found = connection.execute(
                "UPDATE conversations SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL",
                (now(), conversation_id),
            ).rowcount
            if not found:
                raise ConversationUnknown

    def restore_conversation(self, conversation_id: int) -> None:
        with self._db.writing() as connection:
            found = connection.execute(
                "UPDATE conversations SET deleted_at = NULL WHERE id = ?", (conversation_id,)
            ).rowcount
            if not found:
                raise ConversationUnknown

    def purge_conversations(self, before: str) -> int:
        """Delete for good what was taken out before a time, and conversations without a turn
        that were begun before it; how many conversations went.
        """
        with self._db.writing() as connection:
            connection.execute("DELETE FROM turns WHERE deleted_at < ?", (before,))
            return connection.execute(
                "DELETE FROM conversations WHERE deleted_at < ?1 OR (created_at < ?1"
                " AND NOT EXISTS (SELECT 1 FROM turns WHERE conversation_id = conversations.id)"
                " AND NOT EXISTS"
                " (SELECT 1 FROM chat_examples WHERE conversation_id = conversations.id))",
                (before,),
            ).rowcount

    def pictures_in_folder(self, folder: Path) -> list[Path]:
        """The files of a folder that conversations speak of, those taken out among them."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT path FROM chat_pictures WHERE path >= ? AND path < ?",
                below(encode_path(folder)),
            ).fetchall()
        return [Path(decode_path(path)) for (path,) in rows]


def forget_pictures_of(connection: sqlite3.Connection, path: Path) -> None:
    """Let go of what conversations keep of a file, or of those below a folder.

    What was said stays: it is a person's own. Where the file lay, and how it looked, goes.
    """
    wanted = encode_path(path)
    connection.execute(
        "DELETE FROM chat_examples WHERE picture_id IN (SELECT id FROM chat_pictures"
        " WHERE path = ? OR (path >= ? AND path < ?))",
        (wanted, *below(wanted)),
    )
    connection.execute(
        "UPDATE chat_pictures SET path = x'', content_hash = '', thumbnail = x'', dropped = 1"
        " WHERE path = ? OR (path >= ? AND path < ?)",
        (wanted, *below(wanted)),
    )


def read_turn(row: Sequence[object], pictures: tuple[int, ...]) -> Turn:
    """A turn of a row of `_TURN`."""
    key, parent, role, text, state, created_at, why, note, pinned, model_id, source, *rest = row
    details, vote = rest
    return Turn(
        id=int(str(key)),
        parent=None if parent is None else int(str(parent)),
        role=Role(str(role)),
        text=str(text),
        state=TurnState(str(state)),
        created_at=str(created_at),
        pictures=pictures,
        why=Why(str(why)),
        note=str(note),
        pinned=bool(pinned),
        model_id=str(model_id),
        source=AnswerSource(str(source)),
        vote=int(str(vote)),
        **decode_details(str(details)),
    )


def _turns(connection: sqlite3.Connection, conversation_id: int) -> tuple[Turn, ...]:
    rows = connection.execute(
        f"{_TURN} WHERE conversation_id = ? AND deleted_by IS NULL ORDER BY id", (conversation_id,)
    ).fetchall()
    shown: dict[int, list[int]] = {}
    for some in chunks([row[0] for row in rows]):
        for turn_id, picture_id in connection.execute(
            f"SELECT turn_id, picture_id FROM turn_pictures WHERE turn_id IN ({marks(some)})"
            " ORDER BY turn_id, position",
            tuple(some),
        ):
            shown.setdefault(turn_id, []).append(picture_id)
    return tuple(read_turn(row, tuple(shown.get(row[0], ()))) for row in rows)


def read_pictures(connection: sqlite3.Connection, conversation_id: int) -> tuple[Picture, ...]:
    """A conversation's pictures in the order they came, which gives them their letters."""
    rows = connection.execute(
        f"{_PICTURE} WHERE conversation_id = ? ORDER BY id", (conversation_id,)
    ).fetchall()
    return tuple(
        Picture(
            id=key,
            letter=letter(number),
            attachment=Attachment(Path(decode_path(path)), page, decode_box(box)),
            content_hash=content_hash,
            size=Size(width, height),
            thumbnail=thumbnail,
            caption=caption,
            dropped=bool(dropped),
            is_forgotten=not path,
        )
        for number, (
            key, path, page, box, content_hash, width, height, thumbnail, caption, dropped,
        ) in enumerate(rows)
    )  # fmt: skip


def letter(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
