//! Print warnings from a worker's upload to the render.

use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{GetRenderRequest, ListRendersRequest, PrintWarning, Render};
use chancery_proto::worker::v1::ArtifactHeader;
use chancery_testkit::status_refusals::refused_at;

use crate::queue_scene::{QueueScene, header};

const PDF: &[u8] = b"%PDF";

fn warning(code: &str, part_id: &str, text: &str) -> PrintWarning {
    PrintWarning { code: code.into(), part_id: part_id.into(), text: text.into() }
}

async fn render(scene: &QueueScene, name: &str) -> Render {
    scene.renders.clone().get_render(GetRenderRequest { name: name.into() }).await.unwrap().into_inner()
}

#[tokio::test]
async fn warnings_reach_the_caller_with_their_codes_and_parts() {
    let scene = QueueScene::new().await;
    let (requested, lease) = scene.begun().await;
    let warnings =
        vec![warning("MISSING_GLYPH", "s1", "no font has U+0928"), warning("MORE_WARNINGS", "", "3 more")];
    let header = ArtifactHeader { print_warnings: warnings.clone(), ..header(&lease, PDF) };
    scene.uploaded(header, PDF).await.unwrap();
    let printed = render(&scene, &requested.name).await;
    assert_eq!(printed.print_warnings, warnings);
    assert_eq!(printed.warnings, ["no font has U+0928", "3 more"]);
    let list = ListRendersRequest { parent: "workspaces/default".into(), ..ListRendersRequest::default() };
    let listed = scene.renders.clone().list_renders(list).await.unwrap().into_inner().renders;
    assert_eq!(listed[0].print_warnings, warnings);
}

#[tokio::test]
async fn a_worker_that_sends_warning_texts_only_is_supported() {
    let scene = QueueScene::new().await;
    let (requested, lease) = scene.begun().await;
    let header = ArtifactHeader { warnings: vec!["a box".into()], ..header(&lease, PDF) };
    scene.uploaded(header, PDF).await.unwrap();
    let printed = render(&scene, &requested.name).await;
    assert_eq!(printed.warnings, ["a box"]);
    assert_eq!(printed.print_warnings, [warning("UNCLASSIFIED", "", "a box")]);
}

#[tokio::test]
async fn warnings_over_their_limits_are_rejected_and_the_lease_remains() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let with = |print_warnings| ArtifactHeader { print_warnings, ..header(&lease, PDF) };
    let good = || warning("MISSING_GLYPH", "s1", "a box");
    let long = "x".repeat(501);
    for (warnings, field) in [
        (vec![good(); 1_001], "header.print_warnings"),
        (vec![good(), warning("missing_glyph", "s1", "a box")], "header.print_warnings[1].code"),
        (vec![warning("", "s1", "a box")], "header.print_warnings[0].code"),
        (vec![warning("X", "not an id", "a box")], "header.print_warnings[0].part_id"),
        (vec![warning("X", "s1", "")], "header.print_warnings[0].text"),
        (vec![warning("X", "s1", &long)], "header.print_warnings[0].text"),
    ] {
        refused_at(scene.uploaded(with(warnings), PDF).await, Reason::InvalidField, field);
    }
    scene.uploaded(with(vec![good(); 1_000]), PDF).await.unwrap();
}
