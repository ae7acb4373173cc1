-- name: run_since
-- What the run that began in the last so many seconds had done when it failed.
select processed, inserted, updated, deactivated, embeddings, errors
from sync_runs
where source = :source and status = 'failed'
  and started_at >= now() - make_interval(secs => :seconds::double precision)
order by id desc
limit 1;
