-- Search text that meets in every database, whatever its locale, and more spellings of Persian.
--
-- Lower-casing goes by ICU: in a database of locale C, lower() and the dictionaries of text search change ASCII letters
-- only, so that "Россия" and "россия" were two words. The text search parser needs no such care. search_letters leaves
-- letters, digits and spaces only, and no locale splits a run of those.
--
-- Stored search text changes: `chancery migrate` rebuilds it, because PROJECTION_VERSION changes with it.

do $$
begin
    if not exists (select from pg_collation where collname = 'und-x-icu') then
        raise exception 'search lower-cases by the collation und-x-icu, which this Postgres does not have'
            using hint = 'use a Postgres that is built with ICU: the official images and the packages of Debian and PGDG are';
    end if;
end
$$;

-- The languages that a query is read in are those of the titles visible to the caller; the index alone answers.
drop index statements_languages;
create index statements_languages on statements (workspace_id, language) include (from_rank, until_rank, current_until)
    where place = 1 and current_until > from_rank;

-- As before, one code point for one, and
-- * letters become lower case. The capital dotted I is the one letter whose lower case has two code points;
-- * a hamza that stands by itself never counts, unless the language is Arabic: شیء is شی;
-- * yeh with hamza stays: search_seat and search_seats spell it in each way that writers do;
-- * in Persian, a prefix or suffix that stands apart is bound to its word as by a zero width non-joiner: می رود is می‌رود.
create or replace function search_letters(language text, document text) returns text
    language plpgsql immutable strict parallel safe as $$
declare
    primary_language text := lower(split_part(language, '-', 1) collate "C");
    letters text := document;
begin
    if octet_length(letters) = length(letters) then
        letters := lower(letters collate "C");
    else
        letters := lower(translate(letters, U&'\0130', 'i') collate "und-x-icu");
        if letters ~ '\u0451' then
            letters := translate(letters, U&'\0451', U&'\0435');
        end if;
        if letters ~ '[\u0600-\u06FF]' then
            if primary_language <> 'ar' then
                letters := translate(
                    letters,
                    U&'\0621\0622\0623\0625\0671\0624\0629',
                    U&'\00AD\0627\0627\0627\0627\0648\0647'
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
    letters := regexp_replace(
        letters,
        '[\u0001-\u001F\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A9\u00AB\u00AC\u00AE-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u055A-\u055F\u0589\u058A\u05BE\u05C0\u05C3\u05C6\u05F3\u05F4\u0600-\u060F\u061B\u061D-\u061F\u066A-\u066D\u06D4\u06DD\u06DE\u06E9\u06FD\u06FE\u0964\u0965\u0970\u2000-\u200B\u2010-\u2029\u202F-\u205F\u206A-\u209F\u20A0-\u20CF\u2100-\u214F\u2150-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3007-\u3020\u3030\u303D\u30A0\u30FB\uE000-\uF8FF\uFD3E\uFD3F\uFE10-\uFE6F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\uFFE0-\uFFFF\U0001F000-\U0001FAFF]',
        ' ',
        'g'
    );
    if primary_language in ('fa', 'pes', 'prs') and letters ~ '[\u0600-\u06FF]' then
        -- می and نمی before a verb; ها with its endings, تر and ترین after a noun or an adjective.
        letters := regexp_replace(letters, '(?<![^ ])(\u0646?\u0645\u064A) (?=[^ ])', U&'\\1\200C', 'g');
        letters := regexp_replace(
            letters,
            '(?<=[^ ]) (?=(\u0647\u0627(\u064A|\u064A\u064A|\u064A\u0645|\u064A\u062A|\u064A\u0634|\u064A\u0645\u0627\u0646|\u064A\u062A\u0627\u0646|\u064A\u0634\u0627\u0646)?|\u062A\u0631(\u064A\u0646)?)(?![^ ]))',
            U&'\200C',
            'g'
        );
    end if;
    return letters;
end
$$;
comment on function search_letters(text, text) is 'The text of a language (BCP 47) as search sees it, code point for code point';

-- Yeh with hamza is written in three ways: رئیس and رییس, مسئله and مساله (the hamza of مسأله is folded away), مسئول and
-- مسوول (of مسؤول).
create function search_seat(letters text, seat text) returns text
    language sql immutable strict parallel safe
    return translate(letters, U&'\0626', seat);
comment on function search_seat(text, text) is 'Of search_letters: its words with yeh with hamza written as another letter';

-- The Arabic stemmer knows what to do with hamzas.
create function search_seats(configuration regconfig, letters text) returns text[]
    language sql immutable strict parallel safe
    return case
        when strpos(letters, U&'\0626') = 0 then array[letters]
        when configuration = 'chancery_arabic'::regconfig then array[letters]
        else array[
            search_seat(letters, U&'\064A'), search_seat(letters, U&'\0627'), search_seat(letters, U&'\0648')
        ]
    end;
comment on function search_seats(regconfig, text) is 'Of search_letters: each spelling of the words in it, the first one being that of the index';

-- A word that has several spellings is there in each, at the same place.
create function search_spelled_words(configuration regconfig, letters text) returns text
    language sql immutable strict parallel safe
    return (
        select coalesce(
            string_agg(format(' ''%s'':%s', replace(lexeme, '''', ''''''), least(place, 16383)), '' order by place), ''
        )
        from (
            select word, row_number() over (order by place) as place
            from string_to_table(search_split(letters), ' ') with ordinality as cut (word, place)
            where word <> ''
        ) as counted
        cross join lateral unnest((search_seats(configuration, word))[2:]) as spelling
        cross join lateral unnest(tsvector_to_array(to_tsvector(configuration, spelling))) as lexeme
    );
comment on function search_spelled_words(regconfig, text) is 'Of search_letters: what other spellings of its words add to its vector';

-- As before, of each word's first spelling.
create or replace function search_joined_words(configuration regconfig, letters text) returns text
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
        cross join lateral unnest(search_seats(configuration, search_joined(word))) as spelling
        cross join lateral unnest(tsvector_to_array(to_tsvector(configuration, spelling))) as lexeme
        where parts > 1
    );

create or replace function search_vector(workspace_id text, language text, document text) returns tsvector
    language plpgsql immutable strict parallel safe as $$
declare
    configuration regconfig := search_configuration(language);
    letters text := search_letters(language, document);
    split text := (search_seats(configuration, search_split(letters)))[1];
    words text := to_tsvector(configuration, split)::text;
begin
    if strpos(letters, U&'\200C') > 0 then
        words := words || search_joined_words(configuration, letters);
    end if;
    if strpos(letters, U&'\0626') > 0 then
        words := words || search_spelled_words(configuration, letters);
    end if;
    words := words || search_beginnings(words::tsvector, split);
    return regexp_replace(words, '(^| )''', '\1''' || search_mark(workspace_id), 'g')::tsvector;
end
$$;

-- As before, of any spelling of each word. Words in a row are put together one by one where one of them has several
-- spellings: the writer of a text may have chosen another for each.
alter function search_phrase(regconfig, text, boolean) rename to search_plain_phrase;
comment on function search_plain_phrase(regconfig, text, boolean) is 'Words in a row of one spelling each, of which the last may be a beginning';
create function search_phrase(configuration regconfig, letters text, is_prefix boolean) returns tsquery
    language plpgsql immutable strict parallel safe as $$
declare
    words text[];
    phrase tsquery;
    word tsquery;
    distance integer := 1;
begin
    if cardinality(search_seats(configuration, letters)) = 1 then
        return search_plain_phrase(configuration, letters, is_prefix);
    end if;
    words := array_remove(string_to_array(letters, ' '), '');
    for place in 1 .. cardinality(words) loop
        select search_any(search_plain_phrase(configuration, spelling, is_prefix and place = cardinality(words)))
            into word from unnest(search_seats(configuration, words[place])) as spelling;
        if phrase is null or numnode(phrase) = 0 then
            phrase := word;
        elsif numnode(word) = 0 then
            -- A stop word: any word may stand in its place.
            distance := distance + 1;
        else
            phrase := tsquery_phrase(phrase, word, distance);
            distance := 1;
        end if;
    end loop;
    return phrase;
end
$$;
comment on function search_phrase(regconfig, text, boolean) is 'Words in a row, each in any of its spellings, of which the last may be a beginning';

-- As before, of any spelling. What it answers are words as search_letters has them.
create or replace function search_matching(language text, letters text, words tsquery) returns text[]
    language plpgsql immutable strict parallel safe as $$
declare
    configuration regconfig := search_configuration(language);
    candidates text[] := string_to_array(search_split(letters), ' ');
    has_prefix boolean := strpos(words::text, ':*') > 0;
begin
    if strpos(letters, U&'\200C') > 0 then
        candidates := candidates || string_to_array(search_joined(letters), ' ');
    end if;
    return array(
        select distinct word from unnest(candidates) as word
        where word <> '' and exists (
            select from unnest(search_seats(configuration, word)) as spelling
            where to_tsvector(configuration, spelling) @@ words
                or (has_prefix and to_tsvector('chancery_simple', spelling) @@ words)
        )
    );
end
$$;

-- pg_trgm takes letters from the locale, too: where that is C, it sees none outside ASCII. There, each code point becomes
-- one of 36 ASCII letters and digits, which keeps the letters of one alphabet apart. In all other databases names stay.
create function trigram_letters(name text) returns text
    language sql immutable strict parallel safe
    return case
        when octet_length(name) = length(name) or cardinality(show_trgm(U&'\044F')) > 0 then name
        else (
            select string_agg(
                case
                    when ascii(letter) < 128 then letter
                    else substr('abcdefghijklmnopqrstuvwxyz0123456789', ascii(letter) % 36 + 1, 1)
                end,
                '' order by place
            )
            from string_to_table(name, null) with ordinality as cut (letter, place)
        )
    end;
comment on function trigram_letters(text) is 'A folded name as pg_trgm can compare it in this database';

create or replace function folded_name(name text) returns text
    language sql immutable parallel safe
    return trigram_letters(btrim(regexp_replace(
        lower(
            unaccent('unaccent'::regdictionary, search_seat(search_joined(search_letters('und', name)), U&'\064A'))
            collate "und-x-icu"
        ),
        ' +', ' ', 'g'
    )));
