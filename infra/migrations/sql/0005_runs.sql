-- A run that was cut off stays `running` until somebody takes it up again; before, nobody could.
update sync_runs
set status = 'failed', finished_at = now(), errors = errors || '["The run was interrupted."]'::jsonb
where status = 'running';

alter table sync_runs
    -- Who works on it now. Every write of the run checks it: whoever lost the run can write no more.
    add column holder text,
    add column renewed_at timestamptz not null default now(),
    -- How often it was taken up again, after its process was stopped or its time was up.
    add column continuations integer not null default 0,
    -- What the source was asked for (`since`, `memory`) and told (`watermark`) when the run began, and how many
    -- rows were active: a run that goes on in another process must go on as the same one.
    add column since timestamptz,
    add column memory jsonb not null default '{}',
    add column watermark timestamptz,
    add column held integer not null default 0,
    add column variations integer not null default 0,
    add column duration_seconds numeric
        generated always as (round(extract(epoch from finished_at - started_at), 3)) stored;

-- Two runs of one source cannot both be under way.
create unique index sync_runs_one_running on sync_runs (shop_id, source) where status = 'running';

-- What a run has read and written so far, page by page, in the words of its source. `hidden` are the rows of the
-- page that have to be deactivated when the run has seen everything.
create table sync_pages (
    run_id bigint not null references sync_runs on delete cascade,
    number bigint generated always as identity,
    shop_id text not null default current_setting('tendero.shop_id'),
    mark jsonb not null,
    hidden text[] not null default '{}',
    primary key (run_id, number)
);

-- Texts that somebody is having embedded right now, so that the same task delivered twice does not pay twice.
create table embedding_claims (
    product_id bigint not null references products on delete cascade,
    model text not null,
    shop_id text not null default current_setting('tendero.shop_id'),
    claimed_until timestamptz not null,
    primary key (product_id, model)
);
