"""The words by which a frozen program, which has no Python beside it, re-enters itself."""

WORKER_ARGUMENT = "decode-worker"
"""The only argument of a child that is to run `vlm_desktop.media.worker`."""

TRAIN_ARGUMENT = "train-worker"
"""Followed by the folder of a run: `vlm_desktop.training.worker` works on it."""
