"""Measuring the window in processes of its own. Reached only from `vlm-desktop bench`."""
