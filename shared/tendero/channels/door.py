"""The door for the chat platforms that are answered through the queue: verify, hand over, acknowledge.

A platform waits a few seconds for the acknowledgement, and some take the conversation away without it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Request, Response

from tendero.channels import registry
from tendero.channels.channel import Channel, Event, Kind
from tendero.channels.workers import Workers
from tendero.platform.breaker import Breaker
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest, ServiceUnavailable, SettingsError, TenderoError
from tendero.platform.incoming import read_body, reply_json
from tendero.platform.logs import logger
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.tasks import CloudTasksQueue, TaskQueue

_log = logger("door")
_MOST_BYTES = 4_000_000
# Chatwoot gives up after 5 seconds, and opens the conversation for a person.
_DEADLINE_SECONDS = 4.0
# A queue that takes nothing for this long is given up.
_QUEUE_SECONDS = 1.5
_INBOX_SECONDS = 1.5
# The function `reply` ends after 150.
_DISPATCH_SECONDS = 160
_MOST_HANGING = 400
# More is no question, and would not fit into a task.
_MOST_CHARACTERS = 10_000


def reply_queue(settings: Settings) -> TaskQueue:
    """The queue of the function `reply`. Raises SettingsError."""
    return CloudTasksQueue(
        settings,
        settings.reply_queue,
        dispatch_deadline_seconds=_DISPATCH_SECONDS,
        patience_seconds=_QUEUE_SECONDS,
    )


class ChatDoor:
    """Takes the deliveries of the channel called `name`, which is built at the first one.

    `queue` gives the queue that takes the events. While it takes none, they are kept in `database`, where the
    next sweep of `reply` finds them.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        secrets: Secrets,
        queue: Callable[[], TaskQueue],
        database: Callable[[], Database],
    ) -> None:
        self._name = name
        self._settings = settings
        self._secrets = secrets
        self._queue = queue
        self._database = database
        self._workers = Workers(_MOST_HANGING)
        # While the queue is away, no delivery waits for it.
        self._breaker = Breaker("The queue", failures=3, open_seconds=10.0)
        self._lock = threading.Lock()
        self._built: Channel | None = None

    def __call__(self, request: Request) -> Response:
        """The acknowledgement of one delivery. Raises BadRequest, with 401 or 403 for a wrong signature.

        503 where the channel is not configured, and the channel's `busy_status` where the delivery can be
        neither verified nor kept now.
        """
        # Read here: no thread that is left behind must go on reading from a connection.
        read_body(request, _MOST_BYTES)
        return self._in_time(partial(self._take, request))

    def greet(self, request: Request) -> Response:
        """The answer to a GET, by which some platforms prove the address and others deliver. Raises
        BadRequest.
        """

        def answered() -> Response:
            channel = self._channel()
            return self._take(request) if channel.delivers_by_get else channel.greet(request)

        return self._in_time(answered)

    def _in_time(self, work: Callable[[], Response]) -> Response:
        try:
            return self._workers.run(work, Deadline(_DEADLINE_SECONDS))
        except BadRequest:
            raise
        except SettingsError as error:
            _log.error("channel not configured", channel=self._name, reason=str(error))
            return reply_json({"error": str(error)}, 503)
        except TenderoError as error:
            _log.error("delivery not taken", channel=self._name, reason=str(error))
            status = self._built.busy_status if self._built else 503
            return reply_json({"error": "Nothing can be taken now."}, status)

    def _take(self, request: Request) -> Response:
        channel = self._channel()
        for event in channel.receive(request):
            self._hand_over(channel, replace(event, text=event.text[:_MOST_CHARACTERS]))
        return channel.acknowledge()

    def _hand_over(self, channel: Channel, event: Event) -> None:
        queue = self._queue()
        name = f"{self._name}-{self._settings.shop_id}-{event.kind}-{event.id}"
        try:
            with self._breaker.guard():
                queue.enqueue(self._settings.reply_url, {"event": event.to_json()}, name=name)
        except Exception as error:
            _log.error("the queue takes nothing: kept in the inbox", channel=self._name, reason=str(error))
            self._keep(channel, event)

    def _keep(self, channel: Channel, event: Event) -> None:
        from tendero.channels import news

        with self._database().transaction(Deadline(_INBOX_SECONDS)) as transaction:
            if event.kind is Kind.MESSAGE:
                news.receive(transaction, event)
                return
            try:
                news.take_down(transaction, event, channel)
            except LookupError as error:
                raise ServiceUnavailable(str(error)) from error

    def _channel(self) -> Channel:
        lacking = registry.lacking(self._name, self._settings, self._secrets)
        if lacking:
            raise SettingsError(f"Set {', '.join(lacking)}: without, {self._name} is not answered.")
        with self._lock:
            if self._built is None:
                self._built = registry.channel(self._name, self._settings, self._secrets)
            return self._built
