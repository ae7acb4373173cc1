"""English."""

from tendero.assistant.templates.phrases import Counted, Phrases

PHRASES = Phrases(
    greeting="Hello! I'm the shop's assistant. Tell me what you need: I know prices and stock.",
    greeting_named="Hello! I'm the assistant of {shop}. Tell me what you need: I know prices and stock.",
    thanks="You're welcome! I'm here if you need anything else.",
    bye="Goodbye! Thanks for stopping by.",
    help=(
        "I can search the catalogue, tell you what things cost and whether they are in stock, and"
        " describe a product and its options. Write what you are looking for, or a product code."
    ),
    person=(
        "I'm an automatic assistant and cannot pass you on to a person from this chat: please use the"
        " shop's usual contact channels. Meanwhile I can help with products, prices and availability."
    ),
    unknown_store_fact=(
        "I have no reliable information about {fact}, and would rather not guess: please ask the shop"
        " directly. I can tell you which products there are, their prices and their stock."
    ),
    store_facts={
        "shipping": "shipping",
        "returns": "returns and exchanges",
        "hours": "opening hours",
        "payment": "payment methods",
        "address": "where the shop is",
        "warranty": "warranties",
        "order": "your order",
        "discount": "coupons or special discounts",
    },
    ask_what="What are you looking for?",
    ask_which="Which product do you mean? Tell me its name or code.",
    unavailable="I can't look into the catalogue right now. Please try again in a few minutes.",
    found="Here it is:",
    found_several="I found these:",
    cheapest_first="From the lowest price up:",
    likely="The closest I found:",
    near="I did not find exactly that. Perhaps one of these helps:",
    nothing="I found nothing like that in the catalogue. Could you describe it in other words?",
    no_such_code="No product has the code {code}. Could you check it, or tell me what you are looking for?",
    nothing_within_budget="I found nothing at that price. The closest:",
    more="Here are some more:",
    no_more="That is all I found. Shall I look for something else?",
    line="{number}. {name}: {price} · {stock}",
    invite="Would you like to know more about one of them? Tell me its number.",
    quick_detail="Details of {number}",
    quick_more="Show more",
    price="{name} costs {price}.",
    price_range="{name} costs from {low} to {high}, depending on the option.",
    price_sale="{name} is on sale: {price} (regular price: {regular}).",
    no_price="{name} has no published price; please ask the shop.",
    price_label="Price: {price}.",
    short_range="from {low} to {high}",
    short_sale="{price} on sale (was {regular})",
    short_no_price="no published price",
    units=Counted("There is {n} left.", "There are {n} left."),
    in_stock="It is in stock.",
    out_of_stock="It is out of stock right now.",
    on_backorder="It is not in the shop now, but can be ordered.",
    some_options_out="Out of stock in: {options}.",
    units_of=Counted("There is {n} left of {name}.", "There are {n} left of {name}."),
    in_stock_of="Yes, {name} is in stock.",
    out_of_stock_of="{name} is out of stock right now.",
    on_backorder_of="{name} is not in the shop now, but can be ordered.",
    short_units=Counted("{n} left", "{n} left"),
    short_in_stock="in stock",
    short_out_of_stock="out of stock",
    short_on_backorder="on backorder",
    option_available="Yes, there is {name}: {price}. {stock}",
    option_out_of_stock="{name} exists, but is out of stock right now. Price: {price}.",
    option_missing="{name} does not come in {asked}. {options}",
    option_missing_plain="I have no record of {name} in {asked}.",
    options="{attribute}: {values}.",
    options_list="{name} comes in these options:",
    code="Code: {code}",
    link="Link: {url}",
    gone="{name} is no longer sold. Shall I look for something similar?",
    cached="(Price and stock from our last record; I could not confirm them with the shop just now.)",
)
