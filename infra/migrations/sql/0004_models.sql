-- Which embedding model the searches of a shop go by, and which one is being filled to take its place. No row:
-- the one that the settings name.
create table active_models (
    shop_id text primary key default current_setting('tendero.shop_id'),
    model text not null,
    dimensions integer not null,
    next_model text,
    next_dimensions integer,
    switched_at timestamptz not null default now(),
    check ((next_model is null) = (next_dimensions is null))
);

-- Models whose provider has refused because of money, until it is asked again with success.
create table embedding_stops (
    shop_id text not null default current_setting('tendero.shop_id'),
    model text not null,
    reason text not null,
    stopped_at timestamptz not null default now(),
    primary key (shop_id, model)
);
