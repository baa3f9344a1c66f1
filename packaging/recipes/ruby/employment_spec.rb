# frozen_string_literal: true

require_relative "belvo_emulator"

RSpec.describe "employment" do
  def register
    link = { institution: "planet_mx_employment", username: "BLPM951331IONVGR54" }
    belvo.send_json("POST", "/api/links/", link)
  end

  it "is known after the webhook" do
    _, link = register

    webhook = belvo.await_webhook(link: link["id"])

    expect(webhook["webhook_code"]).to eq "historical_update"
    _, records = belvo.send_json("GET", "/api/employment-records/?link=#{link['id']}")
    expect(records["count"]).to eq 1
  end

  it "explains a refusal of IMSS, and the next try works" do
    belvo.arm("nss_not_found")

    status, problems = register

    expect(status).to eq 400
    expect(problems.first["message"]).to eq "El NSS no fue localizado en el IMSS"
    expect(register.first).to eq 201
  end

  it "is asked for again when the server is busy" do
    busy = { status: { status: 503, code: "busy", message: "Try again." } }
    belvo.fault(busy, operation: "RegisterLink", times: 1)
    expect(register.first).to eq 503
    expect(register.first).to eq 201
  end

  it "is refreshed within a week" do
    register
    expect(belvo.advance("8d")["happened"].map { |task| task["what"] }).to include "refresh"
  end
end
