// Copy this file to src/test/java, and give it the name of your package. It needs Java 11 and JUnit 5.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts one emulator for all tests, and gives each test with a parameter of type Account an account of its own. */
public final class BelvoEmulator implements ParameterResolver {
    private static final String READY_LINE = "belvo-emulator ready on ";
    private static final int PATIENCE_SECONDS = 30;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Account.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var store = context.getRoot().getStore(Namespace.create(BelvoEmulator.class));
        var running = store.getOrComputeIfAbsent(Running.class, key -> new Running(), Running.class);
        var name = context.getRequiredTestMethod().getName();
        return new Account(running.baseUrl, name + "-" + UUID.randomUUID(), "a-password");
    }

    /** The process. JUnit closes it after the last test. */
    private static final class Running implements CloseableResource {
        private final Process process;
        private final String baseUrl;

        Running() {
            var binary = Optional.ofNullable(System.getenv("BELVO_EMULATOR_BIN")).orElse("belvo-emulator");
            var command = new ProcessBuilder(
                    binary, "--port", "0", "--clock", "skip", "--exit-with-parent", "--quiet");
            command.redirectError(ProcessBuilder.Redirect.INHERIT);
            try {
                process = command.start();
            } catch (IOException error) {
                throw new IllegalStateException(
                        "put belvo-emulator on the PATH, or name it in BELVO_EMULATOR_BIN", error);
            }
            baseUrl = readyLine(binary).substring(READY_LINE.length());
        }

        private String readyLine(String binary) {
            var stdout = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            var line = CompletableFuture.supplyAsync(() -> {
                try {
                    return stdout.readLine();
                } catch (IOException error) {
                    return null;
                }
            });
            try {
                var text = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (text != null && text.startsWith(READY_LINE)) return text;
                throw new IllegalStateException(binary + " ended before it was ready");
            } catch (TimeoutException late) {
                process.destroyForcibly();
                throw new IllegalStateException(binary + " was not ready within " + PATIENCE_SECONDS + " s");
            } catch (Exception error) {
                process.destroyForcibly();
                throw new IllegalStateException(binary + " does not start", error);
            }
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
        }
    }

    /** A pair of keys, which no other test has. Bodies and answers are JSON, for the library that you have. */
    public static final class Account {
        private static final HttpClient CLIENT = HttpClient.newHttpClient();
        public final String baseUrl;
        public final String secretId;
        public final String secretPassword;

        Account(String baseUrl, String secretId, String secretPassword) {
            this.baseUrl = baseUrl;
            this.secretId = secretId;
            this.secretPassword = secretPassword;
        }

        /** Makes any call. Your tests use your client instead. */
        public HttpResponse<String> send(String method, String path, String body)
                throws IOException, InterruptedException {
            var keys = (secretId + ":" + secretPassword).getBytes(StandardCharsets.UTF_8);
            var request = HttpRequest.newBuilder(URI.create(baseUrl + path))
                    .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(keys))
                    .header("Content-Type", "application/json")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        }

        /** Makes a control call, which must succeed. */
        public String call(String method, String path, String body) throws IOException, InterruptedException {
            var answer = send(method, path, body);
            if (answer.statusCode() < 300) return answer.body();
            throw new AssertionError(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }

        /** Returns the webhook when its receiver has accepted it. The time moves on to it. */
        public String awaitWebhook(String wanted) throws IOException, InterruptedException {
            return call("POST", "/_emulator/webhooks/await", wanted);
        }

        /** Lets a scenario answer the next call that logs in. */
        public String arm(String scenario) throws IOException, InterruptedException {
            return call("POST", "/_emulator/armed", "{\"scenario\": \"" + scenario + "\"}");
        }

        /** Spoils answers or webhooks. */
        public String fault(String fault) throws IOException, InterruptedException {
            return call("POST", "/_emulator/faults", fault);
        }

        /** Moves the time on, by a duration such as 8d. */
        public String advance(String by) throws IOException, InterruptedException {
            return call("POST", "/_emulator/clock/advance", "{\"by\": \"" + by + "\"}");
        }
    }
}
