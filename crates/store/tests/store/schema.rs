use chancery_postgres::TestServer;
use chancery_store::{DatabaseSettings, StoreError};

use crate::fixture::Fixture;

#[tokio::test]
async fn a_schema_that_is_empty_older_newer_or_another_is_refused() {
    let fixture = Fixture::new().await;
    fixture.store.check_schema().await.unwrap();
    fixture.rows("insert into _sqlx_migrations values (9999, 'later', now(), true, '\\x00', 0)");
    let refused = fixture.store.check_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(ref why) if why.contains("newer")), "{refused}");
    fixture.rows("delete from _sqlx_migrations where version = 9999");
    fixture.rows("update _sqlx_migrations set checksum = '\\x00' where version = 1");
    assert!(fixture.store.check_schema().await.is_err());
    fixture.rows("delete from _sqlx_migrations where version = 1");
    let refused = fixture.store.check_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(ref why) if why.contains("chancery migrate")), "{refused}");

    let server = TestServer::connect().unwrap();
    let empty = server.empty_database().unwrap();
    let store = DatabaseSettings::of_url(empty.url()).connect("test").await.unwrap();
    assert!(matches!(store.check_schema().await.unwrap_err(), StoreError::Schema(_)));
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let fixture = Fixture::new().await;
    let applied = fixture.rows("select version, installed_on from _sqlx_migrations order by 1");
    fixture.store.migrate().await.unwrap();
    assert_eq!(fixture.rows("select version, installed_on from _sqlx_migrations order by 1"), applied);
}

#[tokio::test]
async fn every_table_and_column_has_a_comment() {
    let fixture = Fixture::new().await;
    let silent = fixture.rows(
        "select c.relname || coalesce('.' || a.attname, '') from pg_class c
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> '_sqlx_migrations'
            and col_description(c.oid, a.attnum) is null",
    );
    assert_eq!(silent, Vec::<String>::new());
}
