"""The server: gRPC on one side, an event loop that sends HTTP on the other."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType

import grpc

from infra.local.tasks_server.delivery import deliver, open_session
from infra.local.tasks_server.dispatcher import Clock
from infra.local.tasks_server.messages import SERVICE, Message, plain
from infra.local.tasks_server.names import queue_location
from infra.local.tasks_server.refusal import Refusal
from infra.local.tasks_server.service import CloudTasks
from tendero.platform.errors import TenderoError

_METHODS = {
    "CreateQueue": CloudTasks.create_queue,
    "GetQueue": CloudTasks.get_queue,
    "ListQueues": CloudTasks.list_queues,
    "UpdateQueue": CloudTasks.update_queue,
    "DeleteQueue": CloudTasks.delete_queue,
    "PurgeQueue": CloudTasks.purge_queue,
    "PauseQueue": CloudTasks.pause_queue,
    "ResumeQueue": CloudTasks.resume_queue,
    "CreateTask": CloudTasks.create_task,
    "GetTask": CloudTasks.get_task,
    "ListTasks": CloudTasks.list_tasks,
    "DeleteTask": CloudTasks.delete_task,
    "RunTask": CloudTasks.run_task,
}


class ServerError(TenderoError):
    """The tasks server cannot start: its address is in use or a queue's name is wrong."""


class Server:
    """A Cloud Tasks server for one machine, speaking `google.cloud.tasks.v2` over insecure gRPC.

    Port 0 takes a free one. `queues` are full names of queues to create with default settings.
    `tombstone_seconds` is how long a task's name stays blocked after the task has gone; `clock` gives seconds
    since 1970 UTC. Queues and tasks live in memory: stopping drops those that are pending. Everything
    but the gRPC threads' waiting runs on one event loop in a thread of its own.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        queues: Sequence[str] = (),
        tombstone_seconds: float = 3600.0,
        clock: Clock = time.time,
    ) -> None:
        self.host = host
        self.port = port
        self._queues = queues
        self._tombstone_seconds = tombstone_seconds
        self._clock = clock
        self._grpc_threads = ThreadPoolExecutor(8, thread_name_prefix="tasks-grpc")
        self._thread = threading.Thread(target=self._run, name="tasks-loop")
        self._ready = threading.Event()
        self._service: CloudTasks
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event

    def start(self) -> int:
        """Serve until `stop`; gives the port. Once per object. Raises ServerError."""
        self._grpc = grpc.server(
            self._grpc_threads,
            handlers=[grpc.method_handlers_generic_handler(SERVICE, self._handlers())],
            # Without it a second server on the same port would start and take half of the calls.
            options=[("grpc.so_reuseport", 0)],
        )
        try:
            self.port = self._grpc.add_insecure_port(f"{self.host}:{self.port}")
        except RuntimeError as error:
            raise ServerError(
                f"Cannot listen on {self.host}:{self.port}: the port is in use or the address is not this "
                "machine's. Stop the other program or choose another port."
            ) from error
        self._thread.start()
        self._ready.wait()
        self._grpc.start()
        try:
            self._create_queues()
        except Refusal as error:
            self.stop()
            raise ServerError(str(error)) from error
        return self.port

    def stop(self) -> None:
        """Stop serving and sending; attempts under way are cut off. Leaves no thread behind.

        Does nothing when the server does not run.
        """
        if not self._thread.is_alive():
            return
        self._grpc.stop(grace=0.5).wait()
        self._grpc_threads.shutdown()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with open_session() as session:
            self._service = CloudTasks(partial(deliver, session), self._clock, self._tombstone_seconds)
            self._ready.set()
            await self._stopping.wait()
            self._service.stop()

    def _create_queues(self) -> None:
        for name in self._queues:
            request = plain("CreateQueueRequest")(parent=queue_location(name), queue={"name": name})
            self._call(CloudTasks.create_queue, request)

    def _handlers(self) -> dict[str, grpc.RpcMethodHandler]:
        return {
            name: grpc.unary_unary_rpc_method_handler(
                partial(self._answer, method),
                request_deserializer=plain(f"{name}Request").FromString,
            )
            for name, method in _METHODS.items()
        }

    def _answer(
        self,
        method: Callable[[CloudTasks, Message], Message],
        request: Message,
        context: grpc.ServicerContext,
    ) -> bytes:
        try:
            return self._call(method, request)
        except Refusal as refusal:
            context.abort(refusal.code, str(refusal))
            raise

    def _call(self, method: Callable[[CloudTasks, Message], Message], request: Message) -> bytes:
        async def on_loop() -> bytes:
            # Serialized here, since the loop may change the message as soon as it is let go.
            return bytes(method(self._service, request).SerializeToString())

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result()
