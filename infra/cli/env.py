"""`tendero env`: writes `.env.example` and the README's table of settings from their declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from itertools import groupby
from textwrap import wrap
from typing import Annotated, Any

import typer

from infra.build import ROOT
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

EXAMPLE = ROOT / ".env.example"
README = ROOT / "README.md"
BEGIN, END = "<!-- settings:begin -->", "<!-- settings:end -->"


class OutOfDate(TenderoError):
    """A generated file does not say what the settings' declaration says."""


def env(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file differs.")] = False,
) -> None:
    """Write .env.example and the README's table of settings."""
    texts = {EXAMPLE: example()}
    if README.is_file() and BEGIN in (readme := README.read_text(encoding="utf-8")):
        texts[README] = with_table(readme)
    different = [
        path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    names = ", ".join(path.name for path in different)
    if check and different:
        raise OutOfDate(f"{names}: not what platform/settings.py declares; `tendero env` writes it.")
    for path in different:
        path.write_text(texts[path], encoding="utf-8")
    if not check:
        print(f"Written: {names}" if different else "Nothing to write: all is up to date.")


def example() -> str:
    """The text of `.env.example`: every setting, commented out, with its meaning and default."""
    lines = [
        "# Copy this file to .env and uncomment what you need. Variables of the environment win over it.",
        "# Written by `tendero env` from shared/tendero/platform/settings.py.",
    ]
    for group, declared in _groups():
        lines += ["", f"# ---- {group} ----"]
        for each in declared:
            lines += ["", *wrap(_meaning(each), 100, initial_indent="# ", subsequent_indent="# ")]
            lines.append(f"# {each.name.upper()}={_default(each)}")
    return "\n".join(lines) + "\n"


def with_table(readme: str) -> str:
    """This text with the table between the markers renewed. Raises OutOfDate when a marker is missing."""
    before, _, rest = readme.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise OutOfDate(f"README.md has {BEGIN} but no {END}.")
    return f"{before}{BEGIN}\n{_table()}\n{END}{after}"


def _table() -> str:
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for group, declared in _groups():
        lines.append(f"| **{group}** | | |")
        for each in declared:
            default = _default(each)
            shown = f"`{default}`" if default else ""
            lines.append(
                f"| `{each.name.upper()}` | {shown} | {_meaning(each).replace('|', chr(92) + '|')} |"
            )
    return "\n".join(lines)


def _groups() -> Iterator[tuple[str, list[Field[Any]]]]:
    order = list(dict.fromkeys(each.metadata["group"] for each in fields(Settings)))
    declared = sorted(fields(Settings), key=lambda each: order.index(each.metadata["group"]))
    for group, members in groupby(declared, key=lambda each: each.metadata["group"]):
        yield str(group), list(members)


def _meaning(declared: Field[Any]) -> str:
    rule = declared.metadata
    parts = [rule["meaning"]]
    if rule["choices"]:
        several = "Any of" if isinstance(declared.default, tuple) else "One of"
        parts.append(f"{several} {', '.join(rule['choices'])}.")
    least, most = rule["at_least"], rule["at_most"]
    if least is not None and most is not None:
        parts.append(f"From {least} to {most}.")
    elif least is not None:
        parts.append(f"At least {least}.")
    if rule["also"]:
        parts.append(f"Also read from {', '.join(rule['also'])}.")
    if rule["secret"]:
        parts.append("Secret.")
    return " ".join(parts)


def _default(declared: Field[Any]) -> str:
    if declared.default is MISSING:
        return ""
    if isinstance(declared.default, tuple):
        return ",".join(declared.default)
    return str(declared.default).lower() if isinstance(declared.default, bool) else str(declared.default)
