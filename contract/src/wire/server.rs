//! The server's settings and health.

use serde::{Deserialize, Serialize};

/// The server's upstream, limits and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServerSettings {
    /// The upstream that requests go to.
    pub upstream: UpstreamInfo,
    /// The limits of lists and executions.
    pub limits: Limits,
    /// The default settings of an execution.
    pub defaults: DefaultSettings,
    /// Name of the signed-in user; null if the server has no sign-in.
    pub user: Option<String>,
}

/// The upstream's address, without credentials or query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpstreamInfo {
    /// The host, with the port if it isn't the scheme's default.
    pub host: String,
    /// The path that precedes the number, such as `/ssn/`.
    pub path: String,
    /// Whether this is the demo upstream, which serves made-up records.
    pub demo: bool,
}

/// The limits of lists and executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Maximum number of lines in `ssnList`.
    pub ssn_list: u32,
    /// Maximum number of lines in a list uploaded in parts.
    pub list_rows: u32,
    /// Maximum size of one part, in bytes.
    pub part_bytes: u32,
    /// Highest `maxConcurrency` that a start may set.
    pub max_concurrency: u32,
}

/// The default settings of an execution, for a start that omits them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DefaultSettings {
    /// Maximum number of requests in flight.
    pub max_concurrency: u32,
    /// Maximum number of requests started per second; null means no limit.
    pub requests_per_second: Option<f64>,
    /// Percentage of items that may fail.
    pub tolerated_failure_percentage: f64,
}

/// The health of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// Version of the program.
    pub version: String,
}
