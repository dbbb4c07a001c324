"""Comparing what was heard with what was said."""

import re


def word_errors(said: str, heard: str) -> float:
    """Word error rate (Levenshtein distance over words, case and punctuation ignored), 0 for a perfect transcript."""
    reference, words = _words(said), _words(heard)
    row = list(range(len(words) + 1))
    for i, wanted in enumerate(reference, 1):
        previous, row[0] = row[0], i
        for j, got in enumerate(words, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (wanted != got))
    return row[-1] / len(reference)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+|\d+", text.lower())
