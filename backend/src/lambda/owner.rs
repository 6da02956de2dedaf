//! Identifies the owner of a request.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use lambda_http::request::RequestContext;

use crate::Owner;

/// Inserts the [`Owner`] into the request's extensions, if the user is signed in.
pub(super) async fn insert_owner(mut request: Request, next: Next) -> Response {
    let context = request.extensions().get::<RequestContext>();
    if let Some(owner) = context.and_then(owner_from_claims) {
        request.extensions_mut().insert(owner);
    }
    next.run(request).await
}

/// Returns the owner from the claims of the JWT authorizer.
///
/// Executions belong to `sub`, the only claim that identifies a user permanently (RFC 7519, 4.1.2).
/// The other claims are names to show.
fn owner_from_claims(context: &RequestContext) -> Option<Owner> {
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
