//! Reading a run's rows: one page, all rows, or the rows that match a filter.

use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::{ErrorKind, ExecutionId, Outcome, ResultRow, ResultsPage};
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

use crate::request::query_string;
use crate::{Client, ClientError, Request, Transport};

/// Pages requested at the same time: the next is in flight while the caller uses one.
const PAGES_IN_FLIGHT: usize = 2;

/// A filter for rows. A row must match each field that is `Some`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsFilter {
    /// Rows with this outcome.
    pub outcome: Option<Outcome>,
    /// Rows whose last attempt had this HTTP status.
    pub status_code: Option<u16>,
    /// Rows with this error.
    pub error: Option<ErrorKind>,
}

/// Where a page of results begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultsStart {
    /// At the row with this index, from 0, without a filter.
    Row(u64),
    /// At the first row that matches.
    Filter(ResultsFilter),
    /// After the page that returned this cursor, with the same filter.
    Cursor(String),
}

/// Which page of results to return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultsQuery {
    /// Where the page begins.
    pub start: ResultsStart,
    /// The maximum number of rows, up to [`MAX_RESULTS_COUNT`].
    ///
    /// A page may have fewer rows, even none, although it has a cursor to the next page.
    pub count: u32,
    /// Whether to return full numbers instead of masked ones. The server logs it.
    pub reveal: bool,
}

impl ResultsQuery {
    fn to_query_string(&self) -> String {
        let mut query = vec![("count", self.count.to_string())];
        match &self.start {
            ResultsStart::Row(first) => query.push(("first", first.to_string())),
            ResultsStart::Cursor(cursor) => query.push(("cursor", cursor.clone())),
            ResultsStart::Filter(filter) => {
                let outcome = filter.outcome.map(|outcome| outcome.as_str().to_owned());
                query.extend(outcome.map(|outcome| ("outcome", outcome)));
                let status = filter.status_code.map(|status| status.to_string());
                query.extend(status.map(|status| ("statusCode", status)));
                let error = filter.error.map(|error| error.as_str().to_owned());
                query.extend(error.map(|error| ("error", error)));
            }
        }
        query.extend(self.reveal.then(|| ("reveal", "true".to_owned())));
        query_string(query)
    }
}

impl<T: Transport> Client<T> {
    /// Returns one page of a run's rows, in the list's order.
    pub async fn results(
        &self,
        id: &ExecutionId,
        query: &ResultsQuery,
    ) -> Result<ResultsPage, ClientError> {
        let path = format!("executions/{id}/results{}", query.to_query_string());
        self.send_and_parse(Request::get(&path)).await
    }

    /// Yields all rows of a run in the list's order, a page at a time.
    ///
    /// It requests the next page while the caller uses one. It fails with
    /// [`ClientError::RowsMissing`] if the server returns fewer than `rows` rows.
    pub fn all_results(
        &self,
        id: &ExecutionId,
        rows: u64,
        reveal: bool,
    ) -> impl Stream<Item = Result<Vec<ResultRow>, ClientError>> {
        let firsts = (0..rows).step_by(MAX_RESULTS_COUNT as usize);
        let ranges = firsts.map(move |first| async move {
            let end = rows.min(first + u64::from(MAX_RESULTS_COUNT));
            let start = ResultsStart::Row(first);
            let page = self.page(id, start, end - first, reveal).await?;
            Ok((page, first, end))
        });
        // If a page has fewer rows than requested, its cursor returns the rest of the range.
        stream::iter(ranges)
            .buffered(PAGES_IN_FLIGHT)
            .map_ok(move |(page, first, end)| {
                stream::try_unfold((Some(page), first), move |(page, first)| async move {
                    let Some(page) = page else { return Ok(None) };
                    // The number of rows received so far, including all pages before this one.
                    let received = first + page.rows.len() as u64;
                    let next = match page.next {
                        _ if received >= end => None,
                        Some(cursor) => {
                            let start = ResultsStart::Cursor(cursor);
                            Some(self.page(id, start, end - received, reveal).await?)
                        }
                        None => {
                            let expected = rows;
                            return Err(ClientError::RowsMissing { received, expected });
                        }
                    };
                    Ok(Some((page.rows, (next, received))))
                })
            })
            .try_flatten()
    }

    /// Yields the rows of a run that match a filter, in the list's order, a page at a time.
    pub fn filtered_results(
        &self,
        id: &ExecutionId,
        filter: ResultsFilter,
        reveal: bool,
    ) -> impl Stream<Item = Result<Vec<ResultRow>, ClientError>> {
        let start = Some(ResultsStart::Filter(filter));
        stream::try_unfold(start, move |start| async move {
            let Some(start) = start else { return Ok(None) };
            let count = MAX_RESULTS_COUNT.into();
            let page = self.page(id, start, count, reveal).await?;
            Ok(Some((page.rows, page.next.map(ResultsStart::Cursor))))
        })
    }

    async fn page(
        &self,
        id: &ExecutionId,
        start: ResultsStart,
        count: u64,
        reveal: bool,
    ) -> Result<ResultsPage, ClientError> {
        let count = count.min(MAX_RESULTS_COUNT.into()) as u32;
        let query = ResultsQuery {
            start,
            count,
            reveal,
        };
        self.results(id, &query).await
    }
}

#[cfg(test)]
mod tests;
