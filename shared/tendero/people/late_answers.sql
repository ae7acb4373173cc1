-- name: put
insert into late_answers (conversation_id, question_id, question, answer, asked_at)
values (:conversation_id, :question_id, :question, cast(:answer as text)::jsonb,
        now() - make_interval(secs => :age))
on conflict (conversation_id) do update
set question_id = excluded.question_id, question = excluded.question, answer = excluded.answer,
    asked_at = excluded.asked_at
where late_answers.asked_at <= excluded.asked_at;

-- name: take
delete from late_answers late
using conversations conversation
where conversation.channel = :channel and conversation.external_id = :external_id
  and late.conversation_id = conversation.id
  and late.question_id = coalesce(cast(:question_id as text), late.question_id)
returning late.question_id, late.question, late.answer,
          cast(extract(epoch from now() - late.asked_at) as double precision) as age,
          array(
              select message.content
              from messages message
              where message.conversation_id = conversation.id and message.role = 'customer'
                and message.created_at > late.asked_at
              order by message.id
          ) as since;
