using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

[Collection("Belvo")]
public sealed class EmploymentTests
{
    private readonly BelvoAccount _belvo;

    public EmploymentTests(BelvoEmulator emulator) => _belvo = emulator.Account("employment");

    private Task<(int Status, JsonElement Answer)> Register()
    {
        var link = new { institution = "planet_mx_employment", username = "BLPM951331IONVGR54" };
        return _belvo.Send("POST", "/api/links/", link);
    }

    [Fact]
    public async Task AnEmployedPersonHasAHistory()
    {
        var link = (await Register()).Answer.GetProperty("id").GetString();

        var webhook = await _belvo.AwaitWebhook(new { link });

        Assert.Equal("historical_update", webhook.GetProperty("webhook_code").GetString());
        var (_, records) = await _belvo.Send("GET", $"/api/employment-records/?link={link}");
        Assert.Equal(1, records.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task ARefusalOfImssIsExplainedAndTheNextTryWorks()
    {
        await _belvo.Arm("nss_not_found");

        var (status, problems) = await Register();

        Assert.Equal(400, status);
        Assert.Equal("El NSS no fue localizado en el IMSS", problems[0].GetProperty("message").GetString());
        Assert.Equal(201, (await Register()).Status);
    }

    [Fact]
    public async Task ABusyServerIsAskedAgain()
    {
        var busy = new { status = new { status = 503, code = "busy", message = "Try again." } };
        await _belvo.Fault(new { fault = busy, operation = "RegisterLink", times = 1 });
        Assert.Equal(503, (await Register()).Status);
        Assert.Equal(201, (await Register()).Status);
    }

    [Fact]
    public async Task AWeekBringsARefresh()
    {
        await Register();
        var happened = (await _belvo.Advance("8d")).GetProperty("happened").EnumerateArray();
        Assert.Contains("refresh", happened.Select(task => task.GetProperty("what").GetString()));
    }
}
