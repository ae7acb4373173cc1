-- name: documents
select coalesce(max(documents), 0) as documents
from search_statistics
where shop_id = current_setting('tendero.shop_id');

-- name: sample
-- The same pages each time. The planner's own guess is ten times off where filters belong together, such as the two
-- ends of a price.
select (select count(*)
        from search_offers offer tablesample system (:percent::float4) repeatable (0)
        where offer.shop_id = current_setting('tendero.shop_id') and {filters})
       / greatest(1, count(*))::float8 as share
from search_offers offer tablesample system (:percent::float4) repeatable (0)
where offer.shop_id = current_setting('tendero.shop_id');

-- name: passed
-- All as one value, which goes back to PostgreSQL as it came. Products with and without variations have an index
-- each, so that a price between two ends is one short range of it; variations are looked at last.
with varied as materialized (
    select offer.product_id
    from search_offers offer
    where offer.shop_id = current_setting('tendero.shop_id') and offer.varied and {varied}
)
select coalesce(array_agg(product_id), '{}')::text as ids, count(*) as left
from (
    select offer.product_id
    from search_offers offer
    where offer.shop_id = current_setting('tendero.shop_id') and not offer.varied and {single}
    union all
    select varied.product_id from varied where {variation}
) each;

-- name: having
-- The same where values are demanded: each product that has them is looked up once.
with varied as materialized (
    select offer.product_id, offer.varied
    from search_offers offer
    where offer.shop_id = current_setting('tendero.shop_id') and {values} and {varied}
)
select coalesce(array_agg(product_id), '{}')::text as ids, count(*) as left
from varied
where not varied.varied or {variation};

-- name: varying
-- Of many products, those with such a variation.
varied.product_id in (
    select variant.product_id from search_variants variant
    where variant.shop_id = current_setting('tendero.shop_id') and {conditions})

-- name: varies
-- Of few: each is looked up.
exists (select from search_variants variant where variant.product_id = varied.product_id and {conditions} offset 0)
