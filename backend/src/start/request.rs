//! Validates a start request, and reads its list.

use contract::limits;
use contract::list::{LineNumbers, List};
use contract::text::pluralize;
use contract::wire::{ExecutionId, RunSettings, StartRequest};
use lists::read_value;
use store::Upload;

use crate::{Api, ApiError, Owner};

/// Validates the settings of a request, and fills in the defaults.
pub(super) fn resolve_settings(api: &Api, request: &StartRequest) -> Result<RunSettings, ApiError> {
    let defaults = &api.defaults;
    let max_concurrency = request
        .max_concurrency
        .unwrap_or(defaults.max_concurrency.min(api.max_concurrency));
    if !(1..=api.max_concurrency).contains(&max_concurrency) {
        return Err(ApiError::Invalid(format!(
            "maxConcurrency is out of range: it must be 1 to {}",
            api.max_concurrency
        )));
    }
    let requests_per_second = request.requests_per_second.or(defaults.requests_per_second);
    if requests_per_second.is_some_and(|rate| {
        !(limits::MIN_REQUESTS_PER_SECOND..=limits::MAX_REQUESTS_PER_SECOND).contains(&rate)
    }) {
        let (min, max) = (
            limits::MIN_REQUESTS_PER_SECOND,
            limits::MAX_REQUESTS_PER_SECOND,
        );
        return Err(ApiError::Invalid(format!(
            "requestsPerSecond is out of range: it must be {min} to {max}, or absent"
        )));
    }
    let tolerated_failure_percentage = request
        .tolerated_failure_percentage
        .unwrap_or(defaults.tolerated_failure_percentage);
    if !(0.0..=100.0).contains(&tolerated_failure_percentage) {
        return Err(ApiError::Invalid(
            "toleratedFailurePercentage is out of range: it must be 0 to 100".into(),
        ));
    }
    if request.list_id.is_some()
        && (request.lines.is_some()
            || request.validation.is_some()
            || request.restore_leading_zeros.is_some())
    {
        return Err(ApiError::Invalid(
            "lines, validation and restoreLeadingZeros can't be combined with listId: set them when you create the list"
                .into(),
        ));
    }
    Ok(RunSettings {
        validation: request.validation.unwrap_or(defaults.validation),
        restore_leading_zeros: request
            .restore_leading_zeros
            .unwrap_or(defaults.restore_leading_zeros),
        max_concurrency,
        requests_per_second,
        tolerated_failure_percentage,
    })
}

/// Validates the label of a request. A blank label is none.
pub(super) fn validate_label(request: &StartRequest) -> Result<Option<String>, ApiError> {
    let label = request
        .label
        .as_deref()
        .map(str::trim)
        .filter(|label| !label.is_empty());
    match label {
        Some(label) if label.chars().count() > limits::MAX_LABEL_CHARS => {
            Err(ApiError::Invalid(format!(
                "label is too long: the maximum is {} characters",
                limits::MAX_LABEL_CHARS
            )))
        }
        Some(label) if label.chars().any(char::is_control) => Err(ApiError::Invalid(
            "label contains a control character: it must be text on one line".into(),
        )),
        label => Ok(label.map(str::to_owned)),
    }
}

/// Reads the list of a request from its `ssnList` and `lines`.
pub(super) fn read_values(
    values: &[String],
    lines: Option<LineNumbers>,
    settings: &RunSettings,
) -> Result<List, ApiError> {
    if values.len() > limits::MAX_SSN_LIST {
        return Err(ApiError::TooLarge(
            "one request has at most 250,000 lines; upload a longer list in parts (/api/lists)",
        ));
    }
    let options = settings.read_options();
    let values = values.iter().map(|value| read_value(value, &options));
    with_lines(values.collect(), lines)
}

/// Returns the list with these lines, if there are any.
fn with_lines(mut list: List, lines: Option<LineNumbers>) -> Result<List, ApiError> {
    let Some(lines) = lines else { return Ok(list) };
    if lines.len() != list.rows.len() {
        return Err(ApiError::Invalid(format!(
            "lines is invalid: it must have the line of each row of the list, but it has {} and the list has {}",
            pluralize(lines.len() as u64, "line"),
            pluralize(list.rows.len() as u64, "row")
        )));
    }
    list.lines = lines;
    Ok(list)
}

/// Loads the uploaded list of a request, and copies its read options to `settings`.
pub(super) async fn load_upload(
    api: &Api,
    owner: &Owner,
    id: &ExecutionId,
    settings: &mut RunSettings,
) -> Result<List, ApiError> {
    match api.store.read_upload(&owner.id, id).await? {
        Upload::Unknown => Err(ApiError::UnknownList),
        Upload::MissingPart(part) => Err(ApiError::PartMissing(part)),
        Upload::TooLong => Err(ApiError::TooLarge(
            "a list has at most 1,000,000 lines: split it",
        )),
        Upload::Complete(uploaded) => {
            settings.validation = uploaded.options.validation;
            settings.restore_leading_zeros = uploaded.options.restore_leading_zeros;
            with_lines(uploaded.list, uploaded.lines)
        }
    }
}
