//! The glyph coverage of print environments.

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_store::PrintEnvironment;
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::Fixture;

impl Fixture {
    async fn stored(&self) -> Option<GlyphCoverage> {
        self.store.renders().glyph_coverage().await.unwrap()
    }

    fn set_at(&self) -> Vec<String> {
        self.rows("select set_at from print_environments where active")
    }
}

fn coverage(characters: &str) -> GlyphCoverage {
    characters.chars().collect()
}

#[tokio::test]
async fn the_coverage_of_the_active_environment_is_stored() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.stored().await, None);
    let (latin, han) = (coverage("abc\u{e9}"), coverage("abc\u{4e00}\u{10ffff}"));
    fixture.store.renders().set_print_environment(ENVIRONMENT, &latin).await.unwrap();
    assert_eq!(fixture.stored().await, Some(latin.clone()));

    let mut with_fonts: PrintEnvironment = ENVIRONMENT;
    with_fonts.fonts_digest.0[0] = 9;
    fixture.store.renders().set_print_environment(with_fonts, &han).await.unwrap();
    assert_eq!(fixture.stored().await, Some(han));
    fixture.store.renders().set_print_environment(ENVIRONMENT, &latin).await.unwrap();
    assert_eq!(fixture.stored().await, Some(latin));
}

#[tokio::test]
async fn an_environment_of_an_older_version_gets_its_coverage_without_being_activated_again() {
    let fixture = Fixture::new().await;
    let latin = coverage("abc");
    fixture.store.renders().set_print_environment(ENVIRONMENT, &latin).await.unwrap();
    let set_at = fixture.set_at();
    fixture.rows("update print_environments set glyph_coverage = null");
    assert_eq!(fixture.stored().await, None);
    fixture.store.renders().set_print_environment(ENVIRONMENT, &latin).await.unwrap();
    assert_eq!((fixture.stored().await, fixture.set_at()), (Some(latin), set_at));
}

#[tokio::test]
async fn damaged_coverage_is_an_error() {
    let fixture = Fixture::new().await;
    fixture.store.renders().set_print_environment(ENVIRONMENT, &coverage("abc")).await.unwrap();
    fixture.rows(r"update print_environments set glyph_coverage = '\x61'");
    let error = fixture.store.renders().glyph_coverage().await.unwrap_err();
    assert!(error.to_string().contains("glyph coverage"), "{error}");
}
