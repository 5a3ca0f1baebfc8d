"""Pages and documents: their images found, and alt text written back with all else untouched.

    opening.py      which reader, limits on files      writing.py    plan, check, replace the file
    textfile.py     bytes to text and back, exactly    targets.py    where an alt text is spliced in
    htmltags.py     tags of HTML and where they lie    htmlscan.py   images and what stands around
    markdownscan.py images of Markdown                 references.py what a reference points to
    zipparts.py     ZIP read with limits, rewritten    xmlscan.py    XML with places, no entities
    package.py      parts of Office and relations      ooxml.py      drawings and their properties
    office.py       what Word and PowerPoint share     loaded.py     what readers give
    words.py        texts, tidied and cut
    html.py, markdown.py, docx.py, pptx.py, epub.py    one reader each

No file is ever serialised anew: edits are splices of text at places found by scanning.
"""
