-- One row per conversation of a channel: a Dialogflow session, a phone number, a Chatwoot conversation.
create table conversations (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    channel text not null,
    external_id text not null,
    language text,
    created_at timestamptz not null default now(),
    last_message_at timestamptz not null default now(),
    unique (shop_id, channel, external_id)
);

create table messages (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    conversation_id bigint not null references conversations on delete cascade,
    role text not null check (role in ('customer', 'assistant')),
    content text not null,
    -- The products that a reply named, so that "and the second one?" can be understood without a model.
    product_ids bigint[] not null default '{}',
    created_at timestamptz not null default now()
);
create index messages_of_conversation on messages (conversation_id, id desc);

-- What each turn did and cost.
create table agent_logs (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    conversation_id bigint references conversations on delete cascade,
    engine text not null,
    model text,
    outcome text not null,
    tool_calls jsonb not null default '[]',
    prompt_tokens integer not null default 0,
    completion_tokens integer not null default 0,
    milliseconds integer not null,
    created_at timestamptz not null default now()
);
create index agent_logs_recent on agent_logs (shop_id, created_at desc);
