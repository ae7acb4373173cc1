"""The words by which customers ask about a course, in Spanish, English and Portuguese together."""

from __future__ import annotations

import re
from enum import StrEnum

from tendero.assistant.words import word_set
from tendero.catalog.search.normalise import root


class CoursePart(StrEnum):
    """What of a course is asked for."""

    ALL = "all"
    SYLLABUS = "syllabus"
    LENGTH = "length"
    BONUSES = "bonuses"


_PATTERNS = {
    CoursePart.LENGTH: re.compile(
        r"\b(?:cuant|quant)[oa]s\s+(?:horas?|sesiones|sessoes|clases|aulas|lecciones|licoes|modulos)\b"
        r"|\bhow many (?:hours|sessions|classes|lessons|modules)\b|\bhow long (?:is|does .{1,60} last)\b"
        r"|\b(?:cuanto dura|quanto (?:tempo )?dura|duracion|duracao|duration)\b"
        r"|\b(?:numero|number) (?:de|of) (?:sesiones|sessoes|sessions|clases|aulas|classes)\b"
    ),
    CoursePart.BONUSES: re.compile(r"\b(?:bonos?|bonus|bonuses|bonificacion(?:es)?)\b"),
    CoursePart.SYLLABUS: re.compile(
        r"\b(?:temarios?|silabo|syllabus|curriculum|programa|programme|contenidos?|conteudos?|contents?|temas"
        r"|sesiones|sessoes|sessions|lecciones|licoes|lessons|modulos|modules|actividades|atividades"
        r"|activities)\b|\b(?:o )?que (?:se )?(?:aprend|ensen|ensin)\w+\b|\bwhat (?:will|do|would) i learn\b"
    ),
    CoursePart.ALL: re.compile(
        r"\b(?:incluyen?|includes?|included|inclui|incluem|trae|viene con|vem com)\b"
        r"|\b(?:toda la|todas? as?|complet[oa]|full|all the|mas|mais|more) (?:info\w*|detal\w+|detail\w*)\b"
        r"|\b(?:info\w*|detal\w+|detail\w*) complet[oa]s?\b"
    ),
}
_THINGS = word_set("curso course taller workshop formacion formacao diplomado training")
_SEVERAL = word_set("cursos courses talleres workshops formaciones formacoes diplomados trainings")
# What can be said of any course: these words do not tell one from another.
_ANY_COURSE = {
    root(word)
    for word in (
        *_THINGS,
        *_SEVERAL,
        *word_set(
            """
            clase class aula temario silabo syllabus curriculum programa programme program contenido
            conteudo content tema actividad atividade activity sesion sessao session leccion licao
            lesson modulo module bono bonus bonuses bonificacion trae viene vem come nivel niveis level
            modalidad modalidade modality duracion duracao duration dura durar hora hour long last
            aprende aprender aprendo aprendere learn ensena ensenan ensina ensinam completa full
            empieza comienza inicia inicio comeca start begin fecha date plaza vaga cupo seat place
            inscribirme inscribo inscribir inscripcion matricula matricular matricularme apuntarme
            apunto inscrever inscrevo inscricao enrol enroll enrolment enrollment join sign
            """
        ),
    )
}


def part_asked(said: str) -> CoursePart | None:
    """Which part of a course a folded message asks for, were it about one."""
    return next((part for part, pattern in _PATTERNS.items() if pattern.search(said)), None)


def fits_any_course(keys: frozenset[str]) -> bool:
    """Whether a word, by its roots, says nothing of which course is meant."""
    return not _ANY_COURSE.isdisjoint(keys)


def leans_on_course(word: str, *, asks: bool) -> bool:
    """Whether a folded word may be about the course shown before; `asks`: the message asks a fact.

    "¿Cuánto cuesta el curso?" does, "¿qué cursos hay?" wants to see others.
    """
    if word in _SEVERAL:
        return False
    return asks if word in _THINGS else root(word) in _ANY_COURSE
