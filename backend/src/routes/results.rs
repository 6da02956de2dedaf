//! The route for results, page by page.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::{ResultRow, ResultsPage};
use export::{Format, RowWriter, WriteOptions};
use store::{Filters, PageLimits, ResultsReader};

use crate::cursor::{self, ResultsCursor};
use crate::extract::{Parameters, Path};
use crate::problem::AnyProblem;
use crate::{Api, ApiError, Owner, accept, status};

/// Returns rows in the order of the list, masked unless `reveal=true`.
///
/// A page ends after `count` rows, 3 MiB or 5 seconds. `next` and the `Link` header lead to the
/// next page.
#[utoipa::path(get, path = "/api/executions/{id}/results",
    params(("id" = String, Path),
        ("first" = Option<u64>, Query, description = "Index of the first row, from 0. Not allowed with filters"),
        ("cursor" = Option<String>, Query, description = "The `next` of an earlier page. Not allowed with `first` or filters"),
        ("count" = Option<u32>, Query, description = "Maximum number of rows, 1 to 1,000; 1,000 if absent"),
        ("outcome" = Option<contract::wire::Outcome>, Query, description = "Filter: rows with this outcome"),
        ("statusCode" = Option<u16>, Query, description = "Filter: rows with this status"),
        ("error" = Option<contract::wire::RowError>, Query, description = "Filter: rows with this error"),
        ("reveal" = Option<bool>, Query, description = "Whether to show full SSNs; false if absent")),
    responses((status = OK, content((ResultsPage = "application/json"), (String = "application/x-ndjson"), (String = "text/csv")), headers(("Link" = Option<String>))), AnyProblem))]
pub(crate) async fn results(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let format = accept::format(&headers)?;
    let known = [
        "first",
        "cursor",
        "count",
        "outcome",
        "statusCode",
        "error",
        "reveal",
    ];
    let parameters = Parameters::parse(query.as_deref(), &known)?;
    let count = parameters
        .get_literal("count", &format!("1 to {MAX_RESULTS_COUNT}"))?
        .unwrap_or(MAX_RESULTS_COUNT);
    if !(1..=MAX_RESULTS_COUNT).contains(&count) {
        return Err(ApiError::Invalid(format!(
            "count is out of range: it must be 1 to {MAX_RESULTS_COUNT}"
        )));
    }
    let reveal = parameters
        .get_literal("reveal", "true or false")?
        .unwrap_or(false);
    let (first, filters) = start_of_page(&parameters, &id)?;

    let meta = status::load_meta(&api, &owner, &id).await?;
    let pass = status::load_pass(&api, &meta).await?;
    let mut reader = ResultsReader::open(api.store.clone(), meta.clone(), pass, reveal).await?;
    let page = reader
        .page(first, &filters, PageLimits::with_count(count))
        .await?;
    if reveal {
        tracing::info!(owner = owner.id, execution = %meta.id, rows = page.rows.len(), "numbers revealed");
    }
    let next = page.next.map(|row| {
        cursor::encode(&ResultsCursor {
            id: meta.id.clone(),
            row,
            filters,
        })
    });
    let link = next.as_ref().map(|next| {
        let reveal = if reveal { "&reveal=true" } else { "" };
        format!(
            "</api/executions/{}/results?cursor={next}&count={count}{reveal}>; rel=\"next\"",
            meta.id
        )
    });
    let content_type = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Ndjson | Format::Json => format.media_type(),
    };
    let body = match format {
        Format::Json => write_json(page.rows, next),
        Format::Csv | Format::Ndjson => write_rows(format, page.rows),
    };
    let mut response = ([(header::CONTENT_TYPE, content_type)], body).into_response();
    if let Some(link) = link.and_then(|link| link.parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Returns the first row of the page, and its filters.
fn start_of_page(parameters: &Parameters, id: &str) -> Result<(u64, Filters), ApiError> {
    let first: Option<u64> = parameters.get_literal("first", "the index of a row, from 0")?;
    let filters = Filters {
        outcome: parameters.get_name(
            "outcome",
            "SUCCEEDED, NOT_FOUND, FAILED, PENDING, NOT_TRIED or INVALID",
        )?,
        status_code: parameters.get_literal("statusCode", "an HTTP status")?,
        error: parameters.get_name("error", "the error of a row, such as TIMED_OUT")?,
    };
    let is_filtered = filters != Filters::default();
    match (parameters.get("cursor"), first) {
        (Some(_), first) if first.is_some() || is_filtered => Err(ApiError::Invalid(
            "cursor can't be combined with first or filters: it contains them".into(),
        )),
        (Some(text), _) => {
            let cursor: ResultsCursor = cursor::decode(text)?;
            if cursor.id.as_str() != id {
                return Err(ApiError::Invalid(
                    "cursor belongs to another execution".into(),
                ));
            }
            Ok((cursor.row, cursor.filters))
        }
        (None, Some(_)) if is_filtered => Err(ApiError::Invalid(
            "first can't be combined with filters: page through filtered rows with cursor".into(),
        )),
        (None, first) => Ok((first.unwrap_or(0), filters)),
    }
}

/// Creates a buffer with enough capacity for these rows.
fn buffer_for(rows: &[ResultRow]) -> Vec<u8> {
    // Approximate size of a row without its body.
    const ROW_BYTES: usize = 240;
    let bodies = rows.iter().filter_map(|row| row.body.as_ref());
    let bodies: usize = bodies.map(|body| body.get().len()).sum();
    // One more for the CSV header, or for the JSON object around the rows.
    Vec::with_capacity(bodies + ROW_BYTES * (rows.len() + 1))
}

/// Writes the page as a JSON object, with the cursor of the next page.
fn write_json(rows: Vec<ResultRow>, next: Option<String>) -> Vec<u8> {
    let mut body = buffer_for(&rows);
    // Serialization can't fail: all keys are strings, and the writer is in memory.
    let _ = serde_json::to_writer(&mut body, &ResultsPage { rows, next });
    body
}

/// Writes the rows as CSV or NDJSON.
fn write_rows(format: Format, rows: Vec<ResultRow>) -> Vec<u8> {
    let write = || {
        let out = buffer_for(&rows);
        let mut writer = RowWriter::begin(out, WriteOptions::new(format), None)?;
        for row in rows {
            writer.write(row)?;
        }
        writer.end()
    };
    // Writing to memory can't fail.
    write().unwrap_or_default()
}
