//! `LintBrief`, and publishing that requires no warnings.

use chancery_brief::digest::Digest;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    BriefContent, CreateBriefRequest, KeyJudgment, LintBriefRequest, PublishBriefRequest, Statement,
    StatementType, block::Kind,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::violations_total;
use chancery_store::PrintEnvironment;
use chancery_testkit::print_environment::ENVIRONMENT;
use chancery_testkit::status_refusals::refused;
use tonic::Code;

use crate::publishing::{bold, content, created, draft_name, edited, publish, reworded, violations};
use crate::scene::Scene;

#[tokio::test]
async fn lint_reports_on_drafts_and_on_content_in_the_request() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let lint = |content: Option<BriefContent>| LintBriefRequest { name: draft_name(), content };
    let clean = admin.lint_brief(lint(None)).await.unwrap().into_inner();
    assert!(clean.warnings.is_empty() && clean.undeclared_changes.is_empty(), "{clean:?}");
    admin.publish_brief(publish(&etag)).await.unwrap();
    let reported = admin.lint_brief(lint(Some(bold()))).await.unwrap().into_inner();
    let codes: Vec<_> =
        reported.warnings.iter().map(|found| (found.code.as_str(), found.part_id.as_str())).collect();
    assert!(codes.contains(&("FORECAST_WITHOUT_HORIZON", "open")), "{codes:?}");
    assert_eq!(reported.undeclared_changes[0].part_id, "open");
    // Nothing was written.
    assert!(admin.lint_brief(lint(None)).await.unwrap().into_inner().warnings.is_empty());

    let etag = edited(&mut admin, &etag, bold()).await;
    assert_eq!(admin.lint_brief(lint(None)).await.unwrap().into_inner(), reported);
    let strict = PublishBriefRequest { require_no_warnings: true, ..publish(&etag) };
    let status = refused(admin.publish_brief(strict).await, Code::FailedPrecondition, Reason::LintWarnings);
    assert!(violations(&status).contains(&("FORECAST_WITHOUT_HORIZON".into(), "open".into())));
    assert_eq!(admin.publish_brief(publish(&etag)).await.unwrap().into_inner().number, 2);
}

#[tokio::test]
async fn lint_names_characters_that_no_font_of_the_active_environment_has() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let lint = LintBriefRequest { name: draft_name(), content: None };
    let text = "It rains in \u{6771}\u{4eac}: \u{92c}\u{93e}.";
    let etag = edited(&mut admin, &etag, reworded(text)).await;
    let strict = PublishBriefRequest { require_no_warnings: true, ..publish(&etag) };

    let store = scene.store().await;
    let latin: Vec<char> = ('\u{20}'..='\u{ff}').collect();
    let set = async |environment, more: &str| {
        let coverage = latin.iter().copied().chain(more.chars()).collect();
        store.renders().set_print_environment(environment, &coverage).await.unwrap();
    };
    // No environment, then one without coverage.
    assert_eq!(admin.lint_brief(lint.clone()).await.unwrap().into_inner().warnings, []);
    set(ENVIRONMENT, "").await;
    scene.rows("update print_environments set glyph_coverage = null");
    assert_eq!(admin.lint_brief(lint.clone()).await.unwrap().into_inner().warnings, []);

    set(ENVIRONMENT, "\u{92c}").await;
    let warnings = admin.lint_brief(lint.clone()).await.unwrap().into_inner().warnings;
    let found: Vec<_> = warnings.iter().map(|found| (found.code.as_str(), found.part_id.as_str())).collect();
    assert_eq!(found, [("MISSING_GLYPH", "open"); 3]);
    for (warning, character) in
        warnings.iter().zip(["U+6771 (\u{6771})", "U+4EAC (\u{4eac})", "U+093E (\u{93e})"])
    {
        assert!(warning.message.contains(character), "{}", warning.message);
    }
    let given = LintBriefRequest { content: Some(reworded(text)), ..lint.clone() };
    assert_eq!(admin.lint_brief(given).await.unwrap().into_inner().warnings, warnings);
    let status =
        refused(admin.publish_brief(strict.clone()).await, Code::FailedPrecondition, Reason::LintWarnings);
    assert!(violations(&status).contains(&("MISSING_GLYPH".into(), "open".into())));

    let more_fonts = PrintEnvironment { fonts_digest: Digest([3; 32]), ..ENVIRONMENT };
    set(more_fonts, text).await;
    assert_eq!(admin.lint_brief(lint).await.unwrap().into_inner().warnings, []);
    assert_eq!(admin.publish_brief(strict).await.unwrap().into_inner().number, 1);
}

#[tokio::test]
async fn lint_compares_with_the_newest_revision() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let mut judged = content("One");
    let mut sentence = Statement { id: "kj-s".into(), text: "It holds.".into(), ..Statement::default() };
    sentence.set_type(StatementType::Assessment);
    judged.key_judgments =
        vec![KeyJudgment { id: "kj".into(), statements: vec![sentence], ..KeyJudgment::default() }];
    let etag = edited(&mut admin, &etag, judged).await;
    admin.publish_brief(publish(&etag)).await.unwrap();
    let etag = edited(&mut admin, &etag, content("One")).await;
    let lint = LintBriefRequest { name: draft_name(), content: None };
    let warnings = admin.lint_brief(lint).await.unwrap().into_inner().warnings;
    let found: Vec<_> = warnings.iter().map(|found| (found.code.as_str(), found.part_id.as_str())).collect();
    assert_eq!(found, [("JUDGMENT_DROPPED", "kj")]);
    let strict = PublishBriefRequest { require_no_warnings: true, ..publish(&etag) };
    let status = refused(admin.publish_brief(strict).await, Code::FailedPrecondition, Reason::LintWarnings);
    assert_eq!(violations(&status), [("JUDGMENT_DROPPED".into(), "kj".into())]);
}

#[tokio::test]
async fn lint_requires_an_author_who_sees_all_of_the_draft() {
    let scene = Scene::new().await;
    let (mut admin, _) = created(&scene).await;
    let lint = LintBriefRequest { name: draft_name(), content: None };
    let reader = scene.token("default", &[Role::Reader], "TLP:RED").await;
    let answer = scene.briefs(&reader).lint_brief(lint.clone()).await;
    refused(answer, Code::PermissionDenied, Reason::PermissionDenied);
    let low = scene.token("default", &[Role::Author], "TLP:AMBER").await;
    let mut low = scene.briefs(&low);
    refused(low.lint_brief(lint.clone()).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    let mut mine = content("Mine");
    if let Some(Kind::Paragraph(paragraph)) = &mut mine.sections[0].blocks[0].kind {
        paragraph.statements.truncate(1);
    }
    let along = LintBriefRequest { content: Some(mine), ..lint.clone() };
    refused(low.lint_brief(along).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    let missing = LintBriefRequest { name: "workspaces/default/briefs/b9/draft".into(), ..lint.clone() };
    refused(admin.lint_brief(missing).await, Code::NotFound, Reason::NotFound);
    let mut broken = content("One");
    broken.sections[0].heading.clear();
    let broken = LintBriefRequest { content: Some(broken), ..lint };
    let reported = admin.lint_brief(broken.clone()).await.unwrap().into_inner();
    assert_eq!((reported.total_violations, reported.violations[0].path.as_str()), (1, "sections[0].heading"));
    let answer = scene.briefs(&reader).lint_brief(broken).await;
    refused(answer, Code::PermissionDenied, Reason::PermissionDenied);
}

#[tokio::test]
async fn lint_lists_every_violation_even_for_a_brief_that_does_not_exist_yet() {
    let scene = Scene::new().await;
    let mut author = scene.briefs(&scene.token("default", &[Role::Author], "TLP:CLEAR").await);
    let mut broken = content("One");
    broken.tags = vec![String::new(); 1_500];
    let create = CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id: "new".into(),
        content: Some(broken.clone()),
        ..CreateBriefRequest::default()
    };
    let status = refused(author.create_brief(create).await, Code::InvalidArgument, Reason::InvalidContent);
    assert_eq!(violations_total(&status), Some(1_500));
    assert!(status.message().contains("1500 rule(s)") && status.message().contains("LintBrief"), "{status}");
    let name = "workspaces/default/briefs/new/draft".into();
    let lint = LintBriefRequest { name, content: Some(broken) };
    let reported = author.lint_brief(lint).await.unwrap().into_inner();
    assert_eq!((reported.total_violations, reported.violations.len()), (1_500, 1_500));
    assert_eq!(reported.violations[1_499].path, "tags[1499]");
    assert!(reported.warnings.is_empty());
}
