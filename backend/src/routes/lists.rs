//! Routes for uploading a list in parts.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use contract::limits;
use contract::wire::{CreateListRequest, ExecutionId, ListCreated, PartReceived};
use lists::read_lines;

use crate::extract::Path;
use crate::json::{Body, read_body};
use crate::problem::AnyProblem;
use crate::{Api, ApiError, Owner};

/// Begins the upload of a list of up to 1,000,000 lines.
#[utoipa::path(post, path = "/api/lists", request_body = CreateListRequest,
    responses((status = CREATED, body = ListCreated), AnyProblem))]
pub(crate) async fn create(
    State(api): State<Api>,
    owner: Owner,
    Body(request): Body<CreateListRequest>,
) -> Result<(StatusCode, Json<ListCreated>), ApiError> {
    let id = api.store.begin_upload(&owner.id, &request).await?;
    Ok((StatusCode::CREATED, Json(ListCreated { id })))
}

/// Uploads one part of a list: whole lines of text, at most 4 MB.
///
/// Parts are numbered from 0. A part that is sent again replaces the earlier one.
#[utoipa::path(put, path = "/api/lists/{id}/{part}", params(("id" = String, Path), ("part" = u32, Path, description = "Number of the part, from 0 to 999")),
    request_body(content = String, content_type = "text/plain"),
    responses((status = OK, body = PartReceived), AnyProblem))]
pub(crate) async fn put_part(
    State(api): State<Api>,
    owner: Owner,
    Path((id, part)): Path<(String, String)>,
    request: Request,
) -> Result<Json<PartReceived>, ApiError> {
    let id: ExecutionId = id.parse().map_err(|_| ApiError::UnknownList)?;
    let part: u32 = part
        .parse()
        .ok()
        .filter(|part| *part < limits::MAX_PARTS)
        .ok_or_else(|| {
            ApiError::Invalid(format!(
                "the number of the part is invalid: it must be 0 to {}",
                limits::MAX_PARTS - 1
            ))
        })?;
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| {
        value
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("text/plain")
    }) {
        return Err(ApiError::MediaType("lines of text (text/plain)"));
    }
    let options = api
        .store
        .upload_options(&owner.id, &id)
        .await?
        .ok_or(ApiError::UnknownList)?;
    let bytes = read_body(request, &api).await?;
    if bytes.len() > limits::MAX_PART_BYTES {
        return Err(ApiError::TooLarge(
            "a part has at most 4,000,000 bytes: split the list into more parts",
        ));
    }
    let values: Vec<_> = read_lines(&bytes, &options).collect();
    api.store.put_part(&owner.id, &id, part, &values).await?;
    let invalid = values.iter().filter(|value| value.is_err()).count() as u64;
    Ok(Json(PartReceived {
        rows: values.len() as u64,
        invalid,
    }))
}
