//! The browser's functions that the worker uses: address, clock and random numbers.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// The site's origin, with a slash at the end.
pub(crate) fn root() -> String {
    scope().location().origin() + "/"
}

/// Milliseconds since 1970.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Cryptographically random bytes; none if the browser has no source of them.
pub(crate) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    // Not `randomUUID`, which browsers lack on plain HTTP, except on localhost.
    let crypto = scope().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// 128 random bits as text, for an `Idempotency-Key`.
pub(crate) fn random_key() -> String {
    let bytes: [u8; 16] =
        random().unwrap_or_else(|| std::array::from_fn(|_| (js_sys::Math::random() * 256.0) as u8));
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The worker's global scope.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
