//! The deploy command itself: where it deploys to, what it says of a failure and of a small account,
//! what becomes of an earlier page's files.

use std::process::{self, Command, Output};

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions};

use crate::support::aws::{client, setting};
use crate::support::stack::{self, Stack};

const UPSTREAM: [&str; 2] = ["--upstream", "http://127.0.0.1:9/ssn/"];
/// A parameter that CloudFormation takes and then fails by.
const WRONG: [&str; 2] = ["--set", "PassesDefinition=none.json"];

/// A command on a stack in the emulator.
async fn xtask(what: &str, stack: &str, arguments: &[&str]) -> Output {
    let mut command = stack::xtask(what, stack);
    match what {
        "deploy" => command.args(["--built", &setting("ZIPS")]),
        _ => command.arg("--yes"),
    };
    command.args(arguments);
    stack::run_command(command).await
}

/// What a command said that went well, or that didn't.
fn said(output: &Output, well: bool) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), well, "{said}");
    said
}

#[test]
fn the_flags_region_overrides_the_environments() {
    let bucket = |region: &[&str]| {
        let output = Command::new(setting("XTASK"))
            .args(["deploy", "--dry-run"])
            .args(region)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a search path"))
            // What a profile says is as weak as this.
            .env("AWS_DEFAULT_REGION", "us-west-2")
            .env("AWS_REGION", "eu-west-1")
            .output()
            .expect("the command");
        let said = said(&output, true);
        let name = said.lines().find_map(|line| line.strip_prefix("bucket "));
        name.and_then(|line| line.split(':').next())
            .expect(&said)
            .to_owned()
    };
    assert_eq!(bucket(&[]), "rollcall-code-ACCOUNT-eu-west-1");
    let asked = bucket(&["--region", "ap-south-1"]);
    assert_eq!(asked, "rollcall-code-ACCOUNT-ap-south-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_creation_says_why_and_can_be_repeated_or_removed() {
    let stack = format!("rollcall-failing-{}", process::id());
    let failing = [UPSTREAM, WRONG].concat();
    let why = "did not get there: Passes: ";

    let deployed = said(&xtask("deploy", &stack, &failing).await, false);
    assert!(deployed.contains(why), "{deployed}");
    let code = deployed
        .lines()
        .find_map(|line| {
            line.strip_prefix("bucket ")?
                .strip_suffix(": for the code, private, TLS only")
        })
        .expect("the bucket of the code");
    let code = format!("{}/{code}", setting("ENDPOINT"));
    let http = client().build().expect("a client");
    // Who doesn't sign is refused what is there.
    let status = async || http.get(&code).send().await.expect("an answer").status();
    assert_eq!(status().await, 403);

    // Removed with the code, and again, where nothing is left of it.
    said(&xtask("destroy", &stack, &[]).await, true);
    assert_eq!(status().await, 404);
    let again = said(&xtask("destroy", &stack, &[]).await, true);
    assert!(again.contains("there is no stack"), "{again}");

    // Done again, which is a first deployment.
    said(&xtask("deploy", &stack, &failing).await, false);
    let without = said(&xtask("deploy", &stack, &[]).await, false);
    assert!(without.contains("pass --upstream"), "{without}");
    let many = ["--set", "FetcherConcurrency=10000"];
    let anew = xtask("deploy", &stack, &[UPSTREAM, many].concat()).await;
    let anew = said(&anew, true);
    assert!(anew.contains("deleted and created again"), "{anew}");
    let warning = "warning: FetcherConcurrency is 10000, but the account runs ";
    assert!(anew.contains(warning), "{anew}");

    // A change that fails says its own reason, and leaves the stack as it was.
    let changed = said(&xtask("deploy", &stack, &WRONG).await, false);
    assert!(changed.contains(why), "{changed}");
    assert!(changed.contains(warning), "it still has them: {changed}");
    said(&xtask("deploy", &stack, &[]).await, true);
    said(&xtask("destroy", &stack, &[]).await, true);
}

/// An earlier page's file, replaced then.
async fn put(bucket: &AmazonS3, name: &str, replaced: Option<&str>) {
    let mut attributes = Attributes::from_iter([
        (Attribute::ContentType, "text/css; charset=utf-8"),
        (Attribute::ContentEncoding, "br"),
        (
            Attribute::CacheControl,
            "public, max-age=31536000, immutable",
        ),
    ]);
    if let Some(replaced) = replaced {
        attributes.insert(
            Attribute::Metadata("replaced".into()),
            replaced.to_owned().into(),
        );
    }
    bucket
        .put_opts(&name.into(), "p{}".into(), PutOptions::from(attributes))
        .await
        .expect("a put file");
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_page_files_are_kept_for_days() {
    let stack = Stack::with_upstream(UPSTREAM[1]).await;
    let bucket = AmazonS3Builder::from_env()
        .with_bucket_name(stack.output("SiteBucketName"))
        .build()
        .expect("the page's bucket");
    let replaced = "style-0000000000000000.css.br";
    let long_ago = "style-1111111111111111.css.br";
    put(&bucket, replaced, None).await;
    put(&bucket, long_ago, Some("2020-01-01T00:00:00+00:00")).await;
    let before = bucket.get(&replaced.into()).await.expect("it is there");

    let mark = Attribute::Metadata("replaced".into());
    let mut marked = None;
    // The second deployment leaves the first one's mark.
    for _ in 0..2 {
        said(&xtask("deploy", stack.name(), &[]).await, true);
        let gone = bucket.head(&long_ago.into()).await;
        assert!(matches!(gone, Err(object_store::Error::NotFound { .. })));
        let mut attributes = bucket
            .get(&replaced.into())
            .await
            .expect("it is still there")
            .attributes;
        let now = attributes.remove(&mark).expect("a mark");
        assert_eq!(marked.get_or_insert(now.clone()), &now);
        assert_eq!(attributes, before.attributes);
    }
    // What the page has is not marked.
    let shell = bucket.get(&Path::from("index.html")).await.expect("it");
    assert_eq!(shell.attributes.get(&mark), None);
}
