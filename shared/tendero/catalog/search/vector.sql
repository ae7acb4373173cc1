-- name: prepare
-- All of it for this transaction. An exact scan costs as much as there are products left by the filters; an index
-- scan as much as it passes over until it has enough; one product passed over costs about `ratio` times one
-- compared. Where `few` are left both cost the same, and an index scan that has passed over as many ends.
-- Relaxed order keeps what the scan meets late. The vectors are taken to be in memory; a parallel worker would take
-- longer to start than to help; a plan for any model could not use an index that is one model's.
with shop as (
    select coalesce(max(documents), 0) as documents,
           coalesce(max(ceil(sqrt(:ratio::float8 * :most::float8 * documents))), 0)::int as few
    from search_statistics
    where shop_id = current_setting('tendero.shop_id')
)
select few, documents, set_config('hnsw.iterative_scan', 'relaxed_order', true),
       set_config('hnsw.max_scan_tuples', greatest(few, 1)::text, true),
       set_config('random_page_cost', '1.1', true),
       set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('max_parallel_workers_per_gather', '0', true)
from shop;

-- name: exact
-- Parted by `materialized` and `offset`, so that a wrong guess of the planner's never makes it read all vectors.
with passed as materialized (
    select offer.product_id
    from search_offers offer
    where offer.shop_id = current_setting('tendero.shop_id') and {filters}
    order by offer.product_id
)
select passed.product_id as id, compared.distance
from passed
cross join lateral (
    select embedding.embedding <=> :vector::halfvec as distance
    from product_embeddings embedding
    where embedding.product_id = passed.product_id and embedding.model = :model
    offset 0
) compared
order by compared.distance, id
limit :most;

-- name: reach
select set_config('hnsw.ef_search', :ef_search::text, true);

-- name: indexed
-- `{dimensions}` and the model are part of the index's definition (see vector_index); only this exact cast and
-- operator meet it. Without the index, the planner compares all.
with met as materialized (
    select embedding.product_id as id,
           embedding.embedding::halfvec({dimensions}) <=> :vector::halfvec({dimensions}) as distance
    from product_embeddings embedding
    join search_offers offer on offer.product_id = embedding.product_id
    where offer.shop_id = current_setting('tendero.shop_id') and embedding.model = :model and {filters}
    order by embedding.embedding::halfvec({dimensions}) <=> :vector::halfvec({dimensions})
    limit :most
)
select id, distance from met order by distance, id;

-- name: similarities
select embedding.product_id as id, embedding.embedding <=> :vector::halfvec as distance
from product_embeddings embedding
where embedding.product_id = any(:ids) and embedding.model = :model;

-- name: likeness
with centre as (
    select avg(embedding.embedding) as vector
    from product_embeddings embedding
    where embedding.product_id = any(:best) and embedding.model = :model
)
select embedding.product_id as id, embedding.embedding <=> centre.vector as distance
from product_embeddings embedding
cross join centre
where embedding.product_id = any(:ids) and embedding.model = :model;

-- name: vector_of
select embedding.embedding::text as vector
from product_embeddings embedding
where embedding.product_id = :id and embedding.model = :model;
