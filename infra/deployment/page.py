"""The page's files, their headers, and the settings of its sign-in."""

import json
import re
import secrets
import sys
from datetime import datetime, timedelta, timezone

from .buckets import erase, list_keys_except
from .stack import ROOT, Failure

PAGE = ROOT / "target/page"
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "json": "application/json",
}
# A file with a hash in its name never changes. The others are requested on each visit.
HASHED = re.compile(r"-[0-9a-f]{16}\.[a-z]+$")
# A browser that has an older page open may still request its files.
KEEP_OLD_FILES = timedelta(days=7)


def page_files():
    """The page's files. `index.html` is last, so that the files it refers to exist before it."""
    if not PAGE.exists():
        return []
    paths = [path for path in PAGE.iterdir() if path.name != "index.html.br"]
    return sorted(paths, key=lambda path: (not HASHED.search(path.name.removesuffix(".br")), path.name))


def headers_of(name):
    plain = name.removesuffix(".br")
    extension = plain.rsplit(".", 1)[-1]
    if extension not in TYPES:
        raise Failure(f"target/page/{name} has an unknown type: add it to TYPES in infra/deployment/page.py")
    headers = {
        "ContentType": TYPES[extension],
        "CacheControl": "public, max-age=31536000, immutable" if HASHED.search(plain) else "no-cache",
    }
    return headers | ({"ContentEncoding": "br"} if name.endswith(".br") else {})


def upload_page(stack, outputs):
    bucket = outputs["SiteBucketName"]
    files = page_files()
    if not files:
        if not stack.dry:
            raise Failure("target/page is missing: build it with `cargo xtask page`")
        print("target/page: not built yet", file=sys.stderr)

    def put(name, body):
        headers = headers_of(name)
        text = f"{name} to {bucket}: {', '.join(headers.values())}"
        stack.step(text, lambda: stack.client("s3").put_object(Bucket=bucket, Key=name, Body=body, **headers))

    # Before index.html, which requests it.
    put("config.json", json.dumps(config(outputs), indent=1).encode())
    for path in files:
        put(path.name, shell(path) if path.name == "index.html" else path.read_bytes())
    names = [path.name for path in files] + ["config.json"]
    stack.step(
        f"files of earlier pages: erased {KEEP_OLD_FILES.days} days after their replacement",
        lambda: retire(stack, bucket, names),
    )
    stack.step(
        f"distribution {outputs['DistributionId']}: /index.html and /config.json invalidated",
        lambda: stack.client("cloudfront").create_invalidation(
            DistributionId=outputs["DistributionId"],
            InvalidationBatch={
                "CallerReference": secrets.token_hex(8),
                "Paths": {"Quantity": 2, "Items": ["/index.html", "/config.json"]},
            },
        ),
    )


def retire(stack, bucket, names):
    """Erases files of earlier pages, some days after their replacement. The first deployment without a file adds
    the time to its metadata, since S3 stores only the time of the upload."""
    s3 = stack.client("s3")
    # One format and one time zone, so that the texts sort by time.
    now = datetime.now(timezone.utc)
    mark, limit = (moment.isoformat(timespec="seconds") for moment in (now, now - KEEP_OLD_FILES))
    for keys in list_keys_except(stack, bucket, names):
        expired = []
        for key in keys:
            head = s3.head_object(Bucket=bucket, Key=key)
            replaced = head["Metadata"].get("replaced")
            if replaced is None:
                s3.copy_object(
                    Bucket=bucket,
                    Key=key,
                    CopySource={"Bucket": bucket, "Key": key},
                    MetadataDirective="REPLACE",
                    Metadata={"replaced": mark},
                    **{name: head[name] for name in ("ContentType", "ContentEncoding", "CacheControl") if name in head},
                )
            elif replaced < limit:
                expired.append(key)
        erase(stack, bucket, expired)


def shell(path):
    """Returns index.html with an attribute that makes the page sign in. On one machine there is no sign-in."""
    marked = path.read_text().replace("<body", '<body data-sign-in=""', 1)
    if "data-sign-in" not in marked:
        raise Failure(f"{path} has no body: build it with `cargo xtask page`")
    return marked.encode()


def config(outputs):
    """The sign-in's settings, named as in OpenID Connect. The logout endpoint is Cognito's own."""
    sign_in = outputs["SignIn"]
    return {
        "issuer": outputs["Issuer"],
        "clientId": outputs["ClientId"],
        "scope": "openid email",
        "authorizationEndpoint": f"{sign_in}/oauth2/authorize",
        "tokenEndpoint": f"{sign_in}/oauth2/token",
        "revocationEndpoint": f"{sign_in}/oauth2/revoke",
        "logoutEndpoint": f"{sign_in}/logout",
    }
