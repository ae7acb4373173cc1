-- What an asynchronous channel knows of a conversation, and who is at work on it.
alter table conversations
    -- The platform's own inbox or number that the customer wrote to.
    add column inbox text not null default '',
    -- Where answers go, in the channel's own words.
    add column address jsonb not null default '{}',
    -- A person has the conversation since: the assistant is silent.
    add column handed_over_at timestamptz,
    -- The assistant has it again since: news from before that come late count no longer.
    add column given_back_at timestamptz,
    -- Turns in a row that could not help.
    add column failed_turns integer not null default 0,
    -- One worker at a time answers. A worker that died is followed by another when its lease has ended.
    add column lease_holder uuid,
    add column lease_until timestamptz;

-- Every message of a customer as a channel delivered it, once, until a turn has answered it.
create table inbox (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    conversation_id bigint not null references conversations on delete cascade,
    channel text not null,
    provider_id text not null,
    event jsonb not null,
    said_at timestamptz not null,
    arrived_at timestamptz not null default now(),
    -- `silenced`: a person had the conversation.
    state text not null default 'waiting' check (state in ('waiting', 'answered', 'silenced')),
    -- The customer's side of the turn that answered it.
    message_id bigint references messages on delete set null,
    unique (shop_id, channel, provider_id)
);
create index inbox_of_conversation on inbox (conversation_id, id);
create index inbox_waiting on inbox (conversation_id, said_at, id) where state = 'waiting';

-- Every call that gives an answer to a channel, written with the answer and made afterwards.
create table outbox (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    conversation_id bigint not null references conversations on delete cascade,
    -- The reply that it is a part of.
    message_id bigint references messages on delete cascade,
    channel text not null,
    content jsonb not null,
    -- The call hands the conversation to a person, as asked: it goes out although the assistant is silent.
    handoff boolean not null default false,
    -- The message that came to nothing and that this one makes up for.
    replaces bigint unique references outbox on delete cascade,
    -- `sending` is written before the call: found by another worker, it means that nobody knows.
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed', 'cancelled')),
    attempts integer not null default 0,
    not_before timestamptz not null default now(),
    sending_at timestamptz,
    sent_at timestamptz,
    -- The channel's id of what was sent, and what it told of the delivery since.
    provider_id text,
    delivery text not null default '',
    error_code text not null default '',
    error text not null default '',
    created_at timestamptz not null default now()
);
create index outbox_of_conversation on outbox (conversation_id, id);
create index outbox_open on outbox (conversation_id, id) where state in ('waiting', 'sending');
create index outbox_provider on outbox (shop_id, channel, provider_id) where provider_id is not null;

-- How the assistant behaves: for the whole shop (channel ''), a channel (inbox ''), or one inbox of it.
create table agent_configs (
    id bigint generated always as identity primary key,
    shop_id text not null default current_setting('tendero.shop_id'),
    channel text not null default '',
    inbox text not null default '',
    config jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (shop_id, channel, inbox),
    check (channel <> '' or inbox = '')
);

-- AskYourDatabase keeps a customer's thread in a session of its own.
create table ayd_sessions (
    shop_id text not null default current_setting('tendero.shop_id'),
    -- A keyed hash of the channel and the customer: the number itself is not needed again.
    contact text not null,
    bot_id text not null,
    -- Encrypted: it has to be sent again, and opens the customer's thread.
    token text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (shop_id, contact, bot_id)
);

-- When a service may be called next, for limits that hold for all instances together.
create table paces (
    shop_id text not null default current_setting('tendero.shop_id'),
    service text not null,
    free_at timestamptz not null,
    primary key (shop_id, service)
);

-- An answer that came after its channel had stopped waiting, for the customer's next message.
create table late_answers (
    conversation_id bigint primary key references conversations on delete cascade,
    shop_id text not null default current_setting('tendero.shop_id'),
    -- By which a request that goes on waiting asks for the answer.
    question_id text not null,
    question text not null,
    answer jsonb not null,
    asked_at timestamptz not null
);
