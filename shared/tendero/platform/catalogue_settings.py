"""The settings of the catalogue: its sources, the sync, embeddings and their queues."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.platform.variables import variable


@dataclass(frozen=True, kw_only=True)
class CatalogueSettings:
    """See `tendero.platform.settings.Settings`."""

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
