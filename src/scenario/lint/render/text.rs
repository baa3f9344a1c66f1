//! Findings for people: the line of the file, a caret below what is wrong, and the line as it could
//! be.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use crate::scenario::lint::finding::{Finding, Fix, Place, Severity};
use crate::scenario::lint::render::{sentences, summary};
use crate::scenario::lint::{Report, Source};
use crate::scenario::origin::Position;

/// The longest line that is drawn. Of a longer one only the place is shown.
const LONGEST_LINE_BYTES: usize = 2000;
/// The largest number of bytes between two places that are drawn in one piece.
const LONGEST_PIECE_BYTES: usize = 20_000;

/// The way in which findings are drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drawing {
    pub colors: bool,
    pub unicode: bool,
}

/// Draws all findings, and counts them in the last line.
pub(crate) fn as_text(report: &Report, drawing: Drawing) -> String {
    let renderer = if drawing.colors { Renderer::styled() } else { Renderer::plain() };
    let style = if drawing.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    let renderer = renderer.decor_style(style);
    let drawn = report.findings.iter().map(|finding| {
        let groups = groups(report, finding);
        renderer.render(&groups) + "\n\n"
    });
    let cut = report.cut.iter().map(|file| {
        format!("{} has more mistakes: mend these first.\n\n", report.sources[*file].path)
    });
    drawn.chain(cut).chain([summary(report) + "\n"]).collect()
}

/// Writes a finding in one line, for a log.
pub(crate) fn one_line(report: &Report, finding: &Finding) -> String {
    let source = &report.sources[finding.place.file];
    let Position { line, column } = Position::at(&source.text, finding.place.range.start);
    let (path, name) = (&source.path, finding.check.name());
    format!("{path}:{line}:{column}: {} [{name}]", sentences(finding))
}

fn groups<'a>(report: &'a Report, finding: &'a Finding) -> Vec<Group<'a>> {
    let level = match finding.check.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let source = &report.sources[finding.place.file];
    let mut title =
        Group::with_title(level.primary_title(&*finding.message).id(finding.check.name()));
    let (near, far): (Vec<_>, Vec<_>) = finding.related.iter().partition(|(place, _)| {
        place.file == finding.place.file && distance(place, &finding.place) < LONGEST_PIECE_BYTES
    });
    let ranges: Vec<&Range<usize>> =
        near.iter().map(|(place, _)| &place.range).chain([&finding.place.range]).collect();
    title = match piece(source, &ranges) {
        Some(piece) => {
            let primary = AnnotationKind::Primary.span(piece.within(&finding.place.range));
            let context = near.iter().map(|(place, label)| {
                AnnotationKind::Context.span(piece.within(&place.range)).label(label)
            });
            title.element(piece.snippet(source).annotation(primary).annotations(context))
        }
        None => title.element(origin(source, &finding.place)),
    };
    for (place, label) in far {
        let source = &report.sources[place.file];
        title = match piece(source, &[&place.range]) {
            Some(piece) => {
                let context = AnnotationKind::Context.span(piece.within(&place.range));
                title.element(piece.snippet(source).annotation(context.label(label)))
            }
            None => title.element(origin(source, place)),
        };
    }
    let fix = finding.fix.as_ref().and_then(|fix| mended(source, fix, finding));
    match (fix, &finding.help) {
        (Some(fix), _) => vec![title, fix],
        (None, Some(help)) => vec![title.element(Level::HELP.message(&**help))],
        (None, None) => vec![title],
    }
}

/// Returns the group with the corrected line.
fn mended<'a>(source: &'a Source, fix: &'a Fix, finding: &'a Finding) -> Option<Group<'a>> {
    let piece = piece(source, &[&fix.range])?;
    let help = finding.help.as_deref().unwrap_or("write it like this");
    let patch = Patch::new(piece.within(&fix.range), &*fix.text);
    let title = Level::HELP.secondary_title(help);
    Some(Group::with_title(title).element(piece.snippet(source).patch(patch)))
}

fn distance(one: &Place, other: &Place) -> usize {
    one.range.start.abs_diff(other.range.start)
}

fn origin<'a>(source: &'a Source, place: &Place) -> Origin<'a> {
    let Position { line, column } = Position::at(&source.text, place.range.start);
    Origin::path(&*source.path).line(line).char_column(column)
}

/// Whole lines of a file.
struct Piece {
    range: Range<usize>,
    first_line: usize,
}

/// Returns the lines of these ranges, if they are short enough to be drawn.
fn piece(source: &Source, ranges: &[&Range<usize>]) -> Option<Piece> {
    let text = &source.text;
    let start = ranges.iter().map(|range| range.start).min()?;
    let end = ranges.iter().map(|range| range.end).max()?;
    let start = text[..start].rfind('\n').map_or(0, |feed| feed + 1);
    let end = text[end..].find('\n').map_or(text.len(), |feed| end + feed);
    let is_short = text[start..end].split('\n').all(|line| line.len() <= LONGEST_LINE_BYTES);
    let first_line = text[..start].matches('\n').count() + 1;
    is_short.then_some(Piece { range: start..end, first_line })
}

impl Piece {
    fn within(&self, range: &Range<usize>) -> Range<usize> {
        range.start - self.range.start..range.end - self.range.start
    }

    fn snippet<'a, T: Clone>(&self, source: &'a Source) -> Snippet<'a, T> {
        let lines = Snippet::source(&source.text[self.range.clone()]);
        lines.line_start(self.first_line).path(&*source.path)
    }
}
