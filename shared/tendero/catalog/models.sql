-- name: chosen
select model, dimensions, next_model, next_dimensions from active_models;

-- name: begin
-- The first switch also writes down what has been searched by until now.
insert into active_models (model, dimensions, next_model, next_dimensions)
values (:model, :dimensions, :next_model, :next_dimensions)
on conflict (shop_id) do update
set next_model = excluded.next_model, next_dimensions = excluded.next_dimensions;

-- name: cancel
update active_models set next_model = null, next_dimensions = null where next_model is not null;

-- name: promote
update active_models
set model = next_model, dimensions = next_dimensions, next_model = null, next_dimensions = null,
    switched_at = now()
where next_model = :model;

-- name: prune
with removed as (
    delete from product_embeddings where model <> all(:kept) returning model
), forgotten as (
    delete from embedding_failures where model <> all(:kept)
), unstopped as (
    delete from embedding_stops where model <> all(:kept)
)
select model, count(*) as vectors from removed group by model order by model;

-- name: counts
-- Products that are shown and have a text. A text that was refused has failed; any other is still to come.
select count(*) as products,
       count(*) filter (where held.text_hash = product.text_hash) as embedded,
       count(*) filter (where held.text_hash is distinct from product.text_hash
                          and failure.text_hash = product.text_hash) as failed
from products product
left join product_embeddings held on held.product_id = product.id and held.model = :model
left join embedding_failures failure on failure.product_id = product.id and failure.model = :model
where product.is_active and product.shown_as is null and product.kind <> 'variation'
  and product.text_hash <> '';

-- name: reasons
-- Of texts that were refused, and (without a hash) of those that are still to come but failed for another reason.
select failure.reason, count(*) as products
from embedding_failures failure
join products product on product.id = failure.product_id and failure.text_hash in (product.text_hash, '')
left join product_embeddings held on held.product_id = product.id and held.model = :model
where failure.model = :model and product.is_active and product.shown_as is null
  and product.kind <> 'variation'
  and held.text_hash is distinct from product.text_hash
group by failure.reason
order by products desc, failure.reason
limit 20;

-- name: stops
select model from embedding_stops;

-- name: forget_stops
delete from embedding_stops where model = any(:models);

-- name: stored
-- Models with vectors; the length is one vector's, so that the others need not be read.
select held.model, (select vector_dims(one.embedding) from product_embeddings one where one.model = held.model limit 1)
           as dimensions
from (select distinct model from product_embeddings) held
order by held.model;
