-- The tables of a course catalogue with the names and types that existing installations have.

-- name: ai_courses
create table ai_courses (
    id_course uuid primary key default gen_random_uuid(),
    "Name" varchar,
    "Short_description" varchar,
    "Long_descrption" varchar,
    created_at timestamptz not null default now(),
    session_count smallint,
    total_duration_min bigint,
    "Price" varchar,
    "Currency" varchar,
    course_url varchar,
    "Purchase_url" varchar,
    level varchar,
    language varchar,
    audience_category varchar,
    status varchar,
    start_date timestamp,
    end_date timestamp,
    roi varchar,
    modality varchar not null
);

-- name: ai_course_session
create table ai_course_session (
    id_session uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    session_index smallint,
    title varchar,
    objective varchar,
    duration_minutes bigint,
    scheduled_at timestamp,
    id_course_fk uuid references ai_courses on delete cascade
);

-- name: ai_tema_activity
create table ai_tema_activity (
    id_activity uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    id_course_fk uuid not null references ai_courses on delete cascade,
    id_session_fk uuid not null references ai_course_session on delete cascade,
    item_session integer not null,
    item_type text not null,
    title_item varchar not null
);

-- name: bond
create table bond (
    id_bond bigint generated always as identity primary key,
    created_at timestamptz not null default now(),
    content text not null,
    type_bond varchar not null,
    id_courses_fk uuid references ai_courses on delete cascade,
    bond_url varchar,
    active boolean not null default true
);

-- name: demo
-- Three courses for tests.
with course as (
    insert into ai_courses ("Name", "Short_description", "Long_descrption", session_count, total_duration_min,
                            "Price", "Currency", course_url, level, language, audience_category, status, modality)
    values
        ('Fotografía con el móvil', 'Mejores fotos sin cámara.', '<p>Luz, encuadre y revelado en el teléfono.</p>',
         2, 180, '1.250', 'MXN', 'https://cursos.example/fotografia', 'Básico', 'Español', 'Creatividad',
         'active', 'Online'),
        ('Excel para pequeñas empresas', 'Facturas y existencias en hojas de cálculo.', null,
         2, 240, '89.90', 'EUR', null, 'Intermedio', 'Español', 'Negocios', 'active', 'Presencial'),
        ('Introducción a la inteligencia artificial', 'Qué puede hacer la IA en tu trabajo.', null,
         null, null, 'Gratis', 'EUR', null, 'Básico', 'Español', 'Negocios', null, 'Online')
    returning id_course, "Name" as name
), session as (
    insert into ai_course_session (session_index, title, objective, duration_minutes, id_course_fk)
    select planned.number, planned.title, planned.objective, planned.minutes, course.id_course
    from course
    join (values
        ('Fotografía con el móvil', 2, 'Revelado', 'Corregir color y contraste', 90),
        ('Fotografía con el móvil', 1, 'Luz y encuadre', 'Componer una escena', 90),
        ('Excel para pequeñas empresas', 1, 'Tablas dinámicas', null, 120),
        ('Excel para pequeñas empresas', 2, 'Macros sin programar', null, 120)
    ) planned(course, number, title, objective, minutes) on planned.course = course.name
    returning id_session, title, id_course_fk
), activity as (
    insert into ai_tema_activity (id_course_fk, id_session_fk, item_session, item_type, title_item)
    select session.id_course_fk, session.id_session, planned.number, planned.type, planned.title
    from session
    join (values
        ('Luz y encuadre', 2, 'task', 'Retrato junto a una ventana'),
        ('Luz y encuadre', 1, 'demo', 'La regla de los tercios'),
        ('Tablas dinámicas', 1, 'quiz', 'Cuestionario de repaso')
    ) planned(session, number, type, title) on planned.session = session.title
)
insert into bond (content, type_bond, id_courses_fk)
select planned.content, planned.type, course.id_course
from course
join (values
    ('Fotografía con el móvil', 1, 'Cuaderno de ejercicios en PDF', 'workbook'),
    ('Fotografía con el móvil', 2, 'Comunidad privada de alumnos', 'community'),
    ('Excel para pequeñas empresas', 3, 'Plantillas de facturas', 'template')
) planned(course, number, content, type) on planned.course = course.name
order by planned.number;
