"""`tendero replay`: has a customer's stored message worked off once more."""

from __future__ import annotations

import json
import uuid
from typing import Annotated

import typer

from infra.cli.environment import EnvFile, connected
from tendero.platform.sql import load

_SQL = load(__file__)


def replay(
    message: Annotated[
        str,
        typer.Argument(metavar="MESSAGE_ID", help="The platform's id of the message, or the inbox's own."),
    ],
    again: Annotated[
        bool,
        typer.Option("--again", help="Answer it anew, although it has been answered: the customer sees it."),
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Queue a stored message for `reply` once more.

    One that has been answered is not answered twice, unless you say --again.
    """
    from infra.cli.library import opened
    from tendero.platform.tasks import CloudTasksQueue

    with opened(connected(env_file)) as library:
        settings = library.settings
        settings.require("reply_url", "gcp_project_id")
        rows = library.database.fetch(_SQL["stored"], message=message)
        if not rows:
            raise typer.BadParameter(f"no message {message!r} is stored.", param_hint="MESSAGE_ID")
        row, event = rows[0], json.loads(rows[0]["event"])
        if again:
            event["id"] = f"{event['id']}#{uuid.uuid4().hex[:8]}"
        # Unnamed: the name of its first task is taken for an hour.
        CloudTasksQueue(settings, settings.reply_queue).enqueue(settings.reply_url, {"event": event})
    before = (
        f"{row['channel']} message {row['provider_id']} of {row['arrived_at']:%Y-%m-%d %H:%M}, {row['state']}"
    )
    print(f"Queued: {before}{', to be answered anew' if again else ''}.")
    if row["state"] == "answered" and not again:
        print("It has been answered; nothing will be sent. --again answers it anew.")
