-- name: categories
-- The product's own, the smallest first.
select value.id, value.label, value.products
from search_facets facet
join search_values value on value.shop_id = facet.shop_id and value.id = facet.value_id
where facet.product_id = :id and value.facet = 'category'
order by value.products, value.id;

-- name: worded
-- Without a vector: what has most words of the name, of these the nearest in price.
with own as (
    select product.id, product.shown_price::float8 as price,
           array(select lexeme from unnest(to_tsvector('simple', search_fold(product.name)))) as words
    from products product
    where product.id = :id
), passed as materialized (
    select offer.product_id, offer.price_low
    from search_offers offer
    where offer.shop_id = current_setting('tendero.shop_id') and {filters} and offer.product_id <> :id
    order by offer.product_id
    limit :compared
)
select passed.product_id as id,
       (select count(*) from unnest(to_tsvector('simple', search_fold(product.name)))
        where lexeme = any(own.words))::float8 / greatest(1, cardinality(own.words)) as similarity
from passed
join products product on product.id = passed.product_id
cross join own
order by similarity desc, abs(passed.price_low - own.price), id
limit :most;
