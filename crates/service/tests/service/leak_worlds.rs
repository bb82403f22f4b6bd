//! Hidden briefs of any language, script, kind, size and number change no response: a workspace with each of several
//! hidden worlds is compared with one that holds nothing hidden.

use chancery_brief::marking::{Policy, Scheme};
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    Actor, ActorKind, BriefContent, BriefDraft, BriefKind, CreateBriefRequest, DeleteBriefRequest,
    GetBriefDraftRequest, GetBriefRequest, PurgeBriefRevisionRequest, Statement, StatementType,
    UndeleteBriefRequest, UpdateBriefDraftRequest, WithdrawBriefRevisionRequest,
};
use chancery_testkit::content;

use crate::leak_answers::{Neutral, Reader, answers_about_content, ask};
use crate::leak_scene::{Side, SideReaders, workspace_of};
use crate::leaks::{documents, first_difference};
use crate::scene::Scene;

/// A set of briefs marked above the reader's clearance.
struct HiddenWorld {
    language: &'static str,
    kind: BriefKind,
    /// The title, and the words of each statement.
    text: &'static str,
    briefs: usize,
    statements: usize,
}

const WORLDS: [HiddenWorld; 10] = [
    world("en", BriefKind::Thematic, "Hidden canary banks", 1, 1),
    world("de", BriefKind::Country, "Verborgene Banken", 1, 3),
    world("ru", BriefKind::Relationship, "Скрытые договоры", 2, 1),
    world("es", BriefKind::Event, "Bancos ocultos", 1, 40),
    world("fr", BriefKind::Thematic, "Banques nationales cachées", 3, 2),
    world("fa", BriefKind::Country, "قراردادهای پنهان", 1, 2),
    world("ar", BriefKind::Thematic, "اتفاقيات مخفية", 1, 2),
    world("zh", BriefKind::Relationship, "隐藏的协议", 1, 1),
    world("el", BriefKind::Thematic, "Κρυμμένες τράπεζες", 1, 1),
    world("hi", BriefKind::Event, "छिपे हुए समझौते", 12, 5),
];

const fn world(
    language: &'static str,
    kind: BriefKind,
    text: &'static str,
    briefs: usize,
    statements: usize,
) -> HiddenWorld {
    HiddenWorld { language, kind, text, briefs, statements }
}

fn assessment(id: String, text: &str) -> Statement {
    Statement { r#type: StatementType::Assessment.into(), ..content::statement(id, text) }
}

fn brief(language: &str, kind: BriefKind, title: &str, statements: Vec<Statement>) -> BriefContent {
    let actor = Actor {
        id: "a1".into(),
        name: "Canary Islands".into(),
        kind: ActorKind::State.into(),
        ..Actor::default()
    };
    BriefContent {
        kind: kind.into(),
        language: language.into(),
        default_marking: "TLP:CLEAR".into(),
        actors: vec![actor],
        ..content::brief(title, vec![content::body("Body", vec![content::paragraph(statements)])])
    }
}

/// English words that are the stems of words in other languages: matches reveal which stemmers a query used.
fn open(title: &str) -> BriefContent {
    let text = "The canary sings of a bank, a banc, a banqu, nation, договор, скрыт, τραπεζ and समझौत.";
    brief("en", BriefKind::Thematic, title, vec![assessment("s1".into(), text)])
}

impl HiddenWorld {
    fn content(&self) -> BriefContent {
        let statements = (1..=self.statements).map(|number| assessment(format!("s{number}"), self.text));
        let content = brief(self.language, self.kind, self.text, statements.collect());
        BriefContent { default_marking: "TLP:RED".into(), ..content }
    }

    /// Whole briefs, a revision of a visible brief, and the published revision of a brief whose draft is visible.
    async fn fill(&self, side: &Side) {
        for number in 0..self.briefs {
            side.import(documents(&format!("b{}", number + 3), &[self.content()])).await;
        }
        side.import(documents("b1", &[open("First"), self.content()])).await;
        side.import(documents("drafted", &[self.content()])).await;
        let name = format!("{}/briefs/drafted/draft", workspace_of(side));
        let request = GetBriefDraftRequest { name: name.clone() };
        let etag = side.admin.clone().get_brief_draft(request).await.unwrap().into_inner().etag;
        let draft = BriefDraft { name, etag, content: Some(open("Drafted")), ..BriefDraft::default() };
        let request = UpdateBriefDraftRequest { draft: Some(draft), ..UpdateBriefDraftRequest::default() };
        side.admin.clone().update_brief_draft(request).await.unwrap();
    }
}

/// Creates a workspace with the content that all readers see, and with a hidden world or none.
async fn workspace(scene: &Scene, number: usize, world: Option<&HiddenWorld>) -> Side {
    let side = Side::new(scene, format!("world-{number:02}"), Scheme::Tlp, Policy::Omit).await;
    side.import(documents("b1", &[open("First")])).await;
    side.import(documents("b2", &[open("Second")])).await;
    side.import(documents("purged", &[open("Spilled")])).await;
    let name = format!("{}/briefs/purged/revisions/1", workspace_of(&side));
    let request =
        PurgeBriefRevisionRequest { name, reason: "A spill".into(), ..PurgeBriefRevisionRequest::default() };
    side.admin.clone().purge_brief_revision(request).await.unwrap();
    if let Some(world) = world {
        world.fill(&side).await;
    } else {
        let request = CreateBriefRequest {
            parent: workspace_of(&side),
            brief_id: "drafted".into(),
            content: Some(open("Drafted")),
            ..CreateBriefRequest::default()
        };
        side.admin.clone().create_brief(request).await.unwrap();
    }
    side
}

/// Returns the responses of writes that are rejected whatever is hidden. Writes that succeed can reveal hidden
/// markings, as listed in docs/GUARANTEES.md.
async fn refused_writes(writer: &Reader) -> Vec<(String, String)> {
    let (mut responses, neutral) = (Vec::new(), Neutral { workspace: &writer.workspace });
    for brief in ["b1", "b2", "b3", "drafted", "none"] {
        let request = GetBriefRequest { name: writer.name(brief), ..GetBriefRequest::default() };
        ask!(responses, neutral, writer.briefs, get_brief, request);
        let etag = "0".repeat(64);
        let request = DeleteBriefRequest { name: writer.name(brief), etag, ..DeleteBriefRequest::default() };
        ask!(responses, neutral, writer.briefs, delete_brief, request);
        let request = UndeleteBriefRequest { name: writer.name(brief), ..UndeleteBriefRequest::default() };
        ask!(responses, neutral, writer.briefs, undelete_brief, request);
    }
    for revision in ["b1/revisions/2", "b3/revisions/1", "drafted/revisions/1", "purged/revisions/1"] {
        let (name, reason) = (writer.name(revision), "A mistake".to_owned());
        let request =
            WithdrawBriefRevisionRequest { name, reason, ..WithdrawBriefRevisionRequest::default() };
        ask!(responses, neutral, writer.briefs, withdraw_brief_revision, request);
    }
    responses
}

async fn all_answers(readers: &SideReaders<'_>) -> Vec<(String, String)> {
    let reader = readers.reader("TLP:CLEAR", &[Role::Reader]).await;
    let mut responses = answers_about_content(&reader).await;
    let roles = [Role::Reader, Role::Author, Role::Publisher];
    responses.extend(refused_writes(&readers.reader("TLP:CLEAR", &roles).await).await);
    responses
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_briefs_of_any_language_kind_size_or_number_change_no_response() {
    let scene = Scene::new().await;
    let none = workspace(&scene, 0, None).await;
    let expected = all_answers(&SideReaders { scene: &scene, side: &none }).await;
    let mut differences = Vec::new();
    for (world, number) in WORLDS.iter().zip(1..) {
        let side = workspace(&scene, number, Some(world)).await;
        let responses = all_answers(&SideReaders { scene: &scene, side: &side }).await;
        assert_eq!(responses.len(), expected.len(), "the world in {}", world.language);
        for ((what, response), (_, expected)) in responses.iter().zip(&expected) {
            if let Some((response, expected)) = first_difference(response, expected) {
                differences.push(format!("{}: {what}: {response:?}, not {expected:?}", world.language));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
