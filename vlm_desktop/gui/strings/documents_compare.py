"""Words about comparing documents with what was expected, and about second readers."""

COMPARE_COMMAND = "&Compare with expected values…"
COMPARE_PICK = "Choose the table of expected values"
COMPARE_KINDS = "Tables and data (*.csv *.xlsx *.json *.jsonl)"
COMPARE_WORK = "Comparing with {name}"
COMPARE_STOPPED = "Stopped comparing."
COMPARE_DONE = "Compared {documents:,} documents with {name}"
COMPARE_TITLE = "Compared with {name}"
COMPARE_ROWS = "What differs"
COMPARE_SUMMARY = (
    "{same:,} the same, {otherwise:,} written otherwise, {different:,} different, "
    "{missing:,} not found. {extra:,} values were not expected."
)
COMPARE_UNUSED = "{count:,} documents of the table are not among those that were read: {names}."
COMPARE_NOTHING = "{name}: nothing was expected of it."
COMPARE_DIFFERENT = "{file}, {field}: “{found}” instead of “{expected}”"
COMPARE_MISSING = "{file}, {field}: not found; “{expected}” was expected"
COMPARE_ALL_SAME = "Everything that was expected stands in the documents."
SAVE_REPORT = "&Save a report…"
REPORT_FILE = "comparison.html"
REPORT_KIND = "Web page (*.html)"
SIGN_TITLE = "Save report"
SIGN_LABEL = "Signed off by (leave empty for no signature):"
REPORT_SAVED = "Saved {name}"
SECOND_COMMAND = "Have a &model read it, too…"
SECOND_TITLE = "Have a model read it, too"
SECOND_LABEL = "Model that reads {name} a second time:"
SECOND_CHOICE = "{name} ({licence})"
SECOND_NONE = (
    "No model on this computer reads documents. The Models pane lists some under “Reads documents”."
)
SECOND_WORK = "{model} reads {name}"
SECOND_STOPPED = "Stopped reading a second time."
SECOND_DONE = "{model} has read {name}"
SECOND_ROWS = "What the second reader says"
SECOND_SUMMARY = (
    "{same:,} fields the same, {differs:,} different, {only:,} that were not found "
    "before. Nothing was changed: choose a value to take it over."
)
SECOND_SAME = "{field}: the same"
SECOND_DIFFERS = "{field}: “{said}” instead of “{found}” — {pieces}"
SECOND_ONLY = "{field}: “{said}”, not found before"
SECOND_UNGROUNDED = "{row}. No words on the pages carry it."
SECOND_PIECE = "“{said}” for “{found}”"
SECOND_ADDED = "“{said}” added"
SECOND_LEFT_OUT = "“{found}” left out"
TAKE_OVER = "&Take over"
CHANGE_TAKE_OVER = "Take over {field} from the second reader"

REPORT = {
    "title": "Documents compared with what was expected",
    "made": "Made on {at}",
    "note": (
        "Values were read from the documents named below, whose bytes have the hashes "
        "given. Whoever signed looked at this comparison; the signature is a name, not a "
        "cryptographic one."
    ),
    "summary": "Summary",
    "documents": "Documents",
    "count": "Count",
    "result": "Result",
    "file": "File",
    "hash": "Hash of its bytes",
    "field": "Field",
    "expected": "Expected",
    "found": "Found",
    "page": "Page",
    "confidence": "Confidence",
    "checked": "Looked at by a person",
    "yes": "yes",
    "nothing_expected": "Nothing was expected of this document.",
    "signed": "Signed off by {by} on {at}",
    "not_signed": "Not signed off",
    "expectations": "Hash of the expectations: {hash}",
    "rows_hash": "Hash of this comparison: {hash}",
}
"""The words of the report, by their names in `base.verificationwords`."""
REPORT_KINDS = {
    "match": "same",
    "normalised": "same, written otherwise",
    "mismatch": "different",
    "missing": "not found",
    "extra": "not expected",
}
