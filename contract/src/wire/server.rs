//! What a server tells of itself.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/settings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServerSettings {
    /// Who is asked.
    pub upstream: UpstreamInfo,
    /// What a list may hold.
    pub limits: Limits,
    /// What an absent setting of a run means.
    pub defaults: DefaultSettings,
    /// Who is signed in; null where there is no sign-in.
    pub user: Option<String>,
}

/// The upstream, as far as a caller may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpstreamInfo {
    /// Host, and port where it isn't the scheme's own.
    pub host: String,
    /// The path in front of the number, such as `/ssn/`.
    pub path: String,
    /// Whether this is the demo upstream, whose records are made up.
    pub demo: bool,
}

/// What a list and a run may hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Lines in `ssnList`.
    pub ssn_list: u32,
    /// Lines in a list uploaded in parts.
    pub list_rows: u32,
    /// Bytes in one part.
    pub part_bytes: u32,
    /// GETs in flight.
    pub max_concurrency: u32,
}

/// What an absent setting of a run means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DefaultSettings {
    /// GETs in flight.
    pub max_concurrency: u32,
    /// GETs started a second; null: no limit.
    pub requests_per_second: Option<f64>,
    /// Percent.
    pub tolerated_failure_percentage: f64,
}

/// The answer of `GET /api/health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Always `ok`: the process answers.
    pub status: String,
    /// The program's version.
    pub version: String,
}
