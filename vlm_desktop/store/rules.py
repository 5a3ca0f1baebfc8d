"""Words and policies that are held against every photo, and what a person said of each answer."""

import json
import sqlite3
from collections.abc import Sequence

from vlm_desktop.base.errors import PolicyNameTaken, RuleUnknown
from vlm_desktop.base.rules import Judgement, RuleKind, StoredRule
from vlm_desktop.store.contents import clean
from vlm_desktop.store.part import Part
from vlm_desktop.store.tags import tag_key

FROM_SUGGESTION = "suggested"
"""The source of a tag that the program proposed and a person accepted."""


class RulesPart(Part):
    """A rule is known by its kind and name, whatever the case. Each method is one transaction."""

    def add_words(self, words: Sequence[str]) -> tuple[str, ...]:
        """Add words to be looked for; those that were new come back, as they are kept."""
        added = []
        with self._db.writing() as connection:
            for word in words:
                shown = clean(word).strip()
                if (
                    shown
                    and connection.execute(
                        "INSERT OR IGNORE INTO rules (kind, name, folded) VALUES ('word', ?, ?)",
                        (shown, shown.casefold()),
                    ).rowcount
                ):
                    added.append(shown)
        return tuple(added)

    def save_policy(self, name: str, flag: Sequence[str], fine: Sequence[str]) -> None:
        """Keep a policy's sentences; one of the same name keeps its cut and judgements."""
        shown = clean(name).strip()
        values = json.dumps([clean(one) for one in flag]), json.dumps([clean(one) for one in fine])
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO rules (kind, name, folded, flag, fine) VALUES ('policy', ?, ?, ?, ?)"
                " ON CONFLICT (kind, folded) DO UPDATE SET name = excluded.name,"
                " flag = excluded.flag, fine = excluded.fine",
                (shown, shown.casefold(), *values),
            )

    def rename_policy(self, before: str, name: str) -> None:
        """Another name; sentences, cut and judgements stay. Raises RuleUnknown, PolicyNameTaken."""
        shown = clean(name).strip()
        with self._db.writing() as connection:
            key = _rule_key(connection, RuleKind.POLICY, before)
            other = connection.execute(
                "SELECT name FROM rules WHERE kind = 'policy' AND folded = ? AND id <> ?",
                (shown.casefold(), key),
            ).fetchone()
            if other is not None:
                raise PolicyNameTaken(name=other[0])
            connection.execute(
                "UPDATE rules SET name = ?, folded = ? WHERE id = ?",
                (shown, shown.casefold(), key),
            )

    def rules(self, kind: RuleKind) -> list[StoredRule]:
        """All rules of a kind, by name."""
        with self._db.snapshot() as connection:
            return _read(connection, kind, "%")

    def rule(self, kind: RuleKind, name: str) -> StoredRule:
        """Raises RuleUnknown."""
        with self._db.snapshot() as connection:
            key = _rule_key(connection, kind, name)
            return _read(connection, kind, str(key))[0]

    def rule_names(self, kind: RuleKind) -> tuple[str, ...]:
        """Their names, in the order of `rules`."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT name FROM rules WHERE kind = ? ORDER BY folded", (kind,)
            ).fetchall()
        return tuple(name for (name,) in rows)

    def delete_rule(self, kind: RuleKind, name: str) -> StoredRule:
        """Delete a rule and its judgements; tags that were accepted stay. Raises RuleUnknown."""
        with self._db.writing() as connection:
            key = _rule_key(connection, kind, name)
            (found,) = _read(connection, kind, str(key))
            connection.execute("DELETE FROM rules WHERE id = ?", (key,))
        return found

    def restore_rule(self, rule: StoredRule) -> None:
        """Put back what `delete_rule` gave; one that exists by now becomes as it was."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO rules (kind, name, folded, flag, fine, cut, seen)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    rule.kind, rule.name, rule.name.casefold(), json.dumps(rule.flag),
                    json.dumps(rule.fine), rule.cut, rule.seen,
                ),
            )  # fmt: skip
            key = _rule_key(connection, rule.kind, rule.name)
            learnt_from = set(rule.learnt_from)
            older = [one for one in rule.judgements if one not in learnt_from]
            _write(connection, key, older)
            _note_cut(connection, key, rule.cut)
            _write(connection, key, rule.learnt_from)

    def set_cut(self, kind: RuleKind, name: str, cut: float | None) -> None:
        """Put a rule's cut (0..1, None: the usual one); judgements so far move it no more.

        Raises RuleUnknown.
        """
        with self._db.writing() as connection:
            _note_cut(connection, _rule_key(connection, kind, name), cut)

    def mark_rule_seen(self, kind: RuleKind, name: str) -> None:
        """Note that a person has looked at the answers for all photos there are now."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE rules SET seen = (SELECT coalesce(max(id), 0) FROM contents) WHERE id = ?",
                (_rule_key(connection, kind, name),),
            )

    def judge(
        self, kind: RuleKind, name: str, judgements: Sequence[Judgement]
    ) -> tuple[Judgement, ...]:
        """Note what is said of photos; what was said of the same ones before comes back.

        Photos a word is accepted for get it as a tag (source "suggested"), the others lose that
        tag again; unknown contents are passed over. Raises RuleUnknown.
        """
        with self._db.writing() as connection:
            key = _rule_key(connection, kind, name)
            before = []
            for one in judgements:
                row = connection.execute(
                    "SELECT verdict, source, probability FROM rule_judgements"
                    " WHERE rule_id = ? AND content_id = ?",
                    (key, one.content_id),
                ).fetchone()
                verdict, source, probability = row or (0, "person", None)
                before.append(Judgement(one.content_id, verdict, source == "person", probability))
            _write(connection, key, judgements)
            if kind is RuleKind.WORD:
                _write_tags(connection, name, judgements)
        return tuple(before)


def _read(connection: sqlite3.Connection, kind: RuleKind, key: str) -> list[StoredRule]:
    """The rules whose row ids are like `key`, with their judgements, by name."""
    rows = connection.execute(
        "SELECT id, name, flag, fine, cut, cut_after, seen FROM rules"
        " WHERE kind = ? AND id LIKE ? ORDER BY folded",
        (kind, key),
    ).fetchall()
    judged: dict[int, list[tuple[int, Judgement]]] = {row[0]: [] for row in rows}
    for rule_id, number, content_id, verdict, source, probability in connection.execute(
        "SELECT rule_id, rule_judgements.id, content_id, verdict, source, probability"
        " FROM rules JOIN rule_judgements ON rule_id = rules.id"
        " WHERE kind = ? AND rules.id LIKE ? ORDER BY rule_judgements.id",
        (kind, key),
    ):
        one = Judgement(content_id, verdict, source == "person", probability)
        judged[rule_id].append((number, one))
    return [_rule(kind, row, judged[row[0]]) for row in rows]


def _rule(
    kind: RuleKind,
    row: tuple[int, str, str, str, float | None, int, int],
    judged: Sequence[tuple[int, Judgement]],
) -> StoredRule:
    _, name, flag, fine, cut, cut_after, seen = row
    return StoredRule(
        kind,
        name,
        tuple(json.loads(flag)),
        tuple(json.loads(fine)),
        cut,
        seen,
        tuple(one for _, one in judged),
        tuple(one for number, one in judged if number > cut_after and one.by_person),
    )


def _rule_key(connection: sqlite3.Connection, kind: RuleKind, name: str) -> int:
    row = connection.execute(
        "SELECT id FROM rules WHERE kind = ? AND folded = ?", (kind, clean(name).strip().casefold())
    ).fetchone()
    if row is None:
        raise RuleUnknown(name=name)
    return int(row[0])


def _note_cut(connection: sqlite3.Connection, key: int, cut: float | None) -> None:
    connection.execute(
        "UPDATE rules SET cut = ?, cut_after = (SELECT coalesce(max(id), 0) FROM rule_judgements)"
        " WHERE id = ?",
        (cut, key),
    )


def _write(connection: sqlite3.Connection, key: int, judgements: Sequence[Judgement]) -> None:
    connection.executemany(
        "DELETE FROM rule_judgements WHERE rule_id = ? AND content_id = ?",
        ((key, one.content_id) for one in judgements),
    )
    connection.executemany(
        "INSERT INTO rule_judgements (rule_id, content_id, verdict, source, probability)"
        " SELECT ?, id, ?, ?, ? FROM contents WHERE id = ?",
        (
            (key, one.verdict, "person" if one.by_person else "suggested", one.probability,
             one.content_id)
            for one in judgements
            if one.verdict
        ),
    )  # fmt: skip


def _write_tags(connection: sqlite3.Connection, name: str, judgements: Sequence[Judgement]) -> None:
    tag = tag_key(connection, clean(name))
    connection.executemany(
        "DELETE FROM content_tags WHERE tag_id = ? AND content_id = ? AND source = ?",
        ((tag, one.content_id, FROM_SUGGESTION) for one in judgements),
    )
    connection.executemany(
        "INSERT INTO content_tags (tag_id, content_id, source, probability)"
        " SELECT ?, id, ?, ? FROM contents WHERE id = ?",
        (
            (tag, FROM_SUGGESTION, one.probability, one.content_id)
            for one in judgements
            if one.verdict > 0
        ),
    )
