//! SVG: what stands before the root element is passed over, and the root's attributes are read. The rest of the file
//! is the printer's to understand.

use super::{ImageError, MediaType};

/// The largest side, in CSS pixels.
const SIDE_LIMIT: u64 = 1_000_000;

/// Width and height in CSS pixels, rounded up; 0 by 0 when the file does not say.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), ImageError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ImageError::UnknownType)?;
    let root = root(text.trim_start_matches('\u{feff}'))?;
    let damaged = |what| ImageError::Damaged(MediaType::Svg, what);
    let attributes = attributes(root).ok_or(damaged("it ends inside its root element"))?;
    let value = |name: &str| attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let given = value("width").and_then(pixels).zip(value("height").and_then(pixels));
    let Some((width, height)) = given.or_else(|| value("viewBox").and_then(view_box)) else {
        return Ok((0, 0));
    };
    let side = |thousandths: u64| {
        let pixels = thousandths.div_ceil(1000);
        u32::try_from(pixels).ok().filter(|_| (1..=SIDE_LIMIT).contains(&pixels))
    };
    side(width).zip(side(height)).ok_or(damaged("its size makes no sense"))
}

/// What follows the name of the root element, which is an `svg`.
fn root(text: &str) -> Result<&str, ImageError> {
    let mut rest = text.trim_start();
    loop {
        let skipped = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->")
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            instruction.split_once("?>")
        } else if let Some(declaration) = rest.strip_prefix("<!DOCTYPE") {
            let declared = declaration.split_once('>');
            // Entities of its own may grow without bound, and no renderer of ours expands them.
            if declared.is_some_and(|(inside, _)| inside.contains('[')) {
                let what = "its document type declares things of its own";
                return Err(ImageError::Unsupported(MediaType::Svg, what));
            }
            declared
        } else {
            break;
        };
        rest = skipped.map(|(_, rest)| rest.trim_start()).ok_or(ImageError::UnknownType)?;
    }
    let name = rest.strip_prefix('<').ok_or(ImageError::UnknownType)?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(name.len());
    let (name, attributes) = name.split_at(end);
    // With or without a prefix for the name space.
    let is_svg = name.rsplit(':').next() == Some("svg");
    if is_svg { Ok(attributes) } else { Err(ImageError::UnknownType) }
}

/// Names and values up to the element's end; none when the file ends before it.
fn attributes(text: &str) -> Option<Vec<(&str, &str)>> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start());
    while !rest.starts_with('>') && !rest.starts_with("/>") {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        found.push((name.trim(), value.trim()));
        rest = after.trim_start();
    }
    Some(found)
}

/// A length in thousandths of a CSS pixel; none for a share of something that is not known here.
fn pixels(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (times, by) = match unit.trim() {
        "" | "px" => (1, 1),
        "pt" => (4, 3),
        "pc" => (16, 1),
        "in" => (96, 1),
        "cm" => (9600, 254),
        "mm" => (960, 254),
        _ => return None,
    };
    Some((thousandths(number)? * times).div_ceil(by))
}

/// The width and the height of `viewBox`, its third and fourth number.
fn view_box(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.split([' ', ',', '\t', '\n', '\r']).filter(|number| !number.is_empty()).skip(2);
    thousandths(numbers.next()?).zip(thousandths(numbers.next()?))
}

/// A number without sign and exponent, in thousandths.
fn thousandths(number: &str) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain(whole) || !is_plain(fraction) || (whole.len() + fraction.len() == 0) || whole.len() > 9 {
        return None;
    }
    let digits = format!("{whole}{:0<3}", fraction.get(..3).unwrap_or(fraction));
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{ImageError, MediaType, read};

    fn size(root: &str) -> Result<(u32, u32), ImageError> {
        read(root.as_bytes()).map(|header| (header.width, header.height))
    }

    #[test]
    fn an_svg_says_its_size_in_lengths_or_by_its_view_box() {
        assert_eq!(
            size("<svg width=\"120\" height='80.5px' xmlns='http://www.w3.org/2000/svg'/>"),
            Ok((120, 81))
        );
        assert_eq!(size("<svg width=\"25.4mm\" height=\"1in\"></svg>"), Ok((96, 96)));
        assert_eq!(size("<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 40, 30\"/>"), Ok((40, 30)));
        assert_eq!(size("<svg/>"), Ok((0, 0)));
        let prolog = "\u{feff}<?xml version=\"1.0\"?>\n<!-- <html> --><!DOCTYPE svg PUBLIC \"x\" \"y\">\n";
        assert_eq!(size(&format!("{prolog}<s:svg viewBox='0 0 4 3'/>")), Ok((4, 3)));
    }

    #[test]
    fn other_documents_are_no_svg() {
        for text in ["<html><svg/></html>", "svg", "{\"svg\": 1}", "<!-- <svg/>", "<svgx/>"] {
            assert_eq!(size(text), Err(ImageError::UnknownType), "{text}");
        }
    }

    #[test]
    fn an_svg_that_is_cut_huge_or_declares_entities_is_refused() {
        assert!(matches!(size("<svg width=\"1"), Err(ImageError::Damaged(MediaType::Svg, _))));
        assert!(matches!(size("<svg width=\"0\" height=\"5\"/>"), Err(ImageError::Damaged(..))));
        assert!(matches!(size("<svg width=\"99999999\" height=\"5\"/>"), Err(ImageError::Damaged(..))));
        let entities = "<!DOCTYPE svg [<!ENTITY a \"aaaa\">]><svg/>";
        assert!(matches!(size(entities), Err(ImageError::Unsupported(..))));
    }
}
