-- name: take
-- The lease of a conversation that nobody is at work on.
update conversations
set lease_holder = cast(:holder as uuid),
    lease_until = statement_timestamp() + make_interval(secs => cast(:seconds as float8))
where id = :conversation_id and (lease_until is null or lease_until <= statement_timestamp())
returning id;

-- name: lock
select id from conversations where id = :conversation_id for update;

-- name: hold
-- No row for a lease that has gone to another. Locks the conversation: what is read of it by statements after
-- this one, no event changes before the transaction ends.
update conversations c
set lease_until = clock_timestamp() + make_interval(secs => cast(:seconds as float8))
where c.id = :conversation_id and c.lease_holder = cast(:holder as uuid)
returning c.channel, c.external_id, c.inbox, c.address, c.language, c.failed_turns,
    c.handed_over_at is not null as handed_over,
    coalesce((select event ->> 'contact' from inbox where conversation_id = c.id order by id desc limit 1), '')
        as contact,
    exists (
        select from outbox where conversation_id = c.id and state in ('waiting', 'sending')
    ) as unsent;

-- name: finish
-- Only in a transaction that holds the lease: a message that is being stored waits for its end, and takes the
-- lease itself.
update conversations c
set lease_holder = null, lease_until = null
where c.id = :conversation_id
  and not exists (select from inbox where conversation_id = c.id and state = 'waiting')
  and not exists (select from outbox where conversation_id = c.id and state in ('waiting', 'sending'));

-- name: release
update conversations
set lease_holder = null, lease_until = null
where id = :conversation_id and lease_holder = cast(:holder as uuid);

-- name: give_up_old
-- A day later nobody waits for an answer.
with silenced as (
    update inbox set state = 'silenced'
    where conversation_id = :conversation_id and state = 'waiting' and arrived_at < now() - interval '1 day'
)
update outbox set state = 'failed', error = 'given up after a day'
where conversation_id = :conversation_id and state in ('waiting', 'sending')
  and created_at < now() - interval '1 day';

-- name: abandoned
-- Conversations with work that has been left for a while, those left longest first.
select c.id
from conversations c
cross join lateral (
    select min(since) as since
    from (
        select i.arrived_at as since from inbox i where i.conversation_id = c.id and i.state = 'waiting'
        union all
        select greatest(o.created_at, o.not_before)
        from outbox o where o.conversation_id = c.id and o.state in ('waiting', 'sending')
    ) as work
) as oldest
where c.id in (
    select conversation_id from inbox where state = 'waiting'
    union
    select conversation_id from outbox where state in ('waiting', 'sending')
)
  and (c.lease_until is null or c.lease_until <= now())
  and oldest.since < now() - make_interval(secs => cast(:seconds as float8))
order by oldest.since
limit :most;
