"""The column in which the conversation stands, and what is asked about it. No Qt."""

COLUMN = 672
"""Its widest, logical pixels."""


def column(outer: int) -> tuple[int, int]:
    """Left edge and width of it in a window that is `outer` wide."""
    width = min(COLUMN, outer - 48 if outer > 560 else outer - 32)
    return (outer - width) // 2, width
