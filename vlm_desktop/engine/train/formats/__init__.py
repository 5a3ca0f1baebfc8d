"""Files of examples by anyone, each format one module that reads rows. Pure but for `readfiles`,
`pictures` and `beside`.

    rows.py           what every reader gives     plainrows.py      {"image", "caption"}, ...
    tables.py         CSV                         conversations.py  LLaVA, ShareGPT
    cococaptions.py   COCO captions               beside.py         .txt beside pictures, folders
    readfiles.py      which format it is, within bounds
    pictures.py       where named pictures lie    writing.py        JSON lines, LLaVA

A format is told by what a file holds, not by its ending.
"""
