//! The operations that need no API keys.

use crate::operations::row::{Row, get, post};

operations! {
    /// An operation that needs no API keys.
    OpenOperation {
        Live = get("/livez", "Tells that the emulator runs").open().answers(&[200]),
        Ready = get(
            "/readyz",
            "Tells that the emulator accepts requests",
        ).open().answers(&[200]).refuses(&[&[503]]),
        Description = get(
            "/_emulator/openapi.json",
            "Shows this description",
        ).open().answers(&[200]),
        ShowDemo = get(
            "/_emulator/demo",
            "Tells whether this emulator is a demo, and when the demo account begins anew",
        ).open().answers(&[200]),
        Visit = post(
            "/_emulator/demo/visit",
            "Opens the account of a visitor of the page, whom a cookie names, and shows its keys",
        ).open().answers(&[200]).refuses(&[&[403, 404, 429, 503]]),
        ReceiveDemoWebhook = post(
            "/_emulator/demo/receiver",
            "Accepts a webhook of the demo",
        ).open().takes_body().answers(&[200]).refuses(&[&[404]]),
    }
}
