-- name: tune
-- For this transaction: a batch's words are sorted in memory, not in files.
select set_config('work_mem', '64MB', true);

-- name: indexed_products
-- The products themselves, and the parents whose text their variations are part of.
select id from products where id = any(:ids) and kind <> 'variation'
union
select parent.id
from products variation
join products parent
  on parent.shop_id = variation.shop_id
 and parent.source = variation.source
 and parent.external_id = variation.parent_external_id
where variation.id = any(:ids) and variation.kind = 'variation';

-- name: remove
-- Each posting is looked up by its key: a join would be planned as a scan of the whole table.
with gone as materialized (
    delete from search_documents where product_id = any(:ids) returning product_id, length, terms
), postings as (
    delete from search_postings
    where ctid = any (array(
        select (select posting.ctid
                from search_postings posting
                where posting.shop_id = current_setting('tendero.shop_id') and posting.term = held.term
                  and posting.product_id = gone.product_id)
        from gone, unnest(gone.terms) as held(term)))
), fewer as (
    update search_terms
    set documents = search_terms.documents - less.documents
    from (select term, count(*) as documents from gone, unnest(gone.terms) as held(term) group by term) less
    where search_terms.shop_id = current_setting('tendero.shop_id') and search_terms.term = less.term
)
update search_statistics
set documents = search_statistics.documents - less.documents,
    total_length = search_statistics.total_length - less.total_length
from (select count(*) as documents, sum(length) as total_length from gone) less
where search_statistics.shop_id = current_setting('tendero.shop_id') and less.documents > 0;

-- name: add
-- Words are stemmed once per batch rather than once per product.
with documents as materialized (
    select product.id, product.name,
           concat_ws(' ', product.brand, product.category_name, array_to_string(product.categories, ' '),
                     array_to_string(product.tags, ' '), options.words) as labels,
           concat_ws(' ', left(product.short_description, 20000), left(product.description, 20000),
                     options.names, left(variations.words, 20000)) as texts
    from products product
    cross join lateral (
        select string_agg(distinct key, ' ') as names, string_agg(distinct option #>> '{}', ' ') as words
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
), words as materialized (
    select documents.id, field.number as field, lexeme as word, cardinality(positions) as count
    from documents
    cross join lateral (values (1, name), (2, labels), (3, texts)) field(number, value)
    cross join lateral unnest(to_tsvector('simple', search_fold(field.value)))
    where lexeme <> all(:skipped)
), stems as materialized (
    select word, search_stem(word) as term from (select distinct word from words) each
), counts as materialized (
    select id, term,
           least(coalesce(sum(count) filter (where field = 1), 0), 32767)::smallint as name_count,
           least(coalesce(sum(count) filter (where field = 2), 0), 32767)::smallint as label_count,
           least(coalesce(sum(count) filter (where field = 3), 0), 32767)::smallint as text_count
    from words join stems using (word)
    group by id, term
), lengths as materialized (
    select id,
           sum(:name_weight::real * name_count + :label_weight::real * label_count
               + :text_weight::real * text_count)::real as length,
           array_agg(term) as terms
    from counts
    group by id
), indexed as (
    insert into search_documents (product_id, length, terms) select id, length, terms from lengths
), postings as (
    insert into search_postings (term, product_id, length, name_count, label_count, text_count)
    select term, id, length, name_count, label_count, text_count
    from counts join lengths using (id)
    order by term, id
), more as (
    insert into search_terms (term, documents)
    select term, count(*) from counts group by term order by term
    on conflict (shop_id, term) do update set documents = search_terms.documents + excluded.documents
)
insert into search_statistics (documents, total_length)
select count(*), coalesce(sum(length), 0) from lengths
on conflict (shop_id) do update
set documents = search_statistics.documents + excluded.documents,
    total_length = search_statistics.total_length + excluded.total_length;

-- name: forget_terms
delete from search_terms where shop_id = current_setting('tendero.shop_id') and documents <= 0;

-- name: unplanned
-- Whether PostgreSQL has not looked at the tables yet: it does by itself within minutes of a first load, and plans
-- badly until then.
select reltuples < 0 as unplanned from pg_class where oid = 'search_postings'::regclass;

-- name: analyse
analyze products, search_postings, search_terms;

-- name: everything
select id from products where kind <> 'variation';
