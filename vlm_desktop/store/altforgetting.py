"""What becomes of alt texts when photos are forgotten.

What a person wrote, decided or noted is their own and stays, with the path that it hangs on, unless
they ask for it to go. What was computed from the picture goes: drafts nobody touched, candidates,
the text read in it, its fingerprint.
"""

import sqlite3
from pathlib import Path

from vlm_desktop.store.pathcodec import below, encode_path

_TOUCHED = """
    (decided_by = 'human' OR notes != ''
    OR EXISTS (SELECT 1 FROM alt_texts WHERE image_id = alt_images.id
        AND (sitting != '' OR state IN ('approved', 'stale', 'in-review', 'needs-facts')))
    OR EXISTS (SELECT 1 FROM alt_events WHERE image_id = alt_images.id AND author = 'human'))
"""


def forget_alt_of(connection: sqlite3.Connection, path: Path, *, texts: bool) -> tuple[int, int]:
    """Forget what is known for alt texts of a file, or of those below a folder or on a page.

    (images that went, images that stay for what a person wrote). With `texts` all go.
    """
    wanted = encode_path(path)
    values = (wanted, *below(wanted.rstrip(b"/")))
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS doomed_alt (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM doomed_alt")
    connection.execute(
        "INSERT INTO doomed_alt SELECT id FROM alt_images"
        " WHERE path = ?1 OR (path >= ?2 AND path < ?3)"
        " OR document = ?1 OR (document >= ?2 AND document < ?3)",
        values,
    )
    stays = "0" if texts else _TOUCHED
    gone = connection.execute(
        f"DELETE FROM alt_images WHERE id IN doomed_alt AND NOT {stays}"
    ).rowcount
    connection.execute("DELETE FROM alt_candidates WHERE image_id IN doomed_alt")
    connection.execute(
        "DELETE FROM alt_texts WHERE image_id IN doomed_alt AND sitting = ''"
        " AND state IN ('empty', 'draft') AND written_by NOT LIKE '%\"human\"%'"
    )
    kept = connection.execute(
        "UPDATE alt_images SET suggestion = '', fingerprint = '', risk = NULL, risk_reasons = ''"
        " WHERE id IN doomed_alt"
    ).rowcount
    connection.execute("DELETE FROM doomed_alt")
    return gone, kept
