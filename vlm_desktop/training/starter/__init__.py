"""Training of the small image-text dual encoder bundled as ``models/starter``.

``python -m vlm_desktop.training.starter --help`` tells how to run it.
"""
