//! Valid texts of neutral words, larger than what authors write, to show that checking takes linear time.

const FRONT_MATTER: &str =
    "---\ntitle: T\nsources:\n  a: {title: A, reliability: B, date: 2026-01, type: research}\n---\n\n";

/// Returns the texts with their names: key judgments that rest on statements, and paragraphs; each also in half the size.
pub(crate) fn all() -> [(&'static str, String); 4] {
    [
        ("judgments_2500", judgments(2_500)),
        ("judgments_5000", judgments(5_000)),
        ("paragraphs_25000", paragraphs(25_000)),
        ("paragraphs_50000", paragraphs(50_000)),
    ]
}

fn judgments(count: usize) -> String {
    let mut text = FRONT_MATTER.to_owned();
    for number in 0..count {
        let sentence = format!("{}. Port {number} will likely close. ^s-{number}\n", number % 9_999 + 1);
        let own =
            format!("   {{likely; moderate confidence: One source; rests-on: x-{number}}} ^kj-{number}\n");
        text.extend([sentence, own]);
    }
    text.push_str("\n# Ports ^sec-1\n\n");
    text.extend((0..count).map(|number| format!("Port {number} has closed. [@a B2, p. 4] ^x-{number}\n")));
    text
}

fn paragraphs(count: usize) -> String {
    let mut text = format!("{FRONT_MATTER}# Ports ^sec-1\n\n");
    text.extend((0..count).map(|number| format!("Port {number} has closed. [@a B2, p. 4] ^s-{number}\n\n")));
    text
}
