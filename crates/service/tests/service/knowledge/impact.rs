//! `TraceImpact`: from a source, statement or relationship to the parts that depend on it.

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::trace_impact_request::Target;
use chancery_proto::brief::v1::{Change, ChangeKind, PartKind, TraceImpactResponse};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::refused;
use tonic::Code;

use crate::knowledge::scene::{arms, revision, trace};
use crate::scene::Scene;

/// Returns the ids, distances and direct supports of the impacted parts.
fn parts(answer: &TraceImpactResponse) -> Vec<(&str, i32, Vec<&str>)> {
    let parts = answer.parts.iter();
    parts
        .map(|part| (part.id.as_str(), part.distance, part.via_ids.iter().map(String::as_str).collect()))
        .collect()
}

#[tokio::test]
async fn impact_of_a_source_is_traced_in_every_brief_that_cites_it() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let answer =
        all.trace_impact(trace("arms", Target::SourceId("report".into()))).await.unwrap().into_inner();
    assert_eq!(
        parts(&answer),
        [
            ("drones", 1, vec!["report"]),
            ("lead", 1, vec!["report"]),
            ("deal", 1, vec!["drones", "report"]),
            ("kj", 2, vec!["drones", "kj-text"]),
            ("factor", 2, vec!["drones"]),
            ("supply", 2, vec!["drones"]),
            ("more", 2, vec!["drones"]),
            ("isolation", 2, vec!["drones"]),
            ("doubt", 2, vec!["lead"]),
            ("kj-text", 3, vec!["kj"]),
            ("flights", 4, vec!["kj-text"]),
            ("corridor", 1, vec!["paper"]),
        ]
    );
    assert_eq!(answer.revisions, [revision("arms"), revision("levant")]);
    assert!(!answer.truncated && answer.deliveries.is_empty() && answer.total_deliveries == 0);
    let text = |id: &str| answer.parts.iter().find(|part| part.id == id).unwrap();
    assert_eq!((text("kj").text.as_str(), text("kj").kind()), ("The tie will hold.", PartKind::KeyJudgment));
    assert_eq!(text("supply").text, "iran supplies-weapons-to russia");
    assert_eq!((text("more").text.as_str(), text("more").kind()), ("It grows", PartKind::Scenario));
    assert_eq!(
        (text("corridor").text.as_str(), &text("corridor").revision),
        ("The corridor is used.", &revision("levant"))
    );
}

#[tokio::test]
async fn impact_of_a_statement_or_relationship_is_traced_in_its_brief() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let statement = trace("arms", Target::StatementId("lead".into()));
    let answer = all.trace_impact(statement).await.unwrap().into_inner();
    assert_eq!(parts(&answer), [("doubt", 1, vec!["lead"])]);
    assert_eq!(answer.revisions, [revision("arms")]);
    let tie = trace("arms", Target::RelationshipId("reports".into()));
    let answer = all.trace_impact(tie).await.unwrap().into_inner();
    assert_eq!(parts(&answer), [("secret", 1, vec!["reports"])]);
    let tie = trace("arms", Target::RelationshipId("supply".into()));
    let answer = all.trace_impact(tie).await.unwrap().into_inner();
    let near: Vec<&str> =
        answer.parts.iter().filter(|part| part.distance < 3).map(|part| part.id.as_str()).collect();
    assert_eq!(near, ["drones", "kj", "factor", "deal", "more", "isolation"]);
}

#[tokio::test]
async fn a_declared_change_is_traced_from_the_changed_part() {
    let scene = Scene::new().await;
    let mut content = arms();
    let change = |part_id: &str, marking: &str| Change {
        part_id: part_id.into(),
        kind: ChangeKind::Updated.into(),
        now: format!("{part_id} differs."),
        marking: marking.into(),
        ..Change::default()
    };
    content.changes = vec![change("report", ""), change("supply", ""), change("talk", "")];
    scene.published("arms", content).await;
    let mut all = scene.knowledge(&[Role::Reader], "TLP:RED").await;
    let of = |answer: &TraceImpactResponse| -> Vec<(String, String)> {
        let changes = answer.parts.iter().filter(|part| part.kind() == PartKind::Change);
        changes.map(|part| (part.id.clone(), part.text.clone())).collect()
    };
    let traced =
        all.trace_impact(trace("arms", Target::SourceId("report".into()))).await.unwrap().into_inner();
    // The relationship is supported by a statement that cites the report.
    let changed = |id: &str| (id.to_owned(), format!("{id} differs."));
    assert_eq!(of(&traced), [changed("report"), changed("supply")]);
    let traced = all.trace_impact(trace("arms", Target::RelationshipId("supply".into()))).await.unwrap();
    assert_eq!(of(traced.get_ref()), [changed("supply")]);
    // The change of a withheld source is withheld with it.
    let mut open = scene.knowledge(&[Role::Reader], "TLP:CLEAR").await;
    let traced = open.trace_impact(trace("arms", Target::SourceId("talk".into()))).await;
    refused(traced, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn tracing_reveals_no_withheld_part() {
    let (_scene, mut all, mut open) = Scene::of_knowledge().await;
    for target in [
        Target::SourceId("talk".into()),
        Target::StatementId("secret".into()),
        Target::RelationshipId("reports".into()),
    ] {
        assert!(all.trace_impact(trace("arms", target.clone())).await.is_ok());
        let hidden =
            refused(open.trace_impact(trace("arms", target.clone())).await, Code::NotFound, Reason::NotFound);
        let id = match target {
            Target::SourceId(_) => Target::SourceId("nothing".into()),
            Target::StatementId(_) => Target::StatementId("nothing".into()),
            Target::RelationshipId(_) => Target::RelationshipId("nothing".into()),
        };
        let nothing = refused(open.trace_impact(trace("arms", id)).await, Code::NotFound, Reason::NotFound);
        let message = hidden.message().replace("talk", "?").replace("secret", "?").replace("reports", "?");
        assert_eq!(message, nothing.message().replace("nothing", "?"));
    }
    let other = trace("nothing", Target::SourceId("report".into()));
    refused(open.trace_impact(other).await, Code::NotFound, Reason::NotFound);
}
