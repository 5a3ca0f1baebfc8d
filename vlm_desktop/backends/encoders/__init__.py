"""Dual encoders: pictures and sentences into one embedding space, one adapter per family."""
