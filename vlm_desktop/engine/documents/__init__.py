"""Documents: fields with evidence. `facade.Documents` is what the fronts see.

    facade.py      all parts in one object                pages.py        pages, drawn lazily
    reading.py     words, lines, tables of a page         upright.py      how a page stands
    lines.py       words into lines and reading order     layout.py       blocks
    tables.py      ruled and unruled tables               checkboxes.py   boxes to tick, by ink
    pairs.py       labels and values                      schemas.py      what is asked for
    drawing.py     a field proposed from a drawn box      values.py       raw text to value
    locales.py     how a document writes                  validators.py   IBAN, VAT, Luhn
    checks.py      sums, tax, dates                       solver.py       the least change
    extracting.py  values with evidence                   candidates.py   what may be a value
    features.py    what speaks for a candidate            scorer.py       a readable model
    metrics.py     field F1, ANLS                         keeping.py      what is kept
    layouts.py     what corrections taught                anomalies.py    what is unlike before
    batch.py       a folder, resumable                    exporting.py    CSV, JSON, XLSX, PDF

Importing this package imports none of them.
"""
