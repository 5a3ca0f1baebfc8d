"""Documents: fields with evidence. `facade.Documents` is what the fronts see, one attribute a part.

    pages     pages.py: pages as pixels, drawn lazily; exporting: searchable.py, redacting.py,
              tableexport.py, plain.py, embedded.py (Factur-X)
    reader    reading.py: words, lines, tables; upright.py, lines.py, layout.py, grids.py,
              tables.py, checkboxes.py, pairs.py, agreeing.py (text layer beside OCR)
    schemas   schemas.py: what is asked for; schemafiles.py, drawing.py (a box becomes a field)
    extractor extracting.py: values with evidence; gathering.py (labels, candidates, features),
              scorer.py (a readable model), choosing.py; values.py, locales.py, validators.py
    checks    checks.py: sums, tax, dates, ids; rules.py, solver.py (the least change)
    keeping   keeping.py: what is kept, corrected, undone, forgotten; layouts.py, lessons.py,
              recalling.py, teaching.py (what corrections teach); anomalies.py (unlike before)
    batch     batch.py: many files, resumable, into a queue by expected error
    asking    asking.py, questions.py, passages.py, outlining.py: questions, a look at a glance
    comparing comparing.py, expected.py, verifying.py, verificationreport.py: expected values
    second    secondreader.py, opinions.py, aligning.py: models that read it, too

Importing this package imports none of them.
"""
