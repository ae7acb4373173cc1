-- The word index. Row-level security lets only leakproof operators into an index scan, and a text search's
-- `@@` is not one: so words are rows, found by equality.

-- A text as the index sees it: lower case, no accents; a number keeps its decimals (1.5 and 1,5 become 1p5) and
-- stands apart from its unit (500ml → 500 ml, 12" → 12 in). Signs that the text search parser would join words
-- by (hosts, paths, hyphens) become blanks; it skips the others by itself.
create function search_fold(value text) returns text language sql immutable strict parallel safe
return regexp_replace(
    regexp_replace(
        regexp_replace(
            regexp_replace(
                lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]+', '', 'g')),
                '(\d)[.,](?=\d)', '\1p', 'g'),
            '(\d) ?(?:"|”|′′|'''')', '\1 in ', 'g'),
        '(\d)(ml|cl|l|mg|kg|g|mm|cm|m|in|ft|oz|lbs|lb|w|v|mb|gb|tb|mah|hz|mhz|ghz)\M', '\1 \2', 'g'),
    '[-./_@:+<>&~?#=%\\]+', ' ', 'g');

-- One term for a word's forms in all three languages: the English stemmer takes plurals off in each, then the
-- Spanish one genders and verb endings, which are mostly Portuguese too. On English queries this ranks like the
-- English stemmer alone (nDCG@10 0.620 against 0.622), and no language has to be configured.
create function search_stem(word text) returns text language sql immutable strict parallel safe
begin atomic
    select coalesce((ts_lexize('spanish_stem', english.stem))[1], english.stem)
    from (select coalesce((ts_lexize('english_stem', word))[1], word) as stem) english;
end;

-- One row per product and term: how often it stands in the name, in the labels (brand, categories, tags,
-- options) and in the descriptions. `length` is the product's weighted length, repeated here so that
-- ranking reads one table only.
create table search_postings (
    shop_id text not null default current_setting('tendero.shop_id'),
    term text collate "C" not null,
    product_id bigint not null,
    length real not null,
    name_count smallint not null,
    label_count smallint not null,
    text_count smallint not null,
    primary key (shop_id, term, product_id)
);

-- Which postings a product has: finds them through their primary key, where a second index on that table would
-- cost half as much again for every write.
create table search_documents (
    product_id bigint primary key references products on delete cascade,
    shop_id text not null default current_setting('tendero.shop_id'),
    length real not null,
    terms text[] not null
);

-- In how many products each term stands.
create table search_terms (
    shop_id text not null default current_setting('tendero.shop_id'),
    term text collate "C" not null,
    documents integer not null,
    primary key (shop_id, term)
);

create table search_statistics (
    shop_id text primary key default current_setting('tendero.shop_id'),
    documents bigint not null,
    total_length double precision not null
);

-- For queries that want product and vector in one table; one row per model that has embedded the product.
create view products_with_embedding with (security_invoker = true) as
select product.id, product.shop_id, product.source, product.external_id, product.kind, product.sku, product.name,
       product.description, product.category_id, product.category_name, product.is_active, product.list_price,
       product.standard_price, product.product_type, product.barcode, product.weight, product.volume,
       product.sale_ok, product.purchase_ok, product.uom_id, product.uom_name, product.company_id,
       product.text_for_embedding, product_embeddings.embedding, product_embeddings.model as embedding_model,
       product.last_update, product.created_at, product.updated_at
from products product
left join product_embeddings on product_embeddings.product_id = product.id;
