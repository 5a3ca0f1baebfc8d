"""The window. Widgets and words only: it talks to the engine through `vlm_desktop.jobs`."""
