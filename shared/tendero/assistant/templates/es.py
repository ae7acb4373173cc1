"""Spanish."""

from tendero.assistant.templates.phrases import Counted, Phrases

PHRASES = Phrases(
    greeting="¡Hola! Soy el asistente de la tienda. Dime qué buscas y te digo precio y disponibilidad.",
    greeting_named="¡Hola! Soy el asistente de {shop}. Dime qué buscas y te digo precio y disponibilidad.",
    thanks="¡De nada! Si necesitas algo más, aquí estoy.",
    bye="¡Hasta luego! Gracias por tu visita.",
    help=(
        "Puedo buscar productos del catálogo, decirte cuánto cuestan y si quedan, y contarte los detalles"
        " y las opciones de cada uno. Escribe qué buscas, o un código de producto."
    ),
    person=(
        "Soy un asistente automático y desde este chat no puedo pasarte con una persona: escribe a la"
        " tienda por sus medios de contacto habituales. Mientras tanto te ayudo con productos, precios y"
        " disponibilidad."
    ),
    unknown_store_fact=(
        "No tengo información segura sobre {fact}, y prefiero no inventarla: consúltalo directamente con"
        " la tienda. Sí puedo decirte qué productos hay, su precio y si quedan."
    ),
    store_facts={
        "shipping": "los envíos",
        "returns": "los cambios y devoluciones",
        "hours": "los horarios",
        "payment": "las formas de pago",
        "address": "dónde está la tienda",
        "warranty": "las garantías",
        "order": "tu pedido",
        "discount": "cupones o descuentos especiales",
    },
    ask_what="¿Qué producto buscas?",
    ask_which="¿De qué producto me hablas? Dime su nombre o su código.",
    unavailable="Ahora mismo no puedo consultar el catálogo. Inténtalo de nuevo en unos minutos, por favor.",
    found="Tengo esto:",
    found_several="Encontré estas opciones:",
    cheapest_first="De menor a mayor precio:",
    likely="Lo más parecido que encontré:",
    near="No encontré exactamente eso. Quizá te sirva algo de esto:",
    nothing="No encontré nada así en el catálogo. ¿Me lo describes con otras palabras?",
    no_such_code="Ningún producto tiene el código {code}. ¿Lo revisas, o me dices qué buscas?",
    nothing_within_budget="Por ese precio no encontré nada. Lo más parecido:",
    more="Aquí tienes más:",
    no_more="Eso es todo lo que encontré. ¿Busco otra cosa?",
    line="{number}. {name}: {price} · {stock}",
    invite="¿Te cuento más de alguno? Dime el número.",
    quick_detail="Detalles del {number}",
    quick_more="Ver más",
    price="{name} cuesta {price}.",
    price_range="{name} cuesta de {low} a {high}, según la opción.",
    price_sale="{name} está en oferta: {price} (precio normal: {regular}).",
    no_price="{name} no tiene precio publicado; consúltalo con la tienda.",
    price_label="Precio: {price}.",
    short_range="de {low} a {high}",
    short_sale="{price} en oferta (antes {regular})",
    short_no_price="sin precio publicado",
    units=Counted("Queda {n} unidad.", "Quedan {n} unidades."),
    in_stock="Hay en stock.",
    out_of_stock="Este producto está agotado ahora mismo.",
    on_backorder="Ahora no está en la tienda, pero se puede encargar.",
    some_options_out="Agotado en: {options}.",
    units_of=Counted("Queda {n} unidad de {name}.", "Quedan {n} unidades de {name}."),
    in_stock_of="Sí, hay {name} en stock.",
    out_of_stock_of="{name}: agotado ahora mismo.",
    on_backorder_of="{name} no está ahora en la tienda, pero se puede encargar.",
    short_units=Counted("queda {n}", "quedan {n}"),
    short_in_stock="en stock",
    short_out_of_stock="agotado",
    short_on_backorder="por encargo",
    option_available="Sí, hay {name}: {price}. {stock}",
    option_out_of_stock="{name} existe, pero ahora está agotado. Precio: {price}.",
    option_missing="{name} no viene en {asked}. {options}",
    option_missing_plain="No me consta que {name} venga en {asked}.",
    options="{attribute}: {values}.",
    options_list="{name} viene en estas opciones:",
    code="Código: {code}",
    link="Enlace: {url}",
    gone="{name} ya no está a la venta. ¿Busco algo parecido?",
    cached="(Precio y stock según nuestro último registro; ahora no pude confirmarlos con la tienda.)",
)
