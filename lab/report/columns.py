"""Lines up rows of words, as wide as the widest and no wider."""

from collections.abc import Iterable, Iterator, Sequence


def in_columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Give the head and the rows as lines; a last column is never padded."""
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
