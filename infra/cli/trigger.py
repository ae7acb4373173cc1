"""`tendero trigger`: sends sample events, signed as their platform signs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from infra.cli.environment import EnvFile, connected, environment
from tendero.platform.errors import SettingsError

if TYPE_CHECKING:
    from infra.trigger.cases import Case
    from tendero.platform.settings import Settings


def trigger(
    channel: Annotated[
        str, typer.Argument(metavar="[CHANNEL]", help="twilio, chatwoot, whatsapp, dialogflow.")
    ] = "",
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Which event: see --list.")] = "",
    show_list: Annotated[bool, typer.Option("--list", help="Name the cases, and send nothing.")] = False,
    text: Annotated[
        str | None, typer.Option("--text", help="The customer's words instead of the sample's.")
    ] = None,
    url: Annotated[
        str,
        typer.Option(
            "--url", help="The function's address; default: the local stack, or the configured one."
        ),
    ] = "",
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait for the answer that goes out.")
    ] = 0,
    env_file: EnvFile = None,
) -> None:
    """Send a sample event as its platform would, to a local or deployed function."""
    from infra.trigger import cases, send
    from infra.trigger.watch import Watch
    from tendero.platform.secrets import Secrets

    if show_list:
        _list(channel)
        return
    if not channel or not case:
        raise typer.BadParameter("name a channel and a case; `tendero trigger --list` shows them.")
    found = connected(env_file) if wait else environment(env_file)
    settings = Secrets(found.settings()).resolve(found.settings())
    chosen = cases.case(channel, case, phone_number_id=settings.whatsapp_phone_number_id)
    target, signed = _addresses(chosen, settings, url, found.stack.urls["webhook"] if found.stack else "")
    print(f"{chosen.describe}\n{target}")
    watch = Watch(settings, chosen.channel) if wait else None
    for answer in send.send(chosen, settings, target, signed_url=signed, text=text):
        said = " ".join(answer.body.split())[:200]
        print(f"  {answer.status}  {answer.milliseconds:.0f} ms  {said}".rstrip())
    if watch is not None:
        watch.tell(wait)


def _list(channel: str) -> None:
    from infra.trigger import cases

    for each in [channel] if channel else cases.channels():
        found = cases.cases(each)
        print(each)
        for known in found:
            print(f"  {known.name:<28} {known.describe}")


def _addresses(case: Case, settings: Settings, url: str, local: str) -> tuple[str, str]:
    """Where the event goes, and the address that is signed: the one that the platform was given."""
    from infra.trigger.platforms import PLATFORMS

    path = PLATFORMS[case.channel].path
    given = settings.twilio_webhook_url if case.channel == "twilio" else ""
    if url and not urlsplit(url).path.strip("/"):
        url = url.rstrip("/") + path
    target = url or (f"{local}{path}" if local else given)
    if not target:
        raise SettingsError("Say --url https://…, or start a local stack with `tendero local up --detach`.")
    return target, given or target
