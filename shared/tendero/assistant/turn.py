"""One turn: a customer's message in, a reply out, within the deadline whatever fails."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tendero.assistant import handoff, language, links, memory, templates
from tendero.assistant.apology import apology
from tendero.assistant.asked import Asked, cleaned
from tendero.assistant.background import Task
from tendero.assistant.evidence import Evidence
from tendero.assistant.late import LateModel
from tendero.assistant.memory import Memory
from tendero.assistant.model import ChatClient, ChatModel
from tendero.assistant.noting import noted
from tendero.assistant.plan import Plan
from tendero.assistant.ports import Courses, Live, Search, SearchResult, SecretStore, Similar
from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.shop import Shop, searching
from tendero.assistant.templates import Candidate, Intent, IntentKind, Situation, Sought
from tendero.assistant.thought import Thought
from tendero.assistant.words import words
from tendero.catalog.product import Product
from tendero.people.agent_config import AgentConfig
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded, SpendLimitReached
from tendero.platform.logs import logger
from tendero.platform.settings import Settings

if TYPE_CHECKING:
    from tendero.assistant.speaker import Speaker, Spoken

_log = logger(__name__)
_FOUND = 10
# Enough for two more pages of a list after the first.
_FOUND_FOR_MORE = 30


@dataclass(kw_only=True)
class _Turn:
    """What is known so far about the message being answered."""

    asked: Asked
    message: str
    intent: Intent
    plan: Plan
    config: AgentConfig
    memory: Memory = field(default_factory=Memory)
    language: str = ""
    found: Sequence[Candidate] | None = None
    exact: bool = False
    sought: Sought = field(default_factory=Sought)
    sides: tuple[Product, ...] = ()
    earlier_topics: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    evidence: Evidence = field(default_factory=Evidence)
    patience: Deadline | None = None
    late: LateModel | None = None


class Assistant:
    """Answers customers from the catalogue. One instance serves all requests, from many threads."""

    def __init__(
        self,
        database: Database,
        search: Search,
        live: Live,
        settings: Settings,
        secrets: SecretStore,
        model_client: ChatModel | None = None,
        courses: Courses | None = None,
        similar: Similar | None = None,
    ) -> None:
        self._database = database
        self._search = search
        self._live = live
        self._settings = settings
        self._model = model_client or ChatClient(settings, secrets)
        self._courses = courses
        self._similar = similar
        self._hosts = links.shop_hosts(settings)

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        """See `Engine.think`. With `patience`, the templates answer first where the model is late."""
        started = time.monotonic()
        message = cleaned(asked.message)
        turn = _Turn(
            asked=asked,
            message=message,
            intent=templates.read(message),
            plan=Plan(deadline),
            config=asked.config or AgentConfig.merged(self._settings),
            patience=patience,
        )
        try:
            reply = self._answered(turn)
        except Exception as error:
            self._note(turn, "the turn failed", error)
            reply = apology(turn.language or self._language(turn), turn.usage)
        return Thought(
            message=message,
            reply=replace(reply, notes=tuple(turn.notes), handoff=self._handoff(turn, reply)),
            tool_calls=tuple(turn.tool_calls),
            milliseconds=int((time.monotonic() - started) * 1000),
            late=turn.late.thought if turn.late else None,
        )

    def _answered(self, turn: _Turn) -> Reply:
        found = self._start_search(turn)
        sides = self._start_sides(turn)
        prepared = Task("The model client", lambda: self._prepare_model(turn.config))
        remembered = Task("The history", lambda: self._recall(turn.asked.conversation, turn.plan.look_up))
        self._remember(turn, remembered)
        turn.language = self._language(turn)
        self._take_found(turn, found)
        self._take_sides(turn, sides)
        return self._reply(turn, prepared)

    def _handoff(self, turn: _Turn, reply: Reply) -> str:
        return handoff.reason(
            turn.message,
            turn.intent,
            reply.outcome,
            failed_before=turn.memory.history.failed_turns,
            most_failures=self._settings.handoff_after_failures,
        )

    def _language(self, turn: _Turn) -> str:
        return language.detect(
            turn.message,
            conversation=turn.memory.history.language,
            hint=turn.asked.language_hint,
            accepted=turn.config.languages,
        )

    def _start_search(self, turn: _Turn) -> Task[SearchResult] | None:
        """The search on the customer's own words, where they name something."""
        if not turn.intent.names_product or turn.intent.sides:
            return None
        return searching(self._search, turn.message, turn.plan.look_up, limit=_FOUND)

    def _start_sides(self, turn: _Turn) -> list[tuple[str, Task[SearchResult]]]:
        """A search for each thing that is to be compared."""
        return [
            (side, searching(self._search, side, turn.plan.look_up, limit=_FOUND))
            for side in turn.intent.sides
        ]

    def _prepare_model(self, config: AgentConfig) -> bool:
        """Whether there is a model to ask; loads what asking it takes, which templates do without."""
        ready = config.engine != "templates" and self._model.prepare()
        if ready:
            import tendero.assistant.speaker  # noqa: F401
        return ready

    def _recall(self, conversation: ConversationRef, deadline: Deadline) -> Memory:
        return memory.recall(self._database, conversation, self._settings.history_messages, deadline)

    def _remember(self, turn: _Turn, remembered: Task[Memory]) -> None:
        try:
            turn.memory = remembered.result(turn.plan.look_up)
        except Exception as error:
            self._note(turn, "history not read", error)
            return
        turn.evidence.add((*turn.memory.shown, *turn.memory.listed))

    def _take_found(self, turn: _Turn, found: Task[SearchResult] | None) -> None:
        if found is None and (turn.intent.kind is IntentKind.MORE or turn.intent.cheapest):
            found = self._search_again(turn)
        if found is None:
            turn.found = () if not turn.notes else None
            return
        try:
            result = found.result(turn.plan.look_up)
        except Exception as error:
            self._note(turn, "search failed", error)
            return
        candidates = [Candidate(hit.product, hit.score) for hit in result.hits]
        turn.sought = Sought.of(result)
        turn.evidence.allow_limits(turn.sought.limits)
        turn.intent = replace(turn.intent, topics=turn.sought.topics(turn.intent.topics))
        turn.earlier_topics = turn.sought.topics(turn.earlier_topics)
        if turn.intent.kind is IntentKind.MORE:
            candidates = [each for each in candidates if each.product.id not in turn.memory.seen_ids]
        turn.found, turn.exact = candidates, result.exact
        turn.evidence.add(each.product for each in candidates)

    def _take_sides(self, turn: _Turn, sides: Sequence[tuple[str, Task[SearchResult]]]) -> None:
        meant: list[tuple[Product, ...]] = []
        for side, found in sides:
            try:
                result = found.result(turn.plan.look_up)
            except Exception as error:
                self._note(turn, "search failed", error)
                turn.found = None
                return
            topics = Sought.of(result).topics(templates.read(side).topics)
            candidates = [Candidate(hit.product, hit.score) for hit in result.hits]
            meant.append(templates.meant(candidates, topics, exact=result.exact))
        # "Compare the kettles" names several at once.
        turn.sides = meant[0] if len(meant) == 1 else tuple(each[0] for each in meant if each)
        turn.evidence.add(turn.sides)
        if sides:
            turn.found = [Candidate(each) for each in turn.sides]

    def _search_again(self, turn: _Turn) -> Task[SearchResult] | None:
        """The search behind the list of which the customer wants to see more."""
        for said in turn.memory.asked:
            earlier = templates.read(said)
            if earlier.names_product:
                turn.earlier_topics = earlier.topics
                return searching(self._search, said, turn.plan.look_up, limit=_FOUND_FOR_MORE)
        return None

    def _reply(self, turn: _Turn, prepared: Task[bool]) -> Reply:
        """The model's reply where it comes in time and is proved, else what the templates drafted before."""
        shop = Shop(self._search, self._live, turn.evidence, self._courses, self._similar)
        drafted = templates.answer(
            Situation(
                intent=turn.intent,
                words=tuple(words(turn.message)),
                language=turn.language,
                found=turn.found,
                exact=turn.exact,
                shown=turn.memory.shown,
                listed=turn.memory.listed,
                earlier_topics=turn.earlier_topics,
                sought=turn.sought,
                sides=turn.sides,
                confirm=lambda product: shop.confirm(product, turn.plan.look_up),
                similar=lambda product: shop.instead_of(product, turn.plan.look_up),
                shop_name=turn.config.shop_name,
            )
        )
        spoken = None
        if self._has_model(turn, prepared):
            spoken = self._spoken(turn, shop)
        turn.notes += shop.notes
        if spoken is not None:
            return _spoken_reply(turn, drafted, spoken)
        if turn.late is not None:
            turn.late.leave(lambda said: _spoken_reply(turn, drafted, said), turn.usage)
        return _templates_reply(turn, drafted)

    def _has_model(self, turn: _Turn, prepared: Task[bool]) -> bool:
        """Whether the model is worth asking: not without a key, nor about a catalogue that cannot be read."""
        if turn.found is None and turn.intent.needs_catalogue:
            return False
        try:
            return prepared.result(turn.plan.model)
        except Exception as error:
            self._note(turn, "no model", error)
            return False

    def _spoken(self, turn: _Turn, shop: Shop) -> Spoken | None:
        from tendero.assistant.speaker import NotProved, Question, Speaker

        question = Question(
            message=turn.message,
            language=turn.language,
            memory=turn.memory,
            found=[each.product for each in turn.found or () if each.resembles],
            sought=turn.sought,
            shop=shop,
            shop_name=turn.config.shop_name,
            instructions=turn.config.instructions,
            hosts=self._hosts,
        )
        speaker = Speaker(self._model, question)
        try:
            return self._said(turn, speaker)
        except SpendLimitReached as error:
            _log.error("the model is not paid for: templates answer", reason=str(error))
            turn.notes.append(f"spend limit: {error}")
        except NotProved as error:
            self._note(turn, "model's answer not proved", error)
        except DeadlineExceeded as error:
            self._note(turn, "model late", error)
        except Exception as error:
            self._note(turn, "model failed", error)
        finally:
            turn.usage = speaker.conversation.answer.usage
            turn.tool_calls = list(speaker.conversation.answer.tool_calls)
        return None

    def _said(self, turn: _Turn, speaker: Speaker) -> Spoken:
        if turn.patience is None:
            return speaker.speak(turn.plan.model)
        late = LateModel(speaker, turn.message, turn.patience)
        try:
            return late.work.result(turn.plan.model)
        except DeadlineExceeded:
            if late.work.done:
                return late.work.result(turn.plan.model)
            turn.late = late
            raise

    def _note(self, turn: _Turn, what: str, error: Exception) -> None:
        turn.notes.append(noted(what, error))


def _outcome(turn: _Turn, drafted: templates.Answer, spoken: Spoken) -> str:
    if not turn.intent.needs_catalogue or (drafted.outcome == "nothing_found" and not spoken.products):
        return drafted.outcome
    return "answered"


def _spoken_reply(turn: _Turn, drafted: templates.Answer, spoken: Spoken) -> Reply:
    return Reply(
        texts=(spoken.text,),
        language=turn.language,
        engine=EngineName.OPENAI,
        outcome=_outcome(turn, drafted, spoken),
        # "It costs 9 €" names nothing, yet is about the one product that the templates found too.
        products=spoken.products or (drafted.products if len(drafted.products) == 1 else ()),
        usage=turn.usage,
    )


def _templates_reply(turn: _Turn, drafted: templates.Answer) -> Reply:
    return Reply(
        texts=(drafted.text,),
        language=turn.language,
        engine=EngineName.TEMPLATES,
        outcome=drafted.outcome,
        products=drafted.products,
        quick_replies=drafted.quick_replies,
        usage=turn.usage,
    )
