//! The institutions that links can connect to.

use serde_json::{Value, json};

use crate::app::{app, app_with};

/// As Belvo's sandbox returned it.
const PLANET: &str = r##"{"id":9454,"name":"planet_mx_employment","type":"employment","code":"9454","website":null,"display_name":"Planet Express Employment","country_code":"MX","country_codes":["MX"],"primary_color":"#056dae","logo":"https://statics.sandbox.belvo.io/institutions/text_logos/IMSS_text.svg","icon_logo":"https://statics.sandbox.belvo.io/institutions/icon_logos/IMSS_icon.svg","text_logo":"https://statics.sandbox.belvo.io/institutions/text_logos/IMSS_text.svg","form_fields":[{"name":"username","type":"text","label":"CURP","validation":"^([A-Z]{4})([0-9]{6})([A-Z]{6})([A-Z0-9]{2})$","placeholder":"Ej: LOLJ970312MBSPPN08","validation_message":"La CURP tiene que ser de 18 caracteres y mayúsculas"},{"name":"password","type":"hidden","value":"fake-password"}],"features":[],"integration_type":"credentials","status":"healthy","resources":["EMPLOYMENT_RECORDS","OWNERS"],"openbanking_information":null}"##;

#[actix_web::test]
async fn the_sandboxs_institution_is_the_captured_one_to_the_byte() {
    let app = app().await;
    for path in ["/api/institutions/9454/", "/api/institutions/9454"] {
        let answer = app.get(path).await;
        answer.ok();
        assert_eq!(String::from_utf8(answer.body).unwrap(), PLANET);
    }
}

#[actix_web::test]
async fn all_have_the_same_keys_and_resources_that_links_accept() {
    let app = app().await;
    let page = app.get("/api/institutions/").await.ok();
    assert_eq!(page["count"], 3);
    let planet: Value = serde_json::from_str(PLANET).unwrap();
    let mut names = Vec::new();
    for institution in page["results"].as_array().unwrap() {
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(institution), keys(&planet));
        assert_eq!(institution["code"], institution["id"].to_string());
        let link = app
            .create_link_with(
                crate::app::CURP,
                json!({
                    "institution": institution["name"],
                    "fetch_resources": institution["resources"],
                }),
            )
            .await
            .created();
        assert_eq!(link["fetch_resources"], institution["resources"]);
        let path = format!("/api/institutions/{}/", institution["id"]);
        assert_eq!(app.get(&path).await.ok(), *institution);
        names.push(institution["name"].as_str().unwrap());
    }
    assert!(names.is_sorted(), "{names:?}");
    app.advance(chrono::TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn anything_but_the_id_of_one_is_not_found() {
    let app = app().await;
    for id in ["1", "09454", "+9454", "9454.0", "planet_mx_employment", "-1", "%00", "9454/x"] {
        app.get(&format!("/api/institutions/{id}/")).await.not_found();
    }
}

#[actix_web::test]
async fn lists_filter_by_each_documented_key() {
    let (planet, imss, issste) =
        ("planet_mx_employment", "imss_mx_employment", "issste_mx_employment");
    let all: &[&str] = &[imss, issste, planet];
    let cases: [(&str, &[&str]); 27] = [
        ("", all),
        ("name=imss_mx_employment", &[imss]),
        ("name=mx_employment", &[]),
        ("name__in=issste_mx_employment,narnia,planet_mx_employment", &[issste, planet]),
        ("display_name=planet%20express", &[planet]),
        ("display_name=Planet+Express+Employment", &[planet]),
        ("display_name=IsS", &[issste]),
        ("display_name=s", all),
        ("display_name=narnia", &[]),
        ("display_name=IMSS,ISSSTE", &[]),
        ("country_code=MX", all),
        ("country_code=BR", &[]),
        ("country_code__in=BR,MX", all),
        ("resources__allin=OWNERS", all),
        ("resources__allin=CURRENT_EMPLOYMENTS", &[imss]),
        ("resources__allin=OWNERS,%20CURRENT_EMPLOYMENTS,EMPLOYMENT_RECORDS", &[imss]),
        ("resources__allin=OWNERS,TRANSACTIONS", &[]),
        ("resources__allin=", all),
        ("status=healthy", all),
        ("status__in=down", &[]),
        ("status__in=down,healthy", all),
        ("type=employment", all),
        ("type__in=bank,fiscal", &[]),
        ("website=https://belvo.com", &[]),
        ("resources=OWNERS&display_name__in=x&unknown=1", all),
        (
            "display_name=ss&resources__allin=OWNERS&type=employment&name__in=imss_mx_employment",
            &[imss],
        ),
        ("page=2&page_size=2", &[planet]),
    ];
    let app = app().await;
    for (query, names) in cases {
        let page = app.get(&format!("/api/institutions/?{query}")).await.ok();
        let found: Vec<&str> = page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|institution| institution["name"].as_str().unwrap())
            .collect();
        assert_eq!(found, names, "{query}");
        let count = if query.starts_with("page") { 3 } else { names.len() };
        assert_eq!(page["count"], count, "{query}");
    }
}

#[actix_web::test]
async fn bad_filter_values_name_the_parameter() {
    let app = app().await;
    for (parameter, value) in
        [("status", "ill"), ("status__in", "ill"), ("type", "ATM"), ("type__in", "ATM")]
    {
        let problem =
            app.get(&format!("/api/institutions/?{parameter}={value}")).await.problem(400);
        let message = format!("\"{value}\" is not a valid choice.");
        assert_eq!(problem, ("invalid_choice".into(), Some(parameter.into()), message));
    }
}

#[actix_web::test]
async fn pages_and_keys_are_chosen_as_for_links() {
    let app = app_with(&["--page-size", "2"]).await;
    let page = app.get("/api/institutions?type=employment&fields=id").await.ok();
    let next = "http://localhost:23586/api/institutions?type=employment&fields=id&page=2";
    assert_eq!(page["next"], next);
    assert_eq!(page["results"], json!([{"id": 9455}, {"id": 9456}]));
    let one = app.get("/api/institutions/9454/?fields=id,name&omit=name").await.ok();
    assert_eq!(one, json!({"id": 9454}));
    app.get("/api/institutions/?page=3").await.problem(404);
}
