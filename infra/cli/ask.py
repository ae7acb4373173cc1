"""`tendero ask`: what a customer would be answered, by which engine, how fast."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.console import console
from infra.cli.environment import EnvFile, Json, connected

if TYPE_CHECKING:
    from tendero.assistant.reply import Reply

_LANGUAGES = ("es", "en", "pt")


def ask(
    message: Annotated[str, typer.Argument(help="What the customer writes.")],
    lang: Annotated[
        str | None, typer.Option("--lang", help="es, en or pt, where the message shows none.")
    ] = None,
    session: Annotated[
        str | None, typer.Option("--session", help="Go on with the conversation of this name.")
    ] = None,
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Ask as a customer would."""
    if not message.strip():
        raise typer.BadParameter("The message is empty.")
    if lang is not None and lang not in _LANGUAGES:
        raise typer.BadParameter(f"--lang {lang}: it is one of {', '.join(_LANGUAGES)}.")
    from infra.cli.library import opened
    from tendero.assistant.asked import Asked
    from tendero.assistant.keep import answer
    from tendero.channels.parts import build
    from tendero.people.conversations import ConversationRef
    from tendero.platform.deadline import Deadline

    with opened(connected(env_file)) as library:
        library.tell_when_empty()
        parts = build(library.settings, library.secrets)
        conversation = ConversationRef("cli", session or uuid.uuid4().hex)
        began = time.perf_counter()
        deadline = Deadline(library.settings.dialogflow_deadline_seconds)
        reply = answer(parts.assistant, parts.database, Asked(message, conversation, lang), deadline)
        milliseconds = (time.perf_counter() - began) * 1000
        parts.database.close()
    if as_json:
        described = _described(reply, milliseconds, conversation.external_id)
        print(json.dumps(described, ensure_ascii=False, indent=2))
    else:
        _show(reply, milliseconds)


def _described(reply: Reply, milliseconds: float, session: str) -> dict[str, Any]:
    from infra.cli.products import as_json

    usage = reply.usage
    return {
        "reply": "\n".join(reply.texts),
        "texts": list(reply.texts),
        "language": reply.language,
        "engine": str(reply.engine),
        "outcome": reply.outcome,
        "milliseconds": round(milliseconds, 1),
        "products": [as_json(product) for product in reply.products],
        "quick_replies": list(reply.quick_replies),
        "usage": {
            "model": usage.model,
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
        },
        "notes": list(reply.notes),
        "session": session,
    }


def _show(reply: Reply, milliseconds: float) -> None:
    from rich.text import Text

    from infra.cli.products import price, stock

    output = console()
    for text in reply.texts:
        output.print(Text(text))
    by = f"{reply.engine} ({reply.usage.model})" if reply.usage.model else str(reply.engine)
    output.print()
    output.print(Text(f"{reply.outcome}, by {by}, {milliseconds:.0f} ms", style="dim"))
    for product in reply.products:
        line = f"  {product.sku or '–'}  {product.name}  {price(product)}  {stock(product)}"
        output.print(Text(line, style="dim"))
    for note in reply.notes:
        output.print(Text(f"  {note}", style="yellow"))
