"""The words by which the rules know an intent, folded, in Spanish, English and Portuguese together.

A message is read before its language is sure, and people mix languages; the three share most words here.
"""

from __future__ import annotations

import re

from tendero.assistant.words import word_set


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{pattern})" for pattern in patterns))


PRICE = _any(
    r"\b(?:precios?|precos?|prices?|pricing|costs?|cuestan?|custam?|valor)\b",
    r"\b(?:cuanto|quanto)s?\s+(?:vale|valen|valem|sale|salen|sai|saem|es|e|cobran|seria|fica|esta|estan)\b",
    r"\bhow much\b(?! (?:stock|is left|are left))",
    r"^\W*(?:y )?(?:cuanto|quanto)\W*$",
    r"\ba (?:como|cuanto|quanto)\b",
)
STOCK = _any(
    r"\b(?:stock|estoque|disponib\w+|disponive\w+|available|availability|agotad[oa]s?|esgotad[oa]s?)\b",
    r"\b(?:quedan?|restam?|sobram?|sobro|unidades|existencias?)\b",
    r"\b(?:left|sold out|how many)\b",
    r"\b(?:cuant|quant)[oa]s\s+(?:hay|tienen|tienes|quedan|tem|ha|restam|sobram|voces)\b",
    r"\b(?:ainda|todavia|still)\s+(?:tem|ha|hay|have|got|tienen|tienes)\b",
)
DETAIL = _any(
    r"\b(?:detalles?|detalhes?|details?|caracteristicas?|especificac\w+|specs?|specifications?|ficha"
    r"|info\w*)\b",
    r"\b(?:describe\w*|descripcion|descricao|description|cuentame|contame|conte|explic\w+|describir)\b",
    r"\b(?:mas|mais|more) (?:sobre|about|info\w*|detal\w+|detail\w*)\b",
    r"\b(?:tell me (?:more )?about|fale (?:mais )?(?:sobre|da|do|de)|hablame de)\b",
    r"\b(?:o )?que inclu\w+|\bwhat\b.{0,40}\bincluded?\b|\bwhat\b.{0,40}\binclude",
    r"\b(?:opciones|opcoes|options|link|enlace|foto|fotos|photo|photos|imagen|imagem|picture)\b",
)
MORE = _any(
    r"^\W*(?:ver|mostrar|muestrame|mostrame|dame|show|show me|quero ver|quiero ver"
    r"|see|any|some|hay|tem|tienen)?"
    r"\s*(?:mas|mais|more|otros?|otras?|outros?|outras?|others?|siguientes?|proximos?|next)"
    r"(?: (?:opciones|opcoes|options|productos|produtos|products|modelos|models|ones"
    r"|resultados|results|please"
    r"|por favor))?\W*$",
    r"\b(?:algo|alguna cosa|anything|something|que) (?:mas|mais|else)\b\W*$",
    r"\b(?:what else|que mas tienen?|que otr[oa]s|o que mais)\b",
    r"\b(?:ver|mostrar|muestrame|show me|show|quiero ver|quero ver) (?:mas|mais|more|otros|outros"
    r"|otras|outras)\b",
)
CHEAPEST = _any(
    r"\b(?:mas|mais) (?:barat[oa]s?|economic[oa]s?|em conta)\b",
    r"\b(?:cheapest|cheaper|cheap|lowest price|menor preco|menor precio|barat[oa]s?|economic[oa]s?)\b",
)
FREE = _any(
    r"\b(?:gratis|gratuit[oa]s?|sin cost[eo]|for free|free of charge)\b",
    r"\bfree (?:\w+ )?(?:courses?|class(?:es)?|workshops?|training)\b",
)
COMPARE = _any(
    r"\bcompar(?:a|as|ar|ad|ame|alo|ala|alos|alas|arlo|arla|arlos|arlas|e|em|en|es|ing|ison|cion|acion|acao|ando"
    r"|ativo|ativa)?\b",
    r"\b(?:diferenc\w+|differences?)\b|\bdiffer from\b",
    r"\b(?:cual|qual|which)(?: (?:es|e|one|is|seria))* (?:mejor|melhor|better)\b(?=\W*$|\s*[,:]"
    r"|\W+(?:si|entre|between|de|of|o|la|el|a)\b)",
    r"\bvs\b\.?|\bversus\b",
)
# What stands between the things that are compared.
BETWEEN = re.compile(
    r"\s+(?:y|e|and|con|com|with|to|o|ou|or|vs\.?|versus|frente a|em relacao a)\s+|\s*[,;:?¿]\s*"
    r"|\b(?:entre|between|de|of|from)\s+(?=(?:el|la|los|las|o|a|os|as|the|esta|este|lo)\s)|\b(?:entre|between)\s+"
)
BUDGET = re.compile(
    r"(?:menos de|menos que|hasta|por debajo de|maximo|como mucho|no mas de|presupuesto(?: de)?|under|below"
    r"|less than|up to|at most|max|budget(?: of| is)?|ate|abaixo de|no maximo|orcamento(?: de)?)"
    r"\s*(?:de |os |los )?$"
)
PERSON = _any(
    r"(?<!\bpelo )(?<!\bcabello )(?<!\bcabelo )\bhuman[oa]?\b(?! hair\b)",
    r"\b(?:asesora?|atendente|representante|operadora?|vendedora?|live agent|real person)\b",
    r"\b(?:hablar|habla|comunicar\w*|contactar|pasame|pasar|speak|talk|chat|falar|conversar|transfer\w*)\b"
    r".{0,20}\b(?:persona|alguien|agente|person|someone|somebody|agent|pessoa|alguem|staff|equipo"
    r"|equipe|gente|customer (?:service|support|care)|(?:atencion|servicio) al cliente"
    r"|atendimento ao cliente)\b",
    r"^\W*(?:agente?|agent|una persona|a person|uma pessoa)\W*$",
)
STORE_FACTS = {
    "order": _any(
        r"\b(?:mi|mis|meu|meus|my) (?:pedidos?|orders?|encomendas?|compra|paquete|pacote|package)\b",
        r"\b(?:order status|estado del pedido|status do pedido|tracking|rastre\w+)\b",
    ),
    "returns": _any(
        r"\b(?:devoluc\w+|devolver\w*|devuelv\w+|devolv\w+|reembols\w+|returns?|refunds?|exchanges?"
        r"|trocas?)\b",
        r"\b(?:cambiar(?:lo|la)?|cambios|trocar)\b",
    ),
    "shipping": _any(
        r"\b(?:envios?|envian|envias|enviar|entregas?|entregam|entregan|fretes?|correios?|despachos?"
        r"|domicilio)\b",
        r"\b(?:shipping|shipp?|ships|deliver\w*|postage)\b",
        r"\b(?:cuanto|quanto|how long) (?:tarda|demora|leva|does it take)\w*\b",
    ),
    "hours": _any(
        r"\b(?:horarios?|opening hours|business hours|opening times?|what time|que horas?|a que hora)\b",
        r"\b(?:abren|abrem|cierran|fecham|abiert[oa]s|abert[oa]s)\b|\bare you open\b|\byou (?:open|close)\b",
    ),
    "payment": _any(
        r"\b(?:formas? de pag\w+|medios de pago|metodos? de pag\w+|payment methods?|payments?|pagamentos?)\b",
        r"\b(?:pagar|aceptan|aceitam|accept|pay)\b|\b(?:cuotas|parcel\w+|pix|boleto|bizum|paypal)\b",
        r"\b(?:tarjetas? de (?:credito|debito)|cartao de (?:credito|debito)|credit cards?|debit cards?)\b",
    ),
    "address": _any(
        r"\b(?:direccion|ubicacion|ubicados|localizados|endereco|where are you|your address|located)\b",
        r"\b(?:donde estan|donde queda la tienda|onde fica\w*|tienda fisica|loja fisica|physical (?:shop"
        r"|store))\b",
    ),
    "warranty": _any(r"\b(?:garantias?|warrant\w+|guarantees?)\b"),
    "discount": _any(
        r"\b(?:cupon(?:es)?|cupom|cupons|coupons?|codigo de descuento|promo codes?|discount codes?)\b"
    ),
}
HELP = _any(
    r"\b(?:que|o que) (?:puedes|podes|sabes|pode|voce pode|voce faz|voce sabe) ?(?:hacer|fazer)?\b",
    r"\b(?:what can you (?:do|help)|how does this work|como funciona esto|como funcionas"
    r"|como voce funciona|quien eres)\b",
    r"\b(?:who are you|quem e voce|en que (?:me )?puedes ayudar|como (?:me )?puedes ayudar"
    r"|no que pode ajudar)\b",
    r"^\W*(?:ayuda|ayudame|help|help me|ajuda|ajude|me ajuda|menu|comandos)\W*(?:por favor|please)?\W*$",
)
SMALL_TALK = {
    "bye": _any(
        r"\b(?:adios|chau|chao|hasta (?:luego|pronto|manana)|bye|goodbye|see you|tchau|ate (?:logo|mais))\b"
    ),
    "thanks": _any(r"\b(?:gracias|thanks|thank you|thx|cheers|obrigad[oa]|valeu|agradec\w+)\b"),
    "greeting": _any(
        r"\b(?:hola|holi|buen[oa]s?|saludos|que tal|hello|hi|hey|good (?:morning|afternoon|evening)|oi"
        r"|ola|opa)\b",
        r"\b(?:bom dia|boa (?:tarde|noite)|tudo bem|como estas|how are you)\b",
    ),
}
ORDINALS = {
    0: frozenset({"primero", "primera", "primer", "first", "1st", "primeiro", "primeira", "1o", "1a"}),
    1: frozenset({"segundo", "segunda", "second", "2nd", "2o", "2a"}),
    2: frozenset({"tercero", "tercera", "tercer", "third", "3rd", "terceiro", "terceira", "3o", "3a"}),
    3: frozenset({"cuarto", "cuarta", "fourth", "4th", "quarto", "quarta"}),
    4: frozenset({"quinto", "quinta", "fifth", "5th"}),
    -1: frozenset({"ultimo", "ultima", "last"}),
}
# Words that never say which product is meant.
FILLER = word_set(
    """
    precio precios preco precos price prices pricing cost costs cuestan custa valor vale valen valem
    much many stock estoque disponible disponibles disponibilidad disponivel disponiveis
    disponibilidade available availability agotado agotada agotados agotadas esgotado esgotada
    unidad unidades units unit existencia existencias left queda quedan resta restam sobra sobram
    sold detalle detalles detalhe detalhes detail details caracteristica caracteristicas
    especificacion especificaciones especificacoes specs info informacion informacao information
    describe descripcion descricao description cuentame contame conte fale opcion opciones opcao
    opcoes option options link enlace foto fotos photo photos imagen imagem picture barato barata
    baratos baratas economico economica economicos economicas cheap cheaper cheapest lowest under
    below less than more up budget presupuesto orcamento hasta abaixo debajo maximo max euro euros
    dolar dolares dollar dollars peso pesos real reais reales producto productos produto produtos
    product products articulo articulos artigo artigos item items modelo modelos model models numero
    number catalogo catalogue catalog tienda loja shop store ayuda ayudame ayudar help ajuda ajudar
    primero primera primeros primeras primer first primeiro primeira segundo segunda second tercero tercera
    third
    terceiro terceira cuarto cuarta fourth quarto quarta quinto quinta fifth ultimo ultima last 1st
    2nd 3rd 4th 5th siguiente siguientes proximo proximos next todavia still ainda hubiera habra
    codigo code sku referencia ref reference comprar compro compra buy talla tallas tamano tamanos
    tamanho tamanhos size sizes color colores cor cores colour colours colors oferta ofertas
    promocao sale offer vamos ok si claro busca buscar search encontrar tendrias tendran tenes
    teneis tendreis quiere podeis teniais oye existe existen valeu cheers thx agradezco agradecido
    agradecida holi opa chao salen sai saem manejas manejan trabajan
    trabalham consiguen carry stocked incluye incluyen incluido include includes included inclui incluem
    """
)
