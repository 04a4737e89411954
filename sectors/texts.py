"""Typed text."""


def plain(text: str) -> str:
    """As it is stored: without blanks around it, with the line ends that a browser's field gives back, and without NUL,
    which PostgreSQL does not take."""
    return text.replace("\r\n", "\n").replace("\0", "").strip()
