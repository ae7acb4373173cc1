"""The words of a question in order, with what stands around them: negation, size words, "for"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tendero.catalog.search.normalise import fold, spoken_words
from tendero.catalog.search.substances import substance
from tendero.catalog.search.words import FUNCTION_WORDS, is_filler

# "1,5" is one number; any other sign that parts a sentence parts its words too.
_CLAUSES = re.compile(r"[;!?¿¡()\[\]\n|]|[,.](?!\d)|(?<!\d)[,.]")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’´`](?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word that is no function word: as it was spelled, and folded.

    Words of one `run` stand beside each other, with "and" or "or" before one that is `added`. `sized` follows
    a size word ("talla M"); `meant_for` follows "para", "for" or "compatible"; `part` is a piece of another
    word ("l'oreal", "men's").
    """

    spelled: str
    text: str
    run: int
    negated: bool = False
    added: bool = False
    sized: bool = False
    meant_for: bool = False
    part: bool = False


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> list[tuple[str, ...]]:
    """The phrases between the bars as words, the longest first."""
    return sorted((tuple(phrase.split()) for phrase in text.split("|")), key=len, reverse=True)


# After these, in Spanish and Portuguese, comes one thing that shall not be there …
_WITHOUT_ONE = _phrases(
    """
    sin | sem | libre de | libres de | livre de | livres de | exento de | isento de | free of | free from
    | que no tenga | que no tengan | que no lleve | que no lleven | que no contenga | que no contengan
    | que nao tenha | que nao tenham | que nao contenha | que nao leve | no contenga
    """
)
# … and after these all that follows, up to a word that begins something else.
_WITHOUT_ALL = _phrases(
    """
    without | w o | que no sea | que no sean | que no es | que nao seja | que nao sejam | no sea | nao seja
    | no quiero | nao quero | no quiero que sea | nao quero que seja | don t want | do not want
    | that is not | that isn t | that are not | which is not | not containing | other than | anything but
    | but not | pero no | mas nao | except | excepto | exceto | salvo
    """
)
# … and these do so only before a substance: "nada de azúcar", "0 % lactose", "with no added sugar".
_WITHOUT_SUBSTANCE = _phrases(
    """
    nada de | 0 de | 0 | cero | zero | with no | with no added | no added | que no tiene | que no tienen
    | que no lleva | que no llevan | que no contiene | que no contienen | que nao tem
    | que nao contem | que nao leva
    """
)
_NEGATORS = (*((each, True) for each in _WITHOUT_ONE), *((each, False) for each in _WITHOUT_ALL))
# A thing that is named by what it lacks.
_NAMES: dict[tuple[str, ...], str] = {
    ("sem", "fio"): "inalámbrico",
    ("sem", "fios"): "inalámbrico",
    ("sin", "cables"): "inalámbrico",
}
_ENDS = _set("for with and para con com y e in en em pero but mas que por hasta under")
_OR = _set("o u or ou ni nem nor")
_AND = _set("y e and")
_OF = _set("de of del do da")
_ADDED = _set("anadido anadidos anadida anadidas adicionado adicionados added")
_SIZE_WORDS = _set("talla tallas talle talles size sizes tamano tamanho tam numero nro tallaje")
_BESIDE_A_SIZE = _set("de eu us uk la el")
_MEANT_FOR = _set("para for compatible compatibles compativel con com with fits fit sin sem without")
_SIZE = re.compile(r"\d{1,3}(?:[.,]5)?|(?:\dx?|x{0,4})[sl]|x{0,3}[mgp]|x{1,4}g|gg|pp|xgg|unica|unico|u")


def spoken(text: str) -> list[Spoken]:
    """All words that are no function words, in order."""
    found: list[Spoken] = []
    for run, clause in enumerate(_CLAUSES.split(text)):
        words = spoken_words(clause)
        parts = {word for pair in _pieces(clause) for word in pair}
        found += _Clause(words, parts, run * len(text)).read()
    return found


def _pieces(clause: str) -> Iterator[tuple[str, str]]:
    """The words beside each apostrophe."""
    for match in _APOSTROPHE.finditer(clause):
        before, after = spoken_words(clause[: match.start()]), spoken_words(clause[match.end() :])
        yield before[-1], after[0]


class _Clause:
    """Reads one clause; `_run` moves on wherever words stop being neighbours."""

    def __init__(self, spelled: Sequence[str], parts: set[str], first_run: int) -> None:
        self._spelled = spelled
        self._texts = [fold(each) for each in spelled]
        self._parts = parts
        self._run = first_run
        self._negated = False
        self._left = 0

    def read(self) -> list[Spoken]:
        found: list[Spoken] = []
        place = 0
        while place < len(self._texts):
            name = _NAMES.get(tuple(self._texts[place : place + 2]))
            negator = None if name else self._negator(place)
            if name:
                found.append(Spoken(name, fold(name), self._run))
                place += 2
            elif negator:
                self._turn(True, negator[1])
                place += len(negator[0])
            elif self._texts[place] == "free" and found and self._frees(found[-1]):
                found[-1] = Spoken(found[-1].spelled, found[-1].text, self._run + 1, negated=True)
                self._run += 2
                place += 1
            else:
                self._word(place, found)
                place += 1
        return found

    def _negator(self, place: int) -> tuple[tuple[str, ...], bool] | None:
        rest = tuple(self._texts[place : place + 4])
        absent = (each for each in _WITHOUT_SUBSTANCE if substance("".join(rest[len(each) : len(each) + 1])))
        negators = (*_NEGATORS, *((each, True) for each in absent))
        return next((each for each in negators if rest[: len(each[0])] == each[0]), None)

    def _frees(self, last: Spoken) -> bool:
        return not last.negated and last.run == self._run and substance(last.text) is not None

    def _turn(self, negated: bool, one: bool = False) -> None:
        self._run += 1
        self._negated = negated
        self._left = 1 if one else len(self._texts)

    def _word(self, place: int, found: list[Spoken]) -> None:
        text = self._texts[place]
        size = self._is_size(place)
        if self._negated:
            self._go_on(place, size)
        if text in FUNCTION_WORDS or (self._negated and text in _OR):
            return
        word = Spoken(
            self._spelled[place],
            text,
            self._run,
            negated=self._negated,
            added=place > 0 and self._texts[place - 1] in _OR | _AND,
            sized=size,
            meant_for=self._is_meant_for(place),
            part=self._spelled[place] in self._parts,
        )
        found.append(word)
        if self._negated and not is_filler(word.spelled):
            self._left -= 1

    def _go_on(self, place: int, size: bool) -> None:
        """Whether the negation still holds for this word."""
        text = self._texts[place]
        following = self._texts[place + 1] if place + 1 < len(self._texts) else ""
        if text in _OR or (text in _AND and substance(following)):
            self._left = max(self._left, 1)
            self._run += 1
        elif text in _ADDED or (text in _OF and not substance(self._texts[place - 1])):
            self._left = max(self._left, 1)
        elif text in _ENDS or size or text in _SIZE_WORDS or (self._left == 0 and text not in FUNCTION_WORDS):
            self._turn(False)

    def _is_size(self, place: int) -> bool:
        """Whether a size word stands before, and this can be a size."""
        if _SIZE.fullmatch(self._texts[place]) is None:
            return False
        before = [each for each in self._texts[max(0, place - 3) : place] if each not in _BESIDE_A_SIZE]
        another = place > 1 and self._texts[place - 1] in _OR | _AND and self._is_size(place - 2)
        return another or (bool(before) and before[-1] in _SIZE_WORDS)

    def _is_meant_for(self, place: int) -> bool:
        before = [each for each in self._texts[:place] if each not in FUNCTION_WORDS or each in _MEANT_FOR]
        return bool(before) and before[-1] in _MEANT_FOR
