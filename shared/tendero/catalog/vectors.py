"""The products' vectors of every model that a shop uses now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import uuid4

from tendero.catalog import models
from tendero.catalog.embedder import Embedder
from tendero.catalog.embedding import Embedded, Embeddings, FanOut
from tendero.catalog.models import Chosen, Models
from tendero.platform import logs
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings
from tendero.platform.tasks import TaskQueue

_log = logs.logger("vectors")


class Vectors:
    """`Embeddings` of the active model and of the one that is to take its place."""

    def __init__(
        self,
        database: Database,
        models: Models,
        settings: Settings,
        queue: Callable[[], TaskQueue] | None = None,
    ) -> None:
        self._database = database
        self._models = models
        self._settings = settings
        self._queue = queue

    def fan_out(self, run_id: int | str, product_ids: Sequence[int] | None = None) -> FanOut:
        """See `FanningOut`. Ends a switch whose new model turns out to be complete."""
        try:
            chosen = self._models.chosen(self._database)
        except SettingsError as error:
            return FanOut(0, (f"No embeddings: {error}",), refused=True)
        self._unblock(chosen)
        outcome = FanOut.of([self.of(each).fan_out(run_id, product_ids) for each in chosen.wanted])
        if chosen.next is not None and models.finish_switch(self._database, chosen.next):
            _log.info("searches go by another embedding model", model=chosen.next.model)
        return outcome

    def embed(
        self,
        product_ids: Sequence[int],
        model: str = "",
        deadline: Deadline | None = None,
        *,
        queued: bool = False,
    ) -> Embedded:
        """See `Embeddings.embed`. An empty `model` means the active one; one that is not used (any more) is
        not asked. Raises SettingsError, too."""
        chosen = self._models.chosen(self._database)
        for each in chosen.wanted:
            if model in ("", each.model):
                return self.of(each).embed(product_ids, deadline, queued=queued)
        return Embedded(skipped=len(set(product_ids)))

    def give_up(self, product_ids: Sequence[int], model: str, reason: str) -> None:
        """See `Embeddings.give_up`; of one model, as in `embed`."""
        for each in self._models.chosen(self._database).wanted:
            if model in ("", each.model):
                self.of(each).give_up(product_ids, reason)
                break

    def retry(self) -> FanOut:
        """Forgets every refusal, of texts and because of money, and fans out what is lacking.

        Raises SettingsError, ServiceUnavailable or TaskError.
        """
        for each in self._models.chosen(self._database).wanted:
            self.of(each).forget_failures()
            self.of(each).resume()
        return self.fan_out(f"retry-{uuid4().hex[:8]}")

    def switch(self, following: Embedder) -> FanOut:
        """Begins to fill `following`; a shop without products is switched at once.

        Raises SettingsError, ServiceUnavailable or TaskError.
        """
        models.begin_switch(self._database, self._models.chosen(self._database).active, following)
        # The model that is left may have had the queue paused: its tasks find it stopped.
        self.of(following).resume()
        return self.fan_out(f"switch-{uuid4().hex[:8]}")

    def of(self, embedder: Embedder) -> Embeddings:
        """One model's."""
        return Embeddings(self._database, embedder, self._settings, self._queue)

    def _unblock(self, chosen: Chosen) -> None:
        """A model that is no longer used may have had the queue paused, which holds up all others as well."""
        stopped = models.stopped(self._database)
        used = {each.model for each in chosen.wanted}
        if stopped and stopped.isdisjoint(used):
            if self._queue is not None and self._settings.embed_url:
                self._queue().resume()
            models.forget_stops(self._database, stopped)
