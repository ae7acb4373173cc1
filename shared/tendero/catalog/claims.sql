-- name: take
-- In the order of ids, so that two who want the same products wait for each other in a row, not in a ring.
insert into embedding_claims (product_id, model, claimed_until)
select wanted.id, :model, now() + make_interval(secs => :seconds::double precision)
from unnest(:ids::bigint[]) as wanted(id)
order by wanted.id
on conflict (product_id, model) do update
set claimed_until = excluded.claimed_until
where embedding_claims.claimed_until < now()
returning product_id, claimed_until;

-- name: drop
delete from embedding_claims
where product_id = any(:ids) and model = :model and claimed_until = :until::timestamptz;
