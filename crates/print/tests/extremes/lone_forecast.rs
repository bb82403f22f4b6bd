//! A brief with one forecast and nothing else to draw.

use chancery_proto::brief::v1::{
    BriefContent, Citation, Confidence, ConfidenceLevel, Likelihood, LikelihoodScale, LikelihoodTerm, Source,
    SourceReliability, StatementType,
};
use chancery_testkit::pdf;

use crate::{Print, brief, long_formats, paragraph, section, statement};

fn lone_forecast() -> BriefContent {
    let mut forecast = statement("s-1", "War between the two is unlikely before 2028.");
    forecast.set_type(StatementType::Forecast);
    "2028-01-01".clone_into(&mut forecast.horizon);
    "A state of war is declared by either side".clone_into(&mut forecast.resolution_criteria);
    forecast.likelihood = Some(Likelihood {
        scale: LikelihoodScale::Icd203.into(),
        term: LikelihoodTerm::Icd203Unlikely.into(),
        low_percent: 20,
        high_percent: 45,
        point_percent: Some(30),
        origin: "Taken from a model".to_owned(),
    });
    let mut confidence = Confidence { why: "One source, wrong before".to_owned(), ..Confidence::default() };
    confidence.set_level(ConfidenceLevel::Low);
    forecast.confidence = Some(confidence);
    forecast.citations = vec![Citation {
        source_id: "src-1".to_owned(),
        credibility: 4,
        locator: "page 7".to_owned(),
        ..Citation::default()
    }];
    let mut source = Source { id: "src-1".to_owned(), title: "A letter".to_owned(), ..Source::default() };
    source.set_reliability(SourceReliability::C);
    BriefContent {
        sources: vec![source],
        ..brief("One forecast", vec![section("sec", "War", vec![paragraph(vec![forecast])])])
    }
}

#[test]
fn every_piece_of_its_evidence_is_printed() {
    let content = lone_forecast();
    let mut files = Vec::new();
    for (format, options) in long_formats() {
        let print = Print::new(&format!("forecast-{format}"), &content, &options);
        let text = print.text().replace('\u{a0}', " ");
        let mut expected = vec![
            "unlikely",
            "20\u{2013}45%",
            "low confidence",
            "1 January 2028",
            "declared by either side",
            "C4",
        ];
        if format != "standard" {
            expected.extend(["30%", "Taken from a model", "One source, wrong before", "page 7"]);
        }
        for piece in expected {
            assert!(text.contains(piece), "{format}: {piece:?} is not in {text}");
        }
        files.push(print.file);
    }
    pdf::assert_conform("ua1,2a", &files);
}
