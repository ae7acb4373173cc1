-- Row-level security keeps comparisons of numeric, jsonb and arrays out of index scans: so filters have columns of
-- their own, apart from products and from the word index, which a change of price never touches.

-- The key by which values and the words of a question are compared: the terms of a text's words, in order. `skipped`
-- are the function words that the word index leaves out.
create function search_key(value text, skipped text[]) returns text language sql immutable strict parallel safe
return (
    select string_agg(search_term(lexeme), ' ' order by position)
    from unnest(to_tsvector('simple', search_fold(value))) as word(lexeme, positions, weights)
    cross join lateral unnest(word.positions) as position
    where lexeme <> all(skipped)
);

-- Exactly one row for each product that customers can find. Prices and stock of a product with variations (`varied`)
-- are those of its shown variations together. A price that is not known is null, and passes no limit.
create table search_offers (
    product_id bigint primary key references products on delete cascade,
    shop_id text not null default current_setting('tendero.shop_id'),
    price_low double precision,
    price_high double precision,
    in_stock boolean not null,
    on_sale boolean not null,
    varied boolean not null
);
-- For filters that leave few: a scan of all rows would take longer than the search itself. With both ends in one
-- index, the other end is compared there too.
create index search_offers_low on search_offers (shop_id, price_low, price_high);
create index search_offers_high on search_offers (shop_id, price_high);

-- The variations that customers see, so that one of them can be asked to meet several filters at once. `options` are
-- ids of search_values: its own and, for what it leaves open, its product's.
create table search_variants (
    product_id bigint not null references products on delete cascade,
    variation_id bigint not null,
    shop_id text not null default current_setting('tendero.shop_id'),
    price double precision,
    in_stock boolean not null,
    on_sale boolean not null,
    options bigint[] not null default '{}',
    primary key (product_id, variation_id)
);

-- What the catalogue calls its brands, categories and options, and in how many products each stands. The id is a hash
-- of facet and value, so that products can be written without looking it up.
create table search_values (
    shop_id text not null default current_setting('tendero.shop_id'),
    id bigint not null,
    facet text not null,
    value text collate "C" not null,
    label text not null,
    products integer not null,
    primary key (shop_id, id)
);
create index search_values_value on search_values (shop_id, value);

-- Which products have a value, in themselves or in a variation that customers see.
create table search_facets (
    shop_id text not null default current_setting('tendero.shop_id'),
    value_id bigint not null,
    product_id bigint not null references products on delete cascade,
    primary key (shop_id, value_id, product_id)
);
create index search_facets_product on search_facets (product_id);
