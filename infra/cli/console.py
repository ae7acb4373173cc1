"""Where a command prints what a person reads."""

from __future__ import annotations

from rich.console import Console

# A pipe has no width of its own; lines in it must not be broken at 80.
_PIPE_WIDTH = 200


def console(*, stderr: bool = False) -> Console:
    """Where to print. What is printed may come from a shop: brackets and colons in it are no markup."""
    made = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=stderr)
    if not made.is_terminal:
        made.width = _PIPE_WIDTH
    return made


def sentence(text: str) -> str:
    """The text with one full stop, unless it ends in a question."""
    text = text.rstrip(".")
    return text if text.endswith("?") else f"{text}."
