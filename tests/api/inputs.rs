//! Bad input is handled or refused, never with a 500 and never with a number in the response.

use serde_json::json;

use crate::support::app::{EngineKind, TestApp};
use crate::support::executions::list;
use crate::support::upstream::Upstream;

on_every_engine!(
    every_line_has_its_row_and_reason,
    bad_bodies_are_refused_with_their_problem,
    malformed_ids_are_unknown,
);

async fn every_line_has_its_row_and_reason(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let lines = [
        ("123456789", "SUCCEEDED", json!(null)),
        ("123-45-6789", "SUCCEEDED", json!(null)),
        ("123\u{2013}45\u{2212}6789", "SUCCEEDED", json!(null)),
        (
            "\u{feff} \"123\u{a0}45\u{a0}6789\"\t",
            "SUCCEEDED",
            json!(null),
        ),
        (
            "\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}\u{ff17}\u{ff18}\u{ff19}",
            "SUCCEEDED",
            json!(null),
        ),
        ("", "INVALID", json!("EMPTY")),
        ("12345678", "INVALID", json!("LEADING_ZEROS_LOST")),
        ("12345", "INVALID", json!("TOO_FEW_DIGITS")),
        ("1234567890", "INVALID", json!("TOO_MANY_DIGITS")),
        ("hello", "INVALID", json!("NO_DIGITS")),
        ("123456789.5", "INVALID", json!("DECIMAL")),
        (
            "123-45-6789, 987-65-4321",
            "INVALID",
            json!("SEVERAL_NUMBERS"),
        ),
        ("1.23E+08", "INVALID", json!("SCIENTIFIC_NOTATION")),
    ];
    let id = app
        .start(list(&lines.each_ref().map(|(line, ..)| *line)))
        .await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["items"], &ended["duplicates"], &ended["invalid"]),
        (&json!(1), &json!(4), &json!(8))
    );
    let rows = app.rows(&id).await;
    assert_eq!(rows.len(), lines.len());
    for (row, (line, outcome, error)) in rows.iter().zip(&lines) {
        assert_eq!(
            (&row["outcome"], &row["error"]),
            (&json!(outcome), error),
            "{line}"
        );
    }
    assert!(
        app.stored_objects()
            .await
            .iter()
            .all(|(_, content)| !content.contains("hello")),
        "the text of an invalid line is stored"
    );

    let issued = json!({"ssnList": ["000456789", "123456789", "900501234", "078051120"], "validation": "issued"});
    let id = app.start(issued).await;
    app.wait_for_end(&id).await;
    let errors: Vec<_> = app
        .rows(&id)
        .await
        .iter()
        .map(|row| row["error"].clone())
        .collect();
    assert_eq!(
        errors,
        [
            json!("AREA_NEVER_ISSUED"),
            json!(null),
            json!("LOOKS_LIKE_ITIN"),
            json!("ADVERTISED")
        ]
    );
    let id = app
        .start(json!({"ssnList": ["000456789", "12345678"], "restoreLeadingZeros": true}))
        .await;
    app.wait_for_end(&id).await;
    let warnings: Vec<_> = app
        .rows(&id)
        .await
        .iter()
        .map(|row| row["warning"].clone())
        .collect();
    assert_eq!(warnings, ["AREA_NEVER_ISSUED", "ZEROS_RESTORED"]);
}

async fn bad_bodies_are_refused_with_their_problem(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let json_type = [("content-type", "application/json")];
    // A Lambda gets at most 6 MB in one request (AWS Lambda quotas, invocation payload).
    let noise: Vec<u8> = (0..6_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for (body, status, problem) in [
        (b"".to_vec(), 422, "invalid-request"),
        (b"{}".to_vec(), 422, "invalid-request"),
        (b"null".to_vec(), 422, "invalid-request"),
        (b"not json".to_vec(), 400, "not-json"),
        (b"{\"ssnList\": [".to_vec(), 400, "not-json"),
        (b"\xff\xfe{".to_vec(), 400, "not-json"),
        (noise, 400, "not-json"),
        (vec![b'['; 20_000_000], 413, "too-large"),
        (vec![b'['; 100_000], 422, "invalid-request"),
        (
            br#"{"ssnList": "123456789"}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": [123456789]}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "123456789": 1}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "listId": "01jd0000000000000000000abc"}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"listId": "01jd0000000000000000000abc"}"#.to_vec(),
            404,
            "unknown-list",
        ),
        (
            br#"{"listId": "../../123456789"}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "maxConcurrency": 0}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "maxConcurrency": 10001}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "requestsPerSecond": 0}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "requestsPerSecond": -1e300}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "toleratedFailurePercentage": 100.1}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            br#"{"ssnList": ["1"], "label": "a\u0000b"}"#.to_vec(),
            422,
            "invalid-request",
        ),
        (
            json!({"ssnList": ["1"], "label": "x".repeat(201)})
                .to_string()
                .into_bytes(),
            422,
            "invalid-request",
        ),
        (
            json!({"ssnList": vec!["1"; 250_001]})
                .to_string()
                .into_bytes(),
            413,
            "too-large",
        ),
    ] {
        let response = app.call("POST", "/api/executions", &json_type, body).await;
        assert!(!response.text.contains("123456789"), "{}", response.text);
        response.expect_problem(status, problem);
    }
    app.call(
        "POST",
        "/api/executions",
        &[("content-type", "text/csv")],
        "123456789",
    )
    .await
    .expect_problem(415, "media-type");
    assert_eq!(
        app.get("/api/executions").await.expect(200),
        json!({"executions": []})
    );
    let longest = json!({"ssnList": vec!["1"; 250_000]});
    let id = app.start(longest).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["rows"], &ended["invalid"]),
        (&json!(250_000), &json!(250_000))
    );
    assert_eq!(upstream.request_count(), 0);
}

async fn malformed_ids_are_unknown(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    for id in [
        "123456789",
        "01jd0000000000000000000abc",
        "..%2F..%2Fetc%2Fpasswd",
        "%00",
        "01JD0000000000000000000ABC",
        "%F0%9F%98%80",
    ] {
        for (method, rest) in [
            ("GET", ""),
            ("GET", "/results"),
            ("GET", "/failures"),
            ("POST", "/stop"),
            ("POST", "/redrive"),
            ("DELETE", ""),
        ] {
            let response = app
                .call(method, &format!("/api/executions/{id}{rest}"), &[], "")
                .await;
            assert!(!response.text.contains("123456789"));
            // The gateway decodes paths before it forwards them, so some of these leave the API.
            if kind.is_embedded() || !id.contains('%') {
                response.expect_problem(404, "unknown-execution");
            } else {
                response.expect(404);
            }
        }
    }
    app.get("/api/executions/../meta").await.expect(404);
    app.get("/api/nothing")
        .await
        .expect_problem(404, "unknown-address");
    app.get("/api/executions/%ff")
        .await
        .expect_problem(404, "unknown-execution");
    app.call("PATCH", "/api/executions", &[], "")
        .await
        .expect_problem(405, "method-not-allowed");
}
