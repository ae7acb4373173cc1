-- name: lexical
-- BM25 over the weighted counts of each field. A slot is one thing asked for: its word and the word's
-- translations are alternatives, rare only together, of which the best counts. Coverage is the share of the
-- slots' mass (how much each matters, by its rarity) that a product has; what no product has weighs as the
-- rarest word. A product with one word of a question in plenty must not pass one with all of its words.
with shop as (
    select documents, total_length / documents as average
    from search_statistics
    where shop_id = current_setting('tendero.shop_id') and documents > 0
), asked as materialized (
    select slot, search_stem(lexeme) as term, max(weight) as weight, max(mass) as mass,
           bool_and(translated) as translated
    from (select word.slot * 16 + least(positions[1], 15) as slot, lexeme, weight, mass, translated
          from unnest(:words::text[], :slots::int[], :weights::real[], :masses::real[], :translated::boolean[])
                   as word(value, slot, weight, mass, translated)
          cross join lateral unnest(to_tsvector('simple', search_fold(word.value)))) each
    group by slot, search_stem(lexeme)
), looked_up as materialized (
    -- A scalar subquery, so that it is one index look-up per term whatever the planner expects.
    select asked.*,
           coalesce((select documents from search_terms terms
                     where terms.shop_id = current_setting('tendero.shop_id') and terms.term = asked.term), 0)
               as documents
    from asked
), counted as (
    select looked_up.*,
           coalesce(max(documents) filter (where not translated) over (partition by slot), 0) as spoken_documents
    from looked_up
), used as (
    select slot, term, weight, mass, shop.average, shop.documents as all_documents,
           least(sum(counted.documents) over (partition by slot), shop.documents) as documents
    from counted
    cross join shop
    where not (mass = 0 and counted.documents > shop.documents * :common_share::float8)
      and not (translated and counted.documents <= spoken_documents * :foreign_ratio::float8)
), known as materialized (
    select slot, term, weight, mass, average,
           ln(1 + (all_documents - documents + 0.5) / (documents + 0.5))::float8 as idf
    from used
), slots as materialized (
    select slot, max(mass * idf) as mass from known group by slot
), matched as (
    select posting.product_id, known.slot,
           max(known.weight * known.idf * weighted.count * (:k1::float8 + 1)
               / (weighted.count + :k1::float8 * (1 - :b::float8 + :b::float8 * posting.length / known.average)))
               as score,
           max(case when posting.name_count + posting.label_count > 0 then 1 else :text_share::float8 end)
               as share
    from known
    join search_postings posting
      on posting.shop_id = current_setting('tendero.shop_id') and posting.term = known.term
    cross join lateral (
        select :name_weight::float8 * posting.name_count + :label_weight::float8 * posting.label_count
               + :text_weight::float8 * posting.text_count as count
    ) weighted
    group by posting.product_id, known.slot
), covered as (
    select matched.product_id, sum(matched.score) as score,
           coalesce(sum(matched.share * slots.mass) / nullif((select sum(mass) from slots), 0), 0) as coverage
    from matched
    join slots using (slot)
    group by matched.product_id
)
select product.id, score * (1 - :coverage_share::float8 + :coverage_share::float8 * coverage) as score, coverage
from covered
join products product on product.id = covered.product_id
where product.is_active and product.shown_as is null
  and (not :in_stock::boolean or product.shown_stock_status <> 'outofstock')
order by 2 desc, product.id
limit :most;
