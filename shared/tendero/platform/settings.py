"""Every variable that Tendero reads: its type, default and meaning, in this one place.

The environment variable is the field's name in capitals; `also` lists names that older systems use.
`.env.example` and the README's table are written from here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from tendero.platform.errors import SettingsError
from tendero.platform.variables import parsed, shown, text_of, variable


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the shop configured. Build it with `Settings.load()`."""

    environment: str = variable(
        "Where this runs. Outside `local_machine`, secrets that are not in the environment are read from"
        " Secret Manager.",
        "production",
        group="General",
    )
    gcp_project_id: str = variable(
        "Google Cloud project of the secrets and queues.", "", group="General", also=("GOOGLE_CLOUD_PROJECT",)
    )
    shop_id: str = variable("The shop that this deployment serves.", "default", group="General")
    shop_name: str = variable("How the assistant calls the shop.", "", group="General")
    shop_languages: tuple[str, ...] = variable(
        "Languages the shop answers in; the first is used when a message shows none.",
        ("es", "en", "pt"),
        group="General",
        choices=("es", "en", "pt"),
    )
    log_level: str = variable(
        "Least severity that is logged.",
        "INFO",
        group="General",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    secret_ttl_seconds: int = variable(
        "How long a secret read from Secret Manager is kept before it is read again.",
        300,
        group="General",
        at_least=1,
    )
    secret_names: tuple[str, ...] = variable(
        "Secrets that Secret Manager is asked for (`OPENAI_API_KEY,WOOCOMMERCE_KEY`). Empty: all of them.",
        (),
        group="General",
    )

    database_url: str = variable(
        "`postgresql://user:password@host:port/name`; a query `?host=/path` names a socket folder."
        " Wins over the parts below.",
        "",
        group="Database",
        secret=True,
    )
    db_host: str = variable(
        "Host, or the folder of the Unix socket.", "", group="Database", also=("DATABASE_HOST",)
    )
    db_port: int = variable(
        "Port.", 5432, group="Database", also=("DATABASE_PORT",), at_least=1, at_most=65535
    )
    db_name: str = variable("Database.", "tendero", group="Database", also=("DATABASE_NAME",))
    db_user: str = variable("User.", "tendero", group="Database", also=("DATABASE_USER",))
    db_password: str = variable("Password.", "", group="Database", also=("DATABASE_PASSWORD",), secret=True)
    db_sslmode: str = variable(
        "TLS towards `DB_HOST`: `require` encrypts, `verify-full` also checks the certificate.",
        "prefer",
        group="Database",
        choices=("disable", "prefer", "require", "verify-full"),
    )
    cloud_sql_instance: str = variable(
        "`project:region:instance`: connect through the Cloud SQL connector with IAM login as `DB_USER`.",
        "",
        group="Database",
    )
    cloud_sql_ip_type: str = variable(
        "Address of the instance that the connector uses.",
        "PUBLIC",
        group="Database",
        choices=("PUBLIC", "PRIVATE", "PSC"),
    )
    db_pool_size: int = variable(
        "Connections that one instance of a function holds at most.", 5, group="Database", at_least=1
    )
    db_connect_seconds: float = variable(
        "Longest wait for a new connection.", 3.0, group="Database", at_least=0.1
    )

    woocommerce_url: str = variable(
        "The shop's address, e.g. `https://shop.example`.", "", group="WooCommerce"
    )
    woocommerce_key: str = variable("REST API consumer key (`ck_…`).", "", group="WooCommerce", secret=True)
    woocommerce_secret: str = variable(
        "REST API consumer secret (`cs_…`).", "", group="WooCommerce", secret=True
    )
    woocommerce_webhook_secret: str = variable(
        "Secret of the shop's product webhooks, which tell of changes at once. Empty: none are taken.",
        "",
        group="WooCommerce",
        secret=True,
    )
    woocommerce_concurrency: int = variable(
        "Pages of the catalogue fetched at once.", 4, group="WooCommerce", at_least=1, at_most=16
    )
    woocommerce_timeout_seconds: float = variable(
        "Longest wait for one page of the catalogue.", 60.0, group="WooCommerce", at_least=1
    )
    store_currency: str = variable(
        "Currency of the prices (`EUR`), for a shop whose key may not read it and courses that name none.",
        "",
        group="WooCommerce",
    )

    odoo_prod_url: str = variable("Odoo's address, e.g. `https://erp.example`.", "", group="Odoo")
    odoo_prod_db: str = variable("Its database.", "", group="Odoo")
    odoo_prod_username: str = variable("Login of the user that reads the catalogue.", "", group="Odoo")
    odoo_prod_password: str = variable(
        "Its password or, better, an API key of it.", "", group="Odoo", secret=True
    )
    odoo_test_url: str = variable("The same for the test database.", "", group="Odoo")
    odoo_test_db: str = variable("The same for the test database.", "", group="Odoo")
    odoo_test_username: str = variable("The same for the test database.", "", group="Odoo")
    odoo_test_password: str = variable("The same for the test database.", "", group="Odoo", secret=True)
    use_test_odoo: bool = variable(
        "`true` reads the catalogue from the test database, `false` from the productive one.",
        False,
        group="Odoo",
    )
    odoo_language: str = variable(
        "Language of the product texts as Odoo names it (`es_ES`), or its first letters. Empty: the user's.",
        "",
        group="Odoo",
        also=("CATALOG_LANGUAGE",),
    )
    odoo_companies: tuple[str, ...] = variable(
        "Ids of the companies whose products are sold (`1,3`). Empty: all that the user may see.",
        (),
        group="Odoo",
    )
    odoo_timeout_seconds: float = variable(
        "Longest wait for one page of the catalogue.", 60.0, group="Odoo", at_least=1
    )

    courses_database_url: str = variable(
        "Database with the tables `ai_courses`, `ai_course_session`, `ai_tema_activity` and `bond`, like"
        " `DATABASE_URL`. Empty: Tendero's own database.",
        "",
        group="Courses",
        secret=True,
    )

    sources: tuple[str, ...] = variable(
        "Catalogues that a sync reads (`odoo,courses`). Empty: each whose address is set; courses in"
        " Tendero's own database have none.",
        (),
        group="Sync",
        choices=("woocommerce", "odoo", "courses"),
    )
    same_sku_shown: tuple[str, ...] = variable(
        "Which catalogue's text, picture and link are shown of a product that several have under one SKU: the"
        " first of these that has it.",
        ("woocommerce", "odoo", "courses"),
        group="Sync",
        choices=("woocommerce", "odoo", "courses"),
    )
    same_sku_price: tuple[str, ...] = variable(
        "Whose price such a product has: the first that has one for this SKU alone. None of them: that of the"
        " catalogue shown.",
        ("woocommerce", "odoo", "courses"),
        group="Sync",
        choices=("woocommerce", "odoo", "courses"),
    )
    same_sku_stock: tuple[str, ...] = variable(
        "Whose stock it has: likewise; one that has it in stock without counting it leaves it to the next.",
        ("odoo", "woocommerce", "courses"),
        group="Sync",
        choices=("woocommerce", "odoo", "courses"),
    )
    sync_interval_minutes: int = variable(
        "How often the catalogue is synced (Cloud Scheduler; the local stack too).",
        240,
        group="Sync",
        at_least=1,
    )
    commit_batch_size: int = variable(
        "Products written to the database in one transaction.", 500, group="Sync", at_least=1, at_most=10000
    )
    sync_overlap_minutes: int = variable(
        "An incremental run reads again what changed this long before the last run began.",
        10,
        group="Sync",
        at_least=1,
    )
    sync_full_hours: int = variable(
        "Reads everything when the last full run is this long ago: some changes carry no date. 0: never.",
        24,
        group="Sync",
        at_least=0,
    )

    sync_most_gone_percent: int = variable(
        "Share of a source's products that one run may take off sale without `tendero sync --yes`.",
        20,
        group="Sync",
        at_least=0,
        at_most=100,
    )
    sync_time_limit_seconds: float = variable(
        "The function `sync` works this long, then goes on in a task of its own: less than the function's"
        " time limit.",
        1500.0,
        group="Sync",
        at_least=1,
    )

    force_full_sync: bool = variable(
        "`true`: every run reads everything, not only what changed.", False, group="Sync"
    )
    test_connections_only: bool = variable(
        "`true`: a run only checks that the database and the source answer, and copies nothing.",
        False,
        group="Sync",
    )

    embedder: str = variable(
        "`openai`, `local` (16 MB model inside the package), or `auto`: openai when there is a key.",
        "auto",
        group="Embeddings",
        choices=("auto", "openai", "local"),
    )
    openai_embedding_model: str = variable(
        "OpenAI's embedding model.", "text-embedding-3-small", group="Embeddings"
    )
    openai_embedding_dimensions: int = variable(
        "Length of its vectors.", 1536, group="Embeddings", at_least=1, at_most=3800
    )
    embedding_batch_size: int = variable(
        "Products in one embedding task.", 100, group="Embeddings", at_least=1, at_most=2048
    )
    embedding_batch_characters: int = variable(
        "Characters of text in one embedding task; a token has about four.",
        100_000,
        group="Embeddings",
        at_least=1,
        at_most=1_000_000,
    )
    hnsw_m: int = variable(
        "HNSW index: links per node. Used by `tendero migrate`.",
        16,
        group="Embeddings",
        at_least=2,
        at_most=100,
    )
    hnsw_ef_construction: int = variable(
        "HNSW index: candidates while building. Used by `tendero migrate`.",
        64,
        group="Embeddings",
        at_least=4,
        at_most=1000,
    )
    hnsw_ef_search: int = variable(
        "HNSW index: candidates while searching.", 200, group="Embeddings", at_least=1, at_most=1000
    )
    search_glossary: str = variable(
        "Whether a search also tries everyday words in the other languages (`shoes` finds `zapatos`).",
        "on",
        group="Embeddings",
        choices=("on", "off"),
    )

    tasks_location: str = variable("Region of the Cloud Tasks queues.", "europe-west1", group="Tasks")
    embed_queue: str = variable("Queue of the embedding tasks.", "tendero-embed", group="Tasks")
    embed_url: str = variable(
        "Address of the `embed` function. Empty: `sync` embeds by itself, without a queue.", "", group="Tasks"
    )
    embed_max_attempts: int = variable(
        "Attempts that this queue gives a task (its `max_attempts`). When the last one fails, the reason is"
        " recorded, and the next sync tries again.",
        20,
        group="Tasks",
        at_least=1,
    )
    sync_queue: str = variable(
        "Queue of the tasks for `sync`: single products to read, runs that go on.",
        "tendero-sync",
        group="Tasks",
    )
    sync_url: str = variable(
        "Address of the `sync` function. Empty: what the shop's webhooks tell waits for the next sync, and so"
        " does the rest of a run whose time is up.",
        "",
        group="Tasks",
    )
    tasks_service_account: str = variable(
        "Service account whose identity token the tasks carry.", "", group="Tasks"
    )
    cloud_tasks_emulator_host: str = variable(
        "`host:port` of a queue server that speaks the Cloud Tasks API without TLS.", "", group="Tasks"
    )

    openai_api_key: str = variable(
        "Key of OpenAI or of a compatible service. Empty: the shop answers from templates.",
        "",
        group="Model",
        secret=True,
    )
    openai_base_url: str = variable(
        "Address of a compatible service.", "https://api.openai.com/v1", group="Model"
    )
    openai_model: str = variable("The chat model.", "gpt-4o-mini", group="Model")
    openai_max_tokens: int = variable(
        "Longest answer of the model, in tokens.", 500, group="Model", at_least=16
    )
    openai_reasoning_effort: str = variable(
        "`reasoning_effort` to send; `auto` sends what the model's family needs beside tools.",
        "auto",
        group="Model",
    )

    dialogflow_webhook_secret: str = variable(
        "Expected in the header `X-Webhook-Secret`. Empty: every caller is answered.",
        "",
        group="Dialogflow",
        secret=True,
    )
    dialogflow_deadline_seconds: float = variable(
        "Time for one answer. Dialogflow itself gives up after 5.",
        4.2,
        group="Dialogflow",
        at_least=0.5,
        at_most=9,
    )
    history_messages: int = variable(
        "Messages of the conversation that the model sees.", 12, group="Model", at_least=0, at_most=100
    )

    memory_store: str = variable(
        "Where what is known of customers across conversations is kept; `hybrid` keeps both, for when the"
        " database is down. The assistant does not use it yet.",
        "postgresql",
        group="Memory",
        choices=("postgresql", "json", "hybrid"),
    )
    memory_folder: str = variable(
        "Folder of the JSON memories, for `json` and `hybrid`. It belongs to one machine.", "", group="Memory"
    )

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **explicit: Any) -> Settings:
        """Settings from explicit arguments, else the environment (the process's own), else defaults.

        Raises SettingsError naming every variable that cannot be used, all at once.
        """
        environment = os.environ if environment is None else environment
        types = get_type_hints(cls)
        values, problems = dict(explicit), []
        for declared in fields(cls):
            if declared.name in values:
                continue
            text = text_of(declared, environment)
            if text is None:
                continue
            try:
                values[declared.name] = parsed(text, types[declared.name], declared.metadata)
            except ValueError as error:
                problems.append(f"{declared.name.upper()}={shown(text, declared.metadata)}: {error}")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(**values)

    def require(self, *names: str) -> None:
        """Raises SettingsError listing those of the named settings that are empty, with their meaning."""
        declared = {each.name: each for each in fields(self)}
        missing = [
            f"{name.upper()} ({declared[name].metadata['meaning']})"
            for name in names
            if getattr(self, name) in ("", ())
        ]
        if missing:
            raise SettingsError("Set " + ", ".join(missing))
