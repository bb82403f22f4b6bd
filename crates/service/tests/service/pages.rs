use chancery_proto::brief::v1::{ListBriefRevisionsRequest, ListBriefsRequest, ListBriefsResponse};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::refused_at;

use crate::scene::{Briefs, Scene, content};

fn list(page_size: i32, page_token: &str) -> ListBriefsRequest {
    ListBriefsRequest {
        parent: "workspaces/default".into(),
        page_size,
        page_token: page_token.into(),
        ..ListBriefsRequest::default()
    }
}

async fn page(client: &mut Briefs, page_size: i32, page_token: &str) -> ListBriefsResponse {
    client.list_briefs(list(page_size, page_token)).await.unwrap().into_inner()
}

#[tokio::test]
async fn pages_cover_the_whole_list_exactly_once() {
    let scene = Scene::new().await;
    for index in 0..5 {
        scene.published(&format!("b{index}"), content("One")).await;
    }
    let mut reader = scene.reader("TLP:CLEAR").await;
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let answer = page(&mut reader, 2, &token).await;
        assert!(answer.briefs.len() <= 2);
        names.extend(answer.briefs.into_iter().map(|brief| brief.name));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let expected: Vec<String> = (0..5).map(|index| format!("workspaces/default/briefs/b{index}")).collect();
    assert_eq!(names, expected);
    assert_eq!(page(&mut reader, 0, "").await.briefs.len(), 5);
}

#[tokio::test]
async fn page_tokens_are_bound_to_their_list_and_negative_sizes_are_rejected() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let more = (2..=3).map(|number| document("b1", number, content(&number.to_string()))).collect();
    scene.briefs(&scene.admin).import_brief(import(more)).await.unwrap();
    let mut reader = scene.reader("TLP:CLEAR").await;
    refused_at(reader.list_briefs(list(-1, "")).await, Reason::InvalidField, "page_size");
    refused_at(reader.list_briefs(list(1, "nonsense")).await, Reason::InvalidPageToken, "page_token");

    let parent = "workspaces/default/briefs/b1".to_owned();
    let revisions = ListBriefRevisionsRequest {
        parent,
        page_size: 2,
        page_token: String::new(),
        ..ListBriefRevisionsRequest::default()
    };
    let first = reader.list_brief_revisions(revisions.clone()).await.unwrap().into_inner();
    let numbers = |found: &[chancery_proto::brief::v1::BriefRevision]| {
        found.iter().map(|revision| revision.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&first.revisions), [3, 2]);
    let foreign = list(1, &first.next_page_token);
    refused_at(reader.list_briefs(foreign).await, Reason::InvalidPageToken, "page_token");
    let rest = ListBriefRevisionsRequest { page_token: first.next_page_token, ..revisions };
    let rest = reader.list_brief_revisions(rest).await.unwrap().into_inner();
    assert_eq!((numbers(&rest.revisions), rest.next_page_token.as_str()), (vec![1], ""));
}
