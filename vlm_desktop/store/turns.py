"""Turns of conversations and what hangs on them: pictures, examples, branches."""

import sqlite3
from dataclasses import replace

from vlm_desktop.base.chaterrors import ConversationUnknown, TurnUnknown
from vlm_desktop.base.conversations import Attachment, Picture, Turn
from vlm_desktop.base.types import Size
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now, read_pictures
from vlm_desktop.store.part import Part
from vlm_desktop.store.pathcodec import encode_path
from vlm_desktop.store.turncodec import encode_box, encode_details

_BELOW = (
    "WITH RECURSIVE below(id) AS (SELECT ? UNION ALL"
    " SELECT turns.id FROM turns JOIN below ON turns.parent_id = below.id) "
)


class TurnsPart(Part):
    """Each method is one transaction. Raises `TurnUnknown` for what is not there."""

    # --- turns -------------------------------------------------------------------------

    def add_turn(self, conversation_id: int, turn: Turn) -> Turn:
        """Add a turn, whose `id` and `created_at` are given here, and make it the active leaf.

        Raises `ConversationUnknown`.
        """
        with self._db.writing() as connection:
            stamp = now()
            known = connection.execute(
                "UPDATE conversations SET changed_at = ? WHERE id = ? AND deleted_at IS NULL",
                (stamp, conversation_id),
            ).rowcount
            if not known:
                raise ConversationUnknown
            cursor = connection.execute(
                "INSERT INTO turns (conversation_id, parent_id, role, text, state, created_at,"
                " why, note, pinned, model_id, source, details)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    conversation_id,
                    turn.parent,
                    turn.role.value,
                    clean(turn.text),
                    turn.state.value,
                    stamp,
                    turn.why.value,
                    clean(turn.note),
                    turn.pinned,
                    turn.model_id,
                    turn.source.value,
                    encode_details(turn),
                ),
            )
            turn_id = int(cursor.lastrowid or 0)
            connection.executemany(
                "INSERT INTO turn_pictures (turn_id, position, picture_id) VALUES (?, ?, ?)",
                ((turn_id, place, picture) for place, picture in enumerate(turn.pictures)),
            )
            _set_leaf(connection, conversation_id, turn_id)
        return replace(turn, id=turn_id, created_at=stamp)

    def save_turn_text(self, turn_id: int, text: str) -> None:
        """What an answer says so far."""
        with self._db.writing() as connection:
            connection.execute("UPDATE turns SET text = ? WHERE id = ?", (clean(text), turn_id))

    def finish_turn(self, turn: Turn) -> None:
        """Keep an answer as it ended, be it whole, stopped or failed."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE turns SET text = ?, state = ?, model_id = ?, source = ?, details = ?"
                " WHERE id = ?",
                (
                    clean(turn.text),
                    turn.state.value,
                    turn.model_id,
                    turn.source.value,
                    encode_details(turn),
                    turn.id,
                ),
            )
            connection.execute(
                "UPDATE conversations SET changed_at = ?"
                " WHERE id = (SELECT conversation_id FROM turns WHERE id = ?)",
                (now(), turn.id),
            )

    def conversation_of_turn(self, turn_id: int) -> int:
        with self._db.reading() as connection:
            return _conversation_of(connection, turn_id)

    def set_leaf(self, conversation_id: int, turn_id: int | None) -> None:
        """Make a turn of the conversation the active one; None shows none of them."""
        with self._db.writing() as connection:
            if turn_id is not None and _conversation_of(connection, turn_id) != conversation_id:
                raise TurnUnknown
            _set_leaf(connection, conversation_id, turn_id)

    def pin_turn(self, turn_id: int, pinned: bool) -> None:
        with self._db.writing() as connection:
            _conversation_of(connection, turn_id)
            connection.execute("UPDATE turns SET pinned = ? WHERE id = ?", (pinned, turn_id))

    def delete_turn(self, turn_id: int) -> int:
        """Take a turn and all below it out; `restore_turn` brings them back.

        The active leaf moves to the newest end of what is left. Returns the conversation's id.
        """
        with self._db.writing() as connection:
            conversation_id = _conversation_of(connection, turn_id)
            connection.execute(
                f"{_BELOW} UPDATE turns SET deleted_by = ?, deleted_at = ?"
                " WHERE id IN below AND deleted_by IS NULL",
                (turn_id, turn_id, now()),
            )
            (leaf,) = connection.execute(
                "SELECT leaf FROM conversations WHERE id = ?", (conversation_id,)
            ).fetchone()
            gone = connection.execute(
                "SELECT 1 FROM turns WHERE id = ? AND deleted_by IS NOT NULL", (leaf,)
            ).fetchone()
            if gone:
                (parent,) = connection.execute(
                    "SELECT parent_id FROM turns WHERE id = ?", (turn_id,)
                ).fetchone()
                _set_leaf(connection, conversation_id, _newest_end(connection, parent))
        return conversation_id

    def restore_turn(self, turn_id: int) -> int:
        """Bring back what went with a turn, and show it. Returns the conversation's id.

        Raises `TurnUnknown` also while the turn it hangs on is out.
        """
        with self._db.writing() as connection:
            row = connection.execute(
                "SELECT conversation_id FROM turns WHERE id = ? AND deleted_by = id"
                " AND NOT EXISTS (SELECT 1 FROM turns AS parents"
                "  WHERE parents.id = turns.parent_id AND parents.deleted_by IS NOT NULL)",
                (turn_id,),
            ).fetchone()
            if row is None:
                raise TurnUnknown
            connection.execute(
                "UPDATE turns SET deleted_by = NULL, deleted_at = NULL WHERE deleted_by = ?",
                (turn_id,),
            )
            conversation_id = int(row[0])
            _set_leaf(connection, conversation_id, _newest_end(connection, turn_id))
        return conversation_id

    # --- pictures ----------------------------------------------------------------------

    def add_chat_picture(
        self,
        conversation_id: int,
        attachment: Attachment,
        content_hash: str,
        size: Size,
        thumbnail: bytes,
    ) -> Picture:
        """A picture of the conversation; one that is there already is that one."""
        path = encode_path(attachment.path)
        box = encode_box(attachment.box)
        with self._db.writing() as connection:
            row = connection.execute(
                "SELECT id FROM chat_pictures WHERE conversation_id = ? AND path = ?"
                " AND page = ? AND box = ? AND content_hash = ?",
                (conversation_id, path, attachment.page, box, content_hash),
            ).fetchone()
            if row is None:
                cursor = connection.execute(
                    "INSERT INTO chat_pictures (conversation_id, path, page, box, content_hash,"
                    " width, height, thumbnail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        conversation_id,
                        path,
                        attachment.page,
                        box,
                        content_hash,
                        size.width,
                        size.height,
                        thumbnail,
                    ),
                )
                key = int(cursor.lastrowid or 0)
            else:
                key = int(row[0])
                # Asked about again, so it is to be seen again.
                connection.execute("UPDATE chat_pictures SET dropped = 0 WHERE id = ?", (key,))
            pictures = read_pictures(connection, conversation_id)
        return next(picture for picture in pictures if picture.id == key)

    def set_chat_picture(
        self, picture_id: int, *, dropped: bool, caption: str | None = None
    ) -> None:
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE chat_pictures SET dropped = ?, caption = coalesce(?, caption) WHERE id = ?",
                (dropped, None if caption is None else clean(caption), picture_id),
            )

    # --- examples ----------------------------------------------------------------------

    def add_chat_example(
        self, conversation_id: int, picture_id: int, question: str, answer: str
    ) -> None:
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO chat_examples (conversation_id, picture_id, question, answer)"
                " VALUES (?, ?, ?, ?)",
                (conversation_id, picture_id, clean(question), clean(answer)),
            )

    def remove_chat_example(self, example_id: int) -> None:
        with self._db.writing() as connection:
            connection.execute("DELETE FROM chat_examples WHERE id = ?", (example_id,))


def _conversation_of(connection: sqlite3.Connection, turn_id: int) -> int:
    row = connection.execute(
        "SELECT conversation_id FROM turns WHERE id = ? AND deleted_by IS NULL", (turn_id,)
    ).fetchone()
    if row is None:
        raise TurnUnknown
    return int(row[0])


def _set_leaf(connection: sqlite3.Connection, conversation_id: int, turn_id: int | None) -> None:
    connection.execute("UPDATE conversations SET leaf = ? WHERE id = ?", (turn_id, conversation_id))


def _newest_end(connection: sqlite3.Connection, turn_id: int | None) -> int | None:
    """The turn at the end of the newest branch below a turn."""
    while turn_id is not None:
        (child,) = connection.execute(
            "SELECT max(id) FROM turns WHERE parent_id = ? AND deleted_by IS NULL", (turn_id,)
        ).fetchone()
        if child is None:
            return turn_id
        turn_id = int(child)
    return None
