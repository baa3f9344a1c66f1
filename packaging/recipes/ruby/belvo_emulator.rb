# frozen_string_literal: true

# Copy this file to spec/support, and require it from spec/spec_helper.rb.

require "json"
require "net/http"
require "open3"
require "securerandom"
require "timeout"

# An emulator for the whole run, and an account of its own for each example.
module BelvoEmulator
  READY_LINE = "belvo-emulator ready on "
  PATIENCE_SECONDS = 30

  class << self
    attr_reader :base_url

    def start
      binary = ENV.fetch("BELVO_EMULATOR_BIN", "belvo-emulator")
      flags = ["--port", "0", "--clock", "skip", "--exit-with-parent", "--quiet"]
      @stdin, @stdout, @process = Open3.popen2(binary, *flags)
      line = Timeout.timeout(PATIENCE_SECONDS) { @stdout.gets }
      raise "#{binary} ended before it was ready" unless line&.start_with?(READY_LINE)

      @base_url = line.delete_prefix(READY_LINE).strip
    rescue Errno::ENOENT
      raise "put belvo-emulator on the PATH, or name it in BELVO_EMULATOR_BIN"
    end

    def stop
      return unless @process

      Process.kill("TERM", @process.pid)
      Process.kill("KILL", @process.pid) unless @process.join(PATIENCE_SECONDS)
    rescue Errno::ESRCH
      # It has ended already.
    end
  end

  # A pair of keys, which no other example has.
  class Account
    attr_reader :base_url, :secret_id, :secret_password

    def initialize(name = "example")
      @base_url = BelvoEmulator.base_url
      @secret_id = "#{name.gsub(/[^A-Za-z0-9]+/, '-')[0, 60]}-#{SecureRandom.uuid}"
      @secret_password = "a-password"
    end

    # Makes any call, and returns the status and the JSON of the answer. Your examples use your client instead.
    def send_json(method, path, body = nil)
      uri = URI(base_url + path)
      request = Net::HTTPGenericRequest.new(method, !body.nil?, true, uri.request_uri, "Content-Type" => "application/json")
      request.basic_auth(secret_id, secret_password)
      request.body = JSON.generate(body) if body
      options = { read_timeout: 660 } # An await waits for ten minutes at most.
      # No proxy is asked: the third argument of start.
      answer = Net::HTTP.start(uri.host, uri.port, nil, options) { |http| http.request(request) }
      [answer.code.to_i, answer.body.to_s.empty? ? nil : JSON.parse(answer.body)]
    end

    # Makes a control call, which must succeed.
    def call(method, path, body = nil)
      status, answer = send_json(method, path, body)
      raise "#{method} #{path} answered #{status}: #{answer}" if status >= 300

      answer
    end

    # Returns the webhook when its receiver has accepted it. The time moves on to it.
    def await_webhook(**wanted) = call("POST", "/_emulator/webhooks/await", wanted)

    # Lets a scenario answer the next call that logs in.
    def arm(scenario, **options) = call("POST", "/_emulator/armed", { scenario: scenario, **options })

    # Spoils answers or webhooks.
    def fault(fault, **options) = call("POST", "/_emulator/faults", { fault: fault, **options })

    # Moves the time on, by a duration such as "8d".
    def advance(by) = call("POST", "/_emulator/clock/advance", { by: by })
  end
end

RSpec.shared_context "with belvo" do
  let(:belvo) { |example| BelvoEmulator::Account.new(example.full_description) }
end

RSpec.configure do |config|
  config.include_context "with belvo"
  config.before(:suite) { BelvoEmulator.start }
  config.after(:suite) { BelvoEmulator.stop }
end
