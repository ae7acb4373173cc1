-- name: exact
-- One look-up per product by its key, and one value for all.
with near as (
    select embedding.product_id as id, embedding.embedding <=> :vector::halfvec as distance
    from product_embeddings embedding
    where embedding.product_id = any(:ids::bigint[]) and embedding.model = :model
    order by distance, id
    limit :most
)
select coalesce(json_agg(json_build_array(id, distance) order by distance, id), '[]') as found from near;

-- name: reach
-- All of it for this transaction. Relaxed order keeps what the scan meets late; one that has passed over too many ends.
-- A parallel worker would take longer to start than to help; a plan for any model could not use an index that is one
-- model's.
select set_config('hnsw.ef_search', :ef_search::text, true),
       set_config('hnsw.iterative_scan', 'relaxed_order', true),
       set_config('hnsw.max_scan_tuples', :passed_over::text, true),
       set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('max_parallel_workers_per_gather', '0', true);

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
select coalesce(json_agg(json_build_array(id, distance) order by distance, id), '[]') as found from met;

-- name: similarities
select coalesce(json_agg(json_build_array(
           embedding.product_id, embedding.embedding <=> :vector::halfvec)), '[]') as found
from product_embeddings embedding
where embedding.product_id = any(:ids::bigint[]) and embedding.model = :model;

-- name: likeness
select coalesce(json_agg(json_build_array(
           embedding.product_id, embedding.embedding <=> (
               select avg(best.embedding)
               from product_embeddings best
               where best.product_id = any(:best::bigint[]) and best.model = :model))), '[]') as found
from product_embeddings embedding
where embedding.product_id = any(:ids::bigint[]) and embedding.model = :model;

-- name: vector_of
select embedding.embedding::text as vector
from product_embeddings embedding
where embedding.product_id = :id and embedding.model = :model;
