"""The verbs: index, search, label, evaluate, measure. No Qt, no SQL, no network runtimes."""
