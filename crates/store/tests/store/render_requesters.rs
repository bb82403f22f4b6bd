//! Renders of other callers: for whom they are, and who ends them.

use chancery_proto::names::RenderName;
use chancery_proto::render::v1::RenderOptions;
use chancery_store::{Principal, RenderFilter, RenderState, Role, StoreError};

use crate::fixture::{Fixture, person, with_role};
use crate::queue_scene::{scene, source};

/// A principal with a role and a token of its own.
fn caller(role: Role, token: char) -> Principal {
    let subject = format!("workspaces/default/apiTokens/{}", token.to_string().repeat(32));
    Principal { subject, ..with_role(role, "TLP:RED") }
}

fn options(recipient: &str, watermark: &str) -> RenderOptions {
    RenderOptions { recipient: recipient.into(), watermark: watermark.into(), ..RenderOptions::default() }
}

impl Fixture {
    async fn copy(&self, by: &Principal, recipient: &str, watermark: &str) -> RenderName {
        let requested = self.store.renders().create(by, &source("b1"), &options(recipient, watermark)).await;
        let render = requested.unwrap().render;
        assert_eq!((render.requester.as_str(), render.hides_recipient), (by.subject.as_str(), false));
        render.name
    }
}

#[tokio::test]
async fn recipient_and_watermark_are_shown_to_their_requester_and_publishers_only() {
    let fixture = scene().await;
    let own = caller(Role::Renderer, 'a');
    for (recipient, watermark) in [("Minister", ""), ("", "Minister"), ("Minister", "Copy 1")] {
        let name = fixture.copy(&own, recipient, watermark).await;
        fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
        for (by, sees) in [
            (&own, true),
            (&caller(Role::Publisher, 'b'), true),
            (&caller(Role::Admin, 'c'), true),
            (&caller(Role::Renderer, 'd'), false),
        ] {
            let render = fixture.store.renders().get(by, &name).await.unwrap();
            let listed =
                fixture.store.renders().list(by, &name.workspace, &RenderFilter::default(), None, 1).await;
            assert_eq!(listed.unwrap().renders, std::slice::from_ref(&render));
            let shown = (render.options.recipient.as_str(), render.options.watermark.as_str());
            assert_eq!(shown, if sees { (recipient, watermark) } else { ("", "") });
            assert_eq!(render.hides_recipient, !sees);
            let RenderState::Succeeded { artifact, .. } = &render.state else { panic!("it is printed") };
            assert_eq!(artifact.is_some(), sees, "its digest would confirm a guess");
            let download = fixture.store.renders().open_download(by, &name, 0).await;
            match download {
                Ok(_) => assert!(sees),
                Err(error) => assert!(!sees && matches!(error, StoreError::CopyOfAnother), "{error}"),
            }
        }
    }
}

#[tokio::test]
async fn copies_for_nobody_are_shared() {
    let fixture = scene().await;
    let name = fixture.copy(&caller(Role::Renderer, 'a'), "", "").await;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let other = caller(Role::Renderer, 'b');
    assert!(!fixture.store.renders().get(&other, &name).await.unwrap().hides_recipient);
    fixture.store.renders().open_download(&other, &name, 0).await.unwrap();
}

#[tokio::test]
async fn a_render_is_cancelled_and_deleted_by_its_requester_publishers_and_admins_only() {
    for (role, token, may) in [
        (Role::Renderer, 'a', true),
        (Role::Renderer, 'd', false),
        (Role::Publisher, 'b', true),
        (Role::Admin, 'c', true),
    ] {
        let fixture = scene().await;
        let renders = fixture.store.renders();
        let name = fixture.copy(&caller(Role::Renderer, 'a'), "", "").await;
        let by = caller(role, token);
        let cancelled = renders.cancel(&by, &name, None).await;
        if may {
            let RenderState::Cancelled { by: recorded, .. } = cancelled.unwrap().state else {
                panic!("{role:?}")
            };
            assert_eq!(recorded, by.subject);
            renders.delete(&by, &name, None).await.unwrap();
            let log = "select subject, target from change_log where kind = 'render_deleted'";
            assert_eq!(fixture.rows(log), [format!("{}|{name}", by.subject)]);
        } else {
            assert!(matches!(cancelled, Err(StoreError::RenderOfAnother)));
            let state = renders.get(&by, &name).await.unwrap().state;
            assert_eq!(state, RenderState::Queued);
            renders.cancel(&person("TLP:RED"), &name, None).await.unwrap();
            assert!(matches!(renders.delete(&by, &name, None).await, Err(StoreError::RenderOfAnother)));
            renders.get(&by, &name).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_equal_copy_of_another_is_printed_anew_so_that_a_guess_shows_nothing() {
    let fixture = scene().await;
    let renders = fixture.store.renders();
    let (own, other) = (caller(Role::Renderer, 'a'), caller(Role::Renderer, 'b'));
    fixture.copy(&own, "Minister", "").await;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    for guess in ["Minister", "Ambassador"] {
        let guessed = renders.create(&other, &source("b1"), &options(guess, "")).await.unwrap();
        assert!(guessed.is_new_task && guessed.render.state == RenderState::Queued, "{guess}");
    }
    // Its requester gets the same print again, and a publisher the newest.
    for by in [&own, &caller(Role::Publisher, 'c')] {
        let again = renders.create(by, &source("b1"), &options("Minister", "")).await.unwrap();
        assert!(!again.is_new_task);
        assert_eq!(again.render.has_ended(), by.subject == own.subject);
    }
    // Copies for nobody are shared.
    fixture.copy(&own, "", "").await;
    let shared = renders.create(&other, &source("b1"), &options("", "")).await.unwrap();
    assert!(!shared.is_new_task);
}
