"""The public function's doors, with a stand-in in the assistant's place that hangs, fails or answers."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from flask import Flask, Response

from tendero.assistant.asked import Asked
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.thought import Thought
from tendero.channels.parts import Parts
from tendero.channels.webhook import Webhook
from tendero.people.agent_config import AgentConfig
from tendero.people.conversations import ConversationRef
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseUnavailable
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tests.dialogflow_events import NAMES, event
from tests.secret_manager import secret_manager

Behaviour = Callable[[str], str]
_app = Flask(__name__)


class StandIn:
    """Answers with what its behaviour gives for the message, and remembers how it was asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.holds = AgentConfig()
        self.asked: list[tuple[Asked, float]] = []

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        self.asked.append((asked, deadline.remaining()))
        text = self.behaviour(asked.message)
        reply = Reply(texts=(text,), language="es", engine=EngineName.TEMPLATES, outcome="answered")
        return Thought(message=asked.message, reply=reply)

    def seconds(self, conversation: ConversationRef, deadline: Deadline) -> float:
        return 25.0

    def config(self, conversation: ConversationRef, deadline: Deadline) -> AgentConfig:
        return self.holds


class Door:
    """The webhook as the framework calls it."""

    def __init__(
        self, behaviour: Behaviour = str.upper, pool: Database | None = None, **settings: Any
    ) -> None:
        self.assistant = StandIn(behaviour)
        self.settings = Settings(**settings)
        self.secrets = Secrets(self.settings, environment={})
        pool = pool or database(Settings(db_host="127.0.0.1", db_port=1))
        self.webhook = Webhook(
            self.settings, self.secrets, lambda resolved, _: Parts(resolved, pool, self.assistant)
        )

    def call(self, path: str = "/", method: str = "POST", **more: Any) -> Response:
        with _app.test_request_context(path, method=method, **more) as context:
            return answer(self.webhook)(context.request)

    def ask(self, name: str = "session_plain", path: str = "/", **more: Any) -> Response:
        return self.call(path, json=event(name), **more)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def text_of(response: Response) -> str:
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    return str(json.loads(response.data)["fulfillmentText"])


@pytest.mark.parametrize("path", ["/", "/dialogflow", "/dialogflow/", "/api/webhook"])
def test_dialogflow_is_answered_at_each_of_its_paths(path: str) -> None:
    door = Door()
    assert text_of(door.ask(path=path)) == "¿TENÉIS CAFETERAS ITALIANAS?"
    ((asked, left),) = door.assistant.asked
    conversation = ConversationRef("dialogflow", "3f1c9a52-7d0e-4b8e-9c55-0f1d2b7a6e10")
    assert asked == Asked("¿Tenéis cafeteras italianas?", conversation, "es")
    assert 0 < left < door.settings.dialogflow_deadline_seconds


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_answered(name: str) -> None:
    assert text_of(Door().ask(name))


@pytest.mark.parametrize(
    ("name", "greeting"),
    [("welcome_event", "¡Hola!"), ("welcome_telegram_start", "Ol"), ("no_query", "¡Hola!")],
)
def test_an_event_without_words_is_greeted_in_the_agents_language(name: str, greeting: str) -> None:
    door = Door()
    door.assistant.holds = AgentConfig(shop_name="La Moka")
    text = text_of(door.ask(name))
    assert text.startswith(greeting)
    assert "La Moka" in text
    assert door.assistant.asked == []


def test_a_shop_greets_in_its_own_words_or_not_at_all() -> None:
    door = Door()
    door.assistant.holds = AgentConfig(greeting="¡Buenas! Soy Verde.")
    assert text_of(door.ask("welcome_event")) == "¡Buenas! Soy Verde."
    door.assistant.holds = AgentConfig(enabled=False)
    silent = door.ask("welcome_event")
    assert (silent.status_code, "fulfillmentText" in json.loads(silent.data)) == (200, False)


def test_a_probe_with_an_empty_object_is_greeted() -> None:
    assert text_of(Door().call(json={}))


@pytest.mark.parametrize("sent", [None, "", "wrong", "correct horse ", "CORRECT HORSE", "ñ"])
def test_a_wrong_secret_is_refused_before_the_body_is_looked_at(sent: str | None) -> None:
    door = Door(dialogflow_webhook_secret="correct horse")
    headers = {} if sent is None else {"X-Webhook-Secret": sent}
    response = door.call(data=b"not even json", headers=headers)
    assert response.status_code == 401
    assert "X-Webhook-Secret" in response.get_json()["error"]
    assert door.assistant.asked == []


@pytest.mark.parametrize("secret", ["correct horse", "contraseña"])
def test_the_right_secret_is_let_in_beside_the_token_that_dialogflow_adds(secret: str) -> None:
    headers = {
        "X-Webhook-Secret": secret.encode().decode("latin-1"),
        "Authorization": "Bearer eyJhbGciOi.x.y",
    }
    assert text_of(Door(dialogflow_webhook_secret=secret).ask(headers=headers))


def test_a_secret_that_cannot_be_read_lets_nobody_to_the_assistant() -> None:
    with secret_manager(DIALOGFLOW_WEBHOOK_SECRET=grpc.StatusCode.PERMISSION_DENIED) as manager:
        door = Door()
        settings = Settings(gcp_project_id="demo")
        door.webhook = Webhook(
            settings, Secrets(settings, manager.client, environment={}), lambda *_: pytest.fail("built")
        )
        assert "no puedo" in text_of(door.ask())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 400),
        (b'{"session": 5}', 400),
        (b" " * 10_000_000, 413),
    ],
    ids=["empty", "cut", "not UTF-8", "list", "wrong type", "too large"],
)
def test_a_body_that_cannot_be_used_is_refused(data: bytes, status: int) -> None:
    response = Door().call(data=data, content_type="application/json")
    assert response.status_code == status
    assert set(response.get_json()) == {"error", "id"}


def test_a_hanging_assistant_is_answered_for_in_time(released: threading.Event) -> None:
    door = Door(lambda _: str(released.wait(60)), dialogflow_deadline_seconds=0.5)
    text = text_of(door.ask("v2beta1"))
    assert text.startswith("I can't look into the catalogue right now.")


@pytest.mark.parametrize(
    "error", [DatabaseUnavailable("host db-7 refuses"), RuntimeError("bug"), KeyError("x")]
)
def test_a_failing_assistant_is_answered_for_without_internals(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: str) -> str:
        raise error

    text = text_of(Door(fails).ask())
    assert text.startswith("Ahora mismo no puedo consultar el catálogo.")
    assert "db-7" not in text
    assert type(error).__name__ in capsys.readouterr().err


def test_eighty_hanging_turns_do_not_hold_up_new_ones(released: threading.Event) -> None:
    def behaviour(message: str) -> str:
        return "" if "cups" in message and not released.wait(60) else "Hola"

    door = Door(behaviour, dialogflow_deadline_seconds=2)
    with ThreadPoolExecutor(80) as callers:
        late = list(callers.map(lambda _: text_of(door.ask("v2beta1")), range(80)))
    assert all(text.startswith("I can't") for text in late)
    assert text_of(door.ask("session_plain")) == "Hola"


def test_what_a_customer_wrote_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    Door().ask("session_location")
    captured = capsys.readouterr()
    assert "cafeteras" not in captured.err + captured.out
    assert "34600111222" not in captured.err + captured.out


def test_other_paths_are_not_found() -> None:
    response = Door().call("/wp-login.php", "GET")
    assert (response.status_code, response.mimetype) == (404, "application/json")


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/health", "POST", {"GET", "HEAD", "OPTIONS"}),
        ("/dialogflow", "GET", {"POST", "OPTIONS"}),
        ("/api/webhook", "DELETE", {"POST", "OPTIONS"}),
        ("/", "PUT", {"GET", "HEAD", "POST", "OPTIONS"}),
    ],
)
def test_other_methods_are_refused_with_those_allowed(path: str, method: str, allowed: set[str]) -> None:
    response = Door().call(path, method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed
    options = Door().call(path, "OPTIONS")
    assert (options.status_code, set(options.headers["Allow"].split(", "))) == (204, allowed)


def test_the_front_page_says_what_this_is() -> None:
    response = Door().call("/", "GET")
    assert response.mimetype == "text/plain"
    assert response.get_data(as_text=True).startswith("Tendero 0.")
    assert Door().call("/", "HEAD").status_code == 200


def health_of(pool: Database, **settings: Any) -> tuple[int, dict[str, Any]]:
    response = Door(pool=pool, **settings).call("/health", "GET")
    return response.status_code, json.loads(response.data)


def fill(database_url: str, products: int, minutes: int) -> None:
    with database(Settings(database_url=database_url)).transaction() as transaction:
        connection = transaction._connection
        connection.execute_simple(
            "insert into products (source, external_id, kind, name)"
            f" select 'woocommerce', n::text, 'product', 'x' from generate_series(1, {products}) n;"
            "insert into sync_state (source, last_success_at)"
            f" values ('woocommerce', now() - interval '{minutes} minutes')"
        )


def test_health_is_ok_with_a_fresh_catalogue(db: Database, database_url: str) -> None:
    fill(database_url, products=3, minutes=10)
    status, report = health_of(db, openai_api_key="key-for-a-model")
    assert (status, report["status"]) == (200, "ok")
    catalogue = report["checks"]["catalogue"]
    assert catalogue["products"] == 3
    assert 600 <= catalogue["last_sync_age_seconds"] < 700
    assert report["checks"]["database"] == {"status": "ok"}
    assert report["checks"]["model"] == {"status": "configured"}
    assert report["version"] == "0.1.0"


def test_health_is_degraded_by_an_empty_or_stale_catalogue(db: Database, database_url: str) -> None:
    status, report = health_of(db)
    assert (status, report["status"]) == (200, "degraded")
    assert report["checks"]["catalogue"]["last_sync_age_seconds"] is None
    assert report["checks"]["model"] == {"status": "off"}
    fill(database_url, products=3, minutes=61)
    assert health_of(db, sync_interval_minutes=15)[1]["status"] == "degraded"
    assert health_of(db, sync_interval_minutes=60)[1]["status"] == "ok"


def test_health_names_the_channels_and_those_half_set_up(db: Database, database_url: str) -> None:
    fill(database_url, products=3, minutes=10)
    assert health_of(db)[1]["checks"]["channels"] == {"status": "ok", "configured": ["dialogflow"]}
    chatwoot = {"chatwoot_base_url": "https://chat.example", "reply_url": "https://reply.example"}
    _, report = health_of(db, **chatwoot)
    assert (report["status"], report["checks"]["channels"]["unfinished"]) == ("degraded", ["chatwoot"])
    _, report = health_of(db, **chatwoot, chatwoot_webhook_secret="s")
    assert (report["status"], report["checks"]["channels"]["configured"]) == (
        "ok",
        ["dialogflow", "chatwoot"],
    )


def test_health_is_down_without_database_and_shows_no_internals() -> None:
    status, report = health_of(database(Settings(db_host="127.0.0.1", db_port=1, db_password="hunter22")))
    assert (status, report["status"]) == (503, "down")
    assert report["checks"]["database"] == {"status": "down", "reason": "unreachable"}
    assert "127.0.0.1" not in json.dumps(report)


def test_health_says_when_nothing_was_migrated(postgres: Any) -> None:
    status, report = health_of(database(Settings(database_url=postgres.url("postgres"))))
    assert (status, report["checks"]["database"]["reason"]) == (503, "schema missing")


def test_health_does_not_wait_for_a_hanging_database(released: threading.Event) -> None:
    def hangs() -> Any:
        released.wait(60)
        raise OSError

    status, report = health_of(Database(hangs, shop_id="default"))
    assert (status, report["checks"]["database"]["reason"]) == (503, "slow")


def test_parts_are_built_again_when_a_secret_has_changed() -> None:
    clock = itertools.count(0, 100)
    key = "projects/demo/secrets/OPENAI_API_KEY/versions/latest"
    built: list[str] = []
    with secret_manager(OPENAI_API_KEY=b"old-key") as manager:
        settings = Settings(gcp_project_id="demo", db_host="127.0.0.1", secret_ttl_seconds=1)
        secrets = Secrets(settings, manager.client, environment={}, clock=lambda: float(next(clock)))

        def build(resolved: Settings, _: Secrets) -> Parts:
            built.append(resolved.openai_api_key)
            return Parts(resolved, database(resolved), StandIn(str.upper))

        door = Door()
        door.webhook = Webhook(settings, secrets, build)
        door.ask()
        door.ask()
        manager.secrets[key] = b"new-key"
        door.ask()
    assert built == ["old-key", "new-key"]
