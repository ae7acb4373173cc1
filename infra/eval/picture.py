"""A picture of figures with their intervals: one panel for each metric, one bar for each ranking."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.eval.metrics import Mean
from infra.eval.rows import replace

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

# Pixels; twice what a page shows, for screens that have twice as many.
_WIDTH = 1600
_MARGIN, _GAP = 48, 56
_ROW, _BAR = 56, 34
_TITLE, _TEXT, _SMALL = 36, 26, 22
_INK, _FAINT, _GRID = "#1f2933", "#66727f", "#dde3e9"
_COLOURS = ("#0f766e", "#9bb8b4")
_STEPS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A ranking and its figures by metric; `main` ones stand out."""

    name: str
    figures: Mapping[str, Mean]
    main: bool = True


def draw(file: Path, title: str, note: str, bars: list[Bar]) -> None:
    """Writes a PNG. Figures lie between 0 and 1; thin lines are their 95 % intervals. Raises BadFile."""
    from PIL import Image, ImageDraw

    height = _MARGIN + 2 * _TITLE + 3 * _TEXT + len(bars) * _ROW + 3 * _SMALL + _MARGIN
    image = Image.new("RGB", (_WIDTH, height), "white")
    pen = ImageDraw.Draw(image)
    _write(pen, (_MARGIN, _MARGIN), title, _TITLE)
    names = max(pen.textlength(bar.name, font_size=_TEXT) for bar in bars)
    left, top = _MARGIN + int(names) + 24, _MARGIN + 2 * _TITLE
    first = top + 2 * _TEXT
    for number, bar in enumerate(bars):
        _write(pen, (left - 24, first + number * _ROW + _ROW // 2), bar.name, _TEXT, anchor="rm")
    metrics = list(bars[0].figures)
    width = (_WIDTH - left - _MARGIN - _GAP * (len(metrics) - 1)) // len(metrics)
    for number, metric in enumerate(metrics):
        _panel(pen, left + number * (width + _GAP), top, width, metric, bars)
    _write(pen, (_MARGIN, height - _MARGIN), note, _SMALL, _FAINT, anchor="ls")
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    replace(file, content.getvalue())


def _panel(pen: ImageDraw, left: int, top: int, width: int, metric: str, bars: list[Bar]) -> None:
    _write(pen, (left, top), metric, _TEXT)
    first = top + 2 * _TEXT
    bottom = first + len(bars) * _ROW
    for step in range(_STEPS + 1):
        x = left + width * step // _STEPS
        pen.line([(x, first), (x, bottom)], fill=_GRID, width=2)
        _write(pen, (x, bottom + 8), f"{step / _STEPS:g}", _SMALL, _FAINT, anchor="ma")
    for number, bar in enumerate(bars):
        found, middle = bar.figures[metric], first + number * _ROW + _ROW // 2
        over, under = middle - _BAR // 2, middle + _BAR // 2
        end = left + round(width * found.value)
        pen.rectangle([(left, over), (max(left, end - 1), under)], fill=_COLOURS[not bar.main])
        low, high = (left + round(width * each) for each in (found.low, found.high))
        pen.line([(low, middle), (high, middle)], fill=_INK, width=2)
        for x in (low, high):
            pen.line([(x, middle - 7), (x, middle + 7)], fill=_INK, width=2)
        text = f"{found.value:.3f}"
        # In the bar where it does not meet the interval's line.
        inside = left + 10 + pen.textlength(text, font_size=_SMALL) < low
        colour = "white" if bar.main and inside else _INK
        _write(pen, (left + 10 if inside else high + 10, middle), text, _SMALL, colour, anchor="lm")


def _write(
    pen: ImageDraw, place: tuple[int, int], text: str, size: int, colour: str = _INK, anchor: str = "la"
) -> None:
    pen.text(place, text, fill=colour, font_size=size, anchor=anchor)
