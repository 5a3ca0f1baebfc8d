"""Alt text: from decision to published. `facade.AltTexts` is what the fronts see.

    facade.py      all parts in one object               keeping.py   what is kept, and its parts
    revising.py    what an act does                      merging.py   whose words stay
    history.py     what happened, as differences         batch.py     a whole set drafted, in order
    risk.py        what to look at first                 coverage.py  how far a set has come
    alikeness.py   images of a set that look the same    drafting.py  decisions and drafts
    checking.py    claims, evidence, quiz                lint.py      findings, instantly
    files.py       XMP in the file or beside             pages.py     HTML to EPUB, in and back

Importing this package imports none of them: `lint` is called while a person types.
"""
