-- name: last
-- The newest run. Waits for a write of its former process that PostgreSQL is still committing.
select id, status, mode, holder, since, memory, watermark, held, continuations, processed, variations, inserted,
       updated, unchanged, deactivated, errors, started_at,
       renewed_at < now() - interval '1 hour' as forsaken,
       started_at > now() - interval '24 hours' as recent,
       extract(epoch from now() - started_at)::float8 as age,
       exists (select from sync_pages where run_id = sync_runs.id) as has_pages
from sync_runs
where source = :source
order by id desc
limit 1
for update;

-- name: close_interrupted
update sync_runs
set status = 'failed', finished_at = now(), errors = '["The run was interrupted."]'::jsonb || errors
where id = :run_id;

-- name: begin
insert into sync_runs (source, mode, holder, since, memory, held)
select :source, :mode, :holder, :since::timestamptz, :memory::jsonb, count(*)
from products where source = :source and is_active
returning id, held;

-- name: begin_after
-- A new run that goes on where a failed one stopped.
insert into sync_runs (source, mode, holder, since, memory, watermark, held, continuations)
select source, mode, :holder, since, memory, watermark, held, continuations + 1
from sync_runs where id = :run_id
returning id;

-- name: inherit
update sync_pages set run_id = :run_id where run_id = :failed_id;

-- name: take_over
update sync_runs
set holder = :holder, renewed_at = now(), continuations = continuations + 1
where id = :run_id;

-- name: pages
select mark, hidden from sync_pages where run_id = :run_id order by number;

-- name: forget_pages
delete from sync_pages
using sync_runs run
where run.id = sync_pages.run_id and run.source = :source and sync_pages.run_id <> :run_id;

-- name: forget_own_pages
delete from sync_pages where run_id = :run_id;

-- name: record
-- Finds no row where another process has taken the run over.
update sync_runs
set mode = :mode, watermark = coalesce(watermark, :watermark::timestamptz), processed = processed + :processed,
    variations = variations + :variations, inserted = inserted + :inserted, updated = updated + :updated,
    unchanged = unchanged + :unchanged, deactivated = deactivated + :deactivated,
    errors = errors || :problems::jsonb, renewed_at = now()
where id = :run_id and holder = :holder
returning id;

-- name: add_pages
insert into sync_pages (run_id, mark, hidden)
select :run_id, page -> 'mark', array(select jsonb_array_elements_text(page -> 'hidden'))
from jsonb_array_elements(:pages::jsonb) with ordinality as each(page, number)
order by number;

-- name: lay_down
update sync_runs set holder = null, mode = :mode where id = :run_id and holder = :holder returning id;

-- name: waiting
select exists (
    select from sync_runs
    where id = :run_id and source = :source and status = 'running' and holder is null) as waiting;

-- name: end
update sync_runs
set mode = :mode, status = :status, finished_at = now(), renewed_at = now(), holder = null, embeddings = :embeddings,
    errors = :errors::jsonb
where id = :run_id and holder = :holder
returning id;
