"""The library on disk: SQLite, and the vector matrices derived from it. All SQL lives here."""
