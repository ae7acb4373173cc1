-- name: run_since
-- What the run that was last heard of within so many seconds had done when it failed.
select processed, inserted, updated, deactivated, embeddings, errors
from sync_runs
where source = :source and status = 'failed'
  and renewed_at >= now() - make_interval(secs => :seconds::double precision)
order by id desc
limit 1;
