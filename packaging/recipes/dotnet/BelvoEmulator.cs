// Copy this file to your test project. It needs .NET 6 and xUnit 2.

#nullable enable

using System;
using System.Diagnostics;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

/// <summary>One emulator for all test classes with [Collection("Belvo")].</summary>
[CollectionDefinition("Belvo")]
public sealed class BelvoCollection : ICollectionFixture<BelvoEmulator> { }

public sealed class BelvoEmulator : IAsyncLifetime
{
    private const string ReadyLine = "belvo-emulator ready on ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private Process? _process;

    public string BaseUrl { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var binary = Environment.GetEnvironmentVariable("BELVO_EMULATOR_BIN") ?? "belvo-emulator";
        var start = new ProcessStartInfo(binary, "--port 0 --clock skip --exit-with-parent --quiet")
        {
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{binary} does not start");
        var reading = _process.StandardOutput.ReadLineAsync();
        if (await Task.WhenAny(reading, Task.Delay(Patience)) != reading)
        {
            throw new TimeoutException($"{binary} was not ready within {Patience.TotalSeconds} s");
        }
        var line = await reading;
        if (line == null || !line.StartsWith(ReadyLine))
        {
            throw new InvalidOperationException($"{binary} ended before it was ready");
        }
        BaseUrl = line.Substring(ReadyLine.Length).Trim();
    }

    public Task DisposeAsync()
    {
        _process?.Kill();
        _process?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>An account of the test's own: a pair of keys, which no other test has.</summary>
    public BelvoAccount Account(string name = "test") => new(BaseUrl, $"{name}-{Guid.NewGuid()}", "a-password");
}

public sealed class BelvoAccount
{
    // An await waits for ten minutes at most.
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromMinutes(11) };

    public BelvoAccount(string baseUrl, string secretId, string secretPassword)
    {
        BaseUrl = baseUrl;
        SecretId = secretId;
        SecretPassword = secretPassword;
    }

    public string BaseUrl { get; }
    public string SecretId { get; }
    public string SecretPassword { get; }

    /// <summary>Makes any call, and returns the status and the JSON of the answer. Your tests use your client.</summary>
    public async Task<(int Status, JsonElement Answer)> Send(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), BaseUrl + path);
        var keys = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SecretId}:{SecretPassword}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", keys);
        if (body != null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var answer = JsonSerializer.Deserialize<JsonElement>(text.Length == 0 ? "null" : text);
        return ((int)response.StatusCode, answer);
    }

    /// <summary>Makes a control call, which must succeed.</summary>
    public async Task<JsonElement> Call(string method, string path, object? body = null)
    {
        var (status, answer) = await Send(method, path, body);
        if (status >= 300) throw new InvalidOperationException($"{method} {path} answered {status}: {answer}");
        return answer;
    }

    /// <summary>Returns the webhook when its receiver has accepted it. The time moves on to it.</summary>
    public Task<JsonElement> AwaitWebhook(object wanted) => Call("POST", "/_emulator/webhooks/await", wanted);

    /// <summary>Lets a scenario answer the next call that logs in.</summary>
    public Task<JsonElement> Arm(string scenario) => Call("POST", "/_emulator/armed", new { scenario });

    /// <summary>Spoils answers or webhooks.</summary>
    public Task<JsonElement> Fault(object fault) => Call("POST", "/_emulator/faults", fault);

    /// <summary>Moves the time on, by a duration such as 8d.</summary>
    public Task<JsonElement> Advance(string by) => Call("POST", "/_emulator/clock/advance", new { by });
}
