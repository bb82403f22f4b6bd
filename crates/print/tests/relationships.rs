//! The relationship figure, printed through the public function: what it shows, how, and where.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::{redact, validate};
use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    FigureFormat, Fonts, Format, Limits, Locale, Options, Paper, Printed, TextSize, export_figure, print,
};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Actor, ActorKind, Block, BriefContent, BriefKind, Domain, Figure, FigureKind, Paragraph, Period, Place,
    PlaceKind, Relationship, RelationshipPolarity as Polarity, RelationshipStatus as Status, Section,
    Statement, StatementType, Subject,
};
use chancery_testkit::pdf;

const TITLE: &str = "Who is tied to whom";

fn statement(id: &str) -> Statement {
    Statement { id: id.into(), text: format!("A sentence named {id}."), ..Statement::default() }
}

/// Returns a brief of actors and relationships with their figure in a section.
fn brief(actors: &[&str], relationships: Vec<Relationship>) -> BriefContent {
    let actor = |name: &&str| Actor { id: format!("a-{name}"), name: (*name).to_owned(), ..Actor::default() };
    let figure = Figure {
        kind: FigureKind::ActorNetwork.into(),
        title: TITLE.into(),
        source: "Source: own.".into(),
        ..Figure::default()
    };
    let paragraph = |id: &str| Kind::Paragraph(Paragraph { statements: vec![statement(id)] });
    let kinds = [paragraph("s-1"), Kind::Figure(figure), paragraph("s-2")];
    BriefContent {
        title: "A network".into(),
        language: "en".into(),
        default_marking: "TLP:CLEAR".into(),
        actors: actors.iter().map(actor).collect(),
        relationships,
        sections: vec![Section {
            id: "sec".into(),
            heading: "The body".into(),
            blocks: kinds.map(|kind| Block { kind: Some(kind), ..Block::default() }).to_vec(),
            ..Section::default()
        }],
        ..BriefContent::default()
    }
}

fn tie(from: &str, to: &str, kind: &str) -> Relationship {
    Relationship {
        id: format!("r-{from}-{to}-{kind}"),
        from_id: format!("a-{from}"),
        to_id: format!("a-{to}"),
        r#type: kind.into(),
        ..Relationship::default()
    }
}

fn with(polarity: Polarity, of: Relationship) -> Relationship {
    Relationship { polarity: polarity.into(), ..of }
}

fn in_status(status: Status, of: Relationship) -> Relationship {
    Relationship { status: status.into(), ..of }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Actor{number}")).collect()
}

/// Returns a ring whose actors are mentioned in an order in which `step` divides them.
fn ring(count: usize, step: usize) -> BriefContent {
    let names = names(count);
    let refs: Vec<&str> = names.iter().map(String::as_str).collect();
    let at = |index: usize| refs[index * step % count];
    brief(&refs, (0..count).map(|index| tie(at(index), at(index + 1), "supplies")).collect())
}

fn star(spokes: usize) -> BriefContent {
    let names = names(spokes + 1);
    let refs: Vec<&str> = names.iter().map(String::as_str).collect();
    let hub = refs[spokes / 2];
    brief(&refs, refs.iter().filter(|name| **name != hub).map(|name| tie(hub, name, "finances")).collect())
}

/// Returns a brief with the subjects `A` and `B`, with every sign and every group.
fn comparison() -> BriefContent {
    let relationships = vec![
        with(Polarity::Supportive, tie("A", "Same", "arms")),
        with(Polarity::Supportive, tie("Same", "B", "shelters")),
        with(Polarity::Adverse, tie("A", "Differs", "fights")),
        in_status(Status::Contested, with(Polarity::Adverse, tie("B", "Differs", "courts"))),
        Relationship {
            period: Some(Period { edtf: "../2024-12-08".into(), ..Period::default() }),
            ..in_status(Status::Ended, tie("A", "Lone", "backed"))
        },
        with(Polarity::Mixed, Relationship { symmetric: true, ..tie("A", "B", "trades-with") }),
        Relationship {
            domain: "dom".into(),
            item: "missiles".into(),
            place_id: "plc".into(),
            ..in_status(Status::Weakened, tie("B", "A", "sells-to"))
        },
        in_status(Status::Changed, tie("Differs", "Lone", "borders")),
    ];
    let entity_ids = ["a-A", "a-B"].map(str::to_owned).to_vec();
    BriefContent {
        subject: Some(Subject { entity_ids }),
        domains: vec![Domain { id: "dom".into(), name: "Weapons".into(), ..Domain::default() }],
        places: vec![Place { id: "plc".into(), name: "Libya".into(), ..Place::default() }],
        ..brief(&["A", "B", "Same", "Differs", "Lone"], relationships)
    }
}

fn printed(content: &BriefContent, options: &Options) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(&edition(content), options, &Limits::default(), &Fonts::default(), &mut observe).unwrap()
}

fn of(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

/// Returns the text of the structure tree with single ordinary spaces.
fn text(content: &BriefContent, options: &Options) -> String {
    let text = struct_text(&printed(content, options).bytes).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text from the figure's title to the next paragraph, in the standard format.
fn figure_text(content: &BriefContent) -> String {
    let text = text(content, &of(Format::Standard));
    let (_, figure) = text.split_once(TITLE).unwrap_or_else(|| panic!("no figure in {text}"));
    figure.split("A sentence named s-2").next().unwrap().trim().to_owned()
}

type Point = (f64, f64);

/// Returns the straight lines of ties in the content streams.
fn tie_lines(name: &str, content: &BriefContent) -> Vec<(Point, Point)> {
    let file = temporary_files::file(name, &printed(content, &of(Format::Standard)).bytes);
    let plain = String::from_utf8_lossy(&pdf::unpacked(&file)).into_owned();
    let (mut numbers, mut points, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let (mut width, mut last, mut is_straight) = ("", "", true);
    for word in plain.split_ascii_whitespace() {
        if let Ok(number) = word.parse::<f64>() {
            numbers.push(number);
            last = word;
            continue;
        }
        let point = || match numbers.as_slice() {
            [.., x, y] => (*x, *y),
            _ => (0.0, 0.0),
        };
        match word {
            "w" => width = last,
            "m" => (points, is_straight) = (vec![point()], true),
            "l" => points.push(point()),
            "c" | "h" | "re" => is_straight = false,
            "S" => {
                if let ([from, to], true) = (points.as_slice(), is_straight && width == "0.7") {
                    lines.push((*from, *to));
                }
                points.clear();
            }
            _ => {}
        }
        numbers.clear();
    }
    lines
}

fn cross((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let side = |from: Point, to: Point, of: Point| {
        (to.0 - from.0) * (of.1 - from.1) - (to.1 - from.1) * (of.0 - from.0) > 0.0
    };
    side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
}

#[test]
fn a_ring_of_any_size_is_drawn_without_crossing_lines() {
    for (count, step) in [(3, 1), (5, 2), (6, 1), (7, 3), (11, 4), (12, 5)] {
        let content = ring(count, step);
        let lines = tie_lines(&format!("ring-{count}.pdf"), &content);
        assert_eq!(lines.len(), count, "{count}");
        for (index, line) in lines.iter().enumerate() {
            assert!(lines[..index].iter().all(|other| !cross(*line, *other)), "{count} by {step}: {lines:?}");
        }
        let figure = figure_text(&content);
        for index in 0..count {
            let ends = [index, index + 1].map(|at| format!("Actor{}", at * step % count));
            let item = format!("{} other tie {} to {} supplies", index + 1, ends[0], ends[1]);
            assert_eq!(figure.matches(&item).count(), 1, "{item}: {figure}");
        }
        assert_eq!(figure.matches("supplies").count(), count, "{figure}");
        assert!(
            figure.ends_with(&format!("All {count} relationships of this brief are shown. Source: own."))
        );
    }
}

#[test]
fn short_items_of_the_list_are_in_two_columns_and_long_ones_in_one() {
    let lines_of_items = |letters: usize| {
        let mut content = ring(6, 1);
        for (number, actor) in content.actors.iter_mut().enumerate() {
            actor.name = format!("{number} {}", "harbour board ".repeat(letters / 14));
        }
        let file = temporary_files::file("tie-list.pdf", &printed(&content, &of(Format::Standard)).bytes);
        let pages = pdf::words(&file);
        let words = pages.iter().flat_map(|(_, _, _, words)| words);
        let mut tops: Vec<String> = words
            .filter(|(text, _)| text == "supplies")
            .map(|(_, edges)| format!("{:.0}", edges[1]))
            .collect();
        tops.sort_unstable();
        tops.dedup();
        tops.len()
    };
    assert_eq!((lines_of_items(14), lines_of_items(112)), (3, 6));
}

#[test]
fn a_star_is_drawn_around_its_hub() {
    for spokes in [3, 6, 11] {
        let content = star(spokes);
        let lines = tie_lines(&format!("star-{spokes}.pdf"), &content);
        assert_eq!(lines.len(), spokes);
        let distance = |a: Point, b: Point| {
            let (x, y) = (b.0 - a.0, b.1 - a.1);
            (x * x + y * y).sqrt()
        };
        let mean = |points: &[Point]| {
            let count = f64::from(u32::try_from(points.len()).unwrap());
            let sum = points.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
            (sum.0 / count, sum.1 / count)
        };
        let middle = mean(&lines.iter().flat_map(|(a, b)| [*a, *b]).collect::<Vec<_>>());
        let far = |(a, b): &(Point, Point)| if distance(*a, middle) > distance(*b, middle) { *a } else { *b };
        let hub = mean(&lines.iter().map(far).collect::<Vec<_>>());
        // Every line points to the hub.
        for (a, b) in &lines {
            let area = (b.0 - a.0) * (hub.1 - a.1) - (b.1 - a.1) * (hub.0 - a.0);
            assert!(area.abs() / distance(*a, *b) < 3.0, "{spokes}: {lines:?}");
        }
        assert_eq!(figure_text(&content).matches("finances").count(), spokes);
    }
}

#[test]
fn two_subjects_are_compared_with_signs_and_every_relationship_once() {
    let figure = figure_text(&comparison());
    let expected = [
        "Third party A B",
        "Same sign for both",
        "Same supports to it arms supports from it shelters",
        "Different signs",
        "Differs opposes to it fights contested, adverse to it courts contested",
        "Tie with one only",
        "Lone ended to it backed until 8 December 2024",
        "supports or cooperates opposes, rivals or is wary supports and opposes ended contested other tie",
        "to the third party from it",
        "Between A and B",
        "Whole relationship supports and opposes mutual trades with",
        "Weapons other tie B to A sells to: missiles in Libya weakened",
        "Between others",
        "Differs and Lone other tie Differs to Lone borders changed",
        "All 8 relationships of this brief are shown. Source: own.",
    ];
    let mut rest = figure.as_str();
    for part in expected {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("{part:?} is not in {rest:?} of {figure:?}")).1;
    }
    for word in ["arms", "shelters", "fights", "courts", "backed", "trades with", "sells to", "borders"] {
        assert_eq!(figure.matches(word).count(), 1, "{word}: {figure}");
    }
}

#[test]
fn the_legend_has_only_the_signs_that_occur() {
    let mut content = comparison();
    content.relationships.truncate(2);
    let figure = figure_text(&content);
    assert!(figure.contains("supports or cooperates to the third party from it"), "{figure}");
    assert!(!figure.contains("opposes") && !figure.contains("other tie"), "{figure}");
    assert!(!figure.contains("Between") && !figure.contains("Different signs"), "{figure}");
}

#[test]
fn subjects_without_other_parties_have_the_title_over_their_own_relationships() {
    let mut content = comparison();
    content.relationships.retain(|of| of.from_id != "a-Same" && of.to_id.len() == 3 && of.from_id.len() == 3);
    let figure = figure_text(&content);
    assert!(figure.starts_with("Between A and B Whole relationship"), "{figure}");
    assert!(!figure.contains("Third party"), "{figure}");
}

#[test]
fn larger_networks_and_large_print_have_the_table_of_relationships() {
    for content in [ring(13, 1), star(14), star(60)] {
        let figure = figure_text(&content);
        let count = content.relationships.len();
        assert!(figure.starts_with("From Relationship To Status Actor"), "{figure}");
        assert_eq!(figure.matches("supplies").count() + figure.matches("finances").count(), count);
        assert!(
            figure.ends_with(&format!("All {count} relationships of this brief are shown. Source: own."))
        );
    }
    let large = Options { text_size: TextSize::Large, ..of(Format::Standard) };
    let of_ring = text(&ring(6, 1), &large);
    assert!(of_ring.contains("Who is tied to whom From Relationship To Status"), "{of_ring}");
    assert!(text(&comparison(), &large).contains("Third party A B Same sign for both"));
}

#[test]
fn a_brief_without_relationships_has_no_figure() {
    for format in [Format::Full, Format::Standard] {
        let text = text(&brief(&["A"], Vec::new()), &of(format));
        assert!(!text.contains(TITLE) && !text.contains("shown") && !text.contains("Source: own"), "{text}");
    }
}

#[test]
fn parallel_ties_and_ties_of_an_actor_with_itself_are_drawn_and_listed() {
    let symmetric = |of: Relationship| Relationship { symmetric: true, ..of };
    let content = brief(
        &["A", "B"],
        vec![
            tie("A", "B", "lends-to"),
            tie("A", "B", "hires-from"),
            with(Polarity::Adverse, tie("B", "A", "sues")),
            symmetric(tie("A", "B", "meets")),
            tie("B", "B", "reforms"),
        ],
    );
    let figure = figure_text(&content);
    // The names, then the numbers on the three lines and the loop.
    assert!(figure.starts_with("A B 1, 2 3 4 5"), "{figure}");
    for item in ["1 other tie A to B lends to", "3 opposes B to A sues", "4 other tie A and B meets"] {
        assert!(figure.contains(item), "{item}: {figure}");
    }
    assert!(figure.contains("5 other tie B to B reforms"), "{figure}");
}

#[test]
fn the_annex_does_not_repeat_the_relationships_of_a_figure() {
    for content in [comparison(), ring(6, 1), ring(13, 1)] {
        let with_figure = text(&content, &of(Format::Full));
        assert!(!with_figure.contains("Relationships"), "{with_figure}");
        let mut content = content;
        content.sections[0].blocks.remove(1);
        let without = text(&content, &of(Format::Full));
        assert!(without.contains("Relationships From Relationship To"), "{without}");
        assert!(!without.contains("of this brief are shown"), "{without}");
    }
}

#[test]
fn a_relationship_names_the_pages_of_its_statements_and_is_a_destination() {
    for mut content in [comparison(), ring(6, 1)] {
        content.relationships[0].statement_ids = vec!["s-1".into(), "s-2".into()];
        content.relationships[0].marking = "TLP:GREEN".into();
        content.relationships[0].note = "as reported".into();
        let words = content.relationships[0].r#type.clone();
        let full = text(&content, &of(Format::Full));
        let (_, after) = full.split_once(&format!("(TLP:GREEN) {words} (as reported)")).unwrap();
        let page = after.trim_start().strip_prefix("p. ").unwrap_or_else(|| panic!("{after}"));
        assert!(page.starts_with(|c: char| c.is_ascii_digit()), "{after}");
        let file = temporary_files::file("tie.pdf", &printed(&content, &of(Format::Full)).bytes);
        let plain = String::from_utf8_lossy(&pdf::unpacked(&file)).into_owned();
        let id = &content.relationships[0].id;
        assert_eq!(plain.matches(&format!("({id})")).count(), 1, "the destination {id}");
    }
}

/// Returns the comparison with a subject that only the higher clearance sees, and with an id for the figure.
fn with_hidden_subject() -> BriefContent {
    let mut content = comparison();
    let hidden = |id: &mut String| {
        if id == "a-B" {
            *id = "a-zibeth".into();
        }
    };
    content.actors[1].name = "Zibethia".into();
    content.actors[1].marking = "TLP:AMBER".into();
    hidden(&mut content.actors[1].id);
    content.subject.iter_mut().flat_map(|subject| &mut subject.entity_ids).for_each(hidden);
    for tie in &mut content.relationships {
        hidden(&mut tie.from_id);
        hidden(&mut tie.to_id);
        tie.id = tie.id.replace("-B", "-zibeth");
    }
    content.sections[0].blocks[1].id = "fig".into();
    content.set_kind(BriefKind::Relationship);
    content.actors.iter_mut().for_each(|actor| actor.set_kind(ActorKind::State));
    content.places.iter_mut().for_each(|place| place.set_kind(PlaceKind::Country));
    for block in &mut content.sections[0].blocks {
        if let Some(Kind::Paragraph(paragraph)) = &mut block.kind {
            paragraph.statements[0].set_type(StatementType::Fact);
        }
    }
    content
}

#[test]
fn a_withheld_subject_is_in_no_form_of_its_relationships() {
    let content = with_hidden_subject();
    let canonical = validate::canonicalize(&content, Scheme::Tlp).unwrap();
    let whole = redact::edition(&canonical, Clearance(canonical.highest()), Policy::Omit).unwrap();
    assert!(figure_text(&whole).contains("Zibethia"));
    let holds = |name: &str, bytes: &[u8]| {
        let unpacked = pdf::unpacked(&temporary_files::file(name, bytes));
        struct_text(bytes).unwrap().contains("ibeth") || pdf::contains_text(&unpacked, "ibeth")
    };
    let file = printed(&whole, &Options::default()).bytes;
    assert!(holds("withheld-subject.whole.pdf", &file), "the search finds it");
    for policy in [Policy::Omit, Policy::Mark] {
        let lower = redact::edition(&canonical, Clearance(canonical.floor()), policy).unwrap();
        assert!(figure_text(&lower).contains("Differs"), "other relationships are shown");
        let large = Options { text_size: TextSize::Large, ..Options::default() };
        for options in [of(Format::Standard), of(Format::Full), large] {
            let file = printed(&lower, &Options { attach_data: true, ..options }).bytes;
            assert!(!holds("withheld-subject.pdf", &file), "{policy:?}");
        }
        for format in [FigureFormat::Svg, FigureFormat::Pdf] {
            let options = Options::default();
            let exported =
                export_figure(&edition(&lower), "fig", &options, &Fonts::default(), format).unwrap().bytes;
            let shows = match format {
                FigureFormat::Svg => String::from_utf8_lossy(&exported).contains("ibeth"),
                FigureFormat::Pdf => holds("withheld-subject.figure.pdf", &exported),
            };
            assert!(!shows, "{policy:?} {format:?}");
        }
    }
}

#[test]
fn every_field_of_a_relationship_changes_the_figure() {
    type Change = fn(&mut Relationship);
    let changes: [(&str, Change); 13] = [
        ("from_id", |of| of.from_id = "a-Third".into()),
        ("to_id", |of| of.to_id = "a-Third".into()),
        ("type", |of| of.r#type = "knows".into()),
        ("label", |of| of.label = "connaît".into()),
        ("symmetric", |of| of.symmetric = !of.symmetric),
        ("period.edtf", |of| of.period = Some(Period { edtf: "2024".into(), ..Period::default() })),
        ("period.label", |of| of.period = Some(Period { label: "for a time".into(), ..Period::default() })),
        ("status", |of| of.set_status(Status::Weakened)),
        ("statement_ids", |of| of.statement_ids = vec!["s-1".into()]),
        ("item", |of| of.item = "grain".into()),
        ("place_id", |of| of.place_id = "plc".into()),
        ("note", |of| of.note = "As reported".into()),
        ("marking", |of| of.marking = "TLP:GREEN".into()),
    ];
    for content in [comparison(), ring(6, 1), ring(13, 1)] {
        let before = text(&content, &of(Format::Full));
        let altered = |change: &dyn Fn(&mut Relationship)| {
            let mut altered = content.clone();
            altered.actors.push(Actor { id: "a-Third".into(), name: "Third".into(), ..Actor::default() });
            let without = text(&altered, &of(Format::Full));
            change(&mut altered.relationships[0]);
            (without, text(&altered, &of(Format::Full)))
        };
        for (name, change) in &changes {
            let (without, with) = altered(change);
            assert_ne!(with, without, "{name}: {before}");
        }
        let polarities = [Polarity::Supportive, Polarity::Adverse, Polarity::Mixed].map(|polarity| {
            [Status::Active, Status::Ended, Status::Contested].map(|status| {
                altered(&|of| {
                    of.set_polarity(polarity);
                    of.set_status(status);
                })
                .1
            })
        });
        let mut texts: Vec<&String> = polarities.iter().flatten().collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 9, "polarity and status");
    }
}

#[test]
fn prints_of_every_kind_conform() {
    let long =
        "A name that has as many characters as the longest name of an actor may have, or so ".repeat(2);
    let mut contents =
        vec![comparison(), ring(1, 1), ring(2, 1), ring(6, 1), ring(12, 5), ring(13, 1), star(11), star(60)];
    for content in [&ring(12, 1), &star(11), &comparison()] {
        let mut content = content.clone();
        for actor in &mut content.actors {
            actor.name = format!("{} {}", actor.name, &long[..112]);
        }
        contents.push(content);
    }
    let mut many = comparison();
    for number in 0..60 {
        let name = format!("Party{number}");
        many.actors.push(Actor { id: format!("a-{name}"), name: name.clone(), ..Actor::default() });
        many.relationships.push(with(Polarity::Adverse, tie("A", &name, "opposes")));
        many.relationships.push(with(Polarity::Adverse, tie(&name, "B", "fears")));
    }
    contents.push(many);
    let mut files = Vec::new();
    for (index, content) in contents.iter_mut().enumerate() {
        content.relationships[0].statement_ids = vec!["s-2".into()];
        for (name, language, locale, paper, text_size) in [
            ("en", "en", None, Paper::A4, TextSize::Normal),
            ("fa", "fa", None, Paper::Letter, TextSize::Normal),
            ("ar", "ar", None, Paper::A4, TextSize::Large),
            ("ur", "ur", None, Paper::A4, TextSize::Normal),
            ("ru", "en", Some(Locale::Russian), Paper::Letter, TextSize::Large),
        ] {
            content.language = language.into();
            let options = Options { locale, paper, text_size, ..of(Format::Full) };
            let name = format!("relationships/{index}.{name}.pdf");
            files.push(temporary_files::file(&name, &printed(content, &options).bytes));
        }
    }
    pdf::assert_conform("2a,ua1", &files);
}
