//! Observations of a reader with the render role.

use chancery_proto::render::v1::{
    CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest, DownloadRenderRequest, GetRenderRequest,
    ListRendersRequest, Render, RenderOptions, WaitRenderRequest, WatchRenderRequest,
};
use tonic::{Response, Status};

use crate::leak_answers::{BRIEFS, Neutral, Reader, ask, pages};

/// Requests renders of everything, reads and cancels them. No worker runs.
pub(crate) async fn renders(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    let mut made = Vec::new();
    let revisions =
        (1..=5).flat_map(|number| ["b1", "purged"].map(|brief| format!("{brief}/revisions/{number}")));
    for source in BRIEFS.map(str::to_owned).into_iter().chain(revisions) {
        for section in ["", "sec1"] {
            let answer = create(reader, &source, section, "").await;
            made.extend(answer.as_ref().ok().map(|answer| answer.get_ref().name.clone()));
            responses.push((format!("create_render {source} {section}"), neutral.answer(answer)));
        }
    }
    for source in ["b1", "b1/revisions/2", "b1/revisions/4", "purged"] {
        for number in 1..=5 {
            let brief = source.split('/').next().unwrap();
            let compare_to = format!("{brief}/revisions/{number}");
            let answer = create(reader, source, "", &compare_to).await;
            made.extend(answer.as_ref().ok().map(|answer| answer.get_ref().name.clone()));
            responses
                .push((format!("create_render {source} compared with {compare_to}"), neutral.answer(answer)));
        }
    }
    let list = |brief: &str| ListRendersRequest {
        parent: reader.parent(),
        brief: if brief.is_empty() { String::new() } else { reader.name(brief) },
        ..ListRendersRequest::default()
    };
    for brief in ["", "b1", "b3", "none"] {
        pages!(responses, neutral, reader.renders, list_renders, list(brief));
    }
    for (number, name) in made.into_iter().enumerate() {
        let mut record = |what: &str, answer: Result<Response<Render>, Status>| {
            responses.push((format!("{what} of render {number}"), neutral.answer(answer)));
        };
        let mut renders = reader.renders.clone();
        record("get_render", renders.get_render(GetRenderRequest { name: name.clone() }).await);
        let cancel = CancelRenderRequest { name: name.clone(), ..CancelRenderRequest::default() };
        record("cancel_render", renders.cancel_render(cancel).await);
        record(
            "wait_render",
            renders.wait_render(WaitRenderRequest { name: name.clone(), timeout: None }).await,
        );
        let watch = renders.watch_render(WatchRenderRequest { name: name.clone() }).await;
        let mut watch = watch.unwrap().into_inner();
        while let Some(state) = watch.message().await.transpose() {
            record("watch_render", state.map(Response::new));
        }
        let download = DownloadRenderRequest { name: name.clone(), read_offset: 0 };
        let refused = renders.download_render(download).await.map(drop).unwrap_err();
        record("download_render", Err(Status::new(refused.code(), "")));
        if number % 2 == 0 {
            renders
                .delete_render(DeleteRenderRequest { name, ..DeleteRenderRequest::default() })
                .await
                .unwrap();
        }
    }
    ask!(responses, neutral, reader.renders, list_renders, ListRendersRequest { page_size: 200, ..list("") });
    responses
}

async fn create(
    reader: &Reader,
    source: &str,
    section: &str,
    compare_to: &str,
) -> Result<Response<Render>, Status> {
    let section_ids = if section.is_empty() { Vec::new() } else { vec![section.into()] };
    let request = CreateRenderRequest {
        parent: reader.parent(),
        source: reader.name(source),
        options: Some(RenderOptions {
            section_ids,
            compare_to: if compare_to.is_empty() { String::new() } else { reader.name(compare_to) },
            ..RenderOptions::default()
        }),
        ..CreateRenderRequest::default()
    };
    reader.renders.clone().create_render(request).await
}
