//! `chancery verify-pdf`: how far a PDF can be trusted.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_testkit::{Stack, files};

#[tokio::test]
async fn a_pdf_is_graded_by_its_form_its_data_and_the_service() {
    let stack = Stack::start().await;
    stack.import(files::revisions("amber")).await;
    let path = |name: &str| stack.folder().join(name).display().to_string();
    let (pdf, changed) = (path("brief.pdf"), path("changed.pdf"));
    stack
        .command(&["render", "amber-demo", "--attach-data", "--format", "standard", "-o", &pdf])
        .run()
        .await
        .exits(0);
    let verify = async |arguments: &[&str]| {
        let arguments = [&["verify-pdf"], arguments].concat();
        stack.command(&arguments).run().await
    };
    let ran = verify(&[&pdf]).await.exits(0);
    assert!(ran.stdout.contains("identical to a PDF of the service"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("not verified"), "{}", ran.stdout);
    let json: serde_json::Value =
        serde_json::from_str(&verify(&[&pdf, "--json"]).await.exits(0).stdout).unwrap();
    assert_eq!((json["grade"].as_str(), json["dataMatches"].as_bool()), (Some("IDENTICAL"), Some(true)));
    assert!(json["render"].as_str().unwrap().starts_with("workspaces/default/renders/"));

    let offline = verify(&[&pdf, "--offline"]).await.exits(0);
    assert!(
        offline.stdout.contains("of unaltered form") && offline.stdout.contains("not asked"),
        "{}",
        offline.stdout
    );

    // Of a reader without the role renderer, who sees no renders.
    let reader = stack.caller("reader", &[chancery_proto::admin::v1::Role::Reader], "TLP:RED").await;
    let ran = stack
        .command(&["verify-pdf", &pdf])
        .env("CHANCERY_TOKEN_FILE", &reader.token_file)
        .run()
        .await
        .exits(0);
    assert!(
        ran.stdout.contains("a published edition") && ran.stdout.contains("not verified"),
        "{}",
        ran.stdout
    );
    // Of a reader who sees less of the brief.
    let low = stack.caller("low", &[chancery_proto::admin::v1::Role::Reader], "TLP:CLEAR").await;
    let ran = stack.command(&["verify-pdf", &pdf]).env("CHANCERY_TOKEN_FILE", &low.token_file).run().await;
    assert!(ran.exits(1).stderr.contains("EDITION_DIFFERS"));

    let mut bytes = std::fs::read(&pdf).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&changed, &bytes).unwrap();
    for arguments in [&[changed.as_str()][..], &[&changed, "--offline"]] {
        let ran = verify(arguments).await.exits(1);
        assert!(
            ran.stderr.contains("ALTERED_FORM") && ran.stderr.contains("download the PDF again"),
            "{}",
            ran.stderr
        );
    }
    std::fs::write(&changed, b"MZ").unwrap();
    verify(&[&changed, "--offline"]).await.exits(1);
}
