-- name: missing
select name from unnest(cast(:roles as text[])) as name
where not exists (select from pg_roles where rolname = name)

-- name: statements
-- Tendero's own tables carry the policy of shops; what else lies beside them (courses, views) is only read.
select format('grant usage on schema %I to %I', current_schema(), role) as statement
from unnest(cast(:roles as text[])) as role
union all
select format('grant %s on %I.%I to %I',
              case when c.relforcerowsecurity then 'select, insert, update, delete' else 'select' end,
              n.nspname, c.relname, role)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
cross join unnest(cast(:roles as text[])) as role
where c.relkind in ('r', 'p', 'v')
