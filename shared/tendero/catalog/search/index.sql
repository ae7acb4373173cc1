-- name: tune
-- For this transaction: a batch's words are sorted in memory, not in files.
select set_config('work_mem', '64MB', true);

-- name: one_writer
-- The lock that a write of products takes.
select pg_advisory_xact_lock(hashtext('tendero.products'), hashtext(current_setting('tendero.shop_id')));

-- name: remove
-- Each posting is looked up by its key: a join would be planned as a scan of the whole table.
with gone as materialized (
    delete from search_documents where product_id = any(:ids) returning *
), held as materialized (
    select gone.product_id, each.* from gone, unnest(terms, impacts, names, labels) as each(term, impact, name, label)
), postings as (
    delete from search_postings
    where ctid = any (array(
        select (select posting.ctid
                from search_postings posting
                where posting.shop_id = current_setting('tendero.shop_id') and posting.term = held.term
                  and posting.impact = held.impact and posting.product_id = held.product_id)
        from held))
), fewer as (
    update search_terms
    set documents = search_terms.documents - less.documents, named = search_terms.named - less.named
    from (select term, count(*) as documents, count(*) filter (where name + label > 0) as named
          from held group by term) less
    where search_terms.id = less.term
)
update search_statistics
set documents = search_statistics.documents - less.documents,
    total_length = search_statistics.total_length - less.total_length
from (select count(*) as documents, sum(length) as total_length from gone) less
where search_statistics.shop_id = current_setting('tendero.shop_id') and less.documents > 0;

-- name: add
-- Words are stemmed once per batch rather than once per product. What comes after "for" in a name is the thing that
-- the product goes with, and counts as its texts do. Two parts joined by a hyphen are also a word together.
with documents as materialized (
    select product.id, product.name,
           concat_ws(', ', product.brand, product.category_name, array_to_string(product.categories, ', '),
                     array_to_string(product.tags, ', '), options.words) as labels,
           concat_ws(' ', left(product.short_description, 20000), left(product.description, 20000),
                     options.names, left(variations.words, 20000)) as texts
    from products product
    cross join lateral (
        select string_agg(distinct key, ' ') as names, string_agg(distinct option #>> '{}', ', ') as words
        from jsonb_each(product.attributes), jsonb_path_query(value, '$[*]') option
    ) options
    cross join lateral (
        select string_agg(distinct words.value, ' ') as words
        from products variation
        cross join lateral (
            select option #>> '{}' from jsonb_path_query(variation.attributes, '$.*[*]') option
            union all select variation.description where variation.description <> product.description
            union all select variation.short_description
                      where variation.short_description <> product.short_description
        ) words(value)
        where variation.shop_id = product.shop_id and variation.source = product.source
          and variation.parent_external_id = product.external_id and variation.is_active
          and variation.shown_as is null
    ) variations
    where product.id = any(:ids) and product.is_active and product.shown_as is null
      and product.kind <> 'variation'
), folded as materialized (
    select id, search_fold(regexp_replace(name, :hyphened, '\& \1\2', 'g')) as name,
           search_fold(regexp_replace(labels, :hyphened, '\& \1\2', 'g')) as labels,
           search_fold(texts) as texts
    from documents
), words as materialized (
    select folded.id, field.number as field, lexeme as word, cardinality(positions) as count
    from folded
    cross join lateral (values (1, regexp_replace(name, :target, ' ', 'g')), (2, labels), (3, texts),
                               (4, (select string_agg(target[1], ' ') from regexp_matches(name, :target, 'g') target))
                       ) field(number, value)
    cross join lateral unnest(to_tsvector('simple', field.value))
    where lexeme <> all(:skipped)
), readable as materialized (
    select id, field, text
    from folded cross join lateral (values (1, name), (2, labels), (3, texts)) field(field, text)
), lacks as materialized (
    -- What each says to be without: "without sugar", "sugar free", "sugarless". One pattern for all would take
    -- seven times as long.
    select id, field, after.word, 1 as count
    from readable
    cross join lateral regexp_matches(text, :without, 'g') found(words)
    cross join lateral (
        select word
        from regexp_split_to_table(ltrim(found.words[1]), ' +') with ordinality as split(word, place)
        where word <> all(:skipped) and word not in ('any', 'added', 'ni', 'nem', 'nor')
        order by place
        limit 2
    ) after
    union all
    select id, field, found.words[1], 1
    from readable
    cross join lateral regexp_matches(text, :free, 'g') found(words)
    union all
    select id, field, left(word, -4), count
    from words
    where word like '___%less' and word <> all(:whole) and field < 4
), stems as materialized (
    select word, search_term(word) as term, in_name
    from (select word, bool_or(field <> 3) as in_name from words group by word) each
), counts as materialized (
    select id, term, false as lacked,
           least(coalesce(sum(count) filter (where field = 1), 0), 32767)::smallint as names,
           least(coalesce(sum(count) filter (where field = 2), 0), 32767)::smallint as labels,
           least(coalesce(sum(count) filter (where field > 2), 0), 32767)::smallint as texts
    from words join stems using (word)
    group by id, term
    union all
    select id, '!' || search_stem(word), true, least(coalesce(sum(count) filter (where field = 1), 0), 32767),
           least(coalesce(sum(count) filter (where field = 2), 0), 32767),
           least(coalesce(sum(count) filter (where field = 3), 0), 32767)
    from lacks
    group by 1, 2
), weighted as materialized (
    select *, :name_weight::float8 * names + :label_weight::float8 * labels + :text_weight::float8 * texts as count
    from counts
), lengths as materialized (
    select id, sum(count)::real as length from weighted where not lacked group by id
), average as materialized (
    select (coalesce(sum(held.total_length), 0) + (select sum(length) from lengths))
           / (coalesce(sum(held.documents), 0) + (select count(*) from lengths)) as length
    from search_statistics held
    where held.shop_id = current_setting('tendero.shop_id')
), totals as materialized (
    select term, count(*) as documents, count(*) filter (where names + labels > 0) as named from counts group by term
), known as materialized (
    -- One index look-up per term, whatever the planner expects of tables that it has not looked at yet.
    select held.id, totals.term
    from totals
    cross join lateral (
        select id from search_terms
        where shop_id = current_setting('tendero.shop_id') and search_terms.term = totals.term
        offset 0
    ) held
), fresh as (
    insert into search_terms (term, documents, named)
    select term, documents, named from totals where not exists (select from known where known.term = totals.term)
    order by term
    returning id, term
), more as (
    update search_terms
    set documents = search_terms.documents + totals.documents, named = search_terms.named + totals.named
    from totals join known using (term)
    where search_terms.id = known.id
), terms as materialized (
    select id as number, term from known union all select id, term from fresh
), scored as materialized (
    select weighted.id, number, names, labels, texts,
           round(32767 * count
                 / (count + :k1::float8 * (1 - :b::float8 + :b::float8 * lengths.length / average.length)))::smallint
               as impact
    from weighted
    join lengths using (id)
    join terms using (term)
    cross join average
), misspellable as materialized (
    select word, number from stems join terms using (term) where in_name
), spelled as (
    insert into search_spellings (key, word, term)
    select spelling, word, number
    from misspellable each
    cross join lateral search_spellings_of(word) spelling
    where char_length(word) between 4 and 24 and word !~ '\d'
      and (select held.term from search_spellings held
           where held.shop_id = current_setting('tendero.shop_id') and held.key = each.word
             and held.word = each.word) is distinct from number
    order by spelling
    on conflict (shop_id, key, word) do update set term = excluded.term
), indexed as (
    insert into search_documents (product_id, length, terms, impacts, names, labels, texts)
    select id, length, array_agg(number), array_agg(impact), array_agg(names), array_agg(labels), array_agg(texts)
    from scored join lengths using (id)
    group by id, length
), postings as (
    insert into search_postings (term, impact, product_id)
    select number, impact, id from scored order by number, impact, id
)
insert into search_statistics (documents, total_length, rules)
select count(*), coalesce(sum(length), 0), :rules from lengths
on conflict (shop_id) do update
set documents = search_statistics.documents + excluded.documents,
    total_length = search_statistics.total_length + excluded.total_length;

-- name: forget_terms
with gone as (
    delete from search_terms
    where shop_id = current_setting('tendero.shop_id') and documents <= 0
    returning id
)
delete from search_spellings
where shop_id = current_setting('tendero.shop_id') and term in (select id from gone);

-- name: unplanned
-- Whether PostgreSQL has not looked at the tables yet: it does by itself within minutes of a first load, and plans
-- badly until then.
select reltuples < 0 as unplanned from pg_class where oid = 'search_postings'::regclass;

-- name: analyse
analyze products, search_postings, search_documents, search_terms, search_spellings, search_offers, search_variants,
        search_values, search_facets;

-- name: everything
select id from products where kind <> 'variation';

-- name: outdated
select exists (
    select from search_statistics
    where shop_id = current_setting('tendero.shop_id') and rules <> :rules
) as outdated;

-- name: drop_postings
delete from search_postings where shop_id = current_setting('tendero.shop_id');

-- name: drop_documents
delete from search_documents where shop_id = current_setting('tendero.shop_id');

-- name: drop_terms
delete from search_terms where shop_id = current_setting('tendero.shop_id');

-- name: drop_spellings
delete from search_spellings where shop_id = current_setting('tendero.shop_id');

-- name: drop_statistics
delete from search_statistics where shop_id = current_setting('tendero.shop_id');
