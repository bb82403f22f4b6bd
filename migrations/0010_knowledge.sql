-- What lists of knowledge are found by. Each holds only what is the newest for somebody.

create index statements_current on statements (workspace_id, brief_id, position)
    where current_until > from_rank and place > 1;
create index statements_current_domain on statements (workspace_id, domain, brief_id, position)
    where current_until > from_rank and place > 1;
create index statements_current_type on statements (workspace_id, type, brief_id, position)
    where current_until > from_rank and place > 1;
create index statements_current_likelihood on statements (workspace_id, likelihood_term, brief_id, position)
    where current_until > from_rank and place > 1;
create index statements_current_published on statements (workspace_id, published_at, brief_id, position)
    where current_until > from_rank and place > 1;
create index statements_current_ids on statements using gin (actor_ids, place_ids, source_ids, topics)
    where current_until > from_rank and place > 1;
create index statements_current_period on statements using gist (int8range(period_from, period_until, '[]'))
    where current_until > from_rank and place > 1 and coalesce(period_from, period_until) is not null;
create index statements_current_horizon on statements using gist (int8range(horizon_from, horizon_until, '[]'))
    where current_until > from_rank and place > 1 and coalesce(horizon_from, horizon_until) is not null;

create index events_current_date on events (workspace_id, (coalesce(date_from, date_until)), date_until, brief_id, position)
    where current_until > from_rank;
