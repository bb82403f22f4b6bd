//! All requests that a reader can make, and their responses without random and clock-dependent values.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_brief::digest::body_digest;
use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{
    AsOfClock, AsOfMoment, BatchGetBriefsRequest, BriefView, DiffBriefRevisionsRequest, ExportBriefRequest,
    ExportFormat, GetActorRequest, GetAttachmentRequest, GetAttachmentResponse, GetBriefDraftRequest,
    GetBriefRequest, GetBriefRevisionRequest, ListActorsRequest, ListAttachmentsRequest,
    ListBriefRevisionsRequest, ListBriefsRequest, ListEventsRequest, ListRelationshipsRequest,
    ListSourcesRequest, ListStatementsRequest, SearchBriefsRequest, TraceImpactRequest, WatchBriefsRequest,
    trace_impact_request::Target,
};
use prost::{Message, Name};
use serde_json::Value;
use tonic::{Response, Status};

use crate::knowledge::scene::Knowledge;
use crate::leak_renders::renders;
use crate::leak_scene::{OPEN_PICTURE, OTHER_WITHHELD_PICTURE, WITHHELD_PICTURE};
use crate::queue_scene::Renders;
use crate::scene::Briefs;

/// A caller in one of the twins.
pub(crate) struct Reader {
    pub(crate) workspace: String,
    pub(crate) briefs: Briefs,
    pub(crate) knowledge: Knowledge,
    pub(crate) renders: Renders,
}

/// The briefs that `leaks` writes, and one that does not exist.
pub(crate) const BRIEFS: [&str; 8] =
    ["b1", "b2", "b3", "deleted", "deleted-unseen", "purged", "pictures", "none"];

/// Ids of parts in random briefs, withheld parts among them.
const IDS: [&str; 14] =
    ["s1", "s2", "s3", "s4", "s5", "s8", "s12", "a1", "a2", "a4", "src1", "r1", "e1", "kj1"];

/// Search queries: words of all parts, of withheld parts, of single parts, and of none.
const WORDS: [&str; 7] = ["canary", "kanari", "zibeth", "xyzzy", "\"canary s2\"", "kana*", "canary -r4"];

/// Words whose stems in one language are different words in English.
const STEMMED_WORDS: [&str; 9] =
    ["banken", "bankerna", "bancos", "banques", "nationales", "договоры", "скрытые", "τράπεζες", "समझौते"];

/// Values that are random or come from the database's clock.
const NOT_COMPARED: [&str; 12] = [
    "uid",
    "createTime",
    "updateTime",
    "endTime",
    "recordTime",
    "importTime",
    "withdrawTime",
    "deleteTime",
    "purgeTime",
    "cursor",
    // The caller's own token.
    "requester",
    "canceller",
];

/// Translates one twin's texts to the other's.
pub(crate) struct Neutral<'r> {
    pub(crate) workspace: &'r str,
}

impl Neutral<'_> {
    pub(crate) fn answer<M: Message + Name>(&self, answer: Result<Response<M>, Status>) -> String {
        match answer {
            Ok(answer) => self.message(&answer.into_inner()),
            Err(status) => {
                self.text(&format!("{:?} {} {:?}", status.code(), status.message(), status.details()))
            }
        }
    }

    pub(crate) fn message<M: Message + Name>(&self, message: &M) -> String {
        let mut value: Value =
            serde_json::from_str(&chancery_proto::json::to_string_pretty(message)).unwrap();
        neutralise(&mut value);
        self.text(&value.to_string())
    }

    fn text(&self, text: &str) -> String {
        // Error details are bytes.
        let bytes = |text: &str| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
        text.replace(self.workspace, "twin").replace(&bytes(self.workspace), &bytes("twin"))
    }
}

fn neutralise(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("deleteTime") {
                // The etag of a deleted brief includes the time.
                fields.insert("etag".into(), Value::Null);
            }
            for name in NOT_COMPARED {
                if let Some(field) = fields.get_mut(name) {
                    *field = Value::Null;
                }
            }
            if let Some(Value::String(token)) = fields.get_mut("nextPageToken") {
                *token = readable(token);
            }
            if let Some(Value::Array(documents)) = fields.get_mut("jsonDocuments") {
                for document in documents {
                    *document = serde_json::from_str(document.as_str().unwrap_or_default()).unwrap();
                }
            }
            fields.values_mut().for_each(neutralise);
        }
        Value::Array(items) => items.iter_mut().for_each(neutralise),
        Value::String(text) if text.contains("/renders/") => {
            text.truncate(text.find("/renders/").unwrap_or(0));
        }
        _ => {}
    }
}

/// Returns the observable part of a page token: an unsealed token without its leading digest, the length of a sealed
/// one. Tokens of the caller's own renders contain time and id.
fn readable(token: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    let text = bytes.get(8..).and_then(|rest| std::str::from_utf8(rest).ok());
    let is_render = |text: &str| {
        text.split_once('/').is_some_and(|(time, id)| time.parse::<i64>().is_ok() && id.len() == 32)
    };
    match text {
        Some(text) if is_render(text) => "a render".to_owned(),
        Some(text) => text.to_owned(),
        None => format!("{} bytes", bytes.len()),
    }
}

/// Calls one method and records the response.
macro_rules! ask {
    ($responses:ident, $neutral:ident, $client:expr, $method:ident, $request:expr) => {{
        let request = $request;
        let what = format!("{} {:?}", stringify!($method), request);
        let answer = $client.clone().$method(request).await;
        $responses.push((what, $neutral.answer(answer)));
    }};
}

/// Reads all pages of a list, a few items each.
macro_rules! pages {
    ($responses:ident, $neutral:ident, $client:expr, $method:ident, $request:expr) => {{
        let mut request = $request;
        request.page_size = 5;
        for page in 0..200 {
            let what = format!("{} page {page} {:?}", stringify!($method), request);
            let answer = $client.clone().$method(request.clone()).await;
            let next = answer
                .as_ref()
                .map_or_else(|_| String::new(), |answer| answer.get_ref().next_page_token.clone());
            $responses.push((what, $neutral.answer(answer)));
            if next.is_empty() {
                break;
            }
            request.page_token = next;
        }
    }};
}

pub(crate) use {ask, pages};

impl Reader {
    pub(crate) fn parent(&self) -> String {
        format!("workspaces/{}", self.workspace)
    }

    pub(crate) fn name(&self, rest: &str) -> String {
        format!("{}/briefs/{rest}", self.parent())
    }

    /// Returns a cursor of the current position.
    pub(crate) async fn began(&self) -> String {
        let request = WatchBriefsRequest { parent: self.parent(), ..WatchBriefsRequest::default() };
        let mut watch = self.briefs.clone().watch_briefs(request).await.unwrap().into_inner();
        loop {
            let event = watch.message().await.unwrap().unwrap();
            if !event.cursor.is_empty() {
                return event.cursor;
            }
        }
    }
}

/// Collects all responses with their requests, and with a cursor the changes since.
pub(crate) async fn answers(reader: &Reader, began: &str) -> Vec<(String, String)> {
    let mut responses = briefs(reader).await;
    responses.extend(revisions(reader).await);
    responses.extend(searches(reader).await);
    responses.extend(lists(reader).await);
    responses.extend(traces(reader).await);
    responses.extend(attachments(reader).await);
    responses.extend(renders(reader).await);
    responses.extend(watched(reader, began).await);
    responses
}

/// Collects the responses of lists, searches and single briefs.
pub(crate) async fn answers_about_content(reader: &Reader) -> Vec<(String, String)> {
    let mut responses = briefs(reader).await;
    responses.extend(searches(reader).await);
    responses.extend(lists(reader).await);
    responses.extend(watched(reader, "").await);
    responses
}

async fn briefs(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    for brief in BRIEFS {
        for view in [BriefView::Basic, BriefView::Full] {
            let request = GetBriefRequest { name: reader.name(brief), ..GetBriefRequest::default() };
            ask!(
                responses,
                neutral,
                reader.briefs,
                get_brief,
                GetBriefRequest { view: view.into(), ..request }
            );
        }
        let request = GetBriefDraftRequest { name: reader.name(&format!("{brief}/draft")) };
        ask!(responses, neutral, reader.briefs, get_brief_draft, request);
        for format in [ExportFormat::Message, ExportFormat::Json] {
            let request = ExportBriefRequest { name: reader.name(brief), ..ExportBriefRequest::default() };
            ask!(
                responses,
                neutral,
                reader.briefs,
                export_brief,
                ExportBriefRequest { format: format.into(), ..request }
            );
        }
    }
    for return_partial_success in [false, true] {
        let names = BRIEFS.map(|brief| reader.name(brief)).into();
        let request =
            BatchGetBriefsRequest { parent: reader.parent(), names, ..BatchGetBriefsRequest::default() };
        let request = BatchGetBriefsRequest { return_partial_success, ..request };
        ask!(responses, neutral, reader.briefs, batch_get_briefs, request);
    }
    for order_by in ["", "publish_time desc", "title"] {
        let request = ListBriefsRequest { parent: reader.parent(), ..ListBriefsRequest::default() };
        let request = ListBriefsRequest { order_by: order_by.into(), show_deleted: true, ..request };
        pages!(responses, neutral, reader.briefs, list_briefs, request);
    }
    let name = || reader.name("b1");
    for paths in [vec!["name", "etag"], vec!["content.title"], vec!["content.sections"], vec!["content.bluf"]]
    {
        let read_mask = Some(prost_types::FieldMask { paths: paths.into_iter().map(Into::into).collect() });
        let request = GetBriefRequest { name: name(), read_mask, ..GetBriefRequest::default() };
        ask!(responses, neutral, reader.briefs, get_brief, request);
    }
    responses
}

async fn attachments(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    let request = ListAttachmentsRequest { parent: reader.parent(), ..ListAttachmentsRequest::default() };
    pages!(responses, neutral, reader.briefs, list_attachments, request);
    for picture in [OPEN_PICTURE, WITHHELD_PICTURE, OTHER_WITHHELD_PICTURE, "<svg/>"] {
        let name = format!("{}/attachments/{}", reader.parent(), body_digest(picture.as_bytes()));
        let request = GetAttachmentRequest { name };
        let what = format!("get_attachment {request:?}");
        let mut answers = match reader.briefs.clone().get_attachment(request).await {
            Ok(answers) => answers.into_inner(),
            Err(refused) => {
                responses.push((what, neutral.answer::<GetAttachmentResponse>(Err(refused))));
                continue;
            }
        };
        while let Some(next) = answers.message().await.transpose() {
            responses.push((what.clone(), neutral.answer(next.map(Response::new))));
        }
    }
    responses
}

async fn revisions(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    for brief in ["b1", "b2", "b3", "purged"] {
        let request = ListBriefRevisionsRequest { parent: reader.name(brief), ..Default::default() };
        pages!(responses, neutral, reader.briefs, list_brief_revisions, request);
        for number in 1..=5 {
            let name = reader.name(&format!("{brief}/revisions/{number}"));
            let request = GetBriefRevisionRequest { name, ..GetBriefRevisionRequest::default() };
            ask!(responses, neutral, reader.briefs, get_brief_revision, request);
            for to in 1..=5 {
                let request = DiffBriefRevisionsRequest {
                    name: reader.name(brief),
                    from_revision: number,
                    to_revision: to,
                    ..DiffBriefRevisionsRequest::default()
                };
                ask!(responses, neutral, reader.briefs, diff_brief_revisions, request);
            }
        }
    }
    responses
}

async fn searches(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    for query in WORDS.into_iter().chain(STEMMED_WORDS) {
        let request = SearchBriefsRequest { parent: reader.parent(), ..SearchBriefsRequest::default() };
        pages!(
            responses,
            neutral,
            reader.briefs,
            search_briefs,
            SearchBriefsRequest { query: query.into(), ..request }
        );
    }
    let request =
        SearchBriefsRequest { parent: reader.parent(), query: "canary".into(), ..Default::default() };
    let filter = "type = STATEMENT_TYPE_ASSESSMENT".into();
    ask!(responses, neutral, reader.briefs, search_briefs, SearchBriefsRequest { filter, ..request });
    responses
}

async fn lists(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    let parent = || reader.parent();
    let time = Some(prost_types::Timestamp { seconds: 1_750_000_002, nanos: 0 });
    let moments = [None, Some(AsOfMoment { time, clock: AsOfClock::Published.into() })];
    for as_of in moments {
        let request = ListStatementsRequest { parent: parent(), as_of, ..ListStatementsRequest::default() };
        pages!(responses, neutral, reader.knowledge, list_statements, request);
        let request = ListActorsRequest { parent: parent(), as_of, ..ListActorsRequest::default() };
        pages!(responses, neutral, reader.knowledge, list_actors, request);
        let request =
            ListRelationshipsRequest { parent: parent(), as_of, ..ListRelationshipsRequest::default() };
        pages!(responses, neutral, reader.knowledge, list_relationships, request);
        let request = ListEventsRequest { parent: parent(), as_of, ..ListEventsRequest::default() };
        pages!(responses, neutral, reader.knowledge, list_events, request);
        let request = ListSourcesRequest { parent: parent(), as_of, ..ListSourcesRequest::default() };
        pages!(responses, neutral, reader.knowledge, list_sources, request);
    }
    for filter in ["actor : a1", "source : src1", "text : kanari", "marking >= TLP:AMBER", "domain = d1"] {
        let request = ListStatementsRequest { parent: parent(), ..ListStatementsRequest::default() };
        let request =
            ListStatementsRequest { filter: filter.into(), order_by: "publish_time desc".into(), ..request };
        pages!(responses, neutral, reader.knowledge, list_statements, request);
    }
    for query in ["canary", "kanari", "canary-a1"] {
        let request = ListActorsRequest { parent: parent(), query: query.into(), ..Default::default() };
        pages!(responses, neutral, reader.knowledge, list_actors, request);
    }
    for actor in ["a1", "a2", "a3", "a4", "a5"] {
        let name = format!("{}/actors/{actor}", reader.parent());
        ask!(
            responses,
            neutral,
            reader.knowledge,
            get_actor,
            GetActorRequest { name, ..GetActorRequest::default() }
        );
        let request = ListRelationshipsRequest {
            parent: parent(),
            around: actor.into(),
            depth: 3,
            ..Default::default()
        };
        ask!(responses, neutral, reader.knowledge, list_relationships, request);
    }
    responses
}

async fn traces(reader: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    for id in IDS.map(str::to_owned) {
        for target in [
            Target::SourceId(id.clone()),
            Target::RelationshipId(id.clone()),
            Target::StatementId(id.clone()),
        ] {
            let request =
                TraceImpactRequest { brief: reader.name("b1"), target: Some(target), ..Default::default() };
            ask!(responses, neutral, reader.knowledge, trace_impact, request);
        }
    }
    responses
}

/// Collects the current state and the changes since a cursor, up to the last expected one: the withdrawal.
async fn watched(reader: &Reader, began: &str) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &reader.workspace });
    let request = WatchBriefsRequest { parent: reader.parent(), ..WatchBriefsRequest::default() };
    let mut watch = reader.briefs.clone().watch_briefs(request).await.unwrap().into_inner();
    while let Some(next) = watch.message().await.unwrap() {
        responses.push(("watch_briefs".to_owned(), neutral.message(&next)));
        if matches!(next.event, Some(Event::Checkpoint(_))) {
            break;
        }
    }
    if began.is_empty() {
        return responses;
    }
    let cursor = began.to_owned();
    let request = WatchBriefsRequest { parent: reader.parent(), cursor, ..WatchBriefsRequest::default() };
    let mut watch = reader.briefs.clone().watch_briefs(request).await.unwrap().into_inner();
    while let Some(next) = watch.message().await.unwrap() {
        let mut change = next.clone();
        if let Some(Event::Change(change)) = &mut change.event {
            change.time = None;
        }
        responses.push(("watch_briefs since".to_owned(), neutral.message(&change)));
        let kind = match next.event {
            Some(Event::Change(change)) => change.kind(),
            Some(Event::KeepAlive(_)) => break,
            _ => continue,
        };
        if kind == chancery_proto::brief::v1::BriefChangeKind::Withdrawn {
            break;
        }
    }
    responses
}
