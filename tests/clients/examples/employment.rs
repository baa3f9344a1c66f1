use belvo_emulator::{Awaited, ClockMode, Emulator};
use serde_json::{Value, json};

#[tokio::test]
async fn an_employed_person_has_a_history() -> Result<(), Box<dyn std::error::Error>> {
    let belvo = Emulator::builder().clock(ClockMode::Skip).start().await?;
    let keys = format!("http://{}:{}@", belvo.secret_id(), belvo.secret_password());
    let api = belvo.base_url().replace("http://", &keys);
    let link = json!({"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54",
        "access_mode": "recurrent"});
    ureq::post(format!("{api}/api/links/")).send_json(link)?;
    belvo.await_webhook(Awaited::any()).await?;
    let mut records = ureq::get(format!("{api}/api/employment-records/")).call()?;
    assert_eq!(records.body_mut().read_json::<Value>()?["count"], 1);
    Ok(())
}
