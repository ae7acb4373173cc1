-- name: terms
-- The terms that words stand for: each word's own, the same stem with the other ending (see search_term), and that
-- of products which say to be without it. What the text search parser parts is parted here too. Words of one slot are
-- alternatives.
with shop as (
    select documents, total_length / documents as average
    from search_statistics
    where shop_id = current_setting('tendero.shop_id') and documents > 0
), asked as materialized (
    select word.slot * 16 + least(positions[1], 15) as slot, place, lexeme as word, weight, mass, translated, negated,
           search_term(lexeme) as term, search_stem(lexeme) as stem
    from unnest(:words::text[], :slots::int[], :weights::float8[], :masses::float8[], :translated::boolean[],
                :negated::boolean[])
             with ordinality as word(value, slot, weight, mass, translated, negated, place)
    cross join lateral unnest(to_tsvector('simple', search_fold(word.value)))
)
select asked.slot, asked.word, asked.weight, asked.mass, asked.translated, asked.negated, form.kind, held.id,
       coalesce(held.documents, 0) as documents, coalesce(held.named, 0) as named, shop.documents as all_documents, shop.average
from shop
cross join asked
cross join lateral (values ('own', term), ('other', case term when stem then stem || '/a' else stem end),
                           ('without', '!' || stem)) form(kind, term)
left join lateral (
    -- One index look-up per term, whatever the planner expects.
    select id, documents, named from search_terms
    where shop_id = current_setting('tendero.shop_id') and search_terms.term = form.term
    offset 0
) held on true
order by asked.slot, asked.place;
