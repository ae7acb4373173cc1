-- name: add
-- jsonb goes as text: the driver would send a list as a PostgreSQL array.
insert into agent_logs (conversation_id, engine, model, outcome, tool_calls, prompt_tokens, completion_tokens, milliseconds)
values (:conversation_id, :engine, :model, :outcome, cast(:tool_calls as text)::jsonb, :prompt_tokens,
        :completion_tokens, :milliseconds);
