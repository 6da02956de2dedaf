//! Extractors for handlers: the path, the query and the owner of a request.

use std::collections::HashMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// The parameters in the path of a request.
///
/// A path segment that isn't UTF-8 is a 404.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| ApiError::UnknownExecution)
    }
}

/// The user that sent the request. Executions are visible to their owner only.
///
/// The host inserts it into the request's extensions. A request without an owner is a 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user's stable id; part of keys in the store.
    pub id: String,
    /// The name to show; `None` if the server has no sign-in.
    pub name: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(ApiError::Unauthenticated)
    }
}

/// The query parameters of a request. All of them are known, and each occurs once.
pub(crate) struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Parses a query that may have the parameters in `known`.
    pub(crate) fn parse(query: Option<&str>, known: &[&str]) -> Result<Self, ApiError> {
        let mut values = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let Some(name) = known.iter().find(|known| **known == name) else {
                return Err(ApiError::Invalid(format!(
                    "the query has an unknown parameter; the parameters are {}",
                    known.join(", ")
                )));
            };
            if values
                .insert((*name).to_owned(), value.into_owned())
                .is_some()
            {
                return Err(ApiError::Invalid(format!(
                    "{name} occurs twice in the query: send it once"
                )));
            }
        }
        Ok(Self(values))
    }

    /// Returns the value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Parses a parameter that is a number or boolean.
    ///
    /// `expected` describes the valid values, for the error.
    pub(crate) fn get_literal<T: DeserializeOwned>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>, ApiError> {
        self.deserialize(name, expected, |text| serde_json::from_str(text))
    }

    /// Parses a parameter that is a name, such as an outcome.
    ///
    /// `expected` describes the valid values, for the error.
    pub(crate) fn get_name<T: DeserializeOwned>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>, ApiError> {
        self.deserialize(name, expected, |text| serde_json::from_value(text.into()))
    }

    fn deserialize<T>(
        &self,
        name: &str,
        expected: &str,
        deserialize: impl Fn(&str) -> serde_json::Result<T>,
    ) -> Result<Option<T>, ApiError> {
        let value = self.get(name).map(deserialize).transpose();
        value.map_err(|_| ApiError::Invalid(format!("{name} is invalid: it must be {expected}")))
    }
}
