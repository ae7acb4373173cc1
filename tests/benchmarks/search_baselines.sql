-- name: make
create table baseline (id text primary key, document tsvector not null);

-- name: fill
-- Names weigh most, then labels, then descriptions, as in the documentation of setweight.
insert into baseline (id, document)
select external_id,
       setweight(to_tsvector('english', name), 'A')
    || setweight(to_tsvector('english', concat_ws(' ', brand, array_to_string(categories, ' '),
                                                  attributes::text)), 'B')
    || setweight(to_tsvector('english', short_description || ' ' || description), 'D')
from products;

-- name: ranked
select id
from baseline, websearch_to_tsquery('english', :text) query
where document @@ query
order by ts_rank_cd(document, query) desc, id
limit :most;
