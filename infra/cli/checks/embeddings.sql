-- name: progress
-- Products that are shown and have a text; those that lack their vector are missing, whatever the reason.
select count(*) filter (where vector.text_hash = product.text_hash) as embedded,
       count(*) filter (where vector.text_hash is distinct from product.text_hash) as missing,
       count(failure.product_id) filter (where vector.text_hash is distinct from product.text_hash) as refused,
       min(failure.reason) filter (where vector.text_hash is distinct from product.text_hash) as reason
from products product
left join product_embeddings vector on vector.product_id = product.id and vector.model = :model
left join embedding_failures failure on failure.product_id = product.id and failure.model = :model
where product.is_active and product.shown_as is null and product.kind <> 'variation'
  and product.text_hash <> '';
