-- name: answered
-- What was said in these messages' conversations since, and what became of the sending.
select message.content, message.created_at,
       (select count(*) from outbox where message_id = message.id) as calls,
       (select count(*) from outbox where message_id = message.id and state = 'sent') as sent,
       (select string_agg(error_code || ' ' || error, '; ') from outbox
        where message_id = message.id and state = 'failed') as failed
from messages message
where message.role = 'assistant'
  and message.id > :after
  and message.conversation_id in (select conversation_id from inbox where id > :inbox_after and channel = :channel)
order by message.id;

-- name: newest
select (select coalesce(max(id), 0) from messages) as message, (select coalesce(max(id), 0) from inbox) as inbox;

-- name: waiting
select count(*) as waiting from inbox where id > :inbox_after and state = 'waiting';
