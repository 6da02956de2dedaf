//! A run's rows as the server tells them, a page at a time.

use gloo_net::http::Request;
use web_sys::AbortSignal;

use crate::api;
use crate::protocol::{Save, Trouble};
use crate::sign_in::send;

/// Rows asked for at once: as many as the server gives.
const COUNT: u32 = contract::limits::MAX_RESULTS_COUNT;
/// Milliseconds after which a page that isn't whole is asked for again. The server ends a page after
/// five seconds; the rest is for a bad line.
const TIMEOUT_MS: u32 = 60_000;

/// Rows, and where to go on.
pub(crate) struct Page {
    /// NDJSON.
    pub(crate) rows: String,
    /// The next page's address, where there is one.
    pub(crate) next: Option<String>,
}

/// The address of the first page.
pub(crate) fn first(save: &Save) -> String {
    let Save { run, filter, .. } = save;
    let mut address = format!("/api/executions/{run}/results?count={COUNT}{filter}");
    if save.reveal {
        address.push_str("&reveal=true");
    }
    address
}

/// The page at this address.
pub(crate) async fn page(address: &str) -> Result<Page, Trouble> {
    let signal = AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let call = Request::get(address)
        .header("Accept", "application/x-ndjson")
        .abort_signal(Some(&signal))
        .build();
    let answer = send(call).await?;
    let link = answer.headers().get("link");
    let next = link.and_then(|link| next_in(&link));
    let rows = api::text(answer).await?;
    Ok(Page { rows, next })
}

/// The address in `<…>; rel="next"`. There may be others beside it: a proxy's own links, which lead
/// somewhere else.
fn next_in(links: &str) -> Option<String> {
    links.split('<').find_map(|link| {
        let (address, rest) = link.split_once('>')?;
        let is_next = address.starts_with("/api/") && rest.contains("rel=\"next\"");
        is_next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Format;

    #[test]
    fn a_page_is_asked_for_as_the_reader_chose() {
        let mut save = Save {
            run: "01jd0000000000000000000abc".into(),
            rows: 5,
            format: Format::Csv,
            filter: String::new(),
            group: None,
            reveal: false,
            columns: true,
        };
        let start = "/api/executions/01jd0000000000000000000abc/results?count=1000";
        assert_eq!(first(&save), start);
        save.filter = "&outcome=NOT_FOUND".into();
        save.reveal = true;
        assert_eq!(
            first(&save),
            format!("{start}&outcome=NOT_FOUND&reveal=true")
        );
    }

    #[test]
    fn the_next_page_is_where_the_link_says() {
        let link = "</api/executions/x/results?cursor=e30&count=1000>; rel=\"next\"";
        let next = next_in(link);
        assert_eq!(
            next.as_deref(),
            Some("/api/executions/x/results?cursor=e30&count=1000")
        );
        let beside = format!(
            "<https://proxy.example/>; rel=\"next\", </style.css>; rel=preload; as=style, {link}, </>; rel=\"up\""
        );
        assert_eq!(next_in(&beside), next);
        assert_eq!(next_in("</api/x>; rel=\"prev\", </y>; rel=\"next\""), None);
        assert_eq!(next_in(""), None);
    }
}
