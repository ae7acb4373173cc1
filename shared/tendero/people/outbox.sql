-- name: add
insert into outbox (conversation_id, message_id, channel, content, handoff)
select :conversation_id, :message_id, :channel, call.content, call.place > cast(:replies as bigint)
from jsonb_array_elements(cast(:contents as text)::jsonb) with ordinality as call(content, place)
order by call.place;

-- name: claim
-- The next call of a conversation, `claimed` when it is due. Of one that was under way already, nobody knows.
with next as (
    select * from outbox
    where conversation_id = :conversation_id and state in ('waiting', 'sending')
    order by id
    limit 1
), claimed as (
    update outbox o
    set state = 'sending', attempts = o.attempts + 1, sending_at = coalesce(o.sending_at, clock_timestamp())
    from next
    where o.id = next.id and next.not_before <= clock_timestamp()
    returning o.id, o.sending_at
)
select next.id, next.message_id, next.content, next.handoff, next.attempts,
    next.state = 'sending' as doubtful, claimed.id is not null as claimed,
    coalesce(extract(epoch from coalesce(claimed.sending_at, next.sending_at)), 0)::float8 as since,
    greatest(0, extract(epoch from next.not_before - clock_timestamp()))::float8 as due_in
from next left join claimed on true;

-- name: known
select provider_id from outbox
where conversation_id = :conversation_id and id <> :id and provider_id <> ''
order by id desc
limit 500;

-- name: sent
update outbox
set state = 'sent', sent_at = coalesce(sent_at, clock_timestamp()), error = '',
    provider_id = coalesce(nullif(:provider_id, ''), provider_id)
where id = :id and channel = :channel and state in ('waiting', 'sending', 'sent', 'cancelled')
returning conversation_id, message_id, handoff;

-- name: failed
update outbox set state = 'failed', error_code = :code, error = :error
where id = :id and state in ('waiting', 'sending');

-- name: cancelled
update outbox set state = 'cancelled' where id = :id and state in ('waiting', 'sending');

-- name: postponed
-- Taken over meanwhile, it is not said any more.
update outbox o
set state = case when c.handed_over_at is not null and not o.handoff then 'cancelled' else 'waiting' end,
    error = :error, not_before = clock_timestamp() + make_interval(secs => cast(:seconds as float8))
from conversations c
where o.id = :id and o.state = 'sending' and c.id = o.conversation_id;

-- name: doubted
update outbox
set error = :error, not_before = clock_timestamp() + make_interval(secs => cast(:seconds as float8))
where id = :id and state = 'sending';

-- name: replace
-- Once for each message, in its place or after a pause; taken over meanwhile, not at all.
insert into outbox (conversation_id, message_id, channel, content, handoff, replaces, attempts, not_before)
select o.conversation_id, o.message_id, o.channel, coalesce(cast(:content as text)::jsonb, o.content), o.handoff,
    o.id, o.attempts, clock_timestamp() + make_interval(secs => cast(:seconds as float8))
from outbox o join conversations c on c.id = o.conversation_id
where o.id = :id and o.attempts < :most and (c.handed_over_at is null or o.handoff)
on conflict (replaces) do nothing
returning id;

-- name: fared
-- News come in any order: what was read was also delivered.
update outbox
set delivery = :delivery, error_code = :code
where channel = :channel and provider_id = :provider_id
  and coalesce(array_position(cast(:order as text[]), :delivery), 0)
      >= coalesce(array_position(cast(:order as text[]), delivery), 0)
returning id, content;

-- name: conversation_of
select conversation_id from outbox where channel = :channel and provider_id = :provider_id;

-- name: place_of
select o.conversation_id, c.external_id
from outbox o join conversations c on c.id = o.conversation_id
where o.id = :id and o.channel = :channel;

-- name: give_up
update outbox set state = 'failed', error = :error
where id = (
    select min(id) from outbox
    where conversation_id = :conversation_id and state in ('waiting', 'sending')
);
