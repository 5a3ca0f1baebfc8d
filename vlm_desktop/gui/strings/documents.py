"""Words of the Documents pane: documents, pages, words, fields, checks, what was learned."""

from vlm_desktop.base.documentkeeping import DocumentState
from vlm_desktop.base.documents import CauseKind, CheckKind
from vlm_desktop.base.language import fill

TRY_AGAIN = "Try again"

# --- documents at the left -------------------------------------------------------------------

OPEN = "Open"
OPEN_NAME = "Open documents"
OPEN_FILES = "Open &files…"
OPEN_FOLDER = "Read a &folder…"
OPEN_SELECTION = "Read what is &selected in Search"
OPEN_TIP = "Pictures and PDFs; they stay where they are and are not copied"
CHOOSE_FILES = "Choose documents"
CHOOSE_FOLDER = "Choose a folder with documents"
DOCUMENT_FILES = "Documents"
ALL_FILES = "All files"
QUEUE_NAME = "Documents"
QUEUE_DESCRIPTION = "Enter goes to the fields; those with the most likely errors come first."
QUEUE_STATES = {
    DocumentState.UNREAD: "Not read yet",
    DocumentState.TO_REVIEW: "To review",
    DocumentState.REVIEWED: "Reviewed",
    DocumentState.REFUSED: "Refused",
}
RISK = "≈ {count:.1f} errors"
RISK_NONE = "hardly an error"
DOCUMENTS_COUNT = "{count:,} documents, {review:,} to review"
DOCUMENTS_COUNT_ONE = "1 document"
LISTS = "Lists"
LISTS_MORE = "More for documents"
LIST_PAGES = "Pages"
LIST_WORDS = "Words"
PAGES_NAME = "Pages of the document"
PAGE_ROW = "Page {number:,}"
PAGE_FOUND = "{number:,} · {count:,} found"
PAGE_SAID_ONE = "{page}, 1 value"
PAGE_SAID = "{page}, {count:,} values"
WORDS_NAME = "Words of the page"
WORDS_DESCRIPTION = (
    "Arrows walk, Shift takes more, Enter puts the words into the field that is worked on, Shift "
    "and Enter adds them to it."
)
WORD_FIELD = "{word}   ({field})"
WORD_SURE = "{percent:,} % sure"
WORD_DISPUTED = "read as {other} in the picture"

# --- the page --------------------------------------------------------------------------------

PAGE = "Page"
PAGE_OF = "Page {page:,} of {count:,}: {name}"
PAGE_PLACE = "{page:,} / {count:,}"
PAGE_DESCRIPTION = (
    "Arrows walk from word to word, with Shift they take more; Enter puts the words into the field "
    "that is worked on, Shift and Enter adds them. Ctrl and arrows move the page, Ctrl with + and "
    "- zoom, Page Up and Page Down turn pages."
)
ZOOM_IN = "Zoom in"
ZOOM_OUT = "Zoom out"
FIT = "Fit the page"
PAGE_BEFORE = "Page before"
PAGE_AFTER = "Next page"
PAGE_FAILED = "This page cannot be shown"
READING = "Reading {name}"
READING_PAGE = "Reading page {page:,} of {count:,}"

# --- fields ----------------------------------------------------------------------------------

STATES = {
    "human": "by hand",
    "read": "read",
    "learned": "learned",
    "embedded": "from the file's data",
    "doubtful": "please look",
    "ungrounded": "ungrounded",
    "missing": "missing",
    "absent": "not on it",
}
ACCEPTED = "accepted"
LEARNED_FROM = "learned from {name}"
DOUBTED = "{state}, please look"
SENTENCE = "{words}."
REQUIRED = "Required."
SAID_BY_HUMAN = "A person said so."
SURE = "{percent:,} % sure."
NO_EVIDENCE = "No words on the page carry it, so it is not exported without asking."
SPEAKS_FOR = "For it: {reasons}."
SPEAKS_AGAINST = "Against it: {reasons}."
AMBIGUOUS = "It may mean {values}."
CAUSES = {
    CauseKind.OCR: "how clearly it is read",
    CauseKind.LABEL: "the label beside it",
    CauseKind.POSITION: "its place on the page",
    CauseKind.TYPE: "its form",
    CauseKind.VALIDATOR: "what was checked",
    CauseKind.RIVALS: "other candidates",
    CauseKind.LEARNED: "what corrections taught",
    CauseKind.SECOND_READER: "the second reader",
}
CAUSE_LABEL = "{cause} (“{detail}”)"
CAUSE_DETAIL = "{cause} ({detail})"
CAUSE_DETAILS = {
    "text": "a text",
    "amount": "an amount of money",
    "date": "a date",
    "number": "a number",
    "enum": "one of the options",
    "address": "an address",
    "iban": "an IBAN",
    "vat_id": "a VAT id",
    "checkbox": "a box to tick",
}
PRINTED = "On the page: {text}"
NOT_FOUND = "Not found."
NOT_FOUND_COUNT = "Not found: {count:,}"
NOT_FOUND_LOOKED = "Not found. Looked {places}."
LOOKED_AT = "at page {page:,} ({reason})"
LOOKED_AT_TEXT = "beside “{text}” on page {page:,} ({reason})"
LOOKED_REASONS = {
    "no_label": "no label like it",
    "no_value_at_label": "nothing fitting beside it",
    "unsure": "what stands there is not likely enough",
    "learned_absent": "a correction taught that this layout has none",
}
DOUBT_REASONS = {
    "missing": "It is required and was not found.",
    "check": "A check it is part of fails.",
    "ambiguous": "Please choose what it means.",
    "ungrounded": "Nothing on the page carries it.",
    "confidence": "It is not sure enough.",
}
LABEL_CURRENCY = "{label} · {currency}"
FIELD_MORE = "More for {name}"
TAKE_READING = "Take “{text}”"
UNLEARN = "Unlearn"
UNLEARN_NAME = "Unlearn where {field} stands"
NOT_HERE = "The document does not have this"
GO_NEXT_DOUBT = "Next field to look at"
SUMMARY = "{count:,} fields, {doubts:,} to look at"
SUMMARY_ONE = "{count:,} fields, 1 to look at"
SUMMARY_NONE = "{count:,} fields, none to look at"
FIELDS_NAME = "Fields"
REVIEWED = "All is right"
REVIEWED_TIP = "Mark the document as reviewed and go to the next one (Ctrl+Enter)"
NEXT_DOCUMENT = "Next document"
EXPORT = "Export…"
NO_MORE_DOUBTS = "No more fields to look at. Ctrl+Enter marks the document as reviewed."
ALL_REVIEWED = "All documents are reviewed."

# tables
TABLE_LABEL = "{name} ({count:,})"
TABLE_DESCRIPTION = (
    "Arrows go from cell to cell, typing overrides a cell, Enter accepts it and goes on to the "
    "next one to look at."
)
CELL_SAID = "{column}, row {row:,}: {text}, {state}"
NO_ROWS = "No rows were found."
ADD_ROW = "Add a row"
ADD_ROW_TIP = "An empty row at the end, to be filled by typing or by pointing at words"
REMOVE_ROW = "Remove this row"
REMOVE_ROW_TIP = "The row with the current cell"
MOVE_LINES = "Move lines…"
MOVE_LINES_TIP = "Show the table's lines on the page, to be dragged or moved by arrow keys"
LINES_NAME = "Lines of the table"
LINES_DESCRIPTION = (
    "Tab goes from line to line, arrows move it, with Shift further. Insert adds a line beside it, "
    "Delete takes it away. Enter reads the table anew, Esc leaves it as it was."
)
LINES_HINT = (
    "Drag lines, or Tab and arrow keys. Insert adds one, Delete removes one. Enter: done, Esc: back"
)
LINE_ROW = "Row line {number:,} of {count:,}, at {at:,}"
LINE_COLUMN = "Column line {number:,} of {count:,}, at {at:,}"
LINES_DONE = "The table was read along the new lines."

# checks
CHECKS = "Checks"
CHECKS_FAILING = "Checks ({count:,})"
CHECKS_HELD = "{count:,} hold: {kinds}."
CHECKS_HELD_ONE = "1 holds: {kinds}."
CHECK_KINDS = {
    CheckKind.SUM: "sums",
    CheckKind.TAX: "tax",
    CheckKind.LINE: "lines of the table",
    CheckKind.DATES: "order of dates",
    CheckKind.IBAN: "IBAN",
    CheckKind.VAT_ID: "VAT id",
    CheckKind.LUHN: "check digits",
    CheckKind.PATTERN: "patterns",
    CheckKind.DUPLICATE: "no duplicate",
    CheckKind.ANOMALY: "nothing unusual",
    CheckKind.EMBEDDED: "the file's own data",
}
CHECKS_FAILED = {
    CheckKind.SUM: "{detail} ({fields}): {expected} is expected, {found} is there.",
    CheckKind.TAX: "{detail} ({fields}): {expected} is expected, {found} is there.",
    CheckKind.LINE: "{detail} ({fields}): {expected} is expected, {found} is there.",
    CheckKind.DATES: "{detail} ({fields}): {found}.",
    CheckKind.IBAN: "The check digits of the IBAN are wrong: {found}.",
    CheckKind.VAT_ID: "The VAT id is not valid: {found}.",
    CheckKind.LUHN: "The check digit is wrong: {found}.",
    CheckKind.PATTERN: "{fields} does not match its pattern: {found}.",
    CheckKind.DUPLICATE: "It may be a duplicate of {found}: {detail}.",
    CheckKind.ANOMALY: "{detail}: {found}, so far {expected}.",
    CheckKind.EMBEDDED: "The file's own data says {expected} for {fields}, the page {found}.",
}
CHECK_BARE = "{detail} ({fields}): {found} is there."
CHECK_DETAILS = {
    "line": "A line does not multiply out",
    "items": "The items do not add up",
    "total": "The total does not add up",
    "tax": "The tax does not fit",
    "payment": "What was paid and given back does not fit",
    "balance": "The balance does not add up",
    "order": "The dates are not in order",
    "implausible": "The date is implausible",
    "same-file": "it is the same file",
    "same-number": "it has the same number",
    "same-amount-and-date": "it has the same date and amount",
    "account-changed": "The bank account is another than before",
    "amount-unusual": "The amount is unusual for this sender",
}
REPAIR = "“{old}” as “{new}” in {name}"
REPAIR_OFFER = "If this is read as follows, everything balances: {changes}."
APPLY = "Apply"
APPLY_NAME = "Apply. {offer}"
APPLIED = "Applied. Ctrl+Z takes it back."
GO_TO_FIELD = "Go to {name}"
CHECKED_SAID = "{count:,} checks still fail."
CHECKED_SAID_ONE = "1 check still fails."
CHECKED_SAID_NONE = "All checks hold now."

# what was learned
LEARNED = "Learned"
LESSON = "Where {field} stands, from {document}."
TAUGHT = "{field} is kept. The next document of this layout will be read so, too."
KEPT = "{field} is kept."
UNLEARNED = "Unlearned. The document was read anew."

# --- what is done, for the Edit menu ---------------------------------------------------------

CHANGE_ASSIGN = "Words for {field}"
CHANGE_TYPE = "Typing in {field}"
CHANGE_ACCEPT = "Accepting {field}"
CHANGE_CHOOSE = "Another reading of {field}"
CHANGE_CLEAR = "Taking {field} out"
CHANGE_ROWS = "Rows of {field}"
CHANGE_LINES = "Lines of {field}"
CHANGE_REPAIR = "A reading that balances"
CHANGE_REVIEWED = "Marking {name} as reviewed"
CHANGE_UNLEARN = "Unlearning {field}"
CHANGED_SINCE = "What was changed again since is as it was."

# --- schemas, at the head of the form --------------------------------------------------------

SCHEMA = "&Schema"
SCHEMA_NAME = "Schema: what is read"
SCHEMA_TIP = "Which fields are looked for"
SCHEMA_MORE = "More for schemas"
PRESETS = {
    "receipt": "Receipt",
    "invoice": "Invoice",
    "form": "Form (all pairs)",
    "id_card": "ID card",
    "bank_statement": "Bank statement",
    "purchase_order": "Purchase order",
}

# --- messages in the place of a page ---------------------------------------------------------

EMPTY_TITLE = "Read fields out of documents"
EMPTY_TEXT = (
    "Open or drop receipts, invoices and forms, as pictures or PDFs. Every value comes with the "
    "words that carry it. Nothing leaves this computer, and files are not copied."
)
EMPTY_FILES = "Open files…"
EMPTY_FOLDER = "Read a folder…"
WORKING_TITLE = "One moment"
WORKING_TEXT = "The documents are being looked up."
WORKING_READ = "Pages are being read; the fields come as soon as they are."
FAILED_TITLE = "This document cannot be read"
FAILED_LIST = "The documents cannot be listed"
NO_DOCUMENTS = "No documents yet"

# --- commands --------------------------------------------------------------------------------

READ_AGAIN = "Read this document &again"
NEXT_COMMAND = "Next document"
PREVIOUS_COMMAND = "Document before"
NEXT_REVIEW = "Next document to review"
NEXT_DOUBT_COMMAND = "Next field to look at"
REVIEWED_COMMAND = "All is right, go on"
CLEAR_COMMAND = "The document does not have this field"
GO_QUEUE = "Go to the documents"
GO_PAGE = "Go to the page"
GO_WORDS = "Go to the words of the page"
GO_FIELDS = "Go to the fields"
GO_NEXT_PART = "Next part of the pane"
CHOOSE_FIELD = "Choose a field first; then its words."


def page_said(page: str, found: int) -> str:
    """A page of the list with how many values stand on it."""
    if not found:
        return page
    return fill(PAGE_SAID_ONE if found == 1 else PAGE_SAID, page=page, count=found)


def summary(count: int, doubts: int) -> str:
    """How many fields there are and how many a person should look at."""
    forms = {0: SUMMARY_NONE, 1: SUMMARY_ONE}
    return fill(forms.get(doubts, SUMMARY), count=count, doubts=doubts)


def counted(documents: int, review: int) -> str:
    one = documents == 1
    return fill(DOCUMENTS_COUNT_ONE if one else DOCUMENTS_COUNT, count=documents, review=review)


def checked(failing: int) -> str:
    """How the checks stand after a change, to be said."""
    forms = {0: CHECKED_SAID_NONE, 1: CHECKED_SAID_ONE}
    return fill(forms.get(failing, CHECKED_SAID), count=failing)
