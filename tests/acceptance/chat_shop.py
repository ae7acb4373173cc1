"""The two functions behind a shop's chat, with a real queue between them; the platform is each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from google.cloud import tasks_v2

from infra.local.tasks_server.server import Server as TasksServer
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.served import Served, served
from tests.integration.tasks_stack import connect, wait_until

QUEUE = "projects/demo/locations/here/queues/reply"
LUCCA = "Cafetera italiana Lucca"
OUTBOX = Query.parse("outbox", "select state, delivery, error_code, content from outbox order by id")
TURNS = Query.parse("turns", "select content from messages where role = 'assistant' order by id")
_EMPTY = Query.parse("empty", "truncate conversations, inbox, outbox cascade")


@dataclass
class ChatShop:
    """The running functions and the queue's client."""

    webhook: Served
    reply: Served
    client: tasks_v2.CloudTasksClient
    db: Database

    def wait_until_done(self) -> None:
        """Until there is no work left."""
        wait_until(lambda: not self.client.list_tasks(request={"parent": QUEUE, "page_size": 1}).tasks)

    def warm_up(self, deliver: Callable[[], int]) -> None:
        """Delivers until it is taken, and forgets what was said.

        An instance that starts on a busy machine sends its first delivery away; not every platform repeats.
        """
        wait_until(lambda: deliver() == 200)
        self.wait_until_done()
        self.db.execute(_EMPTY)


@contextmanager
def chat_shop(folder: Path, database_url: str, db: Database, **settings: str) -> Iterator[ChatShop]:
    """Starts the functions over this database; `settings` say how they reach the platform."""
    with ExitStack() as stack:
        tasks = stack.enter_context(TasksServer(queues=[QUEUE]))
        settings = {
            "DATABASE_URL": database_url,
            "EMBEDDER": "local",
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "REPLY_QUEUE": "reply",
            "BURST_SECONDS": "0.3",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
            **settings,
        }
        reply = stack.enter_context(served("reply", folder, **settings))
        webhook = stack.enter_context(served("webhook", folder, **settings, REPLY_URL=reply.url))
        yield ChatShop(webhook, reply, connect(tasks.port, stack), db)
