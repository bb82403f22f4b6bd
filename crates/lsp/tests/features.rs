//! Drives the server as an editor does, over a pair of pipes: what it says of a text, and how it edits one.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test that cannot set its scene has failed; not every test uses all"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use chancery_text::Context;
use serde_json::{Value, json};

use self::server::{Client, SAMPLE, URI, at, findings, replace, with_sample};
use self::support::{offset, position, range};

#[tokio::test]
async fn a_hover_describes_parts_keys_and_words() {
    let (mut client, _) = with_sample().await;
    let source = "**ukmto**, a source\n\nRecent \\*incidents\\*\n\n- publisher: UKMTO\n- date: 2026-11\n- type: primary\n- reliability: A";
    let cases = [
        ("ukmto", 2, "ukmto", source),
        ("houthis", 2, "houthis", "**houthis**, an actor\n\nAnsar Allah\n\n- kind: non-state-group"),
        ("suez", 3, "suez", "**suez**, a place\n\nSuez Canal\n\n- kind: waterway"),
        ("s-03", 1, "s-03", "**s-03**, a statement\n\n😀 کشتی‌ها در دریا ماندند."),
        ("s-03)", 1, "s-03", "**s-03**, a statement\n\n😀 کشتی‌ها در دریا ماندند."),
        (
            "s-04",
            1,
            "s-04",
            "**s-04**, a statement\n\nIt holds, as the threat shows.\n\n- likelihood: likely 60–75 %",
        ),
        ("kj-1", 1, "kj-1", "**kj-1**, a key judgment\n\nThey can close the strait."),
        ("unlikely", 1, "unlikely", "**unlikely**: 20-45 % (ICD 203)"),
        ("likely 60-75%", 1, "likely 60-75%", "**likely**: 55-80 % (ICD 203)"),
        ("by 2027", 1, "by", "**by**: For forecasts: the date by which the forecast can be judged, EDTF."),
        ("rests-on", 1, "rests-on", "**rests-on**: Ids of the statements that it rests on."),
        ("rests-on", 2, "rests-on", "**rests-on**: Ids of the statements that it rests on."),
        ("places: suez}", 1, "places", "**places**: Ids of the places that the statement is about."),
        (
            "high confidence",
            1,
            "high confidence",
            "**high confidence**: High confidence in the judgment, which is independent of its likelihood.",
        ),
        ("assessment", 1, "assessment", "**assessment**: A judgment of the analyst."),
        (
            "reliability",
            1,
            "reliability",
            "**reliability**: Reliability of the source on the NATO Admiralty scale.",
        ),
        ("waterway", 1, "waterway", "**waterway**: A strait, canal, river or sea."),
    ];
    for (needle, n, word, expected) in cases {
        let hover = client.request("textDocument/hover", at(needle, n)).await.unwrap();
        let start = offset(SAMPLE, needle, n);
        assert_eq!(hover["contents"], json!({ "kind": "markdown", "value": expected }), "{needle}");
        let end = position(SAMPLE, start + word.len());
        assert_eq!(hover["range"], json!({ "start": position(SAMPLE, start), "end": end }), "{needle}");
    }
    for (needle, n) in [("Lines stay", 1), ("ICD 203", 1), ("Ansar", 1)] {
        assert_eq!(client.request("textDocument/hover", at(needle, n)).await, Ok(Value::Null), "{needle}");
    }
}

/// Puts an unfinished line at the end of the body, completes at its end and returns the labels with their edits.
async fn completed(
    client: &mut Client,
    version: i64,
    before: &str,
    line: &str,
) -> Vec<(String, String, Value)> {
    let text = format!("{before}{line}");
    replace(client, version, &text).await;
    let params = json!({ "textDocument": { "uri": URI }, "position": position(&text, text.len()) });
    let list = client.request("textDocument/completion", params).await.unwrap();
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let item = |item: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&item["label"]), text(&item["textEdit"]["newText"]), item["textEdit"]["range"].clone())
    };
    items.iter().map(item).collect()
}

#[tokio::test]
async fn completion_lists_what_fits_a_half_typed_line() {
    let (mut client, _) = with_sample().await;
    let front = SAMPLE.split("  ukmto").next().unwrap();
    let cases: &[(&str, &str, &[&str], &str)] = &[
        (SAMPLE, "\n😀 They wait. [@uk", &["ukmto"], "uk"),
        (SAMPLE, "\nThey wait. [@ukmto A2; but @", &["ukmto"], ""),
        (SAMPLE, "\nThey wait. {likely; actors: hou", &["houthis"], "hou"),
        (SAMPLE, "\nThey wait. {places: ", &["suez"], ""),
        (
            SAMPLE,
            "\nSee [it](#s-0",
            &[
                "ukmto", "houthis", "suez", "s-01", "kj-1", "s-02", "sec-1", "s-03", "s-04", "sec-2", "s-05",
                "sec-3", "s-06", "r-1",
            ],
            "s-0",
        ),
        (
            SAMPLE,
            "\nThey wait. {phia: highly",
            &[
                "remote chance",
                "highly unlikely",
                "unlikely",
                "realistic possibility",
                "likely or probable",
                "highly likely",
                "almost certain",
            ],
            "highly",
        ),
        (SAMPLE, "\n(TLP:", &["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"], "TLP:"),
        (SAMPLE, "\n```relationships\nhou", &["houthis", "suez"], "hou"),
        (
            SAMPLE,
            "\n```relationships\nhouthis | x | suez {polarity: ",
            &["supportive", "adverse", "mixed", "neutral"],
            "",
        ),
        (
            front,
            "  a: {title: T, type: pri",
            &["primary", "news", "research", "data", "customer-briefing"],
            "pri",
        ),
        (front, "  a:\n    title: T\n    reliability: ", &["A", "B", "C", "D", "E", "F"], ""),
        (front, "scale: ", &["icd203", "phia"], ""),
        ("---\nkind: ", "th", &["relationship", "country", "event", "thematic"], "th"),
        (SAMPLE, "\nThey wait and see", &[], ""),
        (SAMPLE, "\nThey wait. [@ukmto A2, p. ", &[], ""),
        (SAMPLE, "\nThey wait. {resolves: The ", &[], ""),
    ];
    for (index, (before, line, labels, word)) in cases.iter().enumerate() {
        let items = completed(&mut client, 2 + i64::try_from(index).unwrap(), before, line).await;
        assert_eq!(items.iter().map(|(label, _, _)| label.as_str()).collect::<Vec<_>>(), *labels, "{line}");
        let text = format!("{before}{line}");
        let replaced =
            json!({ "start": position(&text, text.len() - word.len()), "end": position(&text, text.len()) });
        assert!(items.iter().all(|(_, _, range)| *range == replaced), "{line}: {items:?}");
    }
    let keys = completed(&mut client, 90, SAMPLE, "\nThey wait. {").await;
    let inserted: Vec<&str> = keys.iter().map(|(_, new, _)| new.as_str()).collect();
    for expected in ["actors: ", "by ", "fact", "likely", "low confidence", "!updated", "domain: "] {
        assert!(inserted.contains(&expected), "{expected}: {inserted:?}");
    }
    assert!(!inserted.contains(&"rests-on: "), "{inserted:?}");
    let blocks = completed(&mut client, 91, SAMPLE, "\n```").await;
    assert!(blocks.iter().any(|(label, _, _)| label == "information-gaps") && blocks.len() == 13);
    let fields = completed(&mut client, 92, front, "  a: {tit").await;
    assert!(fields.iter().any(|(_, new, _)| new == "short-title: "), "{fields:?}");
}

#[tokio::test]
async fn an_id_leads_to_its_part_and_to_all_references() {
    let (mut client, _) = with_sample().await;
    let location = |word: &str, n: usize| json!({ "uri": URI, "range": range(SAMPLE, word, n) });
    let cases = [
        ("ukmto", 3, location("ukmto", 1)),
        ("s-03)", 1, location("s-03", 2)),
        ("houthis", 4, location("houthis", 1)),
    ];
    for (needle, n, target) in cases {
        assert_eq!(client.request("textDocument/definition", at(needle, n)).await, Ok(target), "{needle}");
    }
    let mut params = at("s-03", 1);
    params["context"] = json!({ "includeDeclaration": true });
    let all = [1, 2, 3, 4].map(|n| location("s-03", n));
    assert_eq!(client.request("textDocument/references", params.clone()).await, Ok(json!(all)));
    params["context"] = json!({ "includeDeclaration": false });
    let others = [1, 3, 4].map(|n| location("s-03", n));
    assert_eq!(client.request("textDocument/references", params).await, Ok(json!(others)));
    assert_eq!(client.request("textDocument/definition", at("Lines", 1)).await, Ok(Value::Null));
}

#[tokio::test]
async fn a_rename_replaces_an_id_everywhere_or_says_why_not() {
    let (mut client, _) = with_sample().await;
    let prepared = client.request("textDocument/prepareRename", at("houthis", 3)).await.unwrap();
    assert_eq!(prepared, json!({ "range": range(SAMPLE, "houthis", 3), "placeholder": "houthis" }));
    assert_eq!(client.request("textDocument/prepareRename", at("Lines", 1)).await, Ok(Value::Null));

    let renamed = |needle: &str, n: usize, new: &str| {
        let mut params = at(needle, n);
        params["newName"] = json!(new);
        params
    };
    let edits = client.request("textDocument/rename", renamed("houthis", 2, "ansar-allah")).await.unwrap();
    let expected =
        [1, 2, 3, 4].map(|n| json!({ "range": range(SAMPLE, "houthis", n), "newText": "ansar-allah" }));
    assert_eq!(edits["changes"][URI], json!(expected));

    let cases = [
        ("9-x", "INVALID_ID", -32602),
        ("", "INVALID_ID", -32602),
        ("suez", "ID_TAKEN", -32803),
        ("s-06", "ID_TAKEN", -32803),
    ];
    for (new, reason, code) in cases {
        let error = client.request("textDocument/rename", renamed("houthis", 2, new)).await.unwrap_err();
        assert_eq!((&error["data"]["reason"], &error["code"]), (&json!(reason), &json!(code)), "{error}");
    }
    let taken = client.request("textDocument/rename", renamed("houthis", 2, "suez")).await.unwrap_err();
    assert_eq!(taken["message"], "\"suez\" is already the id of a place, on line 8: choose another one");

    // A line that cannot be read may name the id.
    replace(&mut client, 2, &format!("{SAMPLE}\nThey wait. {{actors: houthis\n")).await;
    let error = client.request("textDocument/rename", renamed("houthis", 2, "x")).await.unwrap_err();
    assert_eq!(error["data"]["reason"], "UNREAD_LINE", "{error}");
    replace(&mut client, 3, &SAMPLE.replace("actors: houthis; places", "actors: other; places")).await;
    let error = client.request("textDocument/prepareRename", at("houthis", 2)).await.unwrap_err();
    assert_eq!(error["data"]["reason"], "UNKNOWN_ID", "{error}");
}

/// Applies edits of the protocol, in UTF-16, to a text.
fn edited(text: &str, edits: &Value) -> String {
    let offset_of = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let units = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut seen = 0;
        let found = text[start..].char_indices().find(|(_, c)| {
            let is_here = seen >= units;
            seen += c.len_utf16();
            is_here
        });
        found.map_or(text.len(), |(at, _)| start + at)
    };
    let mut edits = edits.as_array().unwrap().clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(offset_of(&edit["range"]["start"])));
    edits.iter().fold(text.to_owned(), |mut text, edit| {
        let (start, end) = (offset_of(&edit["range"]["start"]), offset_of(&edit["range"]["end"]));
        text.replace_range(start..end, edit["newText"].as_str().unwrap());
        text
    })
}

#[tokio::test]
async fn formatting_gives_the_text_of_fmt() {
    let (mut client, _) = with_sample().await;
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": URI }, "options": options });
    assert_eq!(client.request("textDocument/formatting", params.clone()).await, Ok(json!([])));
    let raw = SAMPLE.replace("They wait. {assessment} ^s-06", "آنها  ماندند. 😀 They stay. They wait.");
    for (version, raw) in [(2, raw.clone()), (3, raw.replace('\n', "\r\n")), (4, format!("\u{feff}{raw}"))] {
        replace(&mut client, version, &raw).await;
        let edits = client.request("textDocument/formatting", params.clone()).await.unwrap();
        let formatted = chancery_text::format(&raw, &Context::default()).text;
        assert!(formatted != raw && formatted.contains("They wait. ^s-"), "{formatted}");
        assert_eq!(edited(&raw, &edits), formatted);
    }
    replace(&mut client, 5, &SAMPLE.replace("{assessment}", "{assessment")).await;
    let error = client.request("textDocument/formatting", params).await.unwrap_err();
    assert_eq!(error["data"]["reason"], "INVALID_TEXT");
    assert!(
        error["message"].as_str().unwrap().starts_with("the text has errors, the first on line 28: "),
        "{error}"
    );
}

#[tokio::test]
async fn code_actions_are_the_fixes_of_check() {
    let (mut client, _) = with_sample().await;
    let broken = SAMPLE
        .replace("actors: houthis; places", "actor: houthis; places")
        .replace("@ukmto A2] {likely", "@ukmt A2] {likely");
    let broken = broken.replace("resolves: Weekly transits", "resolves: “Weekly transits”");
    replace(&mut client, 2, &broken).await;
    client.diagnostics(URI, 2).await;
    let everything = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let request = |range: &Value, only: Value| json!({ "textDocument": { "uri": URI }, "range": range, "context": { "diagnostics": [], "only": only } });
    let actions =
        client.request("textDocument/codeAction", request(&everything, json!(["quickfix"]))).await.unwrap();
    let titles: Vec<(&str, bool)> = actions
        .as_array()
        .unwrap()
        .iter()
        .map(|action| (action["title"].as_str().unwrap(), action["isPreferred"] == true))
        .collect();
    assert!(titles.contains(&("Replace \"actor\" by \"actors\"", true)), "{titles:?}");
    assert!(titles.contains(&("Replace \"ukmt\" by \"ukmto\" (suggestion)", false)), "{titles:?}");
    let fix = actions
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["title"] == "Replace \"actor\" by \"actors\"")
        .unwrap();
    assert_eq!(fix["diagnostics"][0]["code"], "UNKNOWN_KEY");
    let fixed = edited(&broken, &fix["edit"]["changes"][URI]);
    assert_eq!(fixed, broken.replace("actor:", "actors:"));

    // Only the fixes at the place.
    let here = range(&broken, "ukmt A2", 1);
    let actions =
        client.request("textDocument/codeAction", request(&here, json!(["quickfix"]))).await.unwrap();
    assert_eq!(actions.as_array().unwrap().len(), 1, "{actions}");

    let all = client
        .request("textDocument/codeAction", request(&everything, json!(["source.fixAll"])))
        .await
        .unwrap();
    let expected = chancery_text::apply_safe_fixes(&broken, &findings(&broken));
    assert_eq!((all.as_array().unwrap().len(), expected.applied), (1, 2), "{all}");
    assert_eq!(edited(&broken, &all[0]["edit"]["changes"][URI]), expected.text);
}

/// Returns the names and ids of symbols, with those that they contain.
fn names(symbols: &Value) -> Vec<Value> {
    let symbols = symbols.as_array().cloned().unwrap_or_default();
    symbols
        .iter()
        .map(|symbol| json!([symbol["name"], symbol["detail"], names(&symbol["children"])]))
        .collect()
}

#[tokio::test]
async fn symbols_are_key_judgments_and_the_tree_of_sections() {
    let (mut client, _) = with_sample().await;
    let symbols = client
        .request("textDocument/documentSymbol", json!({ "textDocument": { "uri": URI } }))
        .await
        .unwrap();
    let expected = json!([
        ["They can close the strait.", "kj-1", []],
        ["Threat", "sec-1", [["Detail", "sec-2", []]]],
        ["Outlook", "sec-3", []],
    ]);
    assert_eq!(json!(names(&symbols)), expected);
    assert_eq!(symbols[1]["selectionRange"], range(SAMPLE, "Threat", 1));
    let end = offset(SAMPLE, "\n\n# Outlook", 1);
    assert_eq!(symbols[1]["range"]["end"], position(SAMPLE, end));
}
