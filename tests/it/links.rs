//! The life of a link: create, list, detail, delete.

use serde_json::{Value, json};

use crate::app::{CURP, app, app_with};

#[actix_web::test]
async fn a_new_link_has_the_thirteen_documented_keys() {
    let app = app().await;
    let link = app
        .create_link_with(CURP, json!({"external_id": "user-32", "stale_in": "90d"}))
        .await
        .created();
    let id = link["id"].as_str().unwrap();
    let user = link["institution_user_id"].as_str().unwrap();
    assert_eq!(user.len(), 44);
    assert!(user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)));
    assert_eq!(
        link,
        json!({
            "id": id,
            "institution": "planet_mx_employment",
            "access_mode": "single",
            "status": "valid",
            "refresh_rate": null,
            "created_by": link["created_by"].as_str().unwrap(),
            "last_accessed_at": "2026-03-01T12:00:00.000000Z",
            "external_id": "user-32",
            "created_at": "2026-03-01T12:00:00.000000Z",
            "institution_user_id": user,
            "credentials_storage": "365d",
            "stale_in": "90d",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        })
    );
    assert_eq!(app.get(&format!("/api/links/{id}/")).await.ok(), link);
}

#[actix_web::test]
async fn what_a_client_leaves_out_takes_the_documented_defaults() {
    let app = app().await;
    let minimal = json!({"institution": "imss_mx_employment", "username": CURP});
    let link = app.post("/api/links/", minimal).await.created();
    let expected = [
        ("access_mode", json!("recurrent")),
        ("refresh_rate", json!("7d")),
        ("credentials_storage", json!("store")),
        ("stale_in", Value::Null),
        ("external_id", Value::Null),
        ("fetch_resources", json!([])),
    ];
    for (key, value) in expected {
        assert_eq!(link[key], value, "{key}");
    }
}

#[actix_web::test]
async fn what_clients_send_besides_is_ignored() {
    let app = app().await;
    let bodies = [
        json!({"password": "", "save_data": true, "type": "x", "fetch_historical": true}),
        json!({"fetch_historical": false, "fetch_resources": []}),
        json!({"password": null, "username2": null, "external_id": null, "access_mode": null}),
        json!({"username2": "", "token": "123456", "username_type": "001", "fetch_resources": null}),
        json!({"fetch_resources": ["EMPLOYMENT_RECORDS", "OWNERS"]}),
    ];
    for body in bodies {
        app.create_link_with(CURP, body.clone()).await.created();
    }
    app.send_webhooks();
}

#[actix_web::test]
async fn the_same_person_at_the_same_institution_has_the_same_institution_user_id() {
    let app = app().await;
    let imss = json!({"institution": "imss_mx_employment"});
    let user = |link: Value| link["institution_user_id"].clone();
    let first = user(app.create_link(CURP).await.created());
    assert_eq!(user(app.create_link(CURP).await.created()), first);
    assert_ne!(user(app.create_link_with(CURP, imss).await.created()), first);
    assert_ne!(user(app.create_link("LOLJ970312MBSPPN08").await.created()), first);
}

#[actix_web::test]
async fn a_deleted_link_takes_its_records_and_its_webhook_with_it() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(chrono::TimeDelta::seconds(15));
    assert_eq!(app.records_of(&link).await["count"], 1);
    app.send_webhooks();
    let soon = app.create_link(CURP).await.id();
    for id in [&link, &soon] {
        app.delete(&format!("/api/links/{id}/")).await.no_content();
        app.get(&format!("/api/links/{id}/")).await.not_found();
        app.delete(&format!("/api/links/{id}/")).await.not_found();
        assert_eq!(app.records_of(id).await["count"], 0);
    }
    assert_eq!(app.get("/api/employment-records/").await.ok()["count"], 0);
    app.advance(chrono::TimeDelta::days(1));
    assert_eq!(app.get("/api/employment-records/").await.ok()["count"], 0);
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn ids_that_are_unknown_or_no_uuids_are_not_found() {
    let app = app().await;
    for id in ["74c01cb4-edf1-44d6-8876-b1dc2aebcb14", "nope", "%00", "1"] {
        app.get(&format!("/api/links/{id}/")).await.not_found();
        app.delete(&format!("/api/links/{id}")).await.not_found();
        app.get(&format!("/api/employment-records/{id}/")).await.not_found();
        app.delete(&format!("/api/employment-records/{id}")).await.not_found();
    }
}

#[actix_web::test]
async fn lists_filter_by_each_documented_key_and_by_all_together() {
    let app = app_with(&["--page-size", "100"]).await;
    let institutions = ["planet_mx_employment", "issste_mx_employment"];
    for number in 0..12 {
        let fields = json!({
            "external_id": format!("user-{}", number % 3),
            "access_mode": if number % 2 == 0 { "single" } else { "recurrent" },
            "institution": institutions[number / 6],
        });
        app.create_link_with(CURP, fields).await.created();
    }
    let all = app.get("/api/links/").await.ok();
    let id = all["results"][4]["id"].as_str().unwrap();
    let cases = [
        ("", 12),
        ("external_id=user-1", 4),
        ("external_id=user-9", 0),
        ("access_mode=recurrent", 6),
        ("institution=issste_mx_employment", 6),
        ("institution=narnia", 0),
        ("status=valid", 12),
        ("status=invalid", 0),
        ("external_id=user-1&access_mode=single&institution=planet_mx_employment", 1),
        ("page=&page_size=&omit=&fields=&status=&created_at=&id=&unknown=1", 12),
        ("external_id=user-1&external_id=user-2", 4),
        (&format!("id={id}"), 1),
        (&format!("id={id}&external_id=user-9"), 0),
        ("id=74c01cb4-edf1-44d6-8876-b1dc2aebcb14", 0),
    ];
    for (query, count) in cases {
        let page = app.get(&format!("/api/links/?{query}")).await.ok();
        assert_eq!(page["count"], count, "{query}");
        assert_eq!(page["results"].as_array().unwrap().len(), count, "{query}");
        let matching = all["results"].as_array().unwrap().iter().filter(|link| {
            query.split('&').filter_map(|pair| pair.split_once('=')).all(|(key, value)| {
                let overridden = query.ends_with("user-2") && value == "user-1";
                overridden || value.is_empty() || key == "unknown" || link[key] == value
            })
        });
        assert!(page["results"].as_array().unwrap().iter().eq(matching), "{query}");
    }
}

#[actix_web::test]
async fn bad_filter_values_name_the_parameter() {
    let app = app().await;
    let cases = [
        ("links", "id=x", "invalid", "id", "x is not a valid UUID."),
        ("links", "status=odd", "invalid_choice", "status", "\"odd\" is not a valid choice."),
        ("links", "access_mode=1", "invalid_choice", "access_mode", "\"1\" is not a valid choice."),
        ("employment-records", "link=x", "invalid", "link", "x is not a valid UUID."),
        ("employment-records", "id=x", "invalid", "id", "x is not a valid UUID."),
    ];
    for (list, query, code, field, message) in cases {
        let problem = app.get(&format!("/api/{list}/?{query}")).await.problem(400);
        assert_eq!(problem, (code.into(), Some(field.into()), message.into()), "{query}");
    }
}

#[actix_web::test]
async fn pages_partition_the_list_the_newest_first() {
    let app = app().await;
    let mut created = Vec::new();
    for _ in 0..25 {
        created.push(app.create_link_with(CURP, json!({"external_id": "me-you"})).await.id());
        app.advance(chrono::TimeDelta::milliseconds(1));
    }
    created.reverse();
    let mut seen = Vec::new();
    let mut url = "/api/links/?external_id=me-you&unknown=a%20b&page_size=10".to_owned();
    let mut pages = 0;
    loop {
        let page = app.get(&url).await.ok();
        assert_eq!(page["count"], 25);
        pages += 1;
        for link in page["results"].as_array().unwrap() {
            seen.push(link["id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => {
                assert!(next.starts_with("http://localhost:23586/api/links/?"), "{next}");
                assert!(next.contains("external_id=me-you&unknown=a+b&page_size=10"), "{next}");
                url = next.strip_prefix("http://localhost:23586").unwrap().to_owned();
            }
            None => {
                let previous = page["previous"].as_str().unwrap();
                assert!(previous.ends_with("&page=2"), "{previous}");
                break;
            }
        }
    }
    assert_eq!((pages, seen), (3, created));
    app.advance(chrono::TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn page_sizes_are_forgiving_and_pages_are_not() {
    let app = app_with(&["--page-size", "3"]).await;
    for _ in 0..4 {
        app.create_link(CURP).await.created();
    }
    for (query, on_page) in [
        ("", 3),
        ("page=1", 3),
        ("page=2", 1),
        ("page_size=2&page=2", 2),
        ("page_size=0", 3),
        ("page_size=-1", 3),
        ("page_size=x", 3),
        ("page_size=100000", 4),
    ] {
        let page = app.get(&format!("/api/links/?{query}")).await.ok();
        assert_eq!(page["results"].as_array().unwrap().len(), on_page, "{query}");
    }
    for query in ["page=3", "page=0", "page=-1", "page=x", "page=1.5", "page=99999999999999999999"]
    {
        let problem = app.get(&format!("/api/links/?{query}")).await.problem(404);
        assert_eq!(problem, ("not_found".into(), None, "Invalid page.".into()), "{query}");
    }
    let none = app.get("/api/links/?external_id=nobody&page=1").await.ok();
    assert_eq!(none, json!({"count": 0, "next": null, "previous": null, "results": []}));
}

#[actix_web::test]
async fn a_page_holds_a_thousand_objects_at_most() {
    let app = app_with(&[]).await;
    for _ in 0..1001 {
        app.create_link(CURP).await.created();
    }
    let page = app.get("/api/links/?page_size=5000").await.ok();
    assert_eq!(page["results"].as_array().unwrap().len(), 1000);
    let next = page["next"].as_str().unwrap();
    assert_eq!(next, "http://localhost:23586/api/links/?page_size=5000&page=2");
}

#[actix_web::test]
async fn pages_link_to_the_public_url_if_there_is_one() {
    let app = app_with(&["--page-size", "1", "--public-url", "https://belvo.example/base/"]).await;
    app.create_link(CURP).await.created();
    app.create_link(CURP).await.created();
    let page = app.get("/api/links").await.ok();
    assert_eq!(page["next"], "https://belvo.example/base/api/links?page=2");
}

#[actix_web::test]
async fn forwarding_headers_are_followed_only_when_they_are_trusted() {
    for (flags, base) in [
        (vec![], "http://localhost:23586"),
        (vec!["--trust-forwarded"], "https://proxy.example"),
        (
            vec!["--trust-forwarded", "--public-url", "https://fixed.example"],
            "https://fixed.example",
        ),
    ] {
        let app = app_with(&flags).await;
        app.create_link(CURP).await.created();
        app.create_link(CURP).await.created();
        let request = app
            .request(actix_web::http::Method::GET, "/api/links/?page_size=1")
            .insert_header(("X-Forwarded-Host", "proxy.example"))
            .insert_header(("X-Forwarded-Proto", "https"));
        let page = app.call(request).await.ok();
        assert_eq!(page["next"], format!("{base}/api/links/?page_size=1&page=2"));
    }
}
