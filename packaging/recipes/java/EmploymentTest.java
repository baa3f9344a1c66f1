import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BelvoEmulator.class)
class EmploymentTest {
    private static final String LINK =
            "{\"institution\": \"planet_mx_employment\", \"username\": \"BLPM951331IONVGR54\"}";

    private static HttpResponse<String> register(BelvoEmulator.Account belvo) throws Exception {
        return belvo.send("POST", "/api/links/", LINK);
    }

    @Test
    void anEmployedPersonHasAHistory(BelvoEmulator.Account belvo) throws Exception {
        var id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(register(belvo).body());
        assertTrue(id.find());

        var webhook = belvo.awaitWebhook("{\"link\": \"" + id.group(1) + "\"}");

        assertTrue(webhook.contains("historical_update"), webhook);
        var records = belvo.send("GET", "/api/employment-records/?link=" + id.group(1), null).body();
        assertTrue(records.contains("\"count\":1"), records);
    }

    @Test
    void aRefusalOfImssIsExplainedAndTheNextTryWorks(BelvoEmulator.Account belvo) throws Exception {
        belvo.arm("nss_not_found");

        var refused = register(belvo);

        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("El NSS no fue localizado en el IMSS"), refused.body());
        assertEquals(201, register(belvo).statusCode());
    }

    @Test
    void aBusyServerIsAskedAgain(BelvoEmulator.Account belvo) throws Exception {
        belvo.fault("{\"fault\": {\"status\": {\"status\": 503, \"code\": \"busy\", \"message\": \"Try again.\"}},"
                + " \"operation\": \"RegisterLink\", \"times\": 1}");
        assertEquals(503, register(belvo).statusCode());
        assertEquals(201, register(belvo).statusCode());
    }

    @Test
    void aWeekBringsARefresh(BelvoEmulator.Account belvo) throws Exception {
        register(belvo);
        var happened = belvo.advance("8d");
        assertTrue(happened.contains("\"refresh\""), happened);
    }
}
