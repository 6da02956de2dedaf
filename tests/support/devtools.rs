//! Commands of the Chrome DevTools Protocol, for what WebDriver can't do.

use std::path::Path;

use serde_json::{Value, json};

use super::Browser;

/// A screen that the browser emulates.
#[derive(Clone, Copy, Debug)]
pub struct Viewport {
    /// `desktop` or `phone`, `light` or `dark`.
    pub name: &'static str,
    width: u32,
    height: u32,
    /// Whether it is a touch screen.
    pub is_phone: bool,
    scheme: &'static str,
}

/// A desktop and a phone, each in light and dark.
pub const VIEWPORTS: [Viewport; 4] = [
    desktop("desktop-light", "light"),
    desktop("desktop-dark", "dark"),
    phone("phone-light", "light"),
    phone("phone-dark", "dark"),
];

const fn desktop(name: &'static str, scheme: &'static str) -> Viewport {
    Viewport {
        name,
        width: 1280,
        height: 900,
        is_phone: false,
        scheme,
    }
}

const fn phone(name: &'static str, scheme: &'static str) -> Viewport {
    Viewport {
        name,
        width: 390,
        height: 844,
        is_phone: true,
        scheme,
    }
}

impl Browser {
    async fn command(&self, method: &str, params: Value) -> Value {
        let result = self.driver().cdp().send_raw(method, params).await;
        result.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Emulates this screen from now on.
    pub async fn emulate(&self, viewport: Viewport) {
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": viewport.width,
                "height": viewport.height,
                "deviceScaleFactor": if viewport.is_phone { 2 } else { 1 },
                "mobile": viewport.is_phone,
            }),
        )
        .await;
        self.command(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": viewport.is_phone}),
        )
        .await;
        let features = json!([
            {"name": "prefers-color-scheme", "value": viewport.scheme},
            // No screenshot is taken in the middle of an animation.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.command("Emulation.setEmulatedMedia", json!({"features": features}))
            .await;
    }

    /// Waits for two frames: what has changed is drawn then.
    pub async fn wait_for_frames(&self) {
        self.evaluate(
            "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
        )
        .await;
    }

    /// Drops a file onto the middle of the element with this test id.
    pub async fn drop_file(&self, id: &str, path: &Path) {
        let place = self
            .wait_for(&format!(
                "(found => found && (box => ({{x: box.x + box.width / 2, y: box.y + box.height / 2}}))\
                 (found.getBoundingClientRect()))(document.querySelector('[data-testid=\"{id}\"]'))"
            ))
            .await;
        let data = json!({"items": [], "files": [path], "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": place["x"], "y": place["y"], "data": data});
            self.command("Input.dispatchDragEvent", event).await;
        }
    }

    /// Saves downloads in this folder.
    pub async fn download_into(&self, folder: &Path) {
        self.command(
            "Browser.setDownloadBehavior",
            json!({"behavior": "allow", "downloadPath": folder}),
        )
        .await;
    }
}
