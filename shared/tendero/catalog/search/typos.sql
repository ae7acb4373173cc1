-- name: likely
-- For each word that no product has in its name or labels (nor more than one in its texts), the catalogue's words that
-- share a key with it: with the word itself, with one letter left out, with two where it is long, or by sound.
with asked as materialized (
    select word, char_length(word) as length
    from unnest(:words::text[]) word
    where char_length(word) >= 3 and word !~ '\d'
      -- One index look-up per term, whatever the planner expects.
      and coalesce((select max(named) from search_terms
                    where shop_id = current_setting('tendero.shop_id')
                      and term = any (array[search_stem(word), search_stem(word) || '/a'])), 0) = 0
      and coalesce((select sum(documents) from search_terms
                    where shop_id = current_setting('tendero.shop_id')
                      and term = any (array[search_stem(word), search_stem(word) || '/a'])), 0) <= 1
), keys as (
    select word, search_spellings_of(word) as key from asked
    union
    select word, overlay(overlay(word placing '' from later for 1) placing '' from place for 1)
    from asked
    cross join lateral generate_series(2, length) later
    cross join lateral generate_series(1, later - 1) place
    where length >= :long
)
select distinct keys.word, found.word as correction, found.named,
       search_sound(keys.word) = search_sound(found.word) as sounds_alike
from keys
cross join lateral (
    select held.word, terms.named
    from search_spellings held
    join search_terms terms on terms.id = held.term
    where held.shop_id = current_setting('tendero.shop_id') and held.key = keys.key
    offset 0
) found
where found.named >= least(:least::int, 1 + (select documents from search_statistics
                                             where shop_id = current_setting('tendero.shop_id')) / 1000);
