-- name: close_interrupted
-- A function is stopped after an hour at most, so what still "runs" then was cut off.
update sync_runs
set status = 'failed', finished_at = now(), errors = errors || '["The run was interrupted."]'::jsonb
where source = :source and status = 'running' and started_at < now() - interval '1 hour';

-- name: begin
insert into sync_runs (source, mode) values (:source, :mode) returning id;

-- name: end
update sync_runs
set mode = :mode, status = :status, finished_at = now(), processed = :processed, inserted = :inserted,
    updated = :updated, unchanged = :unchanged, deactivated = :deactivated, embeddings = :embeddings,
    errors = :errors::jsonb
where id = :run_id;
