-- The word index anew: best products of a word first, so that a common word need not be read to its end; a
-- product's words in one row, where its score is reckoned; and what shoppers misspell.

-- Words that share a stem by accident differ in how they end: "cars" is not "cara", nor "case" "casa". So a term is
-- a stem and whether the word ended in a or o, its plural counted as the singular. (Not strict, or PostgreSQL would
-- call it for each word instead of making it part of the query.)
create function search_term(word text) returns text language sql immutable parallel safe
return search_stem(word) || case
    when word like '%ora' or word like '%oras' then ''
    when word like '%a' or word like '%as' or word like '%o' or word like '%os'
         or word like '%oes' and strpos('acsnrbtxl', left(right(word, 4), 1)) > 0 then '/a'
    else '' end;

-- How a word sounds to those who spell by ear: b and v; c, s and z; g and j; h; ll, y and i; double letters.
create function search_sound(word text) returns text language sql immutable strict parallel safe
return regexp_replace(
    translate(
        regexp_replace(
            regexp_replace(
                replace(replace(replace(replace(replace(replace(word, 'ph', 'f'), 'ch', 'x'), 'sh', 'x'), 'h', ''),
                                'qu', 'k'), 'll', 'y'),
                'c(?=[ei])', 's', 'g'),
            'g(?=[ei])', 'j', 'g'),
        'cqzvwy', 'kksbbi'),
    '(.)\1+', '\1', 'g');

-- Under which keys a word is looked for when it is misspelt: itself, itself with one letter left out, the consonants
-- of its sound. Two words that are one slip apart (a letter too few, too many, another, or two swapped) share a key.
create function search_spellings_of(word text) returns setof text language sql immutable strict parallel safe
begin atomic
    select word
    union select overlay(word placing '' from place for 1) from generate_series(1, char_length(word)) place
    union select '~' || regexp_replace(search_sound(word), '(?<!^)[aeiou]+', '', 'g');
end;

drop table search_postings, search_documents, search_terms;

-- In how many products each term stands, and in how many it stands in the name or the labels. A term that begins
-- with ! is what a product says to be without.
create table search_terms (
    id integer generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    term text collate "C" not null,
    documents integer not null,
    named integer not null,
    unique (shop_id, term)
);

-- One row per product and term. `impact` is what the term is worth to the product, 0 to 32767, by the average
-- length of a product when it was written: it orders a term's products, nothing else. All columns are the key, so
-- that a term's best products are one range of the index, and the table itself is not read.
create table search_postings (
    product_id bigint not null,
    term integer not null,
    impact smallint not null,
    shop_id text not null default current_setting('tendero.shop_id'),
    primary key (shop_id, term, impact, product_id)
);

-- The terms of a product and, at the same places, their impacts and how often each stands in the name, in the labels
-- (brand, categories, tags, options) and in the descriptions. `length` weighs these counts.
create table search_documents (
    product_id bigint primary key references products on delete cascade,
    shop_id text not null default current_setting('tendero.shop_id'),
    length real not null,
    terms integer[] not null,
    impacts smallint[] not null,
    names smallint[] not null,
    labels smallint[] not null,
    texts smallint[] not null
);
-- Kept in the row and not compressed up to a page: each score would unpack them again.
alter table search_documents set (toast_tuple_target = 8160);

-- The words of names and labels by the keys of search_spellings_of.
create table search_spellings (
    shop_id text not null default current_setting('tendero.shop_id'),
    key text collate "C" not null,
    word text collate "C" not null,
    term integer not null,
    primary key (shop_id, key, word)
);

-- By which rules the index was made: where they are not today's, `tendero migrate` makes it anew.
alter table search_statistics add column rules integer not null default 0;
update search_statistics set documents = 0, total_length = 0;
