"""Words of the Documents pane about many files: batches, exports, forgetting."""

from vlm_desktop.base.language import fill

# --- many at once ----------------------------------------------------------------------------

BATCH_WORK = "Reading {name}"
BATCH_LOOKING = "Looking for documents in {name}"
BATCH_OF = "Reading {name}: {done:,} of {total:,}"
BATCH_DONE = "{read:,} documents were read."
BATCH_DONE_ONE = "1 document was read."
BATCH_DONE_NONE = "No document had to be read."
BATCH_REFUSED = "{count:,} cannot be read; they stand in the list with the reason."
BATCH_STOPPED = "Stopped. What was read is kept; it goes on where it was."
BATCH_EMPTY = "There are no pictures and no PDFs in {name}."
BATCH_GO_ON = "&Go on with what was not read yet"
BATCH_GO_ON_NONE = "Everything has been read."
BATCH_FILES = "{count:,} files"

# --- forgetting ------------------------------------------------------------------------------

FORGET = "For&get this document…"
FORGET_ALL = "Forget a&ll documents…"
FORGET_TITLE = "Forget documents"
FORGET_ASK = "Forget what was read on {name}?"
FORGET_ASK_ALL = "Forget what was read on all {count:,} documents?"
FORGET_TEXT = (
    "Values, corrections, their history and what they taught go for good. The files stay as they "
    "are. This cannot be undone."
)
FORGET_GO = "Forget"
FORGET_STAY = "Keep"
FORGETTING = "Forgetting documents"
FORGOTTEN = "{count:,} documents are forgotten."
FORGOTTEN_ONE = "The document is forgotten."
FORGOTTEN_NOT_CLEAN = (
    "Another program was reading the library, so that traces may be left in its log until the next "
    "start."
)
FORGOTTEN_COPIES = "Older copies of the library still hold it: {copies}."


def read_words(count: int) -> str:
    """ "12 documents were read." """
    return fill({0: BATCH_DONE_NONE, 1: BATCH_DONE_ONE}.get(count, BATCH_DONE), read=count)


def forgotten_words(count: int) -> str:
    return fill(FORGOTTEN_ONE if count == 1 else FORGOTTEN, count=count)
