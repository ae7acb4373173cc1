"""The door for Dialogflow: checks who asks, and answers in time whatever hangs or fails behind it."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from flask import Request, Response

from tendero.assistant.reply import Reply
from tendero.channels.dialogflow import followup
from tendero.channels.dialogflow.followup import Followup
from tendero.channels.dialogflow.parse import parse
from tendero.channels.dialogflow.query import Query
from tendero.channels.dialogflow.render import render
from tendero.channels.parts import Parts
from tendero.channels.workers import Workers
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest, DeadlineExceeded
from tendero.platform.incoming import read_json
from tendero.platform.logs import logger
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

if TYPE_CHECKING:
    from tendero.channels.dialogflow.turns import Turns

_log = logger("dialogflow")
# Turns that hang keep their thread: Cloud Run's most parallel requests, a few times over.
_MOST_TURNS = 400
# For rendering and the way back, and for the assistant to be done before nobody waits.
_RENDER_SECONDS, _HANDOVER_SECONDS = 0.1, 0.1


class Dialogflow:
    """Answers fulfilment requests. `parts` builds what it needs at the first request."""

    def __init__(self, settings: Settings, secrets: Secrets, parts: Callable[[], Parts]) -> None:
        self._settings = settings
        self._secrets = secrets
        self._parts = parts
        self._workers = Workers(_MOST_TURNS)
        self._lock = threading.Lock()
        self._made: Turns | None = None

    def __call__(self, request: Request) -> Response:
        """The response to one request. Raises BadRequest, with 401 for a wrong secret."""
        deadline = Deadline(self._settings.dialogflow_deadline_seconds)
        waiting = deadline.before(_RENDER_SECONDS)
        query = Query(conversation="")
        reply: Reply | Followup
        try:
            self._workers.run(partial(self._verify, request.headers.get("X-Webhook-Secret", "")), waiting)
            query = parse(read_json(request))
            reply = self._workers.run(partial(self._reply, query, waiting), waiting)
        except BadRequest:
            raise
        except DeadlineExceeded as error:
            _log.warning("turn not answered in time", reason=str(error))
            reply = self._turns().apology(query, "late")
        except Exception:
            _log.exception("turn failed")
            reply = self._turns().apology(query, "failed")
        response = Response(self._written(reply, query), mimetype="application/json")
        used = self._settings.dialogflow_deadline_seconds - deadline.remaining()
        # The customer does not wait for the log line: the first one of an instance loads the logging library.
        response.call_on_close(partial(self._report, reply, used))
        return response

    def _verify(self, sent: str) -> None:
        """An `Authorization` header is none of ours: Dialogflow adds an identity token by itself."""
        expected = self._secrets.get("dialogflow_webhook_secret")
        # WSGI hands headers over as Latin-1, whatever bytes they hold.
        if expected and not hmac.compare_digest(sent.encode("latin-1", "replace"), expected.encode()):
            raise BadRequest("The header X-Webhook-Secret is missing or wrong.", status=401)

    def _reply(self, query: Query, deadline: Deadline) -> Reply | Followup:
        return self._turns().answer(query, deadline.before(_HANDOVER_SECONDS))

    def _turns(self) -> Turns:
        """Loaded with the first question: an instance that starts for another channel does without."""
        with self._lock:
            if self._made is None:
                from tendero.channels.dialogflow.turns import Turns

                self._made = Turns(self._settings, self._parts)
            return self._made

    def _written(self, reply: Reply | Followup, query: Query) -> bytes:
        if isinstance(reply, Reply):
            return render(reply, query)
        event = self._settings.dialogflow_followup_event
        return followup.write(reply, event, query.language or self._settings.shop_languages[0])

    def _report(self, reply: Reply | Followup, seconds: float) -> None:
        if isinstance(reply, Followup):
            _log.info("turn goes on", turn=reply.turn, milliseconds=round(seconds * 1000))
            return
        _log.info(
            "turn answered",
            outcome=reply.outcome,
            engine=reply.engine.value,
            language=reply.language,
            products=len(reply.products),
            milliseconds=round(seconds * 1000),
            model_calls=reply.usage.calls,
            prompt_tokens=reply.usage.prompt_tokens,
            completion_tokens=reply.usage.completion_tokens,
            notes=reply.notes,
        )
