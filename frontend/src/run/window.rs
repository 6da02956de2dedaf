//! Which rows of a long table are in view.

use std::ops::Range;

/// The largest height of the rows' box in pixels, to which a longer table is scaled. Browsers clip
/// elements at 16.7 to 33 million pixels.
pub(crate) const MAX_HEIGHT: f64 = 15_000_000.0;

/// Rows rendered above and below those in view, so that fast scrolling shows no gap.
const OVERSCAN: u64 = 8;

/// A table of rows of equal height in a viewport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    /// Rows of the table.
    pub(crate) rows: u64,
    /// Height of a row in pixels.
    pub(crate) row_height: f64,
    /// Height of the viewport in pixels.
    pub(crate) height: f64,
}

/// The rows to render at a scroll position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rendered {
    /// The rows.
    pub(crate) rows: Range<u64>,
    /// The top of the first row, in pixels of the rows' box.
    pub(crate) offset: f64,
}

impl Window {
    fn unscaled_height(&self) -> f64 {
        self.rows as f64 * self.row_height
    }

    /// Height of the rows' box in pixels.
    pub(crate) fn box_height(&self) -> f64 {
        self.unscaled_height().min(MAX_HEIGHT)
    }

    /// Pixels that the rows move per pixel of scrolling; 1 unless the table is scaled.
    fn scale(&self) -> f64 {
        let (scroll, rows) = (
            self.box_height() - self.height,
            self.unscaled_height() - self.height,
        );
        if scroll > 0.0 { rows / scroll } else { 1.0 }
    }

    fn clamp(&self, scroll_top: f64) -> f64 {
        scroll_top.clamp(0.0, (self.box_height() - self.height).max(0.0))
    }

    /// The rows in view.
    pub(crate) fn in_view(&self, scroll_top: f64) -> Range<u64> {
        let top = self.clamp(scroll_top) * self.scale();
        let first = (top / self.row_height).floor() as u64;
        let end = ((top + self.height) / self.row_height).ceil() as u64;
        first.min(self.rows)..end.min(self.rows)
    }

    /// The rows to render, and where.
    pub(crate) fn rendered(&self, scroll_top: f64) -> Rendered {
        let scroll_top = self.clamp(scroll_top);
        let view = self.in_view(scroll_top);
        let first = view.start.saturating_sub(OVERSCAN);
        Rendered {
            rows: first..(view.end + OVERSCAN).min(self.rows),
            offset: scroll_top - scroll_top * self.scale() + first as f64 * self.row_height,
        }
    }

    /// The nearest scroll position at which the whole row is in view.
    pub(crate) fn scroll_top_showing(&self, row: u64, scroll_top: f64) -> f64 {
        let scroll_top = self.clamp(scroll_top);
        let top = scroll_top * self.scale();
        let (start, end) = (
            row as f64 * self.row_height,
            (row + 1) as f64 * self.row_height,
        );
        let wanted = if start < top {
            start
        } else if end > top + self.height {
            end - self.height
        } else {
            return scroll_top;
        };
        self.clamp(wanted / self.scale())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(rows: u64) -> Window {
        Window {
            rows,
            row_height: 38.0,
            height: 380.0,
        }
    }

    #[test]
    fn a_short_table_is_rendered_whole() {
        let rendered = window(5).rendered(0.0);
        assert_eq!((rendered.rows, rendered.offset), (0..5, 0.0));
        assert_eq!(window(0).rendered(0.0).rows, 0..0);
    }

    #[test]
    fn only_rows_near_the_view_are_rendered() {
        let rendered = window(10_000).rendered(3_800.0);
        assert_eq!(rendered.rows, 92..118);
        assert_eq!(rendered.offset, 92.0 * 38.0);
    }

    #[test]
    fn a_million_rows_are_scaled_and_all_can_be_reached() {
        let table = window(1_000_000);
        assert_eq!(table.box_height(), MAX_HEIGHT);
        assert_eq!(table.in_view(0.0), 0..10);
        let end = MAX_HEIGHT - 380.0;
        assert_eq!(table.in_view(end), 999_990..1_000_000);
        let rendered = table.rendered(end);
        let bottom = rendered.offset + (rendered.rows.end - rendered.rows.start) as f64 * 38.0;
        assert!((bottom - MAX_HEIGHT).abs() < 0.01, "{bottom}");
    }

    #[test]
    fn a_row_in_view_is_rendered_in_view() {
        let table = window(1_000_000);
        for scroll in [0.0, 1.0, 1_234_567.0, 14_999_000.0] {
            let rendered = table.rendered(scroll);
            let view = table.in_view(scroll);
            let top_of_first = rendered.offset + (view.start - rendered.rows.start) as f64 * 38.0;
            assert!(
                top_of_first <= scroll + 0.01 && top_of_first > scroll - 38.01,
                "{scroll}"
            );
        }
    }

    #[test]
    fn positions_outside_the_table_are_clamped() {
        assert_eq!(window(100).rendered(-50.0), window(100).rendered(0.0));
        assert_eq!(window(100).rendered(1e9), window(100).rendered(3_420.0));
    }

    #[test]
    fn a_row_is_shown_with_the_least_scrolling() {
        let table = window(100);
        assert_eq!(table.scroll_top_showing(5, 0.0), 0.0);
        assert_eq!(table.scroll_top_showing(10, 0.0), 38.0);
        assert_eq!(table.scroll_top_showing(2, 380.0), 76.0);
        let long = window(1_000_000);
        for row in [0, 500_000, 999_999] {
            assert!(
                long.in_view(long.scroll_top_showing(row, 7_000_000.0))
                    .contains(&row),
                "{row}"
            );
        }
    }
}
