//! Whose a request is.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use lambda_http::request::RequestContext;

use crate::Owner;

/// Puts the [`Owner`] into the request: who signed in, or else the one that stands in for nobody.
pub(super) async fn tell(
    State(anonymous): State<Option<Owner>>,
    mut request: Request,
    next: Next,
) -> Response {
    let context = request.extensions().get::<RequestContext>();
    let owner = context.and_then(signed_in).or(anonymous);
    if let Some(owner) = owner {
        request.extensions_mut().insert(owner);
    }
    next.run(request).await
}

/// Who the JWT authorizer let in. `sub` is the one claim that names its bearer for good (RFC 7519,
/// 4.1.2), so executions belong to it; the others are for showing.
fn signed_in(context: &RequestContext) -> Option<Owner> {
    let claims = &context.authorizer()?.jwt.as_ref()?.claims;
    let claim = |name| claims.get(name).filter(|value| !value.is_empty());
    let id = claim("sub")?.clone();
    let name = ["name", "email", "preferred_username", "username"]
        .into_iter()
        .find_map(claim);
    Some(Owner {
        name: Some(name.unwrap_or(&id).clone()),
        id,
    })
}
