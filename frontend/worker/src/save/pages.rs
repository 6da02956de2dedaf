//! A run's rows from the API, one page at a time.

use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::ResultsPage;
use gloo_net::http::Request;
use web_sys::AbortSignal;

use crate::api;
use crate::protocol::Trouble;
use crate::sign_in::send;

/// Milliseconds until an incomplete response is requested again. The server ends a page after five
/// seconds; the rest allows for a slow connection.
const TIMEOUT_MS: u32 = 60_000;

/// The rows of a run that are read.
#[derive(Clone, Copy)]
pub(crate) struct Results<'a> {
    /// The run's id.
    pub(crate) run: &'a str,
    /// The filters as query parameters, each after an `&`; empty for all rows.
    pub(crate) filter: &'a str,
    /// Whether the rows hold full numbers.
    pub(crate) reveal: bool,
}

impl Results<'_> {
    /// The page at this cursor, or the first one.
    pub(crate) async fn page(&self, cursor: Option<&str>) -> Result<ResultsPage, Trouble> {
        let signal = AbortSignal::timeout_with_u32(TIMEOUT_MS);
        let call = Request::get(&self.address(cursor))
            .header("Accept", "application/json")
            .abort_signal(Some(&signal))
            .build();
        api::read(send(call).await?).await
    }

    fn address(&self, cursor: Option<&str>) -> String {
        let mut address = format!(
            "/api/executions/{}/results?count={MAX_RESULTS_COUNT}",
            self.run
        );
        match cursor {
            // A cursor holds the filters, and only characters that a query allows.
            Some(cursor) => address.extend(["&cursor=", cursor]),
            None => address.push_str(self.filter),
        }
        if self.reveal {
            address.push_str("&reveal=true");
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_has_filters_or_cursor() {
        let all = Results {
            run: "01jd0000000000000000000abc",
            filter: "",
            reveal: false,
        };
        let start = "/api/executions/01jd0000000000000000000abc/results?count=1000";
        assert_eq!(all.address(None), start);
        let some = Results {
            filter: "&outcome=NOT_FOUND",
            reveal: true,
            ..all
        };
        assert_eq!(
            some.address(None),
            format!("{start}&outcome=NOT_FOUND&reveal=true")
        );
        assert_eq!(
            some.address(Some("e30")),
            format!("{start}&cursor=e30&reveal=true")
        );
    }
}
