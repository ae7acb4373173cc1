-- name: offer_in_stock
offer.in_stock

-- name: variant_in_stock
variant.in_stock

-- name: offer_on_sale
offer.on_sale

-- name: variant_on_sale
variant.on_sale

-- name: offer_price_min
offer.price_high >= {limit}::float8

-- name: single_price_min
-- Both ends of its price are one: so that a price between two limits is one range of an index.
offer.price_low >= {limit}::float8

-- name: variant_price_min
variant.price >= {limit}::float8

-- name: offer_price_max
offer.price_low <= {limit}::float8

-- name: variant_price_max
variant.price <= {limit}::float8

-- name: offer_has
-- A semi-join by key: the planner may start from it where few products have the value.
exists (select from search_facets facet
        where facet.shop_id = current_setting('tendero.shop_id') and facet.value_id = any({ids}::bigint[])
          and facet.product_id = offer.product_id)

-- name: variant_has
variant.options && {ids}::bigint[]

-- name: offer_lacks
not exists (select from search_facets facet
            where facet.shop_id = current_setting('tendero.shop_id') and facet.value_id = any({ids}::bigint[])
              and facet.product_id = offer.product_id)

-- name: offer_lacks_option
-- A product in several colours has the unwanted one beside others: its variations decide.
(offer.varied or not exists (
    select from search_facets facet
    where facet.shop_id = current_setting('tendero.shop_id') and facet.value_id = any({ids}::bigint[])
      and facet.product_id = offer.product_id))

-- name: variant_lacks_option
not variant.options && {ids}::bigint[]

-- name: one_variant
-- The red one in stock, not one that is red and another in stock. Offset 0 keeps the planner from reading all
-- variations to ask about few.
(not offer.varied or exists (
    select from search_variants variant where variant.product_id = offer.product_id and {conditions} offset 0))

-- name: fitting
select variant.product_id, variant.variation_id
from search_variants variant
where variant.product_id = any(:ids) and {conditions};

-- name: matching
select offer.product_id
from search_offers offer
where offer.shop_id = current_setting('tendero.shop_id') and {filters}
order by offer.in_stock desc, offer.on_sale desc, offer.price_low, offer.product_id
limit :most;
