"""What Tendero talks to: the shop, the queue, the model, and who may call it."""

from __future__ import annotations

from infra.cli.checks.check import Check, fail, ok, warn
from tendero.catalog.woocommerce.client import Client
from tendero.platform.errors import HttpError, TenderoError
from tendero.platform.http import HttpClient
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue

_SECONDS = 10.0


def shop(settings: Settings) -> Check:
    """One product is asked for: the address, the key and its right to read at once."""
    try:
        settings.require("woocommerce_url", "woocommerce_key", "woocommerce_secret")
        client = Client(
            settings.woocommerce_url, settings.woocommerce_key, settings.woocommerce_secret, timeout=_SECONDS
        )
        answer = client.rows("products", attempts=1, per_page=1)
        client.close()
    except TenderoError as error:
        return fail("shop", str(error))
    count = "" if answer.total is None else f", {answer.total} products"
    return ok("shop", f"{settings.woocommerce_url} answers, the key may read{count}")


def queue(settings: Settings) -> Check:
    if not settings.embed_url:
        return ok("queue", "none: EMBED_URL is empty, so a sync embeds by itself")
    return running("queue", settings, settings.embed_queue, "EMBED_QUEUE")


def running(name: str, settings: Settings, queue: str, variable: str) -> Check:
    """Whether this queue, which `variable` names, takes tasks and gives them out."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError

    try:
        tasks = CloudTasksQueue(settings, queue)
        found = tasks.client().get_queue(name=tasks.path, timeout=_SECONDS)
    except GoogleAuthError as error:
        return fail(name, str(error).split("\n")[0], "Run `gcloud auth application-default login`.")
    except (GoogleAPICallError, RetryError) as error:
        message = f"{queue}: {error.message or error}"
        return fail(name, message, f"Check GCP_PROJECT_ID, TASKS_LOCATION and {variable}.")
    except TenderoError as error:
        return fail(name, str(error))
    state = found.state.name.lower()
    if state != "running":
        return fail(name, f"{tasks.path} is {state}", f"gcloud tasks queues resume {queue}")
    return ok(name, tasks.path)


def model(settings: Settings) -> Check:
    """Lists the service's models: costs nothing and needs a working key."""
    if not settings.openai_api_key:
        return ok("model", "none: OPENAI_API_KEY is empty, so templates answer")
    headers = {"Authorization": f"Bearer {settings.openai_api_key}"}
    client = HttpClient("The model service", settings.openai_base_url, headers=headers)
    try:
        answer = client.request("GET", "models", timeout=_SECONDS, attempts=1).json()
    except HttpError as error:
        fix = "Check OPENAI_API_KEY." if error.status in (401, 403) else "Check OPENAI_BASE_URL."
        return fail("model", str(error), fix)
    finally:
        client.close()
    known = {each.get("id") for each in answer.get("data", [])} if isinstance(answer, dict) else set()
    if known and settings.openai_model not in known:
        return warn(
            "model", f"the key works, but {settings.openai_model} is not listed", "Check OPENAI_MODEL."
        )
    return ok("model", f"the key works; {settings.openai_model} answers")


def callers(settings: Settings) -> Check:
    if settings.dialogflow_webhook_secret:
        return ok("dialogflow", "callers have to send the secret")
    return warn(
        "dialogflow",
        "every caller is answered",
        "Set DIALOGFLOW_WEBHOOK_SECRET, and the same value as header X-Webhook-Secret in Dialogflow.",
    )
