"""The methods of `google.cloud.tasks.v2.CloudTasks`, as plain functions from request to response message.

They run on the event loop of the server, one at a time, and never wait: no lock is needed anywhere.
Not there: IAM, BatchCreateTasks and BatchDeleteTasks, CMEK; a client gets UNIMPLEMENTED.
"""

from __future__ import annotations

import grpc

from infra.local.tasks_server.dispatcher import Clock, Deliver, Dispatcher
from infra.local.tasks_server.messages import Empty, Message, plain
from infra.local.tasks_server.names import check_location, queue_location, split_task
from infra.local.tasks_server.queue import TaskQueue
from infra.local.tasks_server.queue_config import new_config, updated_config
from infra.local.tasks_server.refusal import Refusal, invalid, missing, taken, unsupported
from infra.local.tasks_server.tombstones import Tombstones

_QUEUE_TOMBSTONE = 7 * 24 * 3600.0
_MOST_TASKS = 1000
_MOST_QUEUES = 9800


class CloudTasks:
    """All queues of a server. `deliver` sends one task, `clock` gives seconds since 1970 UTC.

    Everything is kept in memory: what is pending when the server stops is lost.
    """

    def __init__(self, deliver: Deliver, clock: Clock, tombstone_seconds: float) -> None:
        self._deliver = deliver
        self._clock = clock
        self._tombstone_seconds = tombstone_seconds
        self._dispatchers: dict[str, Dispatcher] = {}
        self._deleted = Tombstones(_QUEUE_TOMBSTONE)

    def stop(self) -> None:
        """Stop all queues; attempts under way are cut off."""
        for dispatcher in self._dispatchers.values():
            dispatcher.stop()

    def create_queue(self, request: Message) -> Message:
        """A new running queue; ALREADY_EXISTS when there is one of that name."""
        location = check_location(request.parent)
        config = new_config(request.queue)
        if queue_location(config.name) != location:
            raise invalid(f"The queue {config.name!r} is not in the location {location!r}.")
        if config.name in self._dispatchers:
            raise taken(f"The queue {config.name} already exists.")
        return self._open(config)

    def get_queue(self, request: Message) -> Message:
        """A queue's settings and state."""
        return self._find(request.name).queue.config

    def list_queues(self, request: Message) -> Message:
        """The queues of a location, in order of their names."""
        location = check_location(request.parent)
        if request.filter:
            raise unsupported("a filter in ListQueues")
        after = request.page_token
        size = _page_size(request.page_size, _MOST_QUEUES)
        names = sorted(
            name for name in self._dispatchers if name > after and queue_location(name) == location
        )
        return plain("ListQueuesResponse")(
            queues=[self._dispatchers[name].queue.config for name in names[:size]],
            next_page_token=names[size - 1] if len(names) > size else "",
        )

    def update_queue(self, request: Message) -> Message:
        """Change the settings named by update_mask; a queue that does not exist is created."""
        queue_location(request.queue.name)
        dispatcher = self._dispatchers.get(request.queue.name)
        if dispatcher is None:
            return self._open(new_config(request.queue))
        config = updated_config(dispatcher.queue.config, request.queue, request.update_mask)
        dispatcher.queue.configure(config, self._clock())
        dispatcher.wake()
        return config

    def delete_queue(self, request: Message) -> Message:
        """Delete a queue with its tasks; its name stays blocked for 7 days."""
        dispatcher = self._find(request.name)
        del self._dispatchers[request.name]
        self._deleted.bury(request.name, self._clock())
        dispatcher.stop()
        return Empty()

    def purge_queue(self, request: Message) -> Message:
        """Delete all tasks of a queue."""
        queue = self._find(request.name).queue
        queue.purge(self._clock())
        return queue.config

    def pause_queue(self, request: Message) -> Message:
        """Send nothing from a queue until it is resumed."""
        queue = self._find(request.name).queue
        queue.pause()
        return queue.config

    def resume_queue(self, request: Message) -> Message:
        """Send from a paused queue again."""
        dispatcher = self._find(request.name)
        dispatcher.queue.resume()
        dispatcher.wake()
        return dispatcher.queue.config

    def create_task(self, request: Message) -> Message:
        """Put a task into a queue that exists."""
        dispatcher = self._find(request.parent)
        task = dispatcher.queue.add(request.task, self._clock())
        dispatcher.wake()
        return task.view(request.response_view)

    def get_task(self, request: Message) -> Message:
        """A task that is still in its queue."""
        queue_name, task_id = split_task(request.name)
        return self._find(queue_name).queue.get(task_id).view(request.response_view)

    def list_tasks(self, request: Message) -> Message:
        """The tasks in a queue, those under way included, in order of creation.

        With page_size=1 it is a cheap way to see whether a queue is idle.
        """
        queue = self._find(request.parent).queue
        if request.page_token and not request.page_token.isdecimal():
            raise invalid(f"Invalid page_token {request.page_token!r}.")
        after = int(request.page_token or 0)
        size = _page_size(request.page_size, _MOST_TASKS)
        tasks = queue.page(after, size + 1)
        return plain("ListTasksResponse")(
            tasks=[task.view(request.response_view) for task in tasks[:size]],
            next_page_token=str(tasks[size - 1].number) if len(tasks) > size else "",
        )

    def delete_task(self, request: Message) -> Message:
        """Delete a task; an attempt under way is not cut off, but no other follows."""
        queue_name, task_id = split_task(request.name)
        self._find(queue_name).queue.delete(task_id, self._clock())
        return Empty()

    def run_task(self, request: Message) -> Message:
        """Send a task at once, whatever the schedule, the rate limits or a pause say."""
        queue_name, task_id = split_task(request.name)
        dispatcher = self._find(queue_name)
        task = dispatcher.queue.force(task_id, self._clock())
        dispatcher.start(task)
        return task.view(request.response_view)

    def _open(self, config: Message) -> Message:
        now = self._clock()
        if self._deleted.holds(config.name, now):
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"The queue {config.name} was deleted less than 7 days ago: choose another name.",
            )
        queue = TaskQueue(config, self._tombstone_seconds, now)
        self._dispatchers[config.name] = Dispatcher(queue, self._deliver, self._clock)
        return config

    def _find(self, name: str) -> Dispatcher:
        queue_location(name)
        if name not in self._dispatchers:
            raise missing(f"Queue does not exist: {name}. Create it first.")
        return self._dispatchers[name]


def _page_size(asked: int, most: int) -> int:
    if asked < 0:
        raise invalid("page_size must not be negative.")
    return min(asked or most, most)
