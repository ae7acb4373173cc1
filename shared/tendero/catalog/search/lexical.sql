-- name: walked
-- The best of each term's products, and of these, as far as they are `kept`, those with the most to show together.
select walked.id
from (
    select posting.product_id as id, sum(asked.weight * posting.impact) as pull
    from unnest(:terms::int[], :weights::float8[], :depths::int[]) as asked(term, weight, depth)
    cross join lateral (
        select product_id, impact
        from search_postings
        where shop_id = current_setting('tendero.shop_id') and term = asked.term
        order by impact desc
        limit asked.depth
    ) posting
    where {within}
    group by posting.product_id
    order by pull desc, id
) walked
where {kept}
order by walked.pull desc, walked.id
limit :rescored

-- name: within
-- Hashed once: as a plain condition it might become a join that compares all with all.
(posting.product_id in (select unnest(:passed::bigint[]))) is true

-- name: kept
-- Held against the filters one by one, best first, until there are enough.
exists (select from search_offers offer where offer.product_id = walked.id and {filters} offset 0)

-- name: listed
select unnest(:passed::bigint[]) as id

-- name: scored
-- BM25 over the weighted counts of each field, over what a product could have at most. A slot is one thing asked
-- for, of whose terms the best counts. Coverage is the share of the slots' mass (how much each matters, by its
-- rarity) that a product has: one with a single word of a question in plenty must not pass one with all of its words.
with candidates as materialized (
    {candidates}
), matched as (
    select document.product_id, asked.slot, max(asked.mass) as mass,
           max(asked.weight * counted.count * (:k1::float8 + 1)
               / (counted.count + :k1::float8 * (1 - :b::float8 + :b::float8 * document.length / :average::float8)))
               as score,
           max(case when counted.named then 1 else :text_share::float8 end) as share
    from search_documents document
    cross join unnest(:scored::int[], :slots::int[], :worth::float8[], :masses::float8[])
                   as asked(term, slot, weight, mass)
    -- Offset 0 keeps each place from being looked for again wherever it is used.
    cross join lateral (select array_position(document.terms, asked.term) as place offset 0) found
    cross join lateral (
        select :name_weight::float8 * names[place] + :label_weight::float8 * labels[place]
               + :text_weight::float8 * texts[place] as count,
               names[place] + labels[place] > 0 as named
    ) counted
    where document.product_id = any(array(select id from candidates)) and place is not null
    group by document.product_id, asked.slot
), covered as (
    select product_id, sum(score) / :ceiling::float8 as score, array_agg(slot) as slots,
           coalesce(sum(share * mass) / nullif(:mass::float8, 0), 0) as coverage
    from matched
    group by product_id
), best as (
    select product_id as id, coverage, slots,
           score * (1 - :coverage_share::float8 + :coverage_share::float8 * coverage) as score
    from covered
    order by score desc, product_id
    limit :most
)
select (select count(*) from candidates) as candidates,
       coalesce(json_agg(json_build_array(id, score, coverage, slots) order by score desc, id), '[]') as found
from best;

-- name: negation
-- What a product is worth beside one that does not tell: less where it has, in its name or labels or else in its
-- texts, what was asked to be left out, more often than it says to be without it; more where it says so.
with asked as materialized (
    select * from unnest(:terms::int[], :slots::int[], :shares::float8[], :without::boolean[])
                      as each(term, slot, share, without)
), counted as (
    select document.product_id, asked.slot, max(share) as share,
           sum((names[place] + labels[place]) * case when without then -1 else 1 end) > 0 as named,
           sum(texts[place] * case when without then -1 else 1 end) > 0 as told,
           sum(names[place] + labels[place]) filter (where without) > 0 as named_without,
           sum(texts[place]) filter (where without) > 0 as told_without
    from search_documents document
    cross join asked
    cross join lateral (select array_position(document.terms, asked.term) as place offset 0) found
    where document.product_id = any(:ids) and place is not null
    group by document.product_id, asked.slot
)
select product_id as id,
       (1 - sum(share * case when named then :named::float8 when told then :told::float8 else 0 end))
       * (1 + sum(share * case when named_without then :named_without::float8
                               when told_without then :told_without::float8 else 0 end)) as kept
from counted
group by product_id;
