"""Objects of pictures in the formats of the field, each one module that writes and reads. Pure but
for `readfiles` and `masks`.

    exchange.py  what goes in and out of each     plain.py     values that strangers wrote
    coco.py      COCO instances, RLE              yolo.py      YOLO detect and segment
    labelme.py   labelme                          voc.py       Pascal VOC
    refcoco.py   RefCOCO-style expressions        rows.py      JSON lines to train on
    masks.py     PNG pictures of labels, objects  cutouts.py   objects cut out of their pictures
    outlines.py  masks to corners and back        readfiles.py files, by size
"""
