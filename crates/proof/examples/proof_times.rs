//! tmp
use std::ops::ControlFlow;
use std::time::Instant;
use chancery_print::testing::edition;
use chancery_print::{Fonts, Limits, Options, print, expected_content::ExpectedContent};
use chancery_brief::marking::Scheme;
fn main() {
    for f in std::env::args().skip(1) {
        let json = std::fs::read_to_string(&f).unwrap();
        let content = if json.contains("\"brief_id\"") || json.contains("\"briefId\"") {
            let d: chancery_proto::brief::v1::RevisionDocument = chancery_proto::json::from_str(&json).unwrap();
            chancery_brief::validate::canonicalize(&d.content.unwrap(), Scheme::Tlp).unwrap().content().clone()
        } else { chancery_proto::json::from_str(&json).unwrap() };
        let e = edition(&content);
        let o = Options::default();
        let (mut tp, mut tc, mut tf, mut ta, mut te) = (vec![], vec![], vec![], vec![], vec![]);
        let mut n = 0; let mut len = 0;
        for _ in 0..7 {
            let t = Instant::now();
            let mut tt = t.elapsed();
            let p = print(&e, &o, &Limits::default(), &Fonts::default(), &mut |x| { if matches!(x, chancery_print::Progress::Composed) { tt = t.elapsed(); } ControlFlow::Continue(()) }).unwrap();
            tp.push(t.elapsed()); tc.push(tt);
            n = p.pages; len = p.bytes.len();
            let t = Instant::now();
            chancery_proof::check_form(&p.bytes).unwrap();
            tf.push(t.elapsed());
            let t = Instant::now();
            let _ = ExpectedContent::all(&e, &o, &Limits::default(), &Fonts::default()).next().unwrap().unwrap();
            te.push(t.elapsed());
            let t = Instant::now();
            if let Err(x) = chancery_proof::prove(&p.bytes, &e, &o, &Limits::default(), &Fonts::default()) { println!("{x}"); }
            ta.push(t.elapsed());
        }
        for v in [&mut tp, &mut tc, &mut tf, &mut ta, &mut te] { v.sort(); }
        println!("{f} pages {n} bytes {len} print {:?} compose {:?} form {:?} expected {:?} prove {:?} ratio {:.3}", tp[3], tc[3], tf[3], te[3], ta[3], ta[3].as_secs_f64() / tp[3].as_secs_f64());
    }
}
