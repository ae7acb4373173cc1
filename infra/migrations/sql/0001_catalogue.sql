-- Every table carries shop_id, and a policy that shows a session only the rows of its own shop: the
-- library sets tendero.shop_id on each connection; the database-wide default serves psql.
create extension if not exists vector;

create table products (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    source text not null,
    external_id text not null,
    kind text not null check (kind in ('product', 'variation', 'course')),
    parent_external_id text,
    sku text,
    barcode text,
    name text not null,
    short_description text not null default '',
    description text not null default '',
    category_id bigint,
    category_name text,
    categories text[] not null default '{}',
    brand text,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
    is_active boolean not null default true,
    currency text,
    price numeric(14, 4),
    list_price numeric(14, 4),
    sale_price numeric(14, 4),
    -- The shop's cost. Never selected for a customer or a model.
    standard_price numeric(14, 4),
    stock_status text not null default 'instock' check (stock_status in ('instock', 'outofstock', 'onbackorder')),
    stock_quantity numeric(14, 3),
    product_type text,
    weight numeric(14, 4),
    volume numeric(14, 6),
    sale_ok boolean not null default true,
    purchase_ok boolean not null default true,
    uom_id bigint,
    uom_name text,
    company_id bigint,
    url text,
    image_url text,
    text_for_embedding text not null default '',
    text_hash text not null default '',
    last_update timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (shop_id, source, external_id)
);
create index products_sku on products (shop_id, lower(sku)) where sku is not null;
create index products_barcode on products (shop_id, barcode) where barcode is not null;
create index products_parent on products (shop_id, source, parent_external_id) where parent_external_id is not null;

-- Apart from products, so that a change of price or stock never touches a vector index, and a new model's
-- vectors can be filled in beside the old ones.
create table product_embeddings (
    product_id bigint not null references products on delete cascade,
    model text not null,
    shop_id text not null default current_setting('tendero.shop_id'),
    text_hash text not null,
    embedding halfvec not null,
    created_at timestamptz not null default now(),
    primary key (product_id, model)
);
-- Stored in the row as it is: half floats do not compress, and a value moved out would be fetched apart.
-- (PostgreSQL 14 and 15 do not take this inside CREATE TABLE.)
alter table product_embeddings alter column embedding set storage plain;

create table embedding_failures (
    product_id bigint not null references products on delete cascade,
    model text not null,
    shop_id text not null default current_setting('tendero.shop_id'),
    text_hash text not null,
    reason text not null,
    failed_at timestamptz not null default now(),
    primary key (product_id, model)
);

create table sync_state (
    shop_id text not null default current_setting('tendero.shop_id'),
    source text not null,
    last_success_at timestamptz,
    watermark timestamptz,
    details jsonb not null default '{}',
    primary key (shop_id, source)
);

create table sync_runs (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    source text not null,
    mode text not null check (mode in ('full', 'incremental')),
    status text not null default 'running' check (status in ('running', 'succeeded', 'failed')),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    processed integer not null default 0,
    inserted integer not null default 0,
    updated integer not null default 0,
    unchanged integer not null default 0,
    deactivated integer not null default 0,
    embeddings integer not null default 0,
    errors jsonb not null default '[]'
);
create index sync_runs_recent on sync_runs (shop_id, source, started_at desc);
