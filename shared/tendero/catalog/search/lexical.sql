-- name: lexical
-- BM25 over the weighted counts of each field. A slot is one thing asked for: its word and the word's
-- translations are alternatives, of which the best counts. What no product has weighs as the rarest word.
with shop as (
    select documents, total_length / documents as average
    from search_statistics
    where shop_id = current_setting('tendero.shop_id') and documents > 0
), asked as materialized (
    select slot, search_stem(lexeme) as term, max(weight) as weight, bool_and(filler) as filler
    from (select word.slot * 16 + least(positions[1], 15) as slot, lexeme, weight, filler
          from unnest(:words::text[], :slots::int[], :weights::real[], :fillers::boolean[])
                   as word(value, slot, weight, filler)
          cross join lateral unnest(to_tsvector('simple', search_fold(word.value)))) each
    group by slot, search_stem(lexeme)
), known as materialized (
    select asked.slot, asked.term, asked.weight, asked.filler, coalesce(terms.documents, 0) as documents,
           ln(1 + (shop.documents - coalesce(terms.documents, 0) + 0.5)
                  / (coalesce(terms.documents, 0) + 0.5))::float8 as idf
    from asked
    cross join shop
    left join search_terms terms
      on terms.shop_id = current_setting('tendero.shop_id') and terms.term = asked.term
    where not (asked.filler and coalesce(terms.documents, 0) > shop.documents * :common_share::float8)
), slots as materialized (
    select slot,
           case when bool_and(filler) then 0
                else coalesce(max(idf) filter (where documents > 0), max(idf)) end as mass
    from known
    group by slot
), matched as (
    select posting.product_id, known.slot,
           max(known.weight * known.idf * weighted.count * (:k1::float8 + 1)
               / (weighted.count + :k1::float8 * (1 - :b::float8 + :b::float8 * posting.length / shop.average)))
               as score,
           max(case when posting.name_count + posting.label_count > 0 then 1 else :text_share::float8 end)
               as share
    from known
    cross join shop
    join search_postings posting
      on posting.shop_id = current_setting('tendero.shop_id') and posting.term = known.term
    cross join lateral (
        select :name_weight::float8 * posting.name_count + :label_weight::float8 * posting.label_count
               + :text_weight::float8 * posting.text_count as count
    ) weighted
    group by posting.product_id, known.slot
), ranked as (
    select matched.product_id, sum(matched.score) as score,
           sum(matched.share * slots.mass) / nullif((select sum(mass) from slots), 0) as coverage
    from matched
    join slots using (slot)
    group by matched.product_id
)
select product.id, ranked.score, coalesce(ranked.coverage, 0) as coverage
from ranked
join products product on product.id = ranked.product_id
where product.is_active and (not :in_stock::boolean or product.stock_status <> 'outofstock')
order by ranked.score desc, product.id
limit :most;
