"""Portuguese."""

from tendero.assistant.templates.phrases import Counted, Phrases

PHRASES = Phrases(
    greeting="Olá! Sou o assistente da loja. Diga o que procura: informo preço e disponibilidade.",
    greeting_named="Olá! Sou o assistente de {shop}. Diga o que procura: informo preço e disponibilidade.",
    thanks="De nada! Se precisar de mais alguma coisa, estou aqui.",
    bye="Até logo! Obrigado pela visita.",
    help=(
        "Posso buscar produtos no catálogo, dizer quanto custam e se ainda há, e contar os detalhes e as"
        " opções de cada um. Escreva o que procura, ou um código de produto."
    ),
    person=(
        "Sou um assistente automático e por este chat não consigo passar você para uma pessoa: fale com a"
        " loja pelos contatos de sempre. Enquanto isso, ajudo com produtos, preços e disponibilidade."
    ),
    unknown_store_fact=(
        "Não tenho informação segura sobre {fact}, e prefiro não inventar: consulte diretamente a loja."
        " Posso dizer quais produtos há, o preço e se ainda temos."
    ),
    store_facts={
        "shipping": "entrega e frete",
        "returns": "trocas e devoluções",
        "hours": "os horários",
        "payment": "as formas de pagamento",
        "address": "onde fica a loja",
        "warranty": "garantias",
        "order": "o seu pedido",
        "discount": "cupons ou descontos especiais",
    },
    ask_what="Que produto você procura?",
    ask_which="De qual produto você fala? Diga o nome ou o código.",
    unavailable="No momento não consigo consultar o catálogo. Tente de novo em alguns minutos, por favor.",
    found="Tenho isto:",
    found_several="Encontrei estas opções:",
    cheapest_first="Do menor para o maior preço:",
    likely="O mais parecido que encontrei:",
    near="Não encontrei exatamente isso. Talvez algo destes sirva:",
    nothing="Não encontrei nada assim no catálogo. Pode descrever com outras palavras?",
    no_such_code="Nenhum produto tem o código {code}. Pode conferir, ou dizer o que procura?",
    nothing_within_budget="Por esse preço não encontrei nada. O mais parecido:",
    more="Aqui tem mais:",
    no_more="Isso é tudo o que encontrei. Procuro outra coisa?",
    line="{number}. {name}: {price} · {stock}",
    invite="Quer saber mais sobre algum? Diga o número.",
    quick_detail="Detalhes do {number}",
    quick_more="Ver mais",
    price="{name} custa {price}.",
    price_range="{name} custa de {low} a {high}, conforme a opção.",
    price_sale="{name} está em promoção: {price} (preço normal: {regular}).",
    no_price="{name} não tem preço publicado; consulte a loja.",
    price_label="Preço: {price}.",
    short_range="de {low} a {high}",
    short_sale="{price} em promoção (antes {regular})",
    short_no_price="sem preço publicado",
    units=Counted("Resta {n} unidade.", "Restam {n} unidades."),
    in_stock="Há em estoque.",
    out_of_stock="Este produto está esgotado no momento.",
    on_backorder="Agora não há na loja, mas dá para encomendar.",
    some_options_out="Esgotado em: {options}.",
    units_of=Counted("Resta {n} unidade de {name}.", "Restam {n} unidades de {name}."),
    in_stock_of="Sim, há {name} em estoque.",
    out_of_stock_of="{name}: esgotado no momento.",
    on_backorder_of="{name} não está na loja agora, mas dá para encomendar.",
    short_units=Counted("resta {n}", "restam {n}"),
    short_in_stock="em estoque",
    short_out_of_stock="esgotado",
    short_on_backorder="sob encomenda",
    option_available="Sim, temos {name}: {price}. {stock}",
    option_out_of_stock="{name} existe, mas está esgotado no momento. Preço: {price}.",
    option_missing="{name} não vem em {asked}. {options}",
    option_missing_plain="Não consta que {name} venha em {asked}.",
    options="{attribute}: {values}.",
    options_list="{name} vem nestas opções:",
    code="Código: {code}",
    link="Link: {url}",
    gone="{name} não está mais à venda. Procuro algo parecido?",
    cached="(Preço e estoque do nosso último registro; agora não consegui confirmá-los com a loja.)",
)
