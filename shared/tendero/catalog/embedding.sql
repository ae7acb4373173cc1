-- name: lacking
-- A page of the shown products (of these, where `ids` is not null) whose text has no vector of this model. A text
-- that was refused is tried again a day later. The vector is asked for row by row: a join would be planned anew,
-- and as a scan of all vectors, for every page.
select product.id, product.text_hash, length(product.text_for_embedding) as characters
from products product
where product.id > :after and product.is_active and product.shown_as is null and product.kind <> 'variation'
  and product.text_hash <> ''
  and (:ids::bigint[] is null or product.id = any(:ids))
  and (select held.text_hash from product_embeddings held
       where held.product_id = product.id and held.model = :model) is distinct from product.text_hash
  and not exists (
      select from embedding_failures failure
      where failure.product_id = product.id and failure.model = :model
        and failure.text_hash = product.text_hash and failure.failed_at > now() - interval '1 day')
order by product.id
limit :most;

-- name: texts
-- The same of some products, for the work itself: what another delivery of the task embedded, or found to be
-- refused, is left out.
select product.id, product.text_hash, product.text_for_embedding
from products product
left join product_embeddings held on held.product_id = product.id and held.model = :model
where product.id = any(:ids) and product.is_active and product.shown_as is null
  and product.kind <> 'variation'
  and product.text_hash <> '' and held.text_hash is distinct from product.text_hash
  and not exists (
      select from embedding_failures failure
      where failure.product_id = product.id and failure.model = :model
        and failure.text_hash = product.text_hash and failure.failed_at > now() - interval '1 day')
order by product.id;

-- name: stage
create temporary table if not exists staged_embeddings (product_id bigint, text_hash text, embedding halfvec)
on commit delete rows;

-- name: stage_inline
-- Vectors are toasted once, in their own table, and not here as well.
alter table staged_embeddings alter column embedding set storage plain;

-- name: copy_staged
copy staged_embeddings from stdin (format binary);

-- name: write
-- A text that changed while its vector was being made is left to the task that its change caused.
with written as (
    insert into product_embeddings (product_id, model, text_hash, embedding)
    select staged.product_id, :model, staged.text_hash, staged.embedding
    from staged_embeddings staged
    join products product on product.id = staged.product_id and product.text_hash = staged.text_hash
    order by staged.product_id
    on conflict (product_id, model) do update
    set text_hash = excluded.text_hash, embedding = excluded.embedding, created_at = now()
    returning product_id
), healed as (
    delete from embedding_failures
    where model = :model and product_id in (select product_id from written)
), dropped as (
    delete from embedding_claims
    where model = :model and claimed_until = :until::timestamptz
      and product_id in (select product_id from staged_embeddings)
)
select count(*) as written from written;

-- name: fail
with dropped as (
    delete from embedding_claims
    where model = :model and claimed_until = :until::timestamptz and product_id = any(:ids)
)
insert into embedding_failures (product_id, model, text_hash, reason)
select id, :model, case when :text_at_fault then text_hash else '' end, :reason
from products where id = any(:ids)
on conflict (product_id, model) do update
set text_hash = excluded.text_hash, reason = excluded.reason, failed_at = now();

-- name: stop
-- A row only for the first of the tasks that are refused at the same time.
insert into embedding_stops (model, reason) values (:model, :reason)
on conflict (shop_id, model) do nothing
returning model;

-- name: stopped
select reason from embedding_stops where model = :model;

-- name: unstop
delete from embedding_stops where model = :model;

-- name: forget_failures
delete from embedding_failures where model = :model;
