-- name: tune
-- For this transaction: the planner overrates what is unnested, and would compile the whole statement.
select set_config('jit', 'off', true);

-- name: write_variants
with shown as (
    select parent.id as product_id, variation.id as variation_id, variation.shown_price::float8 as price,
           variation.shown_stock_status <> 'outofstock' as in_stock,
           coalesce(variation.shown_price < variation.shown_list_price, false) as on_sale
    from products parent
    join products variation
      on variation.shop_id = parent.shop_id and variation.source = parent.source
     and variation.parent_external_id = parent.external_id
    where parent.id = any(:ids) and parent.is_active and parent.shown_as is null and parent.kind <> 'variation'
      and variation.kind = 'variation' and variation.is_active and variation.shown_as is null
), gone as (
    delete from search_variants held
    where held.product_id = any(:ids)
      and not exists (select from shown where shown.product_id = held.product_id
                                          and shown.variation_id = held.variation_id)
)
insert into search_variants as held (product_id, variation_id, price, in_stock, on_sale)
select product_id, variation_id, price, in_stock, on_sale from shown
on conflict (product_id, variation_id) do update
set price = excluded.price, in_stock = excluded.in_stock, on_sale = excluded.on_sale
where (held.price, held.in_stock, held.on_sale)
      is distinct from (excluded.price, excluded.in_stock, excluded.on_sale);

-- name: write_offers
with shown as (
    select product.id as product_id,
           coalesce(variants.price_low, product.shown_price::float8) as price_low,
           coalesce(variants.price_high, product.shown_price::float8) as price_high,
           coalesce(variants.in_stock, product.shown_stock_status <> 'outofstock') as in_stock,
           coalesce(variants.on_sale, product.shown_price < product.shown_list_price, false) as on_sale,
           variants.in_stock is not null as varied
    from products product
    cross join lateral (
        select min(price) as price_low, max(price) as price_high, bool_or(in_stock) as in_stock,
               bool_or(on_sale) as on_sale
        from search_variants where search_variants.product_id = product.id
    ) variants
    where product.id = any(:ids) and product.is_active and product.shown_as is null and product.kind <> 'variation'
), gone as (
    delete from search_offers
    where product_id = any(:ids) and product_id not in (select product_id from shown)
)
insert into search_offers as held (product_id, price_low, price_high, in_stock, on_sale, varied)
select product_id, price_low, price_high, in_stock, on_sale, varied from shown
on conflict (product_id) do update
set price_low = excluded.price_low, price_high = excluded.price_high, in_stock = excluded.in_stock,
    on_sale = excluded.on_sale, varied = excluded.varied
where (held.price_low, held.price_high, held.in_stock, held.on_sale, held.varied)
      is distinct from
      (excluded.price_low, excluded.price_high, excluded.in_stock, excluded.on_sale, excluded.varied);

-- name: write_facets
-- What products and their shown variations say of themselves. Of colours each word is a value too ("azul" of "azul
-- celeste"), and a product that states none has those of its name. A variation that leaves an option open comes in each
-- of its product's values. What a product is free of it must say itself, not in the options of a choice.
-- Rows are looked up one by one: joined, whole tables would be read for each batch of a first load.
with things as materialized (
    select product.id as product_id, null::bigint as variation_id, product.attributes, offer.varied
    from products product
    join search_offers offer on offer.product_id = product.id
    where product.id = any(:ids)
    union all
    select variant.product_id, variant.variation_id, variation.attributes, false
    from search_variants variant
    cross join lateral (select attributes from products where products.id = variant.variation_id offset 0) variation
    where variant.product_id = any(:ids)
), options as materialized (
    select product_id, variation_id, varied, name, value #>> '{}' as label
    from things
    cross join lateral jsonb_each(attributes) as attribute(name, listed)
    cross join lateral jsonb_path_query(listed, '$[*]') as value
), names as materialized (
    select name,
           case when words && :colour_names::text[] then 'colour' when words && :size_names::text[] then 'size'
                else 'option:' || array_to_string(words, ' ') end as facet
    from (select name, string_to_array(btrim(search_fold(name)), ' ') as words
          from (select distinct name from options) each) folded
), said as materialized (
    select product_id, string_agg(case when lower(label) = any(:yes::text[]) then name else label end, ' . ') as words
    from options
    where variation_id is null and not varied
    group by product_id
), texts as materialized (
    select product.id as product_id, product.name, product.brand, product.category_name, product.categories,
           translate(
               lower(concat_ws(' . ', product.name, array_to_string(product.tags, ' . '), said.words,
                               left(product.short_description, 20000), left(product.description, 20000))),
               E'áàâãéèêíìîóòôõúùûüçñ\n\t\u00a0', 'aaaaeeeiiioooouuuucn   ') as folded
    from products product
    left join said on said.product_id = product.id
    where product.id in (select product_id from things)
), stated as materialized (
    select product_id, variation_id, facet, label from options join names using (name)
    union all select product_id, null, 'brand', brand from texts where brand is not null
    union all select product_id, null, 'category', category_name from texts where category_name is not null
    union all select product_id, null, 'category', category from texts cross join unnest(categories) as category
), keys as materialized (
    select facet, label, search_key(label, :skipped) as value
    from (select distinct facet, label from stated) each
), colour_words as materialized (
    select distinct label, word from keys cross join unnest(string_to_array(value, ' ')) as word
    where facet = 'colour'
), worded as materialized (
    select product_id, variation_id, facet, value, label from stated join keys using (facet, label)
    where value is not null
    union all
    select product_id, variation_id, 'colour', word, word from stated join colour_words using (label)
    where facet = 'colour'
    union all
    -- Socks of 43-46 are for who asks for 44.
    select product_id, variation_id, 'size', size::text, size::text
    from stated
    cross join lateral regexp_match(label, '^\s*(\d{1,3})\s*[-–]\s*(\d{1,3})\s*$') as ends
    cross join lateral generate_series(ends[1]::int, least(ends[2]::int, ends[1]::int + 20)) as size
    where facet = 'size'
    union all
    select product_id, null, 'colour', named.word, named.word
    from texts
    left join (select distinct product_id, true as coloured from stated where facet = 'colour') other
        using (product_id)
    cross join lateral (
        select search_term(lexeme) as word from unnest(to_tsvector('simple', search_fold(name)))
    ) named
    where coloured is null
      and named.word = any(array(select search_term(colour) from unnest(:colours::text[]) as colour))
    union all
    select distinct product_id, null::bigint, 'free', substance.name, substance.name
    from texts
    cross join unnest(:substances::text[], :signs::text[], :absences::text[]) as substance(name, sign, absence)
    where case when strpos(folded, sign) > 0 then folded ~ absence end
), identified as materialized (
    select distinct product_id, variation_id, facet, value, label,
           hashtextextended(facet || ' ' || value, 0) as value_id
    from worded
), wanted as materialized (
    select distinct product_id, value_id from identified
), gone as (
    delete from search_facets
    where ctid = any (array(
        select held.place
        from unnest(:ids::bigint[]) as product(id)
        cross join lateral (
            select ctid as place, value_id from search_facets where search_facets.product_id = product.id offset 0
        ) held
        where not exists (select from wanted where wanted.product_id = product.id
                                               and wanted.value_id = held.value_id)))
    returning value_id
), come as (
    insert into search_facets (value_id, product_id) select value_id, product_id from wanted order by 1, 2
    on conflict do nothing
    returning value_id
), changes as materialized (
    select value_id, sum(change) as change
    from (select value_id, 1 as change from come union all select value_id, -1 from gone) each
    group by value_id
), fewer as (
    update search_values held set products = held.products + changes.change
    from changes
    where held.shop_id = current_setting('tendero.shop_id') and held.id = changes.value_id and changes.change < 0
), more as (
    insert into search_values as held (id, facet, value, label, products)
    select value_id, min(facet), min(value), coalesce(min(label) filter (where label <> value), min(label)),
           min(change)
    from changes join identified using (value_id)
    where change > 0
    group by value_id
    order by value_id
    on conflict (shop_id, id) do update set products = held.products + excluded.products
), varying as materialized (
    select distinct product_id, variation_id, facet, value_id from identified
    where facet in ('colour', 'size') or facet like 'option:%'
), closed as materialized (
    select distinct product_id, variation_id, facet from varying where variation_id is not null
), meant as (
    select variant.product_id, variant.variation_id,
           coalesce(array_agg(distinct varying.value_id) filter (where varying.value_id is not null
               and (varying.variation_id is not null or closed.facet is null)), '{}') as options
    from search_variants variant
    left join varying
           on varying.product_id = variant.product_id
          and coalesce(varying.variation_id, variant.variation_id) = variant.variation_id
    left join closed
           on closed.product_id = variant.product_id and closed.variation_id = variant.variation_id
          and closed.facet = varying.facet
    where variant.product_id = any(:ids)
    group by variant.product_id, variant.variation_id
)
update search_variants held
set options = meant.options
from meant
where held.product_id = meant.product_id and held.variation_id = meant.variation_id
  and held.options <> meant.options;

-- name: everything
select id from products where kind <> 'variation';

-- name: unfilled
-- Whether products were written before these tables were there.
select exists (select from products where is_active and shown_as is null and kind <> 'variation')
       and not exists (select from search_offers) as unfilled;

-- name: recount
-- After products were deleted, which takes their rows with them but not what was counted.
with counted as (
    select value_id, count(*) as products from search_facets group by value_id
), gone as (
    delete from search_values held where not exists (select from counted where counted.value_id = held.id)
)
update search_values held set products = counted.products
from counted
where held.shop_id = current_setting('tendero.shop_id') and held.id = counted.value_id
  and held.products <> counted.products;
