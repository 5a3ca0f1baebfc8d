"""Training of the starter assistant: captions and short answers over the starter's image tower.

``python -m vlm_desktop.training.starter assistant --help`` tells how to run it.
"""
