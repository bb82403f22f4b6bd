//! The marks at the start of a line that open a block.

use chancery_brief::marking::Scheme;
use chancery_proto::lookalikes::digit;

use crate::syntax::markings::{Leading, leading};

/// The block that the first characters of a line, without its indentation, open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A number of `#` and a space.
    Heading { level: usize, length: usize },
    /// Three backquotes.
    Fence,
    /// `>`, with the space behind it.
    Quote { length: usize },
    /// `- `.
    Bullet { length: usize },
    /// A number, `.` and a space.
    Number { length: usize, is_one: bool },
    /// `|`.
    TableRow,
    /// `Table:`.
    TableTitle { length: usize },
    /// `![`, behind a marking.
    Figure,
    /// `<!--`.
    Comment,
    /// What means nothing in a brief: `---`, `===`, `~~~`, `* `, `+ `, `• `, `#word`, `1) `, `۱. `, `(TLP:RED) ## `.
    Foreign(ForeignMarker),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForeignMarker {
    Rule,
    /// Two or more `=`, which underline a heading in Markdown.
    Underline,
    /// Three `~`, which fence in Markdown.
    Fence,
    Bullet,
    /// A dot of a word processor's list.
    Dot,
    HeadingWithoutSpace {
        length: usize,
    },
    /// A number with digits of another script, or with a parenthesis.
    Number {
        length: usize,
        is_one: bool,
    },
    /// A marking before the mark of another block than a figure.
    Marked,
}

/// Returns the marker of a line; none for text and annotations.
pub(crate) fn marker(line: &str, scheme: Scheme) -> Option<Marker> {
    let after = |length: usize| line[length..].chars().next();
    let is_space_or_end = |length: usize| after(length).is_none_or(char::is_whitespace);
    match line.as_bytes().first()? {
        b'#' => {
            let level = line.bytes().take_while(|byte| *byte == b'#').count();
            Some(if is_space_or_end(level) {
                Marker::Heading { level, length: level }
            } else {
                Marker::Foreign(ForeignMarker::HeadingWithoutSpace { length: level })
            })
        }
        b'`' if line.starts_with("```") => Some(Marker::Fence),
        b'>' => Some(Marker::Quote { length: 1 + usize::from(line[1..].starts_with(' ')) }),
        b'~' if line.starts_with("~~~") => Some(Marker::Foreign(ForeignMarker::Fence)),
        b'=' if is_underline(line) => Some(Marker::Foreign(ForeignMarker::Underline)),
        b'-' if is_rule(line) => Some(Marker::Foreign(ForeignMarker::Rule)),
        b'-' if is_space_or_end(1) => Some(Marker::Bullet { length: bullet_length(line, 1) }),
        b'+' | b'*' if after(1).is_some_and(char::is_whitespace) => {
            Some(Marker::Foreign(ForeignMarker::Bullet))
        }
        0x80.. if line.starts_with(['•', '◦', '▪', '‣', '●']) => {
            Some(Marker::Foreign(ForeignMarker::Dot))
        }
        b'0'..=b'9' | 0x80.. => number(line),
        b'|' => Some(Marker::TableRow),
        b'T' if line.starts_with("Table:") => Some(Marker::TableTitle { length: 6 }),
        b'!' if line.starts_with("![") => Some(Marker::Figure),
        b'(' => behind_marking(line, scheme),
        b'<' if line.starts_with("<!--") => Some(Marker::Comment),
        _ => None,
    }
}

/// Returns the marker of a line that starts with a marking.
fn behind_marking(line: &str, scheme: Scheme) -> Option<Marker> {
    match marked(line, scheme)?.1 {
        Marker::Figure => Some(Marker::Figure),
        _ => Some(Marker::Foreign(ForeignMarker::Marked)),
    }
}

/// Returns the offset of what follows the marking at the start of a line, and the block that it opens.
pub(crate) fn marked(line: &str, scheme: Scheme) -> Option<(usize, Marker)> {
    let Leading::Marking { end, .. } = leading(line, scheme)? else { return None };
    let behind = &line[end..];
    let opening = behind.trim_start();
    // A second marking has a message of its own.
    let marker = if opening.starts_with('(') { None } else { marker(opening, scheme) }?;
    let opens_block = !matches!(marker, Marker::Comment | Marker::Foreign(_));
    opens_block.then_some((line.len() - opening.len(), marker))
}

/// Returns the marker of a line that starts with a number, in the digits of any script, and a full stop or parenthesis.
fn number(line: &str) -> Option<Marker> {
    /// Most digits of the number of an item.
    const MOST_DIGITS: usize = 4;
    let digits: String = line.chars().map_while(digit).take(MOST_DIGITS + 1).collect();
    let written: usize = line.chars().take(digits.len()).map(char::len_utf8).sum();
    let mark = line[written..].chars().next()?;
    let is_apart = line[written + mark.len_utf8()..].chars().next().is_none_or(char::is_whitespace);
    if !(1..=MOST_DIGITS).contains(&digits.len()) || !matches!(mark, '.' | ')') || !is_apart {
        return None;
    }
    let (length, is_one) = (bullet_length(line, written + 1), digits == "1");
    Some(if mark == '.' && line.starts_with(&digits) {
        Marker::Number { length, is_one }
    } else {
        Marker::Foreign(ForeignMarker::Number { length, is_one })
    })
}

fn bullet_length(line: &str, mark: usize) -> usize {
    mark + usize::from(line[mark..].starts_with(' '))
}

/// Returns the length of the start of a numbered caption, such as `Table 1:`; none for other lines.
pub(crate) fn numbered_caption(line: &str) -> Option<usize> {
    /// Most characters of the number.
    const LONGEST: usize = 4;
    let word = line.get(.."Table ".len()).filter(|word| word.eq_ignore_ascii_case("Table "))?;
    let number = &line[word.len()..];
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, 'I' | 'V' | 'X');
    let length = number.find(|c| !is_digit(c)).filter(|length| (1..=LONGEST).contains(length))?;
    let behind = number[length..].trim_start();
    let separator = behind.chars().next().filter(|c| matches!(c, ':' | '.' | '-' | '–' | '—'))?;
    let end = line.len() - behind.len() + separator.len_utf8();
    line[end..].starts_with(char::is_whitespace).then_some(end)
}

/// Returns whether a line consists of three or more hyphens.
fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 3 && line.bytes().all(|byte| byte == b'-')
}

/// Returns whether a line consists of two or more signs of equality.
fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 2 && line.bytes().all(|byte| byte == b'=')
}

impl Marker {
    /// Returns whether the marker ends a paragraph without a blank line between.
    pub(crate) fn interrupts_paragraph(self) -> bool {
        match self {
            // A wrapped line can start with a year, as in "2021. ".
            Self::Number { is_one, .. } | Self::Foreign(ForeignMarker::Number { is_one, .. }) => is_one,
            Self::Foreign(foreign) => {
                matches!(
                    foreign,
                    ForeignMarker::Rule
                        | ForeignMarker::Underline
                        | ForeignMarker::Fence
                        | ForeignMarker::Marked
                        | ForeignMarker::Dot
                )
            }
            _ => true,
        }
    }
}
