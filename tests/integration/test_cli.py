"""The operator's command over a real database and the demo shop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.cli.main import run
from infra.local import ports
from infra.local.demo_shop.server import Server
from infra.local.demo_shop.shop import Shop
from infra.local.postgres import Postgres
from infra.migrations.newest import newest
from infra.migrations.run import revisions
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.loopback import loopback, says

_KEYS = {"WOOCOMMERCE_KEY": "ck_demo_tendero", "WOOCOMMERCE_SECRET": "cs_demo_tendero"}
_READ_BY_TENDERO = (
    *("DATABASE_URL", "DB_", "DATABASE_", "CLOUD", "TENDERO", "OPENAI", "EMBED"),
    *("SOURCES", "WOOCOMMERCE", "ODOO", "COURSES"),
)

Tendero = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop() -> Iterator[str]:
    """The address of a demo shop."""
    server = Server("127.0.0.1", 0, Shop())
    yield server.start()
    server.stop()


@pytest.fixture
def tendero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tendero:
    """Runs a command in a folder of its own; its exit status, stdout and stderr."""
    for name in list(os.environ):
        if name.startswith(_READ_BY_TENDERO):
            monkeypatch.delenv(name)
    # Set, so that whatever a command makes of it is undone.
    monkeypatch.setenv("TENDERO_ENV_FILE", "")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(arguments)
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def configure(**variables: str) -> None:
    lines = [f"{name}='{value}'" for name, value in variables.items()]
    Path(".env").write_text("\n".join([*lines, "ENVIRONMENT=local_machine", "EMBEDDER=local"]))


def the_json(told: tuple[int, str, str]) -> Any:
    status, out, err = told
    assert status == 0, err + out
    return json.loads(out)


def the_only_line(told: tuple[int, str, str]) -> str:
    """What a command that failed says on stderr."""
    status, out, err = told
    assert status in (1, 2), out
    assert out == ""
    assert err.count("\n") == 1, err
    assert err.startswith("tendero: ")
    return err


def test_the_catalogue_is_synced_searched_and_asked_for(
    tendero: Tendero, database_url: str, shop: str
) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    status, out, _ = tendero("migrate")
    assert (status, "nothing to do" in out) == (0, True)

    planned = the_json(tendero("sync", "--dry-run", "--json"))
    assert planned["dry_run"]
    first = the_json(tendero("sync", "--json"))
    assert first["inserted"] == planned["inserted"] >= 200
    assert first["embeddings"] == planned["embeddings"] >= 200
    again = the_json(tendero("sync", "--full", "--json"))
    assert (again["inserted"], again["updated"], again["embeddings"]) == (0, 0, 0)

    found = the_json(tendero("search", "ROP-CHI", "--json"))
    assert found["exact"]
    assert found["hits"][0]["product"]["price"] == "44.9"
    status, out, _ = tendero("search", "camisa de lino", "--limit", "3")
    assert status == 0
    assert "Camisa de lino Marisma" in out
    told = the_json(tendero("search", "camisa de lino sin botones de menos de 60", "--json"))
    assert told["understood"]["without"] == ["botones"]
    assert told["understood"]["filters"] == [{"name": "price", "value": None, "from": None, "to": "60"}]
    why = told["hits"][0]["why"]
    assert why["lexical_rank"] == 1
    assert set(why["words"]) == {"camisa", "lino"}
    assert {"codes", "understand", "lexical", "vector", "order", "read", "total"} <= told[
        "milliseconds"
    ].keys()
    status, out, _ = tendero("search", "camisa de lino de menos de 60", "--explain")
    assert status == 0
    assert "price to 60" in out
    assert "camisa, lino" in out

    answer = the_json(tendero("ask", "¿Cuánto cuesta el pantalón chino Ribera?", "--json"))
    assert answer["engine"] == "templates"
    assert "44,90" in answer["reply"]
    assert answer["products"][0]["sku"] == "ROP-CHI"
    status, out, _ = tendero("ask", "ROP-CHI", "--lang", "en")
    assert (status, "answered, by templates" in out) == (0, True)


@pytest.fixture
def embeds_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has the commands ask for embeddings at an address."""

    def at(url: str) -> None:
        for name, value in (("EMBEDDER", "openai"), ("OPENAI_API_KEY", "sk-x"), ("OPENAI_BASE_URL", url)):
            monkeypatch.setenv(name, value)

    return at


def test_a_sync_whose_embeddings_fail_for_now_succeeds_and_says_what_is_missing(
    tendero: Tendero, database_url: str, shop: str, embeds_with: Callable[[str], None]
) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    embeds_with(f"http://127.0.0.1:{ports.free()}/v1")
    status, out, err = tendero("sync")
    assert (status, "products" in out, "variations" in out) == (0, True, True)
    assert "cannot be reached" in err
    assert "205 products are found by their words only until the next `tendero sync`" in err
    report = the_json(tendero("sync", "--json"))
    assert (report["embeddings_lacking"], report["embeddings_refused"]) == (205, False)


def test_a_sync_whose_key_for_embeddings_is_wrong_fails(
    tendero: Tendero, database_url: str, shop: str, embeds_with: Callable[[str], None]
) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    with loopback(says('{"error": {"message": "Incorrect API key"}}', 401)) as server:
        embeds_with(server.url)
        status, _, err = tendero("sync")
        assert status == 1
        assert "Incorrect API key" in err
        assert "its embeddings are refused: 205 products" in err
        status, out, err = tendero("sync", "--json")
    report = json.loads(out)
    assert (status, err, report["embeddings_refused"]) == (1, "", True)
    assert report["products"] + report["variations"] == report["processed"]


def test_a_search_without_vectors_says_why(
    tendero: Tendero, database_url: str, shop: str, embeds_with: Callable[[str], None]
) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    the_json(tendero("sync", "--json"))
    embeds_with(f"http://127.0.0.1:{ports.free()}/v1")
    status, out, err = tendero("search", "mochila")
    assert (status, "Mochila" in out) == (0, True)
    assert err.startswith("Searched by words only: ")
    assert err.count("\n") == 1
    found = the_json(tendero("search", "mochila", "--json"))
    assert not found["vector_used"]
    assert found["vector_problem"]
    coded = the_json(tendero("search", "ROP-CHI", "--json"))
    assert coded["vector_problem"] is None
    assert coded["hits"][0]["why"] is None


def test_what_only_sounds_like_the_question_stands_apart(
    tendero: Tendero, database_url: str, shop: str
) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    the_json(tendero("sync", "--json"))
    alike, others = tendero("search", "mochila")[1].split("less alike:")
    assert alike.count("Mochila") == 2
    assert "Mochila" not in others
    assert "on backorder" in alike
    assert "instock" not in alike + others
    hits = the_json(tendero("search", "mochila", "--json"))["hits"]
    resembling = [hit["product"]["name"] for hit in hits if hit["resembles"]]
    assert len(resembling) == 2
    assert all("Mochila" in name for name in resembling)


def test_the_doctor_tells_each_state_with_its_fix(tendero: Tendero, database_url: str, shop: str) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    checks = {check["name"]: check for check in the_json(tendero("doctor", "--json"))}
    assert checks["shop"]["level"] == "ok"
    assert (checks["products"]["level"], checks["products"]["fix"]) == ("warn", "Run `tendero sync`.")
    the_json(tendero("sync", "--json"))
    checks = {check["name"]: check for check in the_json(tendero("doctor", "--json"))}
    healthy = ("database", "schema", "pgvector", "products", "last sync", "embeddings", "queue", "model")
    assert {name: checks[name]["level"] for name in healthy} == dict.fromkeys(healthy, "ok")

    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **{**_KEYS, "WOOCOMMERCE_KEY": "ck_wrong"})
    status, out, _ = tendero("doctor")
    assert status == 1
    assert "fail  shop" in out


def test_an_empty_database_is_told_to_be_migrated(tendero: Tendero, postgres: Postgres, shop: str) -> None:
    configure(DATABASE_URL=postgres.url("postgres"), WOOCOMMERCE_URL=shop, **_KEYS)
    for command in (("sync",), ("search", "lino"), ("ask", "lino")):
        assert "Run `tendero migrate`" in the_only_line(tendero(*command))
    status, out, _ = tendero("doctor")
    assert status == 1
    assert "Run `tendero migrate`" in out


def test_a_database_one_migration_behind_is_told_to_be_migrated(
    tendero: Tendero, database_url: str, db: Database, shop: str
) -> None:
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **_KEYS)
    db.execute(Query("behind", "update alembic_version set version_num = '0003_search'", ()))
    for command in (("sync",), ("search", "lino"), ("ask", "lino")):
        line = the_only_line(tendero(*command))
        assert "The database's schema is 0003_search" in line
        assert "Run `tendero migrate`" in line


def test_the_newest_schema_is_told_without_loading_what_migrates(db: Database, database_url: str) -> None:
    assert revisions(Settings.load({"DATABASE_URL": database_url})) == (newest(), newest())


def test_the_doctor_knows_a_name_that_is_misspelt(tendero: Tendero) -> None:
    configure(DATBASE_URL="postgresql://db.example/shop", OPENAI_KEY="sk", PORT="8080")
    _, out, _ = tendero("doctor")
    assert "warn  settings    .env: nothing reads DATBASE_URL. Did you mean DATABASE_URL" in out
    assert "nothing reads OPENAI_KEY. Did you mean OPENAI_API_KEY?\n" in out
    assert "PORT" not in out


def test_no_sentence_ends_twice(tendero: Tendero) -> None:
    nowhere = f"http://127.0.0.1:{ports.free()}"
    configure(WOOCOMMERCE_URL=nowhere, **_KEYS)
    _, out, _ = tendero("doctor")
    assert "is the server running?\n" in out
    assert "Did you mean 'sync'? See" in the_only_line(tendero("synk"))


def test_an_interrupted_command_says_so(tendero: Tendero, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("infra.cli.sync.connected", interrupted)
    status, out, err = tendero("sync")
    assert (status, out, err.strip()) == (130, "", "tendero: Stopped.")
    status, out, _ = tendero("sync", "--json")
    assert (status, json.loads(out)) == (130, {"error": "Stopped."})


@pytest.mark.parametrize("module", ["infra.cli", "infra.local.demo"])
def test_a_command_interrupted_while_it_loads_says_so_in_a_line(tmp_path: Path, module: str) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", module], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")


def test_the_demo_names_the_models_that_it_knows(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.demo", "--model", "foo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "MODEL=foo: it is scripted or none.\n")


def test_a_database_that_does_not_answer_is_one_line(tendero: Tendero) -> None:
    configure(DATABASE_URL=f"postgresql://u:secret-word@127.0.0.1:{ports.free()}/none")
    for command in (("migrate",), ("sync",), ("search", "lino"), ("ask", "lino")):
        line = the_only_line(tendero(*command))
        assert "PostgreSQL" in line
        assert "secret-word" not in line


def test_without_any_database_the_fix_is_named(tendero: Tendero) -> None:
    assert "write DATABASE_URL into .env" in the_only_line(tendero("sync"))


def test_a_shop_that_cannot_be_read_is_one_line(tendero: Tendero, database_url: str, shop: str) -> None:
    configure(DATABASE_URL=database_url)
    assert "WOOCOMMERCE_URL" in the_only_line(tendero("sync"))
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop)
    assert "WOOCOMMERCE_KEY" in the_only_line(tendero("sync"))
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, **{**_KEYS, "WOOCOMMERCE_SECRET": "cs_no"})
    assert "WOOCOMMERCE_SECRET" in the_only_line(tendero("sync"))
    nowhere = f"http://127.0.0.1:{ports.free()}"
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=nowhere, **_KEYS)
    assert nowhere in the_only_line(tendero("sync"))


def test_a_server_that_is_no_shop_is_refused_at_its_first_list(tendero: Tendero, database_url: str) -> None:
    with loopback(says('{"products": []}')) as server:
        configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=server.url, **_KEYS)
        line = the_only_line(tendero("sync"))
    assert "an object where a list belongs: is WOOCOMMERCE_URL the shop's own address?" in line
    # The currency, the categories, the products: none of them is asked for again.
    assert len(server.seen) == 3


def test_an_error_in_json_is_json(tendero: Tendero) -> None:
    status, out, err = tendero("sync", "--json")
    assert (status, err) == (1, "")
    assert "DATABASE_URL" in json.loads(out)["error"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", ""), "empty"),
        (("ask",), "message"),
        (("ask", "hola", "--lang", "fr"), "es, en, pt"),
        (("search", "lino", "--limit", "0"), "--limit"),
        (("sync", "--ful"), "--ful"),
        (("local", "up", "--model", "gpt"), "scripted or none"),
        (("local", "up", "--name", "../up"), "letters, digits"),
        (("dance",), "dance"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(
    tendero: Tendero, arguments: tuple[str, ...], said: str
) -> None:
    status, _, err = told = tendero(*arguments)
    assert status == 2
    assert said in the_only_line(told)
    assert "--help" in err


def test_a_setting_that_cannot_be_used_is_named_without_its_secret(tendero: Tendero) -> None:
    configure(DATABASE_URL="mysql://u:secret-word@host/db", DB_POOL_SIZE="many")
    line = the_only_line(tendero("sync"))
    assert "DB_POOL_SIZE" in line
    assert "secret-word" not in line


def test_the_env_file_may_stand_before_and_after_the_command(tendero: Tendero) -> None:
    assert "no file a.env" in the_only_line(tendero("sync", "--env-file", "a.env"))
    assert "no file b.env" in the_only_line(tendero("--env-file", "b.env", "sync"))


def test_the_installed_command_gives_its_exit_status(tmp_path: Path) -> None:
    command = str(Path(sys.executable).with_name("tendero"))
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert version.stdout.startswith("tendero ")
    wrong = subprocess.run([command, "dance"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stdout == ""
    shown = subprocess.run([command], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (shown.returncode, "migrate" in shown.stdout) == (0, True)


def test_courses_are_created_when_asked_for_and_synced(tendero: Tendero, database_url: str) -> None:
    configure(DATABASE_URL=database_url)
    assert "ai_courses" in the_only_line(tendero("sync", "--source", "courses"))
    status, out, _ = tendero("migrate", "--with-courses")
    assert (status, out.splitlines()[1:]) == (
        0,
        ["Courses: created ai_courses, ai_course_session, ai_tema_activity, bond."],
    )
    assert "all four tables are there" in tendero("migrate", "--with-courses")[1]
    assert the_json(tendero("sync", "--source", "courses", "--json"))["processed"] == 0


def test_the_switches_of_a_run_are_obeyed(tendero: Tendero, database_url: str, shop: str) -> None:
    configure(
        DATABASE_URL=database_url,
        WOOCOMMERCE_URL=shop,
        FORCE_FULL_SYNC="true",
        TEST_CONNECTIONS_ONLY="true",
        **_KEYS,
    )
    assert "answer. Nothing was read: TEST_CONNECTIONS_ONLY" in tendero("sync")[1]
    report = the_json(tendero("sync", "--json"))
    assert (report["mode"], report["processed"], report["run_id"]) == ("connections", 0, None)
    configure(DATABASE_URL=database_url, WOOCOMMERCE_URL=shop, FORCE_FULL_SYNC="true", **_KEYS)
    modes = [the_json(tendero("sync", "--json"))["mode"] for _ in range(2)]
    assert modes == ["full", "full"]
