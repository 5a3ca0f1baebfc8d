"""Models that are told in words what to look for, one adapter behind `PhraseModel` each."""
