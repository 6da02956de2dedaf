//! Which rows of a long table are in view.

use std::ops::Range;

/// Pixels that a scrolled box may be high: browsers end at about 16.7 to 33 million, so a longer
/// table is scaled to this.
pub(crate) const MAX_HEIGHT: f64 = 15_000_000.0;

/// Rows drawn above and below what is in view, so that a slow frame shows no gap.
const OVERSCAN: u64 = 8;

/// A table of rows of equal height behind an opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    /// Rows of the table.
    pub(crate) rows: u64,
    /// Pixels of one row.
    pub(crate) row_height: f64,
    /// Pixels of the opening that rows are seen through.
    pub(crate) opening: f64,
}

/// What is drawn at one scroll position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    /// The rows.
    pub(crate) rows: Range<u64>,
    /// Where the first of them stands, in pixels of the scrolled box.
    pub(crate) offset: f64,
}

impl Window {
    fn full(&self) -> f64 {
        self.rows as f64 * self.row_height
    }

    /// Pixels of the scrolled box.
    pub(crate) fn height(&self) -> f64 {
        self.full().min(MAX_HEIGHT)
    }

    /// How far the rows move for each pixel of scrolling; 1 unless the table is scaled.
    fn scale(&self) -> f64 {
        let (scroll, rows) = (self.height() - self.opening, self.full() - self.opening);
        if scroll > 0.0 { rows / scroll } else { 1.0 }
    }

    fn clamp(&self, scroll_top: f64) -> f64 {
        scroll_top.clamp(0.0, (self.height() - self.opening).max(0.0))
    }

    /// The rows in view, without a margin.
    pub(crate) fn in_view(&self, scroll_top: f64) -> Range<u64> {
        let top = self.clamp(scroll_top) * self.scale();
        let first = (top / self.row_height).floor() as u64;
        let end = ((top + self.opening) / self.row_height).ceil() as u64;
        first.min(self.rows)..end.min(self.rows)
    }

    /// The rows to draw, with a margin, and where.
    pub(crate) fn drawn(&self, scroll_top: f64) -> Drawn {
        let scroll_top = self.clamp(scroll_top);
        let view = self.in_view(scroll_top);
        let first = view.start.saturating_sub(OVERSCAN);
        Drawn {
            rows: first..(view.end + OVERSCAN).min(self.rows),
            offset: scroll_top - scroll_top * self.scale() + first as f64 * self.row_height,
        }
    }

    /// The scroll position nearest to this one that has the row wholly in view.
    pub(crate) fn reveal(&self, row: u64, scroll_top: f64) -> f64 {
        let scroll_top = self.clamp(scroll_top);
        let top = scroll_top * self.scale();
        let (start, end) = (
            row as f64 * self.row_height,
            (row + 1) as f64 * self.row_height,
        );
        let wanted = if start < top {
            start
        } else if end > top + self.opening {
            end - self.opening
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
            opening: 380.0,
        }
    }

    #[test]
    fn a_short_table_is_drawn_whole_and_in_place() {
        let drawn = window(5).drawn(0.0);
        assert_eq!((drawn.rows, drawn.offset), (0..5, 0.0));
        assert_eq!(window(0).drawn(0.0).rows, 0..0);
    }

    #[test]
    fn only_what_is_in_view_and_a_margin_is_drawn() {
        let drawn = window(10_000).drawn(3_800.0);
        assert_eq!(drawn.rows, 92..118);
        assert_eq!(drawn.offset, 92.0 * 38.0);
    }

    #[test]
    fn a_million_rows_stay_below_what_a_browser_can_scroll_and_all_can_be_reached() {
        let table = window(1_000_000);
        assert_eq!(table.height(), MAX_HEIGHT);
        assert_eq!(table.in_view(0.0), 0..10);
        let end = MAX_HEIGHT - 380.0;
        assert_eq!(table.in_view(end), 999_990..1_000_000);
        let drawn = table.drawn(end);
        let bottom = drawn.offset + (drawn.rows.end - drawn.rows.start) as f64 * 38.0;
        assert!((bottom - MAX_HEIGHT).abs() < 0.01, "{bottom}");
    }

    #[test]
    fn a_row_in_view_is_where_it_is_drawn() {
        let table = window(1_000_000);
        for scroll in [0.0, 1.0, 1_234_567.0, 14_999_000.0] {
            let drawn = table.drawn(scroll);
            let view = table.in_view(scroll);
            let top_of_first = drawn.offset + (view.start - drawn.rows.start) as f64 * 38.0;
            assert!(
                top_of_first <= scroll + 0.01 && top_of_first > scroll - 38.01,
                "{scroll}"
            );
        }
    }

    #[test]
    fn positions_outside_the_table_are_brought_back() {
        assert_eq!(window(100).drawn(-50.0), window(100).drawn(0.0));
        assert_eq!(window(100).drawn(1e9), window(100).drawn(3_420.0));
    }

    #[test]
    fn revealing_moves_as_little_as_it_can() {
        let table = window(100);
        assert_eq!(table.reveal(5, 0.0), 0.0);
        assert_eq!(table.reveal(10, 0.0), 38.0);
        assert_eq!(table.reveal(2, 380.0), 76.0);
        let long = window(1_000_000);
        for row in [0, 500_000, 999_999] {
            assert!(
                long.in_view(long.reveal(row, 7_000_000.0)).contains(&row),
                "{row}"
            );
        }
    }
}
