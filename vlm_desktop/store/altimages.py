"""Images that owe a text: where they are, what is known of their files, what was suggested."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlm_desktop.base.alterrors import AltImageUnknown
from vlm_desktop.base.altkeeping import FileFacts, KeptCandidate
from vlm_desktop.base.alttext import (
    AltImage,
    Candidate,
    Decision,
    PageContext,
    Suggestion,
    TrainingPair,
)
from vlm_desktop.base.types import Size
from vlm_desktop.store.altcodec import (
    IMAGE,
    decode_candidate,
    decode_optional_path,
    decode_place,
    decode_text,
    encode,
    encode_optional_path,
    encode_place,
    read_image,
)
from vlm_desktop.store.altrecords import AltStamp, NewAltImage
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.inventory import find_file
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import encode_path

_CANDIDATES_KEPT = 24
"""Candidates of one image in one language; the oldest go first."""


class AltImagesPart(Part):
    """Each method is one transaction. Raises `AltImageUnknown` for what is not there."""

    # --- images --------------------------------------------------------------------------

    def add_alt_images(self, images: Sequence[NewAltImage]) -> tuple[int, ...]:
        """The ids of images, in their order; one that is known is that one, with all it has."""
        ids = []
        with self._db.writing() as connection:
            for image in images:
                path = encode_optional_path(image.path)
                document = encode_optional_path(image.document)
                place = encode_place(image.place)
                values: tuple[bytes, ...]
                if document:
                    where, values = "document = ? AND place = ?", (document, place)
                else:
                    where, values = "document = x'' AND path = ? AND path != x''", (path,)
                row = connection.execute(
                    f"SELECT id FROM alt_images WHERE {where}", values
                ).fetchone()
                if row is None:
                    cursor = connection.execute(
                        "INSERT INTO alt_images (path, document, place, name, context)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (
                            path,
                            document,
                            place,
                            clean(image.name),
                            encode(image.context) if image.context else "",
                        ),
                    )
                    ids.append(int(cursor.lastrowid or 0))
                    continue
                ids.append(int(row[0]))
                connection.execute(
                    "UPDATE alt_images SET path = ?, name = ?, context = coalesce(?, context)"
                    " WHERE id = ?",
                    (
                        path,
                        clean(image.name),
                        None if image.context is None else encode(image.context),
                        row[0],
                    ),
                )
        return tuple(ids)

    def alt_images_of(self, set_id: int) -> list[AltImage]:
        """The images of a set in the order of its queue. One query, however many there are."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT {IMAGE} FROM alt_members JOIN alt_images ON alt_images.id ="
                " alt_members.image_id WHERE set_id = ? ORDER BY position, alt_images.id",
                (set_id,),
            ).fetchall()
        return [read_image(row) for row in rows]

    def alt_images(self, image_ids: Sequence[int]) -> list[AltImage]:
        """Images by their ids, in that order; those that are not there are left out."""
        found: dict[int, AltImage] = {}
        with self._db.snapshot() as connection:
            for some in chunks(image_ids):
                for row in connection.execute(
                    f"SELECT {IMAGE} FROM alt_images WHERE id IN ({marks(some)})", tuple(some)
                ):
                    found[row[0]] = read_image(row)
        return [found[one] for one in image_ids if one in found]

    def set_alt_image(
        self,
        image_id: int,
        *,
        context: PageContext | None = None,
        notes: str | None = None,
        suggestion: Suggestion | None = None,
        risk: tuple[float, Sequence[str]] | None = None,
        problem: str | None = None,
    ) -> None:
        """Change what is given. `risk` comes with its reasons' codes."""
        changes: dict[str, Any] = {}
        if context is not None:
            changes["context"] = encode(context)
        if notes is not None:
            changes["notes"] = clean(notes)
        if suggestion is not None:
            changes["suggestion"] = encode(suggestion)
        if risk is not None:
            changes["risk"] = risk[0]
            changes["risk_reasons"] = " ".join(risk[1])
        if problem is not None:
            changes["problem"] = problem
        if not changes:
            return
        names = ", ".join(f"{name} = ?" for name in changes)
        with self._db.writing() as connection:
            found = connection.execute(
                f"UPDATE alt_images SET {names} WHERE id = ?", (*changes.values(), image_id)
            ).rowcount
            if not found:
                raise AltImageUnknown

    # --- their files ---------------------------------------------------------------------

    def alt_stamps(self, image_ids: Sequence[int]) -> list[AltStamp]:
        """What is known of the files of images, of those that have one."""
        found = []
        with self._db.snapshot() as connection:
            for some in chunks(image_ids):
                found += connection.execute(
                    "SELECT id, path, content_hash, size_bytes, mtime_ns, fingerprint, missing,"
                    f" problem FROM alt_images WHERE path != x'' AND id IN ({marks(some)})",
                    tuple(some),
                ).fetchall()
        stamps = []
        for key, path, content_hash, size, mtime, fingerprint, missing, problem in found:
            where = decode_optional_path(path)
            if where is not None:
                stamps.append(
                    AltStamp(
                        key, where, content_hash, size, mtime, fingerprint, bool(missing), problem
                    )
                )
        return stamps

    def note_alt_file(self, image_id: int, facts: FileFacts) -> None:
        """What was seen of a file. Of one that is missing what was known stays; of one that
        cannot be read, how it looked."""
        with self._db.writing() as connection:
            if facts.missing:
                connection.execute("UPDATE alt_images SET missing = 1 WHERE id = ?", (image_id,))
                return
            connection.execute(
                "UPDATE alt_images SET content_hash = ?, size_bytes = ?, mtime_ns = ?,"
                " fingerprint = ?, missing = 0, problem = ? WHERE id = ?",
                (
                    facts.content_hash,
                    facts.size_bytes,
                    facts.mtime_ns,
                    facts.fingerprint,
                    facts.problem,
                    image_id,
                ),
            )
            if not facts.problem:
                connection.execute(
                    "UPDATE alt_images SET width = ?, height = ? WHERE id = ?",
                    (facts.size.width, facts.size.height, image_id),
                )

    def note_alt_found(self, image_id: int) -> None:
        """A file that was missing is there again, as it was."""
        with self._db.writing() as connection:
            connection.execute("UPDATE alt_images SET missing = 0 WHERE id = ?", (image_id,))

    def note_alt_written(self, image_id: int, path: Path, before: str, after: str) -> None:
        """The program wrote into a file: the same picture under another hash, wherever it is
        used. Its stamp is taken anew at the next look. An image that was last seen with other
        bytes than those before keeps that, so that the next look finds it changed."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE alt_images SET content_hash = ?1, size_bytes = 0, mtime_ns = 0"
                " WHERE (id = ?2 AND content_hash IN ('', ?4))"
                " OR (path = ?3 AND content_hash = ?4)",
                (after, image_id, encode_path(path.absolute()), before),
            )
            connection.execute(
                "UPDATE alt_texts SET approved_hash = ? WHERE approved_hash = ? AND image_id IN"
                " (SELECT id FROM alt_images WHERE path = ?)",
                (after, before, encode_path(path.absolute())),
            )

    def alt_places(self, document: Path) -> dict[str, int]:
        """The images of a page by their place."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT place, id FROM alt_images WHERE document = ?", (encode_path(document),)
            ).fetchall()
        return {decode_place(place): key for place, key in rows}

    def alt_known_file(self, path: Path) -> FileFacts | None:
        """What the library knows of a photo from indexing it; None for one it does not hold."""
        with self._db.reading() as connection:
            file_id = find_file(connection, path)
            row = connection.execute(
                "SELECT content_hash, files.size, mtime_ns, width, height, perceptual_hash"
                " FROM files JOIN contents ON contents.id = content_id"
                " WHERE files.id = ? AND state = 'indexed' AND kind != 'pdf'",
                (file_id,),
            ).fetchone()
        if row is None:
            return None
        digest, size, mtime, width, height, fingerprint = row
        digits = "" if fingerprint is None else f"{fingerprint % (1 << 64):016x}"
        return FileFacts(digest, size, mtime, Size(width, height), digits)

    # --- candidates ----------------------------------------------------------------------

    def add_alt_candidates(
        self, image_id: int, language: str, candidates: Sequence[Candidate]
    ) -> None:
        """Keep ways to say it; one that is kept already is not kept twice."""
        with self._db.writing() as connection:
            known = {
                (one.alt, one.extended)
                for (stored,) in connection.execute(
                    "SELECT candidate FROM alt_candidates WHERE image_id = ? AND language = ?",
                    (image_id, language),
                )
                for one in (decode_candidate(stored),)
            }
            for candidate in candidates:
                if (candidate.alt, candidate.extended) not in known:
                    known.add((candidate.alt, candidate.extended))
                    connection.execute(
                        "INSERT INTO alt_candidates (image_id, language, candidate, at)"
                        " SELECT id, ?, ?, ? FROM alt_images WHERE id = ?",
                        (language, encode(candidate), now(), image_id),
                    )
            connection.execute(
                "DELETE FROM alt_candidates WHERE image_id = ?1 AND language = ?2 AND id NOT IN"
                " (SELECT id FROM alt_candidates WHERE image_id = ?1 AND language = ?2"
                "  ORDER BY id DESC LIMIT ?3)",
                (image_id, language, _CANDIDATES_KEPT),
            )

    def alt_candidates(self, image_id: int, language: str) -> list[KeptCandidate]:
        """The oldest first."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT id, candidate, at FROM alt_candidates"
                " WHERE image_id = ? AND language = ? ORDER BY id",
                (image_id, language),
            ).fetchall()
        return [
            KeptCandidate(key, image_id, language, decode_candidate(stored), at)
            for key, stored, at in rows
        ]

    def alt_drafted_empty(self, set_id: int, language: str) -> set[int]:
        """The images of a set for which somebody found nothing to say in a language."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT image_id, candidate FROM alt_members CROSS JOIN alt_candidates"
                " USING (image_id) WHERE set_id = ? AND language = ?",
                (set_id, language),
            ).fetchall()
        return {image_id for image_id, stored in rows if not _says(decode_candidate(stored))}

    def drop_alt_candidate(self, candidate_id: int) -> KeptCandidate | None:
        """What it was; None when it is gone already."""
        with self._db.writing() as connection:
            row = connection.execute(
                "DELETE FROM alt_candidates WHERE id = ?"
                " RETURNING id, image_id, language, candidate, at",
                (candidate_id,),
            ).fetchone()
        if row is None:
            return None
        key, image_id, language, stored, at = row
        return KeptCandidate(key, image_id, language, decode_candidate(stored), at)

    # --- training ------------------------------------------------------------------------

    def alt_training_pairs(self) -> list[TrainingPair]:
        """Approved texts beside the model's draft they were made from ("": there was none)."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT image_id, path, content_hash, language, decision, draft, approved,"
                " extended, approved_at FROM alt_pairs ORDER BY image_id, language"
            ).fetchall()
        pairs = []
        for image_id, path, digest, language, decision, stored, approved, extended, at in rows:
            draft = decode_text(stored)
            pairs.append(
                TrainingPair(
                    image_id=image_id,
                    path=decode_optional_path(path),
                    content_hash=digest,
                    language=language,
                    draft=draft.alt,
                    draft_model=draft.written_by.model_id,
                    approved=approved,
                    extended=extended,
                    decision=Decision(decision),
                    approved_at=at,
                )
            )
        return pairs


def _says(candidate: Candidate) -> bool:
    return bool(candidate.alt or candidate.extended)
