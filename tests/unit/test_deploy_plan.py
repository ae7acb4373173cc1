"""The plan of a deployment, and what has to agree with it."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.build import SOURCES
from infra.deploy.plan import Standing, flags, joined, plan
from infra.deploy.schedule import cron
from infra.deploy.shape import FILE, Function, shape
from infra.deploy.step import Step, place
from infra.deploy.target import Target
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

ROOT = Path(__file__).parents[2]
CLOUD_SQL = {
    "GCP_PROJECT_ID": "acme",
    "CLOUD_SQL_INSTANCE": "acme:europe-west1:tendero",
    "WOOCOMMERCE_URL": "https://shop.example",
}


def target(**more: str) -> Target:
    variables = {**CLOUD_SQL, **more}
    return Target(Settings.load(variables), variables)


def function(name: str) -> Function:
    return next(each for each in shape().functions if each.name == name)


def told(name: str, **more: str) -> dict[str, str]:
    return target(**more).environment(function(name), {"sync": "https://s", "embed": "https://e"})


def cloud_build() -> dict[str, list[str]]:
    """The arguments of each step of cloudbuild.yaml, read without a parser of YAML."""
    text = (ROOT / "cloudbuild.yaml").read_text(encoding="utf-8")
    blocks = re.findall(r"^  - id: (\w+)\n(.*?)(?=^  - id:|^\S)", text, re.M | re.S)
    return {name: re.findall(r"^      - (.+)$", block, re.M) for name, block in blocks}


@pytest.mark.parametrize("name", [each.name for each in shape().functions])
def test_cloud_build_deploys_with_the_plans_flags(name: str) -> None:
    expected = ["functions", "deploy", f"tendero-{name}", "--gen2", "--region=${_REGION}"]
    source = function(name).source
    expected += ["--runtime=${_RUNTIME}", f"--source=build/{source}", *flags(function(name)), "--quiet"]
    assert cloud_build()[name] == expected


def test_cloud_build_uses_the_plans_runtime() -> None:
    text = (ROOT / "cloudbuild.yaml").read_text(encoding="utf-8")
    assert f"_RUNTIME: {shape().runtime}\n" in text


def test_terraform_reads_the_same_file() -> None:
    text = (ROOT / "infra" / "terraform" / "main.tf").read_text(encoding="utf-8")
    assert f'"${{path.module}}/../deploy/{FILE.name}"' in text


def test_no_attempt_can_outlive_the_one_that_waits_for_it() -> None:
    # Cloud Tasks waits 600 s for `embed`, 160 s for `reply`; tasks and schedule wait 1800 s for `sync`.
    assert function("embed").timeout_seconds < 600
    assert function("reply").timeout_seconds < 160
    assert Settings().sync_time_limit_seconds < function("sync").timeout_seconds
    for schedule in shape().schedules:
        assert function(schedule.function).timeout_seconds < schedule.attempt_deadline_seconds <= 1800


def test_a_function_takes_no_more_requests_than_it_has_threads() -> None:
    for each in shape().functions:
        assert int(each.environment.get("THREADS", "4")) >= each.concurrency


def test_every_secret_setting_is_read_by_some_function_or_by_none_on_purpose() -> None:
    secret = {each.name.upper() for each in fields(Settings) if each.metadata["secret"]}
    assert {name for each in shape().functions for name in each.secrets} == secret


def test_a_secrets_value_is_never_handed_on() -> None:
    steps = plan(target(WOOCOMMERCE_KEY="ck_x", OPENAI_API_KEY="sk_x"), Standing())
    assert not [each for each in steps if "ck_x" in each.shell or "sk_x" in each.shell]
    assert "OPENAI_API_KEY" in told("webhook", OPENAI_API_KEY="sk_x")["SECRET_NAMES"]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, {"WOOCOMMERCE_KEY", "WOOCOMMERCE_SECRET"}),
        ({"ODOO_PROD_URL": "https://o"}, {"WOOCOMMERCE_KEY", "WOOCOMMERCE_SECRET", "ODOO_PROD_PASSWORD"}),
        ({"SOURCES": "odoo", "USE_TEST_ODOO": "true"}, {"ODOO_TEST_PASSWORD"}),
        ({"SOURCES": "courses", "EMBEDDER": "openai"}, {"OPENAI_API_KEY"}),
        ({"SOURCES": "courses", "CLOUD_SQL_INSTANCE": ""}, {"DATABASE_URL"}),
        ({"SOURCES": "courses", "CLOUD_SQL_INSTANCE": "", "DB_HOST": "db.example"}, {"DB_PASSWORD"}),
        ({"SOURCES": "courses", "DATABASE_URL": "postgresql://local"}, set()),
        ({"SOURCES": "courses", "TWILIO_ACCOUNT_SID": "AC1"}, {"TWILIO_AUTH_TOKEN"}),
        (
            {"SOURCES": "courses", "CHATWOOT_BASE_URL": "https://c"},
            {"CHATWOOT_API_TOKEN", "CHATWOOT_WEBHOOK_SECRET"},
        ),
        (
            {"SOURCES": "courses", "CHATWOOT_BASE_URL": "https://c", "SECRET_NAMES": "CHATWOOT_URL_TOKEN"},
            {"CHATWOOT_API_TOKEN", "CHATWOOT_URL_TOKEN"},
        ),
    ],
)
def test_the_settings_say_which_secrets_are_needed(more: dict[str, str], wanted: set[str]) -> None:
    assert set(target(**more).secrets) == {*wanted, "DIALOGFLOW_WEBHOOK_SECRET"}


def test_each_function_reads_only_its_own_secrets() -> None:
    assert told("embed", SECRET_NAMES="OPENAI_API_KEY")["SECRET_NAMES"] == "OPENAI_API_KEY"
    assert "DIALOGFLOW_WEBHOOK_SECRET" not in told("sync")["SECRET_NAMES"]


def test_the_public_function_knows_no_token_that_writes_to_customers() -> None:
    public = {name for each in shape().functions if each.public for name in each.secrets}
    assert public.isdisjoint({"CHATWOOT_API_TOKEN", "WHATSAPP_TOKEN"})


def test_the_queue_of_replies_tries_as_often_as_the_settings_say() -> None:
    (queue,) = (each for each in shape().queues if each.name == "reply")
    assert queue.max_attempts == Settings().reply_max_attempts


def test_every_function_has_an_upload_folder_that_is_built() -> None:
    assert {each.name: each.source for each in shape().functions} == SOURCES


def test_a_function_logs_in_to_cloud_sql_as_itself() -> None:
    assert told("sync", DB_USER="postgres", DB_PASSWORD="x")["DB_USER"] == "tendero-sync@acme.iam"
    assert told("sync", DB_USER="shop", SECRET_NAMES="DB_PASSWORD")["DB_USER"] == "shop"


def test_settings_of_the_laptop_stay_there() -> None:
    given = told("sync", ENVIRONMENT="local_machine", EMBED_URL="http://127.0.0.1:1", SHOP_NAME="Acme")
    assert "ENVIRONMENT" not in given
    assert (given["EMBED_URL"], given["SYNC_URL"], given["SHOP_NAME"]) == ("https://e", "https://s", "Acme")
    assert "EMBED_URL" not in told("webhook")


def test_what_a_function_is_told_can_be_loaded() -> None:
    for each in shape().functions:
        given = told(each.name, SHOP_LANGUAGES="es,pt", SYNC_INTERVAL_MINUTES="60")
        assert Settings.load(given).shop_languages == ("es", "pt")


def test_every_rate_and_retry_of_a_queue_is_set() -> None:
    first = plan(target(), Standing())[0].command
    names = {each.partition("=")[0] for each in first if each.startswith(("--max", "--min"))}
    assert names == {
        "--max-dispatches-per-second",
        "--max-concurrent-dispatches",
        "--max-attempts",
        "--max-retry-duration",
        "--min-backoff",
        "--max-backoff",
        "--max-doublings",
    }


def test_an_address_is_read_before_it_is_used() -> None:
    known: set[str] = set()
    for step in plan(target(), Standing()):
        assert set(re.findall(r"\$\{([A-Z_]+)\}", " ".join(step.command))) <= known, step.title
        known |= {step.gives}
    assert known >= {"EMBED_URL", "SYNC_URL", "REPLY_URL", "WEBHOOK_URL"}


@pytest.mark.parametrize(
    ("minutes", "line"),
    [
        (15, "*/15 * * * *"),
        (60, "0 */1 * * *"),
        (240, "0 */4 * * *"),
        (1440, "0 0 * * *"),
    ],
)
def test_an_interval_becomes_a_line_of_crontab(minutes: int, line: str) -> None:
    assert cron(minutes) == line


@pytest.mark.parametrize("minutes", [7, 90, 300, 2880])
def test_an_interval_that_crontab_cannot_say_is_refused(minutes: int) -> None:
    with pytest.raises(SettingsError, match=f"SYNC_INTERVAL_MINUTES={minutes}"):
        cron(minutes)


@pytest.mark.parametrize(
    "more", [{"GCP_PROJECT_ID": ""}, {"CLOUD_SQL_INSTANCE": "tendero"}, {"CLOUD_SQL_INSTANCE": "a::c"}]
)
def test_a_deployment_to_nowhere_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(more))):
        target(**more)


@given(
    st.dictionaries(st.sampled_from("ABCDEF"), st.text(st.characters(exclude_characters="~\0\n")), min_size=1)
)
def test_values_are_parted_by_what_none_of_them_holds(values: dict[str, str]) -> None:
    _, delimiter, text = joined(values).split("^", 2)
    assert dict(each.split("=", 1) for each in text.split(delimiter)) == values


@given(st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1), min_size=1))
def test_a_shell_sees_the_words_of_a_step(words: list[str]) -> None:
    assert shlex.split(Step("t", tuple(words)).shell)[1:] == words


def test_places_are_left_to_the_shell_and_nothing_else_is() -> None:
    step = Step("t", (f"--uri={place('SYNC_URL')}/$x",), gives="Y")
    assert step.shell == 'Y="$(gcloud --uri="${SYNC_URL}"\'/$x\')"'
    assert step.filled({"SYNC_URL": "https://s"}) == ("--uri=https://s/$x",)


def test_functions_are_deployed_before_those_that_call_them() -> None:
    order = [each.name for each in shape().functions]
    assert all(order.index(a) <= order.index(each.name) for each in shape().functions for a in each.addresses)
