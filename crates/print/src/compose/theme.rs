//! Themes: accent colour, organisation, logo, footer and watermark.

use crate::ThemeError;
use chancery_brief::render_options::{FOOTER_LIMIT, ORGANISATION_LIMIT, Rgb, WATERMARK_LIMIT};

use crate::compose::composer::Composer;
use crate::compose::coverage_runs::shortened;
use crate::compose::figures::sketch::Sketch;
use crate::compose::stylesheet::{ACCENT, META, QUIET, TINT, WATERMARK};
use crate::flow::{Block, Divisions, Drawing, FigureBlock, Flow, Grid, Span, TextBlock};
use crate::graphics::{Color, Paint, Path};
use crate::images::{PreparedImages, natural_size, scaled_down};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::text::plain_text::is_blank;
use crate::units::Length;
use crate::{Options, PrintError, RevisionState};

/// Maximum size of a logo.
const LOGO: (Length, Length) = (Length::mm(60), Length::mm(16));

/// Checks the theme and the watermark.
pub(crate) fn check(options: &Options) -> Result<(), PrintError> {
    let theme = &options.theme;
    let illegible = |Color(red, green, blue): Color| !Rgb { red, green, blue }.is_legible_on_white();
    if theme.accent.is_some_and(illegible) {
        return Err(ThemeError::Contrast.into());
    }
    if !theme.logo.is_empty() && is_blank(theme.organisation) {
        return Err(ThemeError::NamelessLogo.into());
    }
    for (what, text, most) in [
        ("the organisation's name", theme.organisation, ORGANISATION_LIMIT),
        ("the footer", theme.footer, FOOTER_LIMIT),
        ("the watermark", options.watermark, WATERMARK_LIMIT),
    ] {
        let characters = text.chars().count();
        if characters > most {
            return Err(ThemeError::TooLong { what, characters, most }.into());
        }
    }
    Ok(())
}

impl Composer<'_> {
    /// Adds the logo, the organisation, and the texts of the running elements above the title.
    pub(crate) fn masthead(&mut self, sect: TagId) {
        let theme = self.options.theme;
        self.logo(sect);
        for (text, kind) in [
            (theme.organisation, META.strong()),
            (theme.footer, META.colored(QUIET)),
            (self.options.watermark, META.colored(QUIET)),
        ] {
            let mut block = self.line(sect, Role::P, kind, text);
            block.span = Span::Full;
            block.keep_with_next = true;
            block.grid = Grid::Free;
            self.push(block);
        }
        if let Some(Block::Text(last)) = self.flow.blocks.last_mut() {
            last.after = Length::pt(6);
        }
    }

    fn logo(&mut self, sect: TagId) {
        let theme = self.options.theme;
        if theme.logo.is_empty() {
            return;
        }
        let element = |_: &PreparedImages| format!("the theme's logo {}", theme.logo);
        let Some(logo) = self.image(theme.logo, element) else { return };
        let sketch = Sketch::of_image(scaled_down(natural_size(&logo), LOGO), logo);
        let node = self.tag(sect, Role::Figure { alt: shortened(theme.organisation) });
        let drawing = self.drawing(node, &[], sketch);
        self.flow.blocks.push(Block::Figure(Box::new(FigureBlock {
            caption: None,
            drawing,
            note: None,
            before: Length::ZERO,
            after: Length::pt(4),
            inset: Length::ZERO,
            grid: Grid::Free,
            keep_with_next: true,
            floats_with: None,
            least_height: None,
            divisions: Divisions::default(),
            continuation: None,
            right_to_left: self.flow.right_to_left,
        })));
    }

    /// Returns the watermark: the draft mark and the copy's own text.
    pub(crate) fn watermark_text(&mut self) -> Inline {
        let draft = (self.edition.state == RevisionState::Draft).then_some(self.labels().draft_watermark);
        let texts = draft.into_iter().chain(Some(self.options.watermark).filter(|text| !text.is_empty()));
        let text = texts.collect::<Vec<_>>().join(" \u{b7} ");
        self.artifact(&text, WATERMARK)
    }
}

/// Replaces the printer's accent colour and its tint by the theme's.
pub(crate) fn recolor(flow: &mut Flow, accent: Color) {
    let tint = tint(accent);
    let themed = |color: &mut Color| {
        *color = match *color {
            ACCENT => accent,
            TINT => tint,
            other => other,
        }
    };
    let path = |path: &mut Path| {
        let (Paint::Fill(color) | Paint::Stroke { color, .. }) = &mut path.paint;
        themed(color);
    };
    let inline = |inline: &mut Inline| {
        inline.pieces.iter_mut().for_each(|piece| themed(&mut piece.style.color));
        inline.drawings.iter_mut().flat_map(|drawing| &mut drawing.paths).for_each(path);
    };
    let drawing = |drawing: &mut Drawing| {
        drawing.labels.iter_mut().for_each(|label| inline(&mut label.inline));
        drawing.paths.iter_mut().for_each(path);
    };
    let text = |text: &mut TextBlock| {
        text.inlines_mut().for_each(inline);
        text.beside.iter_mut().for_each(drawing);
        if let Some(frame) = &mut text.frame {
            let lines = frame.rule.iter_mut().chain(&mut frame.outline).map(|(color, _)| color);
            frame.tint.iter_mut().chain(lines).for_each(themed);
        }
    };
    for block in &mut flow.blocks {
        match block {
            Block::Text(block) => text(block),
            Block::Table(table) => table.inlines_mut().for_each(inline),
            Block::Figure(figure) => {
                figure.caption.iter_mut().chain(&mut figure.note).for_each(text);
                drawing(&mut figure.drawing);
            }
            Block::Columns(block) => block.columns.iter_mut().flatten().for_each(text),
            Block::PageBreak
            | Block::PageBreakUnlessFresh
            | Block::CommitPages
            | Block::FloatPoint
            | Block::FloatBarrier => {}
        }
    }
}

/// Returns a tint: a sixteenth of a colour on white.
const fn tint(Color(red, green, blue): Color) -> Color {
    const fn lightened(part: u8) -> u8 {
        u8::MAX - (u8::MAX - part) / 16
    }
    Color(lightened(red), lightened(green), lightened(blue))
}
