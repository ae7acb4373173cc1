-- name: last_of
select logged.engine, logged.outcome
from agent_logs logged join conversations on conversations.id = logged.conversation_id
where conversations.external_id like '%' || :conversation
order by logged.id desc limit 1;
