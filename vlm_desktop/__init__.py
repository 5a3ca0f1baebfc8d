"""VLM Desktop: search, describe and question your own pictures on your own machine."""

__version__ = "0.1.0"
