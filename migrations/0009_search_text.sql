-- Text as search sees it: words of many languages and scripts folded so that spellings of the same word meet.
--
-- Nothing here looks at the database's locale where it need not, and every function is immutable: what is written today
-- and what a query asks tomorrow go through the same rules. After a change of these rules, `chancery reindex`.

-- Both are trusted: the owner of the database may install them.
create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- A configuration of our own for each language that Postgres 15 can stem: a later Postgres, or an administrator who changes
-- the ones of the catalogue, changes nothing here.
do $$
declare
    language text;
begin
    foreach language in array array[
        'simple', 'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german',
        'greek', 'hindi', 'hungarian', 'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian',
        'portuguese', 'romanian', 'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish'
    ] loop
        execute format('create text search configuration chancery_%1$s (copy = pg_catalog.%1$s)', language);
    end loop;
    -- Where an accent is a help to the reader and not another letter. Elsewhere (å in Swedish, ı in Turkish) it stays.
    foreach language in array array[
        'simple', 'basque', 'catalan', 'dutch', 'english', 'french', 'indonesian', 'italian', 'portuguese', 'spanish'
    ] loop
        execute format(
            'alter text search configuration chancery_%1$s alter mapping for asciiword, word, numword with unaccent, %2$s',
            language,
            case when language = 'simple' then 'pg_catalog.simple' else format('pg_catalog.%s_stem', language) end
        );
    end loop;
end
$$;

-- There is no stemmer of Persian: its words are folded by search_letters and cut at ZWNJ, which takes most endings off.
-- Latin words in Persian prose are English ones.
create text search configuration chancery_persian (copy = pg_catalog.simple);
alter text search configuration chancery_persian alter mapping for asciiword with pg_catalog.english_stem;
alter text search configuration chancery_persian alter mapping for word, numword with unaccent, pg_catalog.simple;

create function search_configuration(language text) returns regconfig
    language sql immutable strict parallel safe
    return case lower(split_part(language, '-', 1))
        when 'ar' then 'chancery_arabic'::regconfig
        when 'ca' then 'chancery_catalan'::regconfig
        when 'da' then 'chancery_danish'::regconfig
        when 'de' then 'chancery_german'::regconfig
        when 'el' then 'chancery_greek'::regconfig
        when 'en' then 'chancery_english'::regconfig
        when 'es' then 'chancery_spanish'::regconfig
        when 'eu' then 'chancery_basque'::regconfig
        when 'fa' then 'chancery_persian'::regconfig
        when 'fi' then 'chancery_finnish'::regconfig
        when 'fr' then 'chancery_french'::regconfig
        when 'ga' then 'chancery_irish'::regconfig
        when 'hi' then 'chancery_hindi'::regconfig
        when 'hu' then 'chancery_hungarian'::regconfig
        when 'hy' then 'chancery_armenian'::regconfig
        when 'id' then 'chancery_indonesian'::regconfig
        when 'it' then 'chancery_italian'::regconfig
        when 'lt' then 'chancery_lithuanian'::regconfig
        when 'nb' then 'chancery_norwegian'::regconfig
        when 'ne' then 'chancery_nepali'::regconfig
        when 'nl' then 'chancery_dutch'::regconfig
        when 'nn' then 'chancery_norwegian'::regconfig
        when 'no' then 'chancery_norwegian'::regconfig
        when 'pes' then 'chancery_persian'::regconfig
        when 'prs' then 'chancery_persian'::regconfig
        when 'pt' then 'chancery_portuguese'::regconfig
        when 'ro' then 'chancery_romanian'::regconfig
        when 'ru' then 'chancery_russian'::regconfig
        when 'sr' then 'chancery_serbian'::regconfig
        when 'sv' then 'chancery_swedish'::regconfig
        when 'ta' then 'chancery_tamil'::regconfig
        when 'tr' then 'chancery_turkish'::regconfig
        when 'yi' then 'chancery_yiddish'::regconfig
        else 'chancery_simple'::regconfig
    end;
comment on function search_configuration(text) is 'How words of a language (BCP 47) are stemmed';

-- One code point for one, so that a place in the answer is a place in the text:
-- * variants of Arabic letters become one: Persian ی and ک, alef maksura, the yehs and hehs of Urdu and Pashto, and
--   unless the language is Arabic, whose stemmer knows what to do with them, letters with a hamza and teh marbuta;
-- * digits become ASCII digits, ё becomes е;
-- * what only helps reading aloud or setting (harakat, tatweel, stress marks, niqqud, soft hyphens, marks of direction)
--   becomes U+00AD, which search_split and search_joined leave out;
-- * a zero width non-joiner stays: words are cut at it and joined over it;
-- * everything else that is neither letter nor digit becomes a space.
-- Looking first is what makes it fast: translate takes a step for each pair of letters of the text and of its list.
create function search_letters(language text, document text) returns text
    language plpgsql immutable strict parallel safe as $$
declare
    letters text := document;
begin
    if octet_length(letters) > length(letters) then
        if letters ~ '[\u0401\u0451]' then
            letters := translate(letters, U&'\0401\0451', U&'\0415\0435');
        end if;
        if letters ~ '[\u0600-\u06FF]' then
            if lower(split_part(language, '-', 1)) <> 'ar' then
                letters := translate(
                    letters,
                    U&'\0622\0623\0625\0671\0624\0629',
                    U&'\0627\0627\0627\0627\0648\0647'
                );
            end if;
            letters := translate(
                letters,
                U&'\06CC\0649\06D0\06D2\06A9\06AA\06C0\06C1\06C2\06D5',
                U&'\064A\064A\064A\064A\0643\0643\0647\0647\0647\0647'
            );
            if letters ~ '[\u0660-\u0669\u06F0-\u06F9]' then
                letters := translate(
                    letters,
                    U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9',
                    '01234567890123456789'
                );
            end if;
        end if;
        letters := regexp_replace(
            letters,
            '[\u00AD\u0300-\u036F\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u061C\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u200D-\u200F\u202A-\u202E\u2060-\u2069\uFE00-\uFE0F\uFEFF]',
            U&'\00AD',
            'g'
        );
    end if;
    return regexp_replace(
        letters,
        '[\u0001-\u001F\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A9\u00AB\u00AC\u00AE-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u055A-\u055F\u0589\u058A\u05BE\u05C0\u05C3\u05C6\u05F3\u05F4\u0600-\u060F\u061B\u061D-\u061F\u066A-\u066D\u06D4\u06DD\u06DE\u06E9\u06FD\u06FE\u0964\u0965\u0970\u2000-\u200B\u2010-\u2029\u202F-\u205F\u206A-\u209F\u20A0-\u20CF\u2100-\u214F\u2150-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3007-\u3020\u3030\u303D\u30A0\u30FB\uE000-\uF8FF\uFD3E\uFD3F\uFE10-\uFE6F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\uFFE0-\uFFFF\U0001F000-\U0001FAFF]',
        ' ',
        'g'
    );
end
$$;
comment on function search_letters(text, text) is 'The text of a language (BCP 47) as search sees it, code point for code point';

create function search_split(letters text) returns text
    language sql immutable strict parallel safe
    return translate(letters, U&'\200C\00AD', ' ');
comment on function search_split(text) is 'Of search_letters: its words, cut at zero width non-joiners';

create function search_joined(letters text) returns text
    language sql immutable strict parallel safe
    return translate(letters, U&'\200C\00AD', '');
comment on function search_joined(text) is 'Of search_letters: its words, joined over zero width non-joiners';

-- A word with a zero width non-joiner is there twice: in its parts, and joined over the places of all of them, so that
-- phrases hold whichever way the word is written.
create function search_joined_words(configuration regconfig, letters text) returns text
    language sql immutable strict parallel safe
    return (
        select coalesce(
            string_agg(
                format(' ''%s'':%s,%s', replace(lexeme, '''', ''''''), least(last_place - parts + 1, 16383),
                    least(last_place, 16383)),
                '' order by last_place
            ),
            ''
        )
        from (
            select word, parts, sum(parts) over (order by place) as last_place
            from (
                select word, place, cardinality(array_remove(string_to_array(search_split(word), ' '), '')) as parts
                from string_to_table(letters, ' ') with ordinality as cut (word, place)
            ) as counted
        ) as placed
        cross join lateral unnest(tsvector_to_array(to_tsvector(configuration, search_joined(word)))) as lexeme
        where parts > 1
    );
comment on function search_joined_words(regconfig, text) is 'Of search_letters: what the words with zero width non-joiners add to its vector';

-- A word that is much longer than its stem is there as it is written, too: "governme*" begins government, not govern.
-- Up to two letters make no difference: the stem of what is asked for loses them as well.
create function search_beginnings(stems tsvector, words text) returns text
    language sql immutable strict parallel safe
    return (
        select coalesce(string_agg(format(' ''%s'':%s', word.lexeme, array_to_string(word.positions, ',')), ''), '')
        from unnest(to_tsvector('chancery_simple', words)) as word
        where length(word.lexeme) > 5 and exists (
            select from unnest(stems) as stem
            where stem.positions && word.positions
                and not (starts_with(word.lexeme, stem.lexeme) and length(stem.lexeme) > length(word.lexeme) - 3)
        ) and not exists (
            select from unnest(stems) as stem where stem.lexeme = word.lexeme
        )
    );
comment on function search_beginnings(tsvector, text) is 'What words are added to a vector of stems for those who ask for their beginnings';

-- A workspace's words begin with a mark of their own: the index then keeps a list for each word of each workspace, and a
-- query reads the one that it asks for. With the workspace as a column of the index it would walk through the list of
-- all that the workspace has (measured: twice the time at 100 thousand statements). Two workspaces with the same mark
-- only share lists; whose a row is, the query asks besides.
create function search_mark(workspace_id text) returns text
    language sql immutable strict parallel safe
    return left(encode(decode(md5(workspace_id), 'hex'), 'base64'), 2);
comment on function search_mark(text) is 'What the words of a workspace begin with';

-- In plpgsql, whose plans are made once a session: a query asks these for each of its terms in each language.
drop function search_vector(text, text);
create function search_vector(workspace_id text, language text, document text) returns tsvector
    language plpgsql immutable strict parallel safe as $$
declare
    configuration regconfig := search_configuration(language);
    letters text := search_letters(language, document);
    words text := to_tsvector(configuration, search_split(letters))::text;
begin
    if strpos(letters, U&'\200C') > 0 then
        words := words || search_joined_words(configuration, letters);
    end if;
    words := words || search_beginnings(words::tsvector, search_split(letters));
    return regexp_replace(words, '(^| )''', '\1''' || search_mark(workspace_id), 'g')::tsvector;
end
$$;
comment on function search_vector(text, text, text) is 'The words of a text of a workspace in a language (BCP 47), by which search finds it';

-- A stop word asks for nothing, unless it is the beginning of other words. A beginning is looked for among stems and
-- among words as they are written.
create function search_phrase(configuration regconfig, words text, is_prefix boolean) returns tsquery
    language plpgsql immutable strict parallel safe as $$
declare
    trimmed text := rtrim(words);
    last text := substring(trimmed from '[^ ]+$');
    stem tsquery;
    ending tsquery;
begin
    if not is_prefix or last is null then
        return phraseto_tsquery(configuration, words);
    end if;
    stem := to_tsquery(configuration, format('''%s'':*', last));
    ending := to_tsquery('chancery_simple', format('''%s'':*', last));
    if stem <> ending then
        ending := stem || ending;
    end if;
    return tsquery_phrase(phraseto_tsquery(configuration, left(trimmed, -length(last))), ending);
end
$$;
comment on function search_phrase(regconfig, text, boolean) is 'Words in a row, of which the last may be a beginning';

create function search_term(language text, term text, is_prefix boolean) returns tsquery
    language plpgsql immutable strict parallel safe as $$
declare
    configuration regconfig := search_configuration(language);
    letters text := search_letters(language, term);
    cut tsquery := search_phrase(configuration, search_split(letters), is_prefix);
begin
    if strpos(letters, U&'\200C') = 0 then
        return cut;
    end if;
    return cut || search_phrase(configuration, search_joined(letters), is_prefix);
end
$$;
comment on function search_term(text, text, boolean) is 'One term of a query: words in a row. What its writer cut by a hyphen or a point are words in a row too';

create function search_marked(workspace_id text, query tsquery) returns tsquery
    language sql immutable strict parallel safe
    return regexp_replace(query::text, '''([^'']+)''', '''' || search_mark(workspace_id) || '\1''', 'g')::tsquery;
comment on function search_marked(text, tsquery) is 'The query for the words of a workspace';

create function search_words_of(query tsquery) returns tsquery
    language sql immutable strict parallel safe
    return regexp_replace(query::text, '<(-|[0-9]+)>|&', '|', 'g')::tsquery;
comment on function search_words_of(tsquery) is 'Any word of a query that excludes nothing';

-- Of search_letters: the words that a query of single words finds.
create function search_matching(language text, letters text, words tsquery) returns text[]
    language plpgsql immutable strict parallel safe as $$
declare
    configuration regconfig := search_configuration(language);
    candidates text[] := string_to_array(search_split(letters), ' ');
begin
    if strpos(letters, U&'\200C') > 0 then
        candidates := candidates || string_to_array(search_joined(letters), ' ');
    end if;
    if strpos(words::text, ':*') = 0 then
        return array(
            select distinct word from unnest(candidates) as word
            where word <> '' and to_tsvector(configuration, word) @@ words
        );
    end if;
    return array(
        select distinct word from unnest(candidates) as word
        where word <> '' and to_tsvector(configuration, word) || to_tsvector('chancery_simple', word) @@ words
    );
end
$$;
comment on function search_matching(text, text, tsquery) is 'The words of a text that match';

create aggregate search_any(tsquery) (sfunc = tsquery_or, stype = tsquery, parallel = safe);
comment on aggregate search_any(tsquery) is 'What any of the queries finds';

create aggregate search_all(tsquery) (sfunc = tsquery_and, stype = tsquery, parallel = safe);
comment on aggregate search_all(tsquery) is 'What all of the queries find';

-- What is searched: a narrow row for each statement and title that somebody sees now. A common word is in a thousand of
-- them, and each is on a page of its own: half the width is half the time. Everything that is shown of a hit is read
-- from `statements`, for the hits of a page alone.
create table search_entries (
    entry_key bigint generated by default as identity primary key,
    brief_key bigint not null,
    revision integer not null,
    statement_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    workspace_id text collate "C" not null,
    brief_id text collate "C" not null,
    position integer not null,
    place smallint not null check (place between 1 and 4),
    facets text collate "C" not null,
    words tsvector not null,
    unique (brief_key, revision, statement_id, from_rank),
    foreign key (brief_key, revision, statement_id, from_rank) references statements on delete cascade
);
create index search_entries_words on search_entries using gin (words) with (fastupdate = off);
comment on table search_entries is 'Projection: the statements and titles that somebody sees now, as they are searched';
comment on column search_entries.entry_key is 'The key inside this database';
comment on column search_entries.brief_key is 'The brief';
comment on column search_entries.revision is 'The revision';
comment on column search_entries.statement_id is 'As in statements';
comment on column search_entries.from_rank is 'The lowest clearance that sees it now';
comment on column search_entries.until_rank is 'The lowest clearance above that does not; 16 for none';
comment on column search_entries.workspace_id is 'The workspace';
comment on column search_entries.brief_id is 'The brief''s id';
comment on column search_entries.position is 'As in statements';
comment on column search_entries.place is 'SearchHitKind''s number';
comment on column search_entries.facets is 'What it is counted under, separated by U+001F: a letter (k the brief''s kind, d domain, a actor, t type, l likelihood term) and the value';
comment on column search_entries.words is 'search_vector of its text';

alter table statements drop column search_vector;
create index statements_languages on statements (workspace_id, language) where place = 1 and current_until > from_rank;

create function search_facets(s statements) returns text
    language sql stable parallel safe
    return array_to_string(
        array['k' || s.brief_kind]
            || case when s.domain <> '' then array['d' || s.domain] end
            || array(select 'a' || actor_id from unnest(s.actor_ids) as actor_id)
            || case when s.type <> 0 then array['t' || s.type] end
            || case when s.likelihood_term <> 0 then array['l' || s.likelihood_term] end,
        U&'\001F'
    );
comment on function search_facets(statements) is 'What a statement is counted under';

create function search_again(key bigint, number integer) returns void language sql
begin atomic
    delete from search_entries where brief_key = key and revision = number;
    insert into search_entries (brief_key, revision, statement_id, from_rank, until_rank, workspace_id, brief_id,
        position, place, facets, words)
    select brief_key, revision, statement_id, from_rank, least(until_rank, current_until), workspace_id, brief_id,
        position, place, search_facets(s), search_vector(workspace_id, language, text)
    from statements s
    where brief_key = key and revision = number and current_until > from_rank;
end;
comment on function search_again(bigint, integer) is 'Lets search find of a revision what somebody sees now';

-- As before, and search follows.
create or replace function set_current(key bigint, number integer, until_now smallint) returns void language plpgsql as $$
begin
    update revisions set current_until = until_now where brief_key = key and revision = number;
    update editions set current_until = least(until_rank, until_now) where brief_key = key and revision = number;
    update statements set current_until = until_now where brief_key = key and revision = number;
    update actors set current_until = until_now where brief_key = key and revision = number;
    update actor_labels set current_until = until_now where brief_key = key and revision = number;
    update relationships set current_until = until_now where brief_key = key and revision = number;
    update events set current_until = until_now where brief_key = key and revision = number;
    update sources set current_until = until_now where brief_key = key and revision = number;
    update part_references set current_until = until_now where brief_key = key and revision = number;
    perform search_again(key, number);
end
$$;

-- Names of actors, as people remember them: in any script, without accents, with a letter wrong. Bound to what it calls,
-- because a restore computes the column anew before it has a search path.
create or replace function folded_name(name text) returns text
    language sql immutable parallel safe
    return btrim(regexp_replace(
        lower(unaccent('unaccent'::regdictionary, search_joined(search_letters('und', name)))), ' +', ' ', 'g'
    ));
create index actor_labels_names on actor_labels using gin (folded gin_trgm_ops) where current_until > from_rank;
