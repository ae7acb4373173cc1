-- name: recognised
-- Runs of up to four words that the catalogue knows as values, by equality of their keys. `documents` is in how many
-- products the rarest of the words stands. Words of one run have numbers without a gap; a translation has its word's.
with words as materialized (
    select number, translated, search_key(word, :skipped) as key
    from unnest(:words::text[], :numbers::int[], :translated::boolean[]) as each(word, number, translated)
), runs as materialized (
    select number as first, 1 as length, translated, key from words
    union all
    select start.number, size, false, run.key
    from words start
    cross join generate_series(2, 4) as size
    cross join lateral (
        select string_agg(key, ' ' order by number) as key, count(key) as found
        from words
        where number between start.number and start.number + size - 1 and not translated
    ) run
    where not start.translated and run.found = size
)
select runs.first, runs.length, runs.translated, held.id, held.facet, held.label, held.products,
       (select min(coalesce((select documents from search_terms terms
                             where terms.shop_id = current_setting('tendero.shop_id') and terms.term = each), 0))
        from unnest(string_to_array(runs.key, ' ')) as each) as documents
from runs
join search_values held
  on held.shop_id = current_setting('tendero.shop_id') and held.value = runs.key and held.products > 0
where not runs.translated or held.facet = 'colour'
order by runs.length desc, runs.first, held.products desc;

-- name: free_of
select id, value from search_values
where shop_id = current_setting('tendero.shop_id') and value = any(:names) and facet = 'free' and products > 0;

-- name: having
-- Which of some products have one of these values; one value, which the driver reads faster than rows.
select coalesce(json_agg(product_id), '[]') as found
from search_facets
where shop_id = current_setting('tendero.shop_id') and value_id = any(:values) and product_id = any(:ids);
