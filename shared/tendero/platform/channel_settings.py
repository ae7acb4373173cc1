"""The settings of what answers customers: the model, the chat platforms, memory."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.platform.variables import variable


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """See `tendero.platform.settings.Settings`."""

    openai_api_key: str = variable(
        "Key of OpenAI or of a compatible service. Empty: the shop answers from templates.",
        "",
        group="Model",
        secret=True,
    )
    openai_base_url: str = variable(
        "Address of a compatible service.", "https://api.openai.com/v1", group="Model"
    )
    openai_model: str = variable("The chat model.", "gpt-4o-mini", group="Model")
    openai_max_tokens: int = variable(
        "Longest answer of the model, in tokens.", 500, group="Model", at_least=16
    )
    openai_reasoning_effort: str = variable(
        "`reasoning_effort` to send; `auto` sends what the model's family needs beside tools.",
        "auto",
        group="Model",
    )
    history_messages: int = variable(
        "Messages of the conversation that the model sees.", 12, group="Model", at_least=0, at_most=100
    )

    dialogflow_webhook_secret: str = variable(
        "Expected in the header `X-Webhook-Secret`. Empty: every caller is answered.",
        "",
        group="Dialogflow",
        secret=True,
    )
    dialogflow_deadline_seconds: float = variable(
        "Time for one answer. Dialogflow itself gives up after 5.",
        4.2,
        group="Dialogflow",
        at_least=0.5,
        at_most=9,
    )
    dialogflow_followup_event: str = variable(
        "Event that Dialogflow ES is sent back with while a slow model works, so that it asks again: an"
        " intent with webhook fulfilment must take it. Empty: late answers are kept for the next message.",
        "",
        group="Dialogflow",
    )

    reply_queue: str = variable("Queue of the tasks for `reply`.", "tendero-reply", group="Replies")
    reply_url: str = variable(
        "Address of the `reply` function, which answers Twilio, Chatwoot and WhatsApp. Empty: their messages"
        " are refused.",
        "",
        group="Replies",
    )
    burst_seconds: float = variable(
        "Messages that a customer sends within this time of each other are answered together.",
        1.2,
        group="Replies",
        at_least=0,
        at_most=20,
    )
    reply_seconds: float = variable(
        "Time for one answer on channels that wait for none.", 25.0, group="Replies", at_least=1, at_most=120
    )
    reply_max_attempts: int = variable(
        "Attempts that this queue gives a task (its `max_attempts`).", 60, group="Replies", at_least=1
    )
    handoff_after_failures: int = variable(
        "After this many turns in a row that could not help, a person is asked to take over, where the"
        " channel has persons. 0: never.",
        2,
        group="Replies",
        at_least=0,
    )

    twilio_account_sid: str = variable("The account's SID (`AC…`).", "", group="Twilio")
    twilio_auth_token: str = variable(
        "Its primary auth token: signs what Twilio sends and opens its API.", "", group="Twilio", secret=True
    )
    twilio_from_number: str = variable(
        "Sender of messages that answer none (`whatsapp:+34…` or `+34…`). Answers go out from the number that"
        " was written to.",
        "",
        group="Twilio",
        also=("TWILIO_PHONE_NUMBER",),
    )
    twilio_messaging_service_sid: str = variable(
        "Messaging service (`MG…`) that SMS answers go through instead.", "", group="Twilio"
    )
    twilio_webhook_url: str = variable(
        "The public address that Twilio is given, exactly: the signature is over it.", "", group="Twilio"
    )
    twilio_template_sid: str = variable(
        "Approved WhatsApp template (`HX…`) sent when the 24-hour window has closed; its variable 1 is the"
        " answer. Empty: the answer fails and is recorded.",
        "",
        group="Twilio",
    )
    twilio_buttons: bool = variable(
        "On WhatsApp, suggestions are buttons or a list, made in the account's Content Template Builder as"
        " `tendero-…`. `false`: they are lines of the text.",
        True,
        group="Twilio",
    )
    twilio_api_url: str = variable("Address of Twilio's API.", "https://api.twilio.com", group="Twilio")
    max_sms_chars: int = variable(
        "Longest text of one message; a longer answer is split.",
        1600,
        group="Twilio",
        at_least=70,
        at_most=1600,
    )

    chatwoot_base_url: str = variable(
        "Chatwoot's address, e.g. `https://chat.example`.", "", group="Chatwoot"
    )
    chatwoot_api_token: str = variable(
        "Access token of the agent bot (or of a user).", "", group="Chatwoot", secret=True
    )
    chatwoot_webhook_secret: str = variable(
        "Secrets that its webhooks are signed with, by commas: agent bot, account webhook, API inbox.",
        "",
        group="Chatwoot",
        secret=True,
    )
    chatwoot_url_token: str = variable(
        "For servers that sign nothing (agent bots before 4.13): `?token=` of this value in the webhook's"
        " address is accepted instead of a signature. Empty: never.",
        "",
        group="Chatwoot",
        secret=True,
    )
    chatwoot_account_id: str = variable(
        "Answer only this account's conversations. Empty: any that is signed right.", "", group="Chatwoot"
    )
    chatwoot_requests_per_minute: int = variable(
        "Requests to its API, of all instances together.", 60, group="Chatwoot", at_least=1
    )
    chatwoot_handoff_labels: tuple[str, ...] = variable(
        "Labels added to a conversation that is handed to a person.", ("handoff",), group="Chatwoot"
    )
    chatwoot_handoff_team_id: int = variable(
        "Id of the team that such a conversation is assigned to. 0: none.", 0, group="Chatwoot", at_least=0
    )
    chatwoot_handoff_assignee_id: int = variable(
        "Id of the person that it is assigned to. 0: none.", 0, group="Chatwoot", at_least=0
    )

    whatsapp_phone_number_id: str = variable(
        "Id of the number at Meta's WhatsApp Cloud API.", "", group="WhatsApp Cloud"
    )
    whatsapp_token: str = variable(
        "Access token of the app's system user.", "", group="WhatsApp Cloud", secret=True
    )
    whatsapp_app_secret: str = variable(
        "The app's secret: signs what Meta sends.", "", group="WhatsApp Cloud", secret=True
    )
    whatsapp_verify_token: str = variable(
        "Word that Meta repeats when the webhook is set up.", "", group="WhatsApp Cloud", secret=True
    )
    whatsapp_api_url: str = variable(
        "Address and version of Meta's API.", "https://graph.facebook.com/v23.0", group="WhatsApp Cloud"
    )

    askyourdatabase_api_key: str = variable("API key.", "", group="AskYourDatabase", secret=True)
    askyourdatabase_chat_id: str = variable(
        "Id of the chatbot that answers: the end of its address in the dashboard.",
        "",
        group="AskYourDatabase",
    )
    askyourdatabase_channels: tuple[str, ...] = variable(
        "Channels that AskYourDatabase answers instead of the model; single inboxes: `tendero agent`.",
        (),
        group="AskYourDatabase",
        choices=("dialogflow", "twilio", "chatwoot", "whatsapp"),
    )
    askyourdatabase_url: str = variable(
        "Its address.", "https://www.askyourdatabase.com", group="AskYourDatabase"
    )
    askyourdatabase_seconds: float = variable(
        "Time for one answer; then a friendly sentence.",
        60.0,
        group="AskYourDatabase",
        at_least=1,
        at_most=120,
    )

    memory_store: str = variable(
        "Where what is known of customers across conversations is kept; `hybrid` keeps both, for when the"
        " database is down. The assistant does not use it yet.",
        "postgresql",
        group="Memory",
        choices=("postgresql", "json", "hybrid"),
    )
    memory_folder: str = variable(
        "Folder of the JSON memories, for `json` and `hybrid`. It belongs to one machine.", "", group="Memory"
    )
