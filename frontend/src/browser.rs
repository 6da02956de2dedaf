//! The browser's clock, calendar, console and history.

use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;

/// On a panic, shows the text for it in `index.html` and writes the panic's location to the console.
/// Not its message, which could hold a number.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(fault) = document().get_element_by_id("fault") {
            let _ = fault.remove_attribute("hidden");
        }
        let location = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        web_sys::console::error_1(&format!("the page stopped at {location}").into());
    }));
}

/// The number stored with the current history entry, if there is one.
pub(crate) fn history_mark() -> Option<f64> {
    window().history().ok()?.state().ok()?.as_f64()
}

/// Milliseconds since 1970.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// An RFC 3339 time in the browser's time zone and language; without the date if it is today.
pub(crate) fn local_time(time: &str) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(time));
    if date.get_time().is_nan() {
        return time.to_owned();
    }
    let today = js_sys::Date::new_0();
    let clock = String::from(date.to_locale_time_string("default"));
    match date.to_date_string() == today.to_date_string() {
        true => clock,
        false => {
            let day = date.to_locale_date_string("default", &JsValue::UNDEFINED);
            format!("{} {clock}", String::from(day))
        }
    }
}

/// An RFC 3339 time in the browser's time zone, for a file's name: `2026-11-24 10.01`.
pub(crate) fn file_time(time: &str) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(time));
    if date.get_time().is_nan() {
        return String::new();
    }
    let two = |number: u32| format!("{}{number}", if number < 10 { "0" } else { "" });
    let (year, month) = (date.get_full_year(), two(date.get_month() + 1));
    let (day, hour) = (two(date.get_date()), two(date.get_hours()));
    format!("{year}-{month}-{day} {hour}.{}", two(date.get_minutes()))
}

/// Milliseconds from one RFC 3339 time to a later one.
///
/// None if either can't be parsed, or if the end is before the start.
pub(crate) fn between(start: &str, end: &str) -> Option<u64> {
    let at = |time: &str| js_sys::Date::new(&JsValue::from_str(time)).get_time();
    let ms = at(end) - at(start);
    (ms >= 0.0).then_some(ms as u64)
}

/// Milliseconds since an RFC 3339 time; none if it can't be parsed or is in the future.
pub(crate) fn since(start: &str) -> Option<u64> {
    let ms = now() - js_sys::Date::new(&JsValue::from_str(start)).get_time();
    (ms >= 0.0).then_some(ms as u64)
}
