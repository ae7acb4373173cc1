"""The door for the chat platforms that are answered through the queue: verify, hand over, acknowledge.

A platform waits a few seconds for the acknowledgement, and some take the conversation away without it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
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
_INBOX_SECONDS = 2.0
# The function `reply` ends after 150.
_DISPATCH_SECONDS = 160
_MOST_HANGING = 400
# More is no question, and would not fit into a task.
_MOST_CHARACTERS, _MOST_BESIDE = 10_000, 500


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
        self._connected = False

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
            # What may hang without an end is what opens the connections to Secret Manager and to the queue.
            # Once they are open, every call over them has a time limit, and a thread costs more than they do.
            return work() if self._connected else self._workers.run(work, Deadline(_DEADLINE_SECONDS))
        except BadRequest:
            raise
        except SettingsError as error:
            _log.error("channel not configured", channel=self._name, reason=str(error))
            return reply_json({"error": "This channel is not set up."}, 503)
        except TenderoError as error:
            _log.error("delivery not taken", channel=self._name, reason=str(error))
            status = self._built.busy_status if self._built else 503
            return reply_json({"error": "Nothing can be taken now."}, status)

    def _take(self, request: Request) -> Response:
        channel = self._channel()
        events = [_cut(each) for each in channel.receive(request)]
        if events:
            self._hand_over(channel, events)
        return channel.acknowledge()

    def _hand_over(self, channel: Channel, events: Sequence[Event]) -> None:
        queue = self._queue()
        try:
            with self._breaker.guard():
                self._enqueue(queue, events)
            self._connected = True
        except Exception as error:
            _log.error("the queue takes nothing: kept in the inbox", channel=self._name, reason=str(error))
            self._workers.run(partial(self._keep, channel, events), Deadline(_INBOX_SECONDS))

    def _enqueue(self, queue: TaskQueue, events: Sequence[Event]) -> None:
        url, shop = self._settings.reply_url, self._settings.shop_id
        tasks = [(f"{self._name}-{shop}-{each.kind}-{each.id}", {"event": each.to_json()}) for each in events]
        if len(tasks) > 1:
            queue.enqueue_all(url, tasks)
        else:
            ((name, payload),) = tasks
            queue.enqueue(url, payload, name=name)

    def _keep(self, channel: Channel, events: Sequence[Event]) -> None:
        from tendero.channels import news

        with self._database().transaction(Deadline(_INBOX_SECONDS)) as transaction:
            for event in events:
                if event.kind is Kind.MESSAGE:
                    news.receive(transaction, event)
                    continue
                try:
                    news.take_down(transaction, event, channel)
                except LookupError as error:
                    raise ServiceUnavailable(str(error)) from error

    def _channel(self) -> Channel:
        with self._lock:
            if self._built is None:
                self._built = registry.channel(self._name, self._settings, self._secrets)
        lacking = registry.lacking(self._name, self._settings, self._secrets)
        if lacking:
            raise SettingsError(f"Set {', '.join(lacking)}: without, {self._name} is not answered.")
        return self._built


def _cut(event: Event) -> Event:
    """The event as far as a task carries it: customers choose their names, and what stands in links."""
    details = {
        name: said[:_MOST_BESIDE] if isinstance(said, str) else said for name, said in event.details.items()
    }
    language = event.language and event.language[:_MOST_BESIDE]
    text, name = event.text[:_MOST_CHARACTERS], event.name[:_MOST_BESIDE]
    return replace(event, text=text, name=name, language=language, details=details)
