-- name: tune
-- For this transaction. An index scan goes on until the filters have let enough rows through.
select set_config('hnsw.ef_search', :ef_search::text, true),
       set_config('hnsw.iterative_scan', 'strict_order', true);

-- name: nearest
-- `{dimensions}` and the model are part of the index's definition (see vector_index); only this exact cast
-- and operator meet it. The planner scans a small catalogue without the index.
select embedding.product_id as id,
       embedding.embedding::halfvec({dimensions}) <=> :vector::halfvec({dimensions}) as distance
from product_embeddings embedding
join products product on product.id = embedding.product_id
where embedding.shop_id = current_setting('tendero.shop_id') and embedding.model = :model
  and product.is_active and product.shown_as is null
  and (not :in_stock::boolean or product.shown_stock_status <> 'outofstock')
order by embedding.embedding::halfvec({dimensions}) <=> :vector::halfvec({dimensions})
limit :most;
